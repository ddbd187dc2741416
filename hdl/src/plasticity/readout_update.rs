//! The update of a layer's readout: for each neuron that fired, the changes of its weights for the label and its rival.

use super::changes::Changes;
use super::random_numbers::RandomNumbers;
use super::readout_control::ReadoutControl;
use super::rounding::{RANDOM_BITS, SHIFT_BITS};
use crate::dff_setup;
use crate::signal::{Bus, Flag};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct ReadoutUpdate {
    // Control
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    /// Starts only when this has ended.
    pub waits: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    pub pending: Signal<Out, Bit>,
    pub shift: Bus<In>,
    // Counts
    pub reads: Signal<Out, Bit>,
    pub neuron: Bus<Out>,
    pub count: Bus<In>,
    // Weights
    pub weights_of: Bus<Out>,
    pub write: Signal<Out, Bit>,
    pub plus_one: Bus<Out>,
    pub minus_one: Bus<Out>,
    // Random numbers, for the host
    pub random: Bus<Out>,
    pub load_random: Signal<In, Bit>,
    pub load_state: Bus<In>,
    control: ReadoutControl,
    numbers: RandomNumbers,
    changes: Changes,
    waiting: Flag,
    begins: Signal<Local, Bit>,
}

impl ReadoutUpdate {
    /// `random` is the first state of the random numbers.
    pub fn new(n_neurons: usize, neuron_bits: u32, count_bits: u32, readout_bits: u32, random: u16) -> Self {
        ReadoutUpdate {
            clock: Default::default(),
            start: Default::default(),
            waits: Default::default(),
            busy: Default::default(),
            pending: Default::default(),
            shift: Bus::new(SHIFT_BITS),
            reads: Default::default(),
            neuron: Bus::new(neuron_bits),
            count: Bus::new(count_bits),
            weights_of: Bus::new(neuron_bits),
            write: Default::default(),
            plus_one: Bus::new(readout_bits + 1),
            minus_one: Bus::new(readout_bits + 1),
            random: Bus::new(RANDOM_BITS),
            load_random: Default::default(),
            load_state: Bus::new(RANDOM_BITS),
            control: ReadoutControl::new(n_neurons, neuron_bits),
            numbers: RandomNumbers::starting_at(random),
            changes: Changes::new(count_bits, readout_bits),
            waiting: Default::default(),
            begins: Default::default(),
        }
    }
}

impl Logic for ReadoutUpdate {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, waiting);
        self.waiting.d.next = self.start.val() || (self.waiting.q.val() && self.waits.val());
        self.begins.next = self.waiting.q.val() && !self.waits.val();
        self.control.clock.next = self.clock.val();
        self.control.start.next = self.begins.val();
        self.control.fired.next = self.count.val().any();
        self.busy.next = self.control.busy.val();
        self.pending.next = self.waiting.q.val();
        self.reads.next = self.control.reads.val();
        self.neuron.next = self.control.neuron.val();
        self.weights_of.next = self.control.weights_of.val();
        self.write.next = self.control.write.val();
        self.numbers.clock.next = self.clock.val();
        self.numbers.restart.next = self.begins.val();
        self.numbers.draw.next = self.control.draw.val();
        self.numbers.keep.next = self.control.keep_random.val();
        self.numbers.load_enable.next = self.load_random.val();
        self.numbers.load_state.next = self.load_state.val();
        self.random.next = self.numbers.kept.val();
        self.changes.clock.next = self.clock.val();
        self.changes.shift.next = self.shift.val();
        self.changes.trace.next = self.count.val();
        self.changes.random.next = self.numbers.random.val();
        self.plus_one.next = self.changes.plus_one.val();
        self.minus_one.next = self.changes.minus_one.val();
    }
}
