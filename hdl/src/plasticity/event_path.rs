//! The forward path of a learning layer but for its synapses: spike buffer, schedule, drain, LIF pipeline, packer.
//!
//! ```text
//!  writes -> spike buffer -> schedule -> (synapses) -> drain -> LIF -> packer -> writes of the next layer
//! ```

use super::event_schedule::EventSchedule;
use crate::arch::{Load, StageArch};
use crate::block::drain::Drain;
use crate::block::lif::Lif;
use crate::block::join::JoinBits;
use crate::block::packer::Packer;
use crate::block::parameter_memory::Parameters;
use crate::block::spike_buffer::SpikeBuffer;
use crate::dff_setup;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{Bus, Flag};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use std::rc::Rc;

#[derive(LogicBlock)]
pub struct EventPath {
    // Control
    pub clock: Signal<In, Clock>,
    // Spikes in
    pub write_enable: Signal<In, Bit>,
    pub write_last: Signal<In, Bit>,
    pub commit: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub write_word: Bus<In>,
    pub write_fresh: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    // Synapses
    pub issue: Signal<Out, Bit>,
    pub group_end: Signal<Out, Bit>,
    pub spiking: Bus<Out>,
    pub group_base: Bus<Out>,
    pub take: Signal<In, Bit>,
    pub shift: Signal<Out, Bit>,
    pub count: Bus<In>,
    pub input_count: Bus<In>,
    // Spikes out, packed and one by one
    pub out_ready: Signal<In, Bit>,
    pub out_enable: Signal<Out, Bit>,
    pub out_last: Signal<Out, Bit>,
    pub out_word: Bus<Out>,
    pub out_fresh: Signal<Out, Bit>,
    pub spike_valid: Signal<Out, Bit>,
    pub spike_neuron: Bus<Out>,
    pub membrane: Bus<Out>,
    pub threshold: Bus<Out>,
    pub spike: Signal<Out, Bit>,
    // The host
    pub keeps_aside: Signal<In, Bit>,
    pub load_entry: Bus<In>,
    pub kept_aside: Bus<Out>,
    pub load_parameters: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub host_reads: Signal<In, Bit>,
    pub host_neuron: Bus<In>,
    pub state: Bus<Out>,
    buffer: SpikeBuffer,
    schedule: EventSchedule,
    drain: Drain,
    /// Neurons of a group are on their way.
    drains: Flag,
    lif: Lif,
    spikes: JoinBits,
    packer: Packer,
}

impl EventPath {
    /// `out_word` is the word of the next layer's spike buffer, `load` how the host writes the parameters.
    pub fn new(stage: &StageArch, (out_word, load): (u32, Load), parameters: (Rc<Vec<Parameters>>, String)) -> Self {
        let (index, membrane, counts) = (stage.neuron_index_bits(), stage.neuron.membrane_bits, stage.count_bits());
        EventPath {
            clock: Default::default(),
            write_enable: Default::default(),
            write_last: Default::default(),
            commit: Default::default(),
            restart: Default::default(),
            write_word: Bus::new(stage.beat),
            write_fresh: Default::default(),
            ready: Default::default(),
            issue: Default::default(),
            group_end: Default::default(),
            spiking: Bus::new(stage.spiking_bits()),
            group_base: Bus::new(stage.latent_address_bits()),
            take: Default::default(),
            shift: Default::default(),
            count: Bus::new(counts),
            input_count: Bus::new(counts),
            out_ready: Default::default(),
            out_enable: Default::default(),
            out_last: Default::default(),
            out_word: Bus::new(out_word),
            out_fresh: Default::default(),
            spike_valid: Default::default(),
            spike_neuron: Bus::new(index),
            membrane: Bus::new(membrane),
            threshold: Bus::new(stage.work_bits()),
            spike: Default::default(),
            keeps_aside: Default::default(),
            load_entry: Bus::new(stage.beat_index_bits()),
            kept_aside: Bus::new(stage.beat),
            load_parameters: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(load.word_bits),
            host_reads: Default::default(),
            host_neuron: Bus::new(index),
            state: Bus::new(membrane + 1),
            buffer: SpikeBuffer::new(stage.beats(), stage.beat, true, stage.memories.spikes),
            schedule: EventSchedule::new(stage),
            drain: Drain::new(std::slice::from_ref(stage)),
            drains: Default::default(),
            lif: Lif::new(stage, load, parameters.0, parameters.1),
            spikes: JoinBits::new(1),
            packer: Packer::new(out_word, 1),
        }
    }
}

impl Logic for EventPath {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, drains);
        self.buffer.clock.next = self.clock.val();
        self.buffer.write_enable.next = self.write_enable.val();
        self.buffer.write_last.next = self.write_last.val();
        self.buffer.commit.next = self.commit.val();
        self.buffer.restart.next = self.restart.val();
        self.buffer.write_word.next = self.write_word.val();
        self.buffer.write_fresh.next = self.write_fresh.val();
        self.buffer.keeps_all.next = self.keeps_aside.val();
        self.buffer.entry.next = self.schedule.entry.val();
        if self.keeps_aside.val() {
            self.buffer.entry.next = self.load_entry.val();
        }
        self.kept_aside.next = self.buffer.spikes.val();
        self.buffer.free.next = self.schedule.free.val();
        self.ready.next = self.buffer.ready.val();

        self.schedule.clock.next = self.clock.val();
        self.schedule.available.next = self.buffer.available.val();
        self.schedule.last_entry.next = self.buffer.last_entry.val();
        self.schedule.may_drain.next = self.out_ready.val() && !self.drains.q.val();
        self.schedule.spikes.next = self.buffer.spikes.val();
        self.schedule.index.next = self.buffer.index.val();
        self.issue.next = self.schedule.issue.val();
        self.group_end.next = self.schedule.group_end.val();
        self.spiking.next = self.schedule.spiking.val();
        self.group_base.next = self.schedule.group_base.val();

        if self.lif.finished.val() {
            self.drains.d.next = false;
        }
        if self.schedule.group_end.val() {
            self.drains.d.next = true;
        }
        self.drain.clock.next = self.clock.val();
        self.drain.group_end.next = self.schedule.group_end.val();
        self.drain.first_group.next = true;
        for i in 0..self.drain.turn_of.len() {
            self.drain.turn_of[i].next = true;
            self.drain.has_bank[i].next = true;
        }
        self.drain.take.next = self.take.val();
        self.drain.replay.next = false;
        self.drain.buffer_fresh.next = self.buffer.fresh.val();
        self.shift.next = self.drain.valid.val();

        self.lif.clock.next = self.clock.val();
        self.lif.start.next = self.drain.start.val();
        self.lif.valid.next = self.drain.valid.val();
        self.lif.group_last.next = self.drain.group_last.val();
        self.lif.last.next = self.drain.last.val();
        self.lif.fresh.next = self.drain.fresh.val();
        self.lif.replaying.next = false;
        self.lif.neuron.next = self.drain.neuron.val();
        self.lif.parameter_index.next = self.drain.neuron.val();
        self.lif.count.next = self.count.val();
        self.lif.input_count.next = self.input_count.val();
        self.lif.load_enable.next = self.load_parameters.val();
        self.lif.load_address.next = self.load_address.val();
        self.lif.load_piece.next = self.load_piece.val();
        self.lif.host_reads.next = self.host_reads.val();
        self.lif.host_neuron.next = self.host_neuron.val();
        self.state.next = self.lif.state.val();

        self.packer.clock.next = self.clock.val();
        self.packer.valid.next = self.lif.spike_valid.val();
        self.packer.last.next = self.lif.spike_last.val();
        self.spikes.bit[0].next = self.lif.spike.val();
        self.packer.spikes.next = self.spikes.joined.val();
        self.out_enable.next = self.packer.write_enable.val();
        self.out_word.next = self.packer.word.val();
        self.out_last.next = self.lif.spike_last.val();
        self.out_fresh.next = self.drain.fresh.val();
        self.spike_valid.next = self.lif.spike_valid.val();
        self.spike_neuron.next = self.lif.spike_neuron.val();
        self.membrane.next = self.lif.membrane.val();
        self.threshold.next = self.lif.threshold.val();
        self.spike.next = self.lif.spike.val();
    }
}
