//! The currents of a layer whose input repeats: written in a presentation's first timestep, read in the others.
//!
//! ```text
//! cycle   0                        1
//!         neuron, valid, replay    current -> current_out, and into memory      (first timestep)
//!         neuron, valid, replay    memory  -> current_out                       (replay)
//! ```
//!
//! Where the word of the memory passes a register, the current comes a cycle later, and waits for it with its neuron.
//!
//! | signal | bits |
//! |---|---|
//! | neuron | index of a neuron |
//! | current, current_out | current_bits: one word a neuron |

use super::ram::Ram;
use crate::arch::StageArch;
use crate::dff_setup;
use crate::signal::{Bus, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct CurrentMemory {
    // Control
    pub clock: Signal<In, Clock>,
    pub valid: Signal<In, Bit>,
    pub replay: Signal<In, Bit>,
    // Data
    pub neuron: Bus<In>,
    pub current: Bus<In>,
    pub current_out: Bus<Out>,
    ram: Ram,
    neuron_1: Register,
    store_1: Flag,
    replay_1: Flag,
    /// One each, where the word passes a register.
    neuron_2: Vec<Register>,
    store_2: Vec<Flag>,
}

impl CurrentMemory {
    pub fn new(stage: &StageArch) -> Self {
        let (index, bits) = (stage.neuron_index_bits(), stage.current_bits());
        CurrentMemory {
            clock: Default::default(),
            valid: Default::default(),
            replay: Default::default(),
            neuron: Bus::new(index),
            current: Bus::new(bits),
            current_out: Bus::new(bits),
            ram: Ram::new(index, bits, stage.n_neurons, stage.memories.state).registered(stage.memories.registered),
            neuron_1: Register::new(index),
            store_1: Default::default(),
            replay_1: Default::default(),
            neuron_2: (0..stage.register_cycles()).map(|_| Register::new(index)).collect(),
            store_2: (0..stage.register_cycles()).map(|_| Default::default()).collect(),
        }
    }
}

impl Logic for CurrentMemory {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, neuron_1, store_1, replay_1);
        self.ram.clock.next = self.clock.val();
        self.ram.read_address.next = self.neuron.val();
        self.neuron_1.d.next = self.neuron.val();
        self.store_1.d.next = self.valid.val() && !self.replay.val();
        self.replay_1.d.next = self.replay.val();
        self.ram.write_enable.next = self.store_1.q.val();
        self.ram.write_address.next = self.neuron_1.q.val();
        for i in 0..self.neuron_2.len() {
            self.neuron_2[i].clock.next = self.clock.val();
            self.neuron_2[i].d.next = self.neuron_1.q.val();
            self.store_2[i].clock.next = self.clock.val();
            self.store_2[i].d.next = self.store_1.q.val();
            self.ram.write_enable.next = self.store_2[i].q.val();
            self.ram.write_address.next = self.neuron_2[i].q.val();
        }
        self.ram.write_word.next = self.current.val();
        self.current_out.next = self.current.val();
        // A replay lasts until its last neuron is through.
        if self.replay_1.q.val() {
            self.current_out.next = self.ram.read_word.val();
        }
    }
}
