//! How often each neuron of a layer fired in the presentation.
//!
//! ```text
//! cycle 0: a neuron's spike, its count is read     1: the count and the spike are written
//! ```
//! When no timestep runs, counts are read a cycle after `read_neuron`.

use crate::arch::Style;
use crate::block::ram::Ram;
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct SpikeCounts {
    // Control
    pub clock: Signal<In, Clock>,
    pub spike_valid: Signal<In, Bit>,
    /// In the first timestep of a presentation.
    pub fresh: Signal<In, Bit>,
    pub reads: Signal<In, Bit>,
    // Data
    pub neuron: Bus<In>,
    pub spike: Signal<In, Bit>,
    pub read_neuron: Bus<In>,
    pub count: Bus<Out>,
    // Counts as they are written
    pub told: Signal<Out, Bit>,
    pub rises: Signal<Out, Bit>,
    pub told_neuron: Bus<Out>,
    pub told_count: Bus<Out>,
    ram: Ram,
    valid_1: Flag,
    fresh_1: Flag,
    spike_1: Flag,
    neuron_1: Register,
    count_before: Bus<Local>,
    count_after: Bus<Local>,
    nothing: Fixed,
    one: Fixed,
}

impl SpikeCounts {
    pub fn new(n_neurons: usize, neuron_bits: u32, count_bits: u32, style: Style) -> Self {
        SpikeCounts {
            clock: Default::default(),
            spike_valid: Default::default(),
            fresh: Default::default(),
            reads: Default::default(),
            neuron: Bus::new(neuron_bits),
            spike: Default::default(),
            read_neuron: Bus::new(neuron_bits),
            count: Bus::new(count_bits),
            told: Default::default(),
            rises: Default::default(),
            told_neuron: Bus::new(neuron_bits),
            told_count: Bus::new(count_bits),
            ram: Ram::new(neuron_bits, count_bits, n_neurons, style),
            valid_1: Default::default(),
            fresh_1: Default::default(),
            spike_1: Default::default(),
            neuron_1: Register::new(neuron_bits),
            count_before: Bus::new(count_bits),
            count_after: Bus::new(count_bits),
            nothing: Fixed::new(0, count_bits),
            one: Fixed::new(1, count_bits),
        }
    }
}

impl Logic for SpikeCounts {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, valid_1, fresh_1, spike_1, neuron_1);
        self.valid_1.d.next = self.spike_valid.val();
        self.fresh_1.d.next = self.fresh.val();
        self.spike_1.d.next = self.spike.val();
        self.neuron_1.d.next = self.neuron.val();
        self.ram.clock.next = self.clock.val();
        self.ram.read_address.next = self.neuron.val();
        if self.reads.val() {
            self.ram.read_address.next = self.read_neuron.val();
        }
        self.count.next = self.ram.read_word.val();
        self.count_before.next = self.ram.read_word.val();
        if self.fresh_1.q.val() {
            self.count_before.next = self.nothing.val();
        }
        self.count_after.next = self.count_before.val();
        if self.spike_1.q.val() {
            self.count_after.next = self.count_before.val() + self.one.val();
        }
        self.told.next = self.valid_1.q.val();
        self.rises.next = self.spike_1.q.val();
        self.told_neuron.next = self.neuron_1.q.val();
        self.told_count.next = self.count_after.val();
        self.ram.write_enable.next = self.valid_1.q.val();
        self.ram.write_address.next = self.neuron_1.q.val();
        self.ram.write_word.next = self.count_after.val();
    }
}
