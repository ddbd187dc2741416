//! The LIF pipeline of a layer: a neuron a cycle from its count to its spike.
//!
//! ```text
//! cycle  0            1                 2                     3                  4
//!        neuron, count
//!        current  ->  leaked, drive ->  integrated =      ->  membrane =     ->  fires, membrane_next
//!        read state   state, params     leaked + drive        saturate           write state, emit
//! ```
//!
//! Where words of memories pass a register, everything but their addresses waits a cycle for them, and is a cycle later; what
//! is taken off after a spike has another one.
//! With a synapse the drive passes through it in cycle 2: see [`SynapticCurrents`]. Where the timestep says what a current is
//! worth, [`Scaling`] makes the drive. State of a neuron: `{ fired, membrane }`. `fired` serves the late resets, and the host
//! that asks which neurons spiked. While no timestep runs, the host reads states through the same port.

use super::current_memory::CurrentMemory;
use super::delay::Delay4;
use super::lif_delay::LifDelay;
use super::lif_end::LifEnd;
use super::lif_steps::{Ahead, Current, Drive, Leak, Saturate};
use super::lowering::Lowering;
use super::parameter_memory::{ParameterMemory, Parameters};
use super::ram::Ram;
use super::scaling::Scaling;
use super::state_word::StateUnpack;
use super::synapse::SynapticCurrents;
use crate::arch::{Load, StageArch};
use crate::dff_setup;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{Bus, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use std::rc::Rc;

#[derive(LogicBlock)]
pub struct Lif {
    // Control
    pub clock: Signal<In, Clock>,
    /// The neuron that comes is the first of a group.
    pub start: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    /// The last of a group, for those who ask when it is `finished`.
    pub group_last: Signal<In, Bit>,
    pub last: Signal<In, Bit>,
    pub fresh: Signal<In, Bit>,
    pub replaying: Signal<In, Bit>,
    pub finished: Signal<Out, Bit>,
    // Data
    pub neuron: Bus<In>,
    pub parameter_index: Bus<In>,
    pub count: Bus<In>,
    pub input_count: Bus<In>,
    // Spikes
    pub spike_valid: Signal<Out, Bit>,
    pub spike_last: Signal<Out, Bit>,
    pub spike: Signal<Out, Bit>,
    pub spike_neuron: Bus<Out>,
    pub membrane: Bus<Out>,
    pub threshold: Bus<Out>,
    // State, for the host
    pub host_reads: Signal<In, Bit>,
    pub host_neuron: Bus<In>,
    pub state: Bus<Out>,
    // Parameters, from the host
    pub load_enable: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    ram: Ram,
    parameters: ParameterMemory,
    kept: Vec<CurrentMemory>,
    /// One, of neurons with a synapse.
    synapses: Vec<SynapticCurrents>,
    /// One, of neurons whose currents the timestep scales.
    scaling: Vec<Scaling>,
    current_step: Current,
    leak_step: Leak,
    drive_step: Drive,
    /// One, where words of memories pass a register.
    lowering: Vec<Lowering>,
    saturate_step: Saturate,
    unpack: StateUnpack,
    ahead_step: Ahead,
    ending: LifEnd,
    current: Register,
    leaked: Register,
    drive: Register,
    driven: Bus<Local>,
    weighed: Bus<Local>,
    fired_2: Flag,
    threshold_2: Register,
    integrated: Register,
    fired_3: Flag,
    threshold_3: Register,
    saturated: Register,
    threshold_4: Register,
    fired_4: Flag,
    valid_4: Delay4,
    group_last_4: Delay4,
    last_4: Delay4,
    /// One, where words of memories pass a register.
    waits: Vec<LifDelay>,
}

impl Lif {
    pub fn new(stage: &StageArch, load: Load, neurons: Rc<Vec<Parameters>>, file: String) -> Self {
        let (index, counts, work) = (stage.neuron_index_bits(), stage.count_bits(), stage.work_bits());
        let (membrane, memories) = (stage.neuron.membrane_bits, stage.memories);
        let flag = Flag::default;
        Lif {
            clock: Default::default(),
            start: Default::default(),
            valid: Default::default(),
            group_last: Default::default(),
            last: Default::default(),
            fresh: Default::default(),
            replaying: Default::default(),
            finished: Default::default(),
            neuron: Bus::new(index),
            parameter_index: Bus::new(stage.parameter_bits()),
            count: Bus::new(counts),
            input_count: Bus::new(counts),
            spike_valid: Default::default(),
            spike_last: Default::default(),
            spike: Default::default(),
            spike_neuron: Bus::new(index),
            membrane: Bus::new(membrane),
            threshold: Bus::new(work),
            host_reads: Default::default(),
            host_neuron: Bus::new(index),
            state: Bus::new(membrane + 1),
            load_enable: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(load.word_bits),
            ram: Ram::new(index, membrane + 1, stage.n_neurons, memories.state).registered(memories.registered),
            parameters: ParameterMemory::new(&stage.neuron, (stage.parameter_bits(), work), (neurons, file), memories.parameters, load)
                .registered(memories.registered),
            kept: (0..usize::from(stage.keeps_currents)).map(|_| CurrentMemory::new(stage)).collect(),
            synapses: stage.neuron.synapse.iter().map(|synapse| SynapticCurrents::new(stage, synapse)).collect(),
            scaling: stage.neuron.scaling.iter().map(|scaling| Scaling::new(stage, scaling)).collect(),
            current_step: Current::new(stage),
            leak_step: Leak::new(stage),
            drive_step: Drive::new(stage),
            lowering: (0..stage.register_cycles()).map(|_| Lowering::new(stage)).collect(),
            saturate_step: Saturate::new(stage),
            unpack: StateUnpack::new(membrane),
            ahead_step: Ahead::new(stage),
            ending: LifEnd::new(stage),
            current: Register::new(stage.current_bits()),
            leaked: Register::new(work),
            drive: Register::new(work),
            driven: Bus::new(work),
            weighed: Bus::new(stage.current_bits()),
            fired_2: flag(),
            threshold_2: Register::new(work),
            integrated: Register::new(work),
            fired_3: flag(),
            threshold_3: Register::new(work),
            saturated: Register::new(membrane),
            threshold_4: Register::new(work),
            fired_4: flag(),
            valid_4: Default::default(),
            group_last_4: Default::default(),
            last_4: Default::default(),
            waits: (0..stage.register_cycles()).map(|_| Default::default()).collect(),
        }
    }
}

impl Logic for Lif {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, current, leaked, drive, fired_2, threshold_2, integrated, fired_3, threshold_3);
        dff_setup!(self, clock, saturated, threshold_4, fired_4);
        self.ram.clock.next = self.clock.val();
        self.parameters.clock.next = self.clock.val();
        self.parameters.load_enable.next = self.load_enable.val();
        self.parameters.load_address.next = self.load_address.val();
        self.parameters.load_piece.next = self.load_piece.val();

        // Cycle 0
        self.ram.read_address.next = self.neuron.val();
        if self.host_reads.val() {
            self.ram.read_address.next = self.host_neuron.val();
        }
        self.state.next = self.ram.read_word.val();
        self.parameters.neuron.next = self.parameter_index.val();
        self.current_step.count.next = self.count.val();
        self.current_step.input_count.next = self.input_count.val();
        self.current.d.next = self.current_step.current.val();

        // Cycle 1
        self.unpack.state.next = self.ram.read_word.val();
        self.leak_step.membrane.next = self.unpack.membrane.val();
        self.leak_step.fired.next = self.unpack.fired.val();
        self.leak_step.fresh.next = self.fresh.val();
        self.leak_step.beta.next = self.parameters.beta.val();
        self.leaked.d.next = self.leak_step.leaked.val();
        self.weighed.next = self.current.q.val();
        for i in 0..self.kept.len() {
            self.kept[i].clock.next = self.clock.val();
            self.kept[i].valid.next = self.valid.val();
            self.kept[i].replay.next = self.replaying.val();
            self.kept[i].neuron.next = self.neuron.val();
            self.kept[i].current.next = self.current.q.val();
            self.weighed.next = self.kept[i].current_out.val();
        }
        self.drive_step.current.next = self.weighed.val();
        self.drive_step.bias.next = self.parameters.bias.val();
        self.drive.d.next = self.drive_step.drive.val();
        for i in 0..self.scaling.len() {
            self.scaling[i].clock.next = self.clock.val();
            self.scaling[i].fresh.next = self.fresh.val();
            self.scaling[i].last.next = self.last.val();
            self.scaling[i].index.next = self.parameter_index.val();
            self.scaling[i].input_count.next = self.input_count.val();
            self.scaling[i].current.next = self.weighed.val();
            self.drive.d.next = self.scaling[i].drive.val();
        }
        self.threshold_2.d.next = self.parameters.threshold.val();
        self.ahead_step.membrane.next = self.unpack.membrane.val();
        self.ahead_step.threshold.next = self.parameters.threshold.val();
        self.ahead_step.fired.next = self.unpack.fired.val();
        self.fired_2.d.next = self.ahead_step.lowers.val() && !self.fresh.val();

        // Cycle 2
        self.driven.next = self.drive.q.val();
        for i in 0..self.synapses.len() {
            self.synapses[i].clock.next = self.clock.val();
            self.synapses[i].fresh.next = self.fresh.val();
            self.synapses[i].neuron.next = self.neuron.val();
            self.synapses[i].drive.next = self.drive.q.val();
            self.synapses[i].write_enable.next = self.valid_4.later.val();
            self.synapses[i].write_neuron.next = self.ending.write_neuron.val();
            self.driven.next = self.synapses[i].current.val();
        }
        self.integrated.d.next = self.leaked.q.val() + self.driven.val();
        self.threshold_3.d.next = self.threshold_2.q.val();
        self.fired_3.d.next = self.fired_2.q.val();

        // Cycle 3
        self.saturate_step.integrated.next = self.integrated.q.val();
        self.saturate_step.threshold.next = self.threshold_3.q.val();
        self.saturate_step.fired.next = self.fired_3.q.val();
        self.saturated.d.next = self.saturate_step.membrane.val();
        self.threshold_4.d.next = self.threshold_3.q.val();
        self.fired_4.d.next = self.fired_3.q.val();
        for i in 0..self.lowering.len() {
            self.lowering[i].clock.next = self.clock.val();
            self.lowering[i].integrated.next = self.integrated.q.val();
            self.lowering[i].threshold.next = self.threshold_3.q.val();
            self.lowering[i].fired.next = self.fired_3.q.val();
            self.saturate_step.integrated.next = self.lowering[i].lowered.val();
            self.saturate_step.fired.next = false;
            self.threshold_4.d.next = self.lowering[i].threshold_later.val();
            self.fired_4.d.next = self.lowering[i].fired_later.val();
        }

        // Cycle 4
        self.ending.clock.next = self.clock.val();
        self.ending.valid.next = self.valid_4.later.val();
        self.ending.start.next = self.start.val();
        self.ending.first_neuron.next = self.neuron.val();
        self.ending.saturated.next = self.saturated.q.val();
        self.ending.threshold.next = self.threshold_4.q.val();
        self.ending.lowered.next = self.fired_4.q.val();
        self.ram.write_enable.next = self.valid_4.later.val();
        self.ram.write_address.next = self.ending.write_neuron.val();
        self.ram.write_word.next = self.ending.state.val();
        self.spike.next = self.ending.fires.val();
        self.spike_valid.next = self.valid_4.later.val();
        self.spike_last.next = self.last_4.later.val();
        self.spike_neuron.next = self.ending.write_neuron.val();
        self.membrane.next = self.ending.membrane_next.val();
        self.threshold.next = self.threshold_4.q.val();
        self.finished.next = self.group_last_4.later.val();

        self.valid_4.clock.next = self.clock.val();
        self.valid_4.now.next = self.valid.val();
        self.group_last_4.clock.next = self.clock.val();
        self.group_last_4.now.next = self.group_last.val();
        self.last_4.clock.next = self.clock.val();
        self.last_4.now.next = self.last.val();
        // What is said of the whole timestep stays until the last neuron is through, and its count comes a cycle later.
        for i in 0..self.waits.len() {
            self.waits[i].clock.next = self.clock.val();
            self.waits[i].valid.next = self.valid.val();
            self.waits[i].group_last.next = self.group_last.val();
            self.waits[i].last.next = self.last.val();
            self.valid_4.now.next = self.waits[i].valid_later.val();
            self.group_last_4.now.next = self.waits[i].group_last_later.val();
            self.last_4.now.next = self.waits[i].last_later.val();
        }
    }
}
