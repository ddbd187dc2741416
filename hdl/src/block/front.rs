//! What feeds a crossbar: the buffer that a layer's spikes arrive in, the schedule that walks it, and the pace of its groups.
//!
//! ```text
//! dense        spike buffer, every word of it for each group
//! window       frame buffer, the taps of each position for each group
//! and, for an input that repeats, the replay that lets both rest
//! ```
//!
//! Where layers share the stage, each has a spike buffer: the first is written from outside, each other by the packer of
//! the layer before it.
//!
//! `group_end` tells the drain that a group's last beat is issued; `issue_end` tells the crossbar, in step with `issue`.

use super::layer_buffer::LayerBuffer;
use super::pace::Pace;
use super::replay::Replay;
use super::schedule::Schedule;
use super::turns::Turns;
use crate::arch::StageArch;
use crate::protocol::TIMESTEPS_BITS;
use crate::signal::{bits_for, Bus};
use crate::window::front::WindowFront;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Front {
    // Control
    pub clock: Signal<In, Clock>,
    /// A timestep is walked, or its neurons are on their way.
    pub busy: Signal<Out, Bit>,
    /// A beat is there and cannot be taken.
    pub waits: Signal<Out, Bit>,
    // Spikes in
    pub write_enable: Signal<In, Bit>,
    pub write_last: Signal<In, Bit>,
    pub commit: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub write_word: Bus<In>,
    pub write_fresh: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub roomy: Signal<Out, Bit>,
    // Spikes of the layers that are followed by another one on this stage
    pub packed: Vec<Signal<In, Bit>>,
    pub packed_word: Vec<Bus<In>>,
    pub packed_fresh: Signal<In, Bit>,
    // Turns
    pub out_ready: Signal<In, Bit>,
    pub out_roomy: Signal<In, Bit>,
    /// Of each layer: a timestep's last spike is packed.
    pub layer_done: Vec<Signal<In, Bit>>,
    pub turn_of: Vec<Signal<Out, Bit>>,
    pub first_group: Signal<Out, Bit>,
    pub has_bank: Vec<Signal<Out, Bit>>,
    pub drain_waits: Signal<In, Bit>,
    // An input that repeats
    pub show: Signal<In, Bit>,
    pub timesteps: Bus<In>,
    pub replay: Signal<Out, Bit>,
    // Words that are no spikes
    pub keeps_aside: Signal<In, Bit>,
    pub load_entry: Bus<In>,
    pub kept_aside: Bus<Out>,
    // Drain
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
    pub neuron: Bus<In>,
    pub parameter_index: Bus<Out>,
    /// One a layer, without a window.
    buffers: Vec<LayerBuffer>,
    turns: Turns,
    pace: Pace,
    /// One, without a window.
    schedule: Vec<Schedule>,
    /// One, with a window.
    window: Vec<WindowFront>,
    replays: Vec<Replay>,
    /// Kept currents run, and the crossbar waits.
    rests: Signal<Local, Bit>,
    walks: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    replays_now: Signal<Local, Bit>,
    entry: Bus<Local>,
    last_entry: Bus<Local>,
}

impl Front {
    pub fn new(layers: &[StageArch]) -> Self {
        let stage = &StageArch::serving(layers);
        let words = layers.iter().map(StageArch::weight_words).sum::<usize>();
        let (index, weights) = (stage.beat_index_bits(), bits_for(words - 1));
        let dense = || layers.iter().filter(|layer| layer.window.is_none());
        let followed = || 1..layers.len();
        Front {
            clock: Default::default(),
            busy: Default::default(),
            waits: Default::default(),
            write_enable: Default::default(),
            write_last: Default::default(),
            commit: Default::default(),
            restart: Default::default(),
            write_word: Bus::new(stage.beat),
            write_fresh: Default::default(),
            ready: Default::default(),
            roomy: Default::default(),
            packed: followed().map(|_| Default::default()).collect(),
            packed_word: followed().map(|_| Bus::new(stage.beat)).collect(),
            packed_fresh: Default::default(),
            out_ready: Default::default(),
            out_roomy: Default::default(),
            layer_done: layers.iter().map(|_| Default::default()).collect(),
            turn_of: layers.iter().map(|_| Default::default()).collect(),
            first_group: Default::default(),
            has_bank: layers.iter().map(|_| Default::default()).collect(),
            drain_waits: Default::default(),
            show: Default::default(),
            timesteps: Bus::new(TIMESTEPS_BITS),
            replay: Default::default(),
            keeps_aside: Default::default(),
            load_entry: Bus::new(stage.entry_bits()),
            kept_aside: Bus::new(stage.beat),
            group_end: Default::default(),
            fresh: Default::default(),
            issue: Default::default(),
            issue_end: Default::default(),
            doubles: Default::default(),
            counts_inputs: Default::default(),
            weight_base: Bus::new(weights),
            weight_offset: Bus::new(index),
            spikes: Bus::new(stage.beat),
            drains: Default::default(),
            neuron: Bus::new(stage.of_pipeline().neuron_index_bits()),
            parameter_index: Bus::new(stage.of_pipeline().parameter_bits()),
            buffers: dense().enumerate().map(|(at, layer)| LayerBuffer::new(layer, index, at == 0)).collect(),
            turns: Turns::new(layers),
            pace: Pace::new(layers),
            schedule: dense().take(1).map(|_| Schedule::new(layers)).collect(),
            window: stage.window.iter().map(|window| WindowFront::new(stage, window)).collect(),
            replays: (0..usize::from(stage.keeps_currents)).map(|_| Default::default()).collect(),
            rests: Default::default(),
            walks: Default::default(),
            ends: Default::default(),
            replays_now: Default::default(),
            entry: Bus::new(stage.entry_bits()),
            last_entry: Bus::new(stage.entry_bits()),
        }
    }
}

impl Logic for Front {
    #[hdl_gen]
    fn update(&mut self) {
        self.rests.next = false;
        self.replays_now.next = false;
        for i in 0..self.replays.len() {
            self.replays[i].clock.next = self.clock.val();
            self.replays[i].commit.next = self.commit.val();
            self.replays[i].show.next = self.show.val();
            self.replays[i].timesteps.next = self.timesteps.val();
            self.replays[i].free.next = self.turns.free[0].val();
            self.replays[i].may_replay.next = self.pace.may_replay.val();
            self.rests.next = self.replays[i].pending.val();
            self.replays_now.next = self.replays[i].replay.val();
        }
        self.entry.next = self.load_entry.val();
        self.last_entry.next = self.load_entry.val();
        self.turns.clock.next = self.clock.val();
        self.turns.idle.next = false;
        self.pace.clock.next = self.clock.val();
        self.pace.waits.next = self.drain_waits.val();
        for i in 0..self.turn_of.len() {
            self.turns.asks[i].next = false;
            self.turn_of[i].next = self.turns.turn_of[i].val();
            self.pace.turn_of[i].next = self.turns.turn_of[i].val();
            self.pace.timestep_end[i].next = self.turns.free[i].val();
            self.pace.arrives[i].next = self.layer_done[i].val();
            self.has_bank[i].next = self.pace.has_bank[i].val();
            self.pace.ready[i].next = self.out_ready.val();
            self.pace.roomy[i].next = self.out_roomy.val();
        }
        for i in 0..self.schedule.len() {
            if !self.keeps_aside.val() {
                self.entry.next = self.schedule[i].entry.val();
            }
            self.last_entry.next = self.buffers[i].last_entry.val();
            self.ready.next = self.buffers[i].ready.val();
            self.roomy.next = self.buffers[i].roomy.val();
            self.fresh.next = self.buffers[i].fresh.val();
            self.spikes.next = self.buffers[i].spikes.val();
            self.kept_aside.next = self.buffers[i].spikes.val();
            self.weight_offset.next = self.buffers[i].index.val();
            self.parameter_index.next = self.neuron.val();
            self.turns.idle.next = self.schedule[i].idle.val();
        }
        for i in 0..self.buffers.len() {
            self.buffers[i].clock.next = self.clock.val();
            self.buffers[i].keeps_all.next = self.keeps_aside.val();
            self.buffers[i].entry.next = self.entry.val();
            self.buffers[i].free.next = self.turns.free[i].val();
            self.turns.asks[i].next = self.buffers[i].available.val() && !self.rests.val();
            self.buffers[i].write_enable.next = self.write_enable.val();
            self.buffers[i].write_last.next = self.write_last.val();
            self.buffers[i].commit.next = self.commit.val();
            self.buffers[i].restart.next = self.restart.val();
            self.buffers[i].write_word.next = self.write_word.val();
            self.buffers[i].write_fresh.next = self.write_fresh.val();
        }
        for i in 1..self.buffers.len() {
            self.buffers[i].write_enable.next = self.packed[i - 1].val();
            self.buffers[i].write_last.next = self.layer_done[i - 1].val();
            self.buffers[i].commit.next = self.layer_done[i - 1].val();
            self.buffers[i].write_word.next = self.packed_word[i - 1].val();
            self.buffers[i].write_fresh.next = self.packed_fresh.val();
            self.turns.has_room[i - 1].next = self.pace.has_more[i - 1].val();
            if self.turns.turn_of[i].val() {
                self.fresh.next = self.buffers[i].fresh.val();
                self.last_entry.next = self.buffers[i].last_entry.val();
                self.weight_offset.next = self.buffers[i].index.val();
                self.spikes.next = self.buffers[i].spikes.val();
            }
            self.pace.ready[i - 1].next = self.buffers[i].ready.val();
            self.pace.roomy[i - 1].next = self.buffers[i].roomy.val();
        }
        for i in 0..self.schedule.len() {
            self.schedule[i].clock.next = self.clock.val();
            self.schedule[i].available.next = self.turns.any.val();
            self.schedule[i].last_group.next = self.turns.last_group.val();
            self.schedule[i].beats.next = self.turns.beats.val();
            self.schedule[i].first_base.next = self.turns.first_base.val();
            self.schedule[i].last_entry.next = self.last_entry.val();
            self.schedule[i].may_end.next = self.pace.may_end.val();
            self.turns.frees.next = self.schedule[i].free.val();
            self.walks.next = self.schedule[i].walking.val();
            self.issue.next = self.schedule[i].issue.val();
            self.issue_end.next = self.schedule[i].group_end.val();
            self.doubles.next = self.schedule[i].doubles.val();
            self.counts_inputs.next = self.schedule[i].counts_inputs.val();
            self.ends.next = self.schedule[i].group_end.val();
            self.weight_base.next = self.schedule[i].group_base.val();
        }
        for i in 0..self.window.len() {
            self.window[i].clock.next = self.clock.val();
            self.window[i].write_enable.next = self.write_enable.val();
            self.window[i].commit.next = self.commit.val();
            self.window[i].restart.next = self.restart.val();
            self.window[i].write_word.next = self.write_word.val();
            self.window[i].write_fresh.next = self.write_fresh.val();
            self.window[i].keeps_aside.next = self.keeps_aside.val();
            self.window[i].load_entry.next = self.load_entry.val();
            self.kept_aside.next = self.window[i].kept_aside.val();
            self.window[i].rests.next = self.rests.val();
            self.window[i].may_end.next = self.pace.may_end.val();
            self.window[i].drains.next = self.drains.val();
            self.ready.next = self.window[i].ready.val();
            self.roomy.next = self.window[i].roomy.val();
            self.fresh.next = self.window[i].fresh.val();
            self.spikes.next = self.window[i].spikes.val();
            self.weight_offset.next = self.window[i].weight_offset.val();
            self.parameter_index.next = self.window[i].parameter_index.val();
            self.turns.frees.next = self.window[i].free.val();
            self.walks.next = self.window[i].walking.val();
            self.issue.next = self.window[i].issue.val();
            self.issue_end.next = self.window[i].issue_end.val();
            self.doubles.next = self.window[i].doubles.val();
            self.counts_inputs.next = self.window[i].counts_inputs.val();
            self.ends.next = self.window[i].group_end.val();
            self.weight_base.next = self.window[i].weight_base.val();
        }
        self.replay.next = self.replays_now.val();
        self.pace.replay.next = self.replays_now.val();
        self.pace.group_end.next = self.ends.val();
        self.group_end.next = self.ends.val();
        self.first_group.next = self.pace.first_group.val();
        self.waits.next = self.walks.val() && !self.issue.val();
        self.busy.next = self.walks.val() || self.pace.on_way.val();
    }
}
