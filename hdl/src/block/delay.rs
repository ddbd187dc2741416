//! A bit, four cycles later.

use crate::dff_setup;
use crate::signal::Flag;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock, Default)]
pub struct Delay4 {
    pub clock: Signal<In, Clock>,
    pub now: Signal<In, Bit>,
    pub later: Signal<Out, Bit>,
    after_1: Flag,
    after_2: Flag,
    after_3: Flag,
    after_4: Flag,
}

impl Logic for Delay4 {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, after_1, after_2, after_3, after_4);
        self.after_1.d.next = self.now.val();
        self.after_2.d.next = self.after_1.q.val();
        self.after_3.d.next = self.after_2.q.val();
        self.after_4.d.next = self.after_3.q.val();
        self.later.next = self.after_4.q.val();
    }
}
