//! What is said of a neuron on its way through the LIF pipeline, two cycles later: while a word of its state passes a register,
//! and while its membrane is lowered.

use crate::dff_setup;
use crate::signal::Flag;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock, Default)]
pub struct LifDelay {
    pub clock: Signal<In, Clock>,
    pub valid: Signal<In, Bit>,
    pub group_last: Signal<In, Bit>,
    pub last: Signal<In, Bit>,
    pub valid_later: Signal<Out, Bit>,
    pub group_last_later: Signal<Out, Bit>,
    pub last_later: Signal<Out, Bit>,
    valid_1: Flag,
    group_last_1: Flag,
    last_1: Flag,
    valid_2: Flag,
    group_last_2: Flag,
    last_2: Flag,
}

impl Logic for LifDelay {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, valid_1, group_last_1, last_1, valid_2, group_last_2, last_2);
        self.valid_1.d.next = self.valid.val();
        self.group_last_1.d.next = self.group_last.val();
        self.last_1.d.next = self.last.val();
        self.valid_2.d.next = self.valid_1.q.val();
        self.group_last_2.d.next = self.group_last_1.q.val();
        self.last_2.d.next = self.last_1.q.val();
        self.valid_later.next = self.valid_2.q.val();
        self.group_last_later.next = self.group_last_2.q.val();
        self.last_later.next = self.last_2.q.val();
    }
}
