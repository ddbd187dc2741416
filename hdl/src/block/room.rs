//! Timesteps of a layer that are on their way to the buffer that it writes, and whether that has a bank for one more.
//!
//! At most two are on their way.

use crate::dff_setup;
use crate::signal::Flag;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock, Default)]
pub struct Room {
    pub clock: Signal<In, Clock>,
    /// A timestep's first group ends.
    pub sets_out: Signal<In, Bit>,
    /// Its last spike arrives.
    pub arrives: Signal<In, Bit>,
    /// The buffer has a free bank.
    pub ready: Signal<In, Bit>,
    /// It has two.
    pub roomy: Signal<In, Bit>,
    /// For the timestep that arrives next but for one that arrives now.
    pub has_bank: Signal<Out, Bit>,
    /// For one more than those on their way.
    pub has_more: Signal<Out, Bit>,
    pub on_way: Signal<Out, Bit>,
    some: Flag,
    two: Flag,
}

impl Logic for Room {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, some, two);
        self.on_way.next = self.some.q.val();
        self.has_bank.next = self.ready.val();
        if self.arrives.val() {
            self.has_bank.next = self.roomy.val();
        }
        self.has_more.next = self.ready.val();
        if self.some.q.val() {
            self.has_more.next = self.roomy.val() && !self.two.q.val();
        }
        if self.sets_out.val() && !self.arrives.val() {
            self.some.d.next = true;
            self.two.d.next = self.some.q.val();
        }
        if self.arrives.val() && !self.sets_out.val() {
            self.some.d.next = self.two.q.val();
            self.two.d.next = false;
        }
    }
}
