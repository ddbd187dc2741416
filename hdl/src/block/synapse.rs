//! The synaptic currents of a layer: what drives a neuron passes through one, which keeps a share of it.
//!
//! ```text
//! cycle   0           1                       2                        3        4
//!         neuron      kept = leak(word) ->    current = kept + drive   .        write
//! ```
//!
//! Where words of memories pass a register, everything behind them is a cycle later.
//! The share that is kept is one for all neurons, or comes from a [`DecayTable`] in cycle 1.
//!
//! | signal | bits |
//! |---|---|
//! | drive, kept, current | work_bits: no step can wrap |
//! | stored | synapse bits, which hold every current |

use super::decay_table::DecayTable;
use super::lif_steps::Leak;
use super::ram::Ram;
use super::wiring::Resize;
use crate::arch::{StageArch, Synapse};
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct SynapticCurrents {
    // Control
    pub clock: Signal<In, Clock>,
    pub fresh: Signal<In, Bit>,
    /// In cycle 4.
    pub write_enable: Signal<In, Bit>,
    // Data
    pub neuron: Bus<In>,
    pub write_neuron: Bus<In>,
    /// In cycle 2.
    pub drive: Bus<In>,
    pub current: Bus<Out>,
    ram: Ram,
    decays: Vec<DecayTable>,
    leak_step: Leak,
    low: Resize,
    kept: Register,
    stored_3: Register,
    stored_4: Register,
    /// One, where words of memories pass a register: the write is a cycle later.
    waits: Vec<Register>,
    sum: Bus<Local>,
    no_beta: Fixed,
}

impl SynapticCurrents {
    pub fn new(stage: &StageArch, synapse: &Synapse) -> Self {
        let (index, work, bits) = (stage.neuron_index_bits(), stage.work_bits(), synapse.bits);
        let leak_step = Leak::of_synapse(stage, synapse);
        let n_tables = usize::from(!synapse.decays.is_empty());
        SynapticCurrents {
            clock: Default::default(),
            fresh: Default::default(),
            write_enable: Default::default(),
            neuron: Bus::new(index),
            write_neuron: Bus::new(index),
            drive: Bus::new(work),
            current: Bus::new(work),
            ram: Ram::new(index, bits, stage.n_neurons, stage.memories.state).registered(stage.memories.registered),
            decays: (0..n_tables).map(|_| DecayTable::new(stage, &synapse.decays, leak_step.beta.width())).collect(),
            no_beta: Fixed::new(0, leak_step.beta.width()),
            leak_step,
            low: Resize::new(work, bits),
            kept: Register::new(work),
            stored_3: Register::new(bits),
            stored_4: Register::new(bits),
            waits: (0..stage.register_cycles()).map(|_| Register::new(bits)).collect(),
            sum: Bus::new(work),
        }
    }
}

impl Logic for SynapticCurrents {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, kept, stored_3, stored_4);
        // Cycle 0
        self.ram.clock.next = self.clock.val();
        self.ram.read_address.next = self.neuron.val();

        // Cycle 1
        self.leak_step.membrane.next = self.ram.read_word.val();
        self.leak_step.beta.next = self.no_beta.val();
        for i in 0..self.decays.len() {
            self.decays[i].clock.next = self.clock.val();
            self.decays[i].index.next = self.neuron.val();
            self.leak_step.beta.next = self.decays[i].decay.val();
        }
        self.leak_step.fired.next = false;
        self.leak_step.fresh.next = self.fresh.val();
        self.kept.d.next = self.leak_step.leaked.val();

        // Cycle 2
        self.sum.next = self.kept.q.val() + self.drive.val();
        self.current.next = self.sum.val();
        self.low.from.next = self.sum.val();
        self.stored_3.d.next = self.low.to.val();

        // Cycles 3 and 4
        self.stored_4.d.next = self.stored_3.q.val();
        self.ram.write_enable.next = self.write_enable.val();
        self.ram.write_address.next = self.write_neuron.val();
        self.ram.write_word.next = self.stored_4.q.val();
        for i in 0..self.waits.len() {
            self.waits[i].clock.next = self.clock.val();
            self.waits[i].d.next = self.stored_4.q.val();
            self.ram.write_word.next = self.waits[i].q.val();
        }
    }
}
