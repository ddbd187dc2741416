//! Which of a spike buffer's two banks is written and which is read, and how many hold a timestep.

use crate::dff_setup;
use crate::signal::{Bus, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Banks {
    pub clock: Signal<In, Clock>,
    pub commit: Signal<In, Bit>,
    pub free: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    /// Both banks are free.
    pub roomy: Signal<Out, Bit>,
    pub available: Signal<Out, Bit>,
    pub write_bank: Bus<Out>,
    pub read_bank: Bus<Out>,
    writing: Register,
    reading: Register,
    /// One or two banks hold a timestep.
    filled: Flag,
    /// Both do.
    full: Flag,
}

impl Default for Banks {
    fn default() -> Self {
        Banks {
            clock: Default::default(),
            commit: Default::default(),
            free: Default::default(),
            ready: Default::default(),
            roomy: Default::default(),
            available: Default::default(),
            write_bank: Bus::new(1),
            read_bank: Bus::new(1),
            writing: Register::new(1),
            reading: Register::new(1),
            filled: Default::default(),
            full: Default::default(),
        }
    }
}

impl Logic for Banks {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, writing, reading, filled, full);
        self.write_bank.next = self.writing.q.val();
        self.read_bank.next = self.reading.q.val();
        self.available.next = self.filled.q.val();
        self.ready.next = !self.full.q.val();
        self.roomy.next = !self.filled.q.val();
        if self.commit.val() {
            self.writing.d.next = !self.writing.q.val();
        }
        if self.free.val() {
            self.reading.d.next = !self.reading.q.val();
        }
        if self.commit.val() && !self.free.val() {
            self.filled.d.next = true;
            self.full.d.next = self.filled.q.val();
        }
        if self.free.val() && !self.commit.val() {
            self.filled.d.next = self.full.q.val();
            self.full.d.next = false;
        }
    }
}
