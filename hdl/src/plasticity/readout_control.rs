//! The steps of an update of a layer's readout: every neuron in turn, those that did not fire without effect.
//!
//! ```text
//! cycle    0         1                3
//! neuron   counts    count, a draw    weights, changes -> write
//! ```

use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct ReadoutControl {
    // Control
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    // Neurons
    pub reads: Signal<Out, Bit>,
    pub neuron: Bus<Out>,
    pub fired: Signal<In, Bit>,
    pub draw: Signal<Out, Bit>,
    /// Of the weights, in cycle 2.
    pub weights_of: Bus<Out>,
    pub write: Signal<Out, Bit>,
    pub keep_random: Signal<Out, Bit>,
    reading: Flag,
    read_1: Flag,
    fired_2: Flag,
    fired_3: Flag,
    settling_1: Flag,
    settling_2: Flag,
    settling_3: Flag,
    position: Register,
    neuron_1: Register,
    neuron_2: Register,
    first_neuron: Fixed,
    one_neuron: Fixed,
    last_neuron: Fixed,
}

impl ReadoutControl {
    pub fn new(n_neurons: usize, neuron_bits: u32) -> Self {
        ReadoutControl {
            clock: Default::default(),
            start: Default::default(),
            busy: Default::default(),
            reads: Default::default(),
            neuron: Bus::new(neuron_bits),
            fired: Default::default(),
            draw: Default::default(),
            weights_of: Bus::new(neuron_bits),
            write: Default::default(),
            keep_random: Default::default(),
            reading: Default::default(),
            read_1: Default::default(),
            fired_2: Default::default(),
            fired_3: Default::default(),
            settling_1: Default::default(),
            settling_2: Default::default(),
            settling_3: Default::default(),
            position: Register::new(neuron_bits),
            neuron_1: Register::new(neuron_bits),
            neuron_2: Register::new(neuron_bits),
            first_neuron: Fixed::new(0, neuron_bits),
            one_neuron: Fixed::new(1, neuron_bits),
            last_neuron: Fixed::count(n_neurons - 1, neuron_bits),
        }
    }
}

impl Logic for ReadoutControl {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, reading, read_1, fired_2, fired_3, settling_1, settling_2, settling_3, position, neuron_1, neuron_2);
        self.busy.next = self.reading.q.val() || self.settling_1.q.val() || self.settling_2.q.val() || self.settling_3.q.val();
        self.reads.next = self.reading.q.val();
        self.neuron.next = self.position.q.val();
        self.draw.next = self.read_1.q.val() && self.fired.val();
        self.weights_of.next = self.neuron_2.q.val();
        self.write.next = self.fired_3.q.val();
        self.keep_random.next = self.settling_3.q.val();

        self.read_1.d.next = self.reading.q.val();
        self.fired_2.d.next = self.draw.val();
        self.fired_3.d.next = self.fired_2.q.val();
        self.neuron_1.d.next = self.position.q.val();
        self.neuron_2.d.next = self.neuron_1.q.val();
        self.settling_1.d.next = self.reading.q.val() && (self.position.q.val() == self.last_neuron.val());
        self.settling_2.d.next = self.settling_1.q.val();
        self.settling_3.d.next = self.settling_2.q.val();
        if self.reading.q.val() {
            self.position.d.next = self.position.q.val() + self.one_neuron.val();
            self.reading.d.next = self.position.q.val() != self.last_neuron.val();
        }
        if self.start.val() {
            self.reading.d.next = true;
            self.position.d.next = self.first_neuron.val();
        }
    }
}
