//! What a stage with a window has in place of a spike buffer and its schedule.
//!
//! ```text
//! cycle     0            1                  2               3
//! walk      taps         .                  .               .
//! buffer    .            address            words           spikes
//! crossbar  .            .                  issue           spikes, weight address
//! ```
//!
//! The parameters of a neuron are those of its channel, or its own: a counter beside the neuron's says which.

use super::frame_buffer::FrameBuffer;
use super::walk::Walk;
use crate::arch::{StageArch, WindowArch};
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct WindowFront {
    // Control
    pub clock: Signal<In, Clock>,
    pub rests: Signal<In, Bit>,
    pub walking: Signal<Out, Bit>,
    pub waits: Signal<Out, Bit>,
    pub free: Signal<Out, Bit>,
    // Spikes in
    pub write_enable: Signal<In, Bit>,
    pub commit: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub write_word: Bus<In>,
    pub write_fresh: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub roomy: Signal<Out, Bit>,
    // Words that are no spikes
    pub keeps_aside: Signal<In, Bit>,
    pub load_entry: Bus<In>,
    pub kept_aside: Bus<Out>,
    // Pace and drain
    pub may_end: Signal<In, Bit>,
    pub group_end: Signal<Out, Bit>,
    pub fresh: Signal<Out, Bit>,
    // Crossbar
    pub issue: Signal<Out, Bit>,
    pub issue_end: Signal<Out, Bit>,
    pub doubles: Signal<Out, Bit>,
    pub counts_inputs: Signal<Out, Bit>,
    pub weight_base: Bus<Out>,
    pub weight_offset: Bus<Out>,
    pub spikes: Bus<Out>,
    // Parameters
    pub drains: Signal<In, Bit>,
    pub parameter_index: Bus<Out>,
    walk: Walk,
    buffer: FrameBuffer,
    issue_1: Flag,
    issue_2: Flag,
    end_1: Flag,
    end_2: Flag,
    double_1: Flag,
    double_2: Flag,
    counts_1: Flag,
    counts_2: Flag,
    address_1: Register,
    mask_1: Register,
    live_1: Register,
    base_1: Register,
    base_2: Register,
    base_3: Register,
    offset_1: Register,
    offset_2: Register,
    offset_3: Register,
    next_parameter: Register,
    first_parameter: Fixed,
    one_parameter: Fixed,
    last_parameter: Fixed,
}

impl WindowFront {
    pub fn new(stage: &StageArch, window: &WindowArch) -> Self {
        let weights = stage.weight_address_bits();
        let walk = Walk::new(stage, window);
        let parameter = bits_for(window.n_parameters - 1);
        let address = walk.address.width();
        WindowFront {
            clock: Default::default(),
            rests: Default::default(),
            walking: Default::default(),
            waits: Default::default(),
            free: Default::default(),
            write_enable: Default::default(),
            commit: Default::default(),
            restart: Default::default(),
            write_word: Bus::new(stage.beat),
            write_fresh: Default::default(),
            ready: Default::default(),
            roomy: Default::default(),
            keeps_aside: Default::default(),
            load_entry: Bus::new(stage.entry_bits()),
            kept_aside: Bus::new(stage.beat),
            may_end: Default::default(),
            group_end: Default::default(),
            fresh: Default::default(),
            issue: Default::default(),
            issue_end: Default::default(),
            doubles: Default::default(),
            counts_inputs: Default::default(),
            weight_base: Bus::new(weights),
            weight_offset: Bus::new(weights),
            spikes: Bus::new(stage.beat),
            drains: Default::default(),
            parameter_index: Bus::new(parameter),
            walk,
            buffer: FrameBuffer::new(stage, window),
            issue_1: Default::default(),
            issue_2: Default::default(),
            end_1: Default::default(),
            end_2: Default::default(),
            double_1: Default::default(),
            double_2: Default::default(),
            counts_1: Default::default(),
            counts_2: Default::default(),
            address_1: Register::new(address),
            mask_1: Register::new(stage.beat),
            live_1: Register::new(1),
            base_1: Register::new(weights),
            base_2: Register::new(weights),
            base_3: Register::new(weights),
            offset_1: Register::new(weights),
            offset_2: Register::new(weights),
            offset_3: Register::new(weights),
            next_parameter: Register::new(parameter),
            first_parameter: Fixed::new(0, parameter),
            one_parameter: Fixed::new(1, parameter),
            last_parameter: Fixed::count(window.n_parameters - 1, parameter),
        }
    }
}

impl Logic for WindowFront {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, issue_1, issue_2, end_1, end_2, address_1, mask_1, live_1, next_parameter);
        dff_setup!(self, clock, double_1, double_2, counts_1, counts_2);
        dff_setup!(self, clock, base_1, base_2, base_3, offset_1, offset_2, offset_3);
        self.walk.clock.next = self.clock.val();
        self.walk.available.next = self.buffer.available.val() && !self.rests.val();
        self.free.next = self.walk.free.val();
        self.walk.may_end.next = self.may_end.val();
        self.group_end.next = self.walk.group_end.val();
        self.walking.next = self.walk.walking.val();
        self.waits.next = self.walk.walking.val() && !self.walk.issue.val();

        self.buffer.clock.next = self.clock.val();
        self.buffer.write_enable.next = self.write_enable.val();
        self.buffer.commit.next = self.commit.val();
        self.buffer.restart.next = self.restart.val();
        self.buffer.write_word.next = self.write_word.val();
        self.buffer.write_fresh.next = self.write_fresh.val();
        self.buffer.free.next = self.walk.free.val();
        self.buffer.keeps_aside.next = self.keeps_aside.val();
        self.buffer.load_entry.next = self.load_entry.val();
        self.kept_aside.next = self.buffer.kept_aside.val();
        self.ready.next = self.buffer.ready.val();
        self.roomy.next = self.buffer.roomy.val();
        self.fresh.next = self.buffer.fresh.val();

        self.address_1.d.next = self.walk.address.val();
        self.mask_1.d.next = self.walk.mask.val();
        self.live_1.d.next = self.walk.live.val();
        self.buffer.address.next = self.address_1.q.val();
        self.buffer.mask.next = self.mask_1.q.val();
        self.buffer.live.next = self.live_1.q.val();
        self.spikes.next = self.buffer.spikes.val();

        self.issue_1.d.next = self.walk.issue.val();
        self.issue_2.d.next = self.issue_1.q.val();
        self.issue.next = self.issue_2.q.val();
        self.end_1.d.next = self.walk.group_end.val();
        self.end_2.d.next = self.end_1.q.val();
        self.issue_end.next = self.end_2.q.val();
        self.double_1.d.next = self.walk.doubles.val();
        self.double_2.d.next = self.double_1.q.val();
        self.doubles.next = self.double_2.q.val();
        self.counts_1.d.next = self.walk.counts_inputs.val();
        self.counts_2.d.next = self.counts_1.q.val();
        self.counts_inputs.next = self.counts_2.q.val();
        self.base_1.d.next = self.walk.weight_base.val();
        self.base_2.d.next = self.base_1.q.val();
        self.base_3.d.next = self.base_2.q.val();
        self.weight_base.next = self.base_3.q.val();
        self.offset_1.d.next = self.walk.weight_offset.val();
        self.offset_2.d.next = self.offset_1.q.val();
        self.offset_3.d.next = self.offset_2.q.val();
        self.weight_offset.next = self.offset_3.q.val();

        self.parameter_index.next = self.next_parameter.q.val();
        if self.drains.val() {
            self.next_parameter.d.next = self.next_parameter.q.val() + self.one_parameter.val();
            if self.next_parameter.q.val() == self.last_parameter.val() {
                self.next_parameter.d.next = self.first_parameter.val();
            }
        }
    }
}
