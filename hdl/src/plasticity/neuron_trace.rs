//! Lists the neurons of the layer before that fired in the presentation, and by STDP the silent ones that it depresses, in
//! ascending order: a neuron a cycle.

use super::depressed::Depressed;
use super::rounding::RANDOM_BITS;
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct NeuronTrace {
    // Control
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    // The counts of the layer before
    pub reads: Signal<Out, Bit>,
    pub read_neuron: Bus<Out>,
    pub count: Bus<In>,
    /// Of the layer that learns, in which no draw is under way.
    pub random: Bus<In>,
    // The list
    pub push: Signal<Out, Bit>,
    pub push_input: Bus<Out>,
    pub push_count: Bus<Out>,
    reading: Flag,
    given: Flag,
    neuron: Register,
    neuron_1: Register,
    first_neuron: Fixed,
    one_neuron: Fixed,
    last_neuron: Fixed,
    /// One by STDP, else none.
    depressed: Vec<Depressed>,
    due: Signal<Local, Bit>,
}

impl NeuronTrace {
    /// Of a layer of `n_neurons` neurons, whose index has `neuron_bits`.
    pub fn new(n_neurons: usize, neuron_bits: u32, count_bits: u32, depresses: bool) -> Self {
        NeuronTrace {
            clock: Default::default(),
            start: Default::default(),
            busy: Default::default(),
            reads: Default::default(),
            read_neuron: Bus::new(neuron_bits),
            count: Bus::new(count_bits),
            random: Bus::new(RANDOM_BITS),
            push: Default::default(),
            push_input: Bus::new(neuron_bits),
            push_count: Bus::new(count_bits),
            reading: Default::default(),
            given: Default::default(),
            neuron: Register::new(neuron_bits),
            neuron_1: Register::new(neuron_bits),
            first_neuron: Fixed::new(0, neuron_bits),
            one_neuron: Fixed::new(1, neuron_bits),
            last_neuron: Fixed::count(n_neurons - 1, neuron_bits),
            depressed: (0..usize::from(depresses)).map(|_| Depressed::new(1, neuron_bits)).collect(),
            due: Default::default(),
        }
    }
}

impl Logic for NeuronTrace {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, reading, given, neuron, neuron_1);
        self.busy.next = self.reading.q.val() || self.given.q.val();
        self.reads.next = self.reading.q.val();
        self.read_neuron.next = self.neuron.q.val();
        self.due.next = false;
        for i in 0..self.depressed.len() {
            self.depressed[i].random.next = self.random.val();
            self.depressed[i].beat.next = self.neuron_1.q.val();
            self.due.next = self.depressed[i].mask.val().any();
        }
        self.push.next = self.given.q.val() && (self.due.val() || self.count.val().any());
        self.push_input.next = self.neuron_1.q.val();
        self.push_count.next = self.count.val();

        self.given.d.next = self.reading.q.val();
        self.neuron_1.d.next = self.neuron.q.val();
        if self.reading.q.val() {
            self.neuron.d.next = self.neuron.q.val() + self.one_neuron.val();
            self.reading.d.next = self.neuron.q.val() != self.last_neuron.val();
        }
        if self.start.val() {
            self.reading.d.next = true;
            self.neuron.d.next = self.first_neuron.val();
        }
    }
}
