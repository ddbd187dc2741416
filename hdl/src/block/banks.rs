//! Which of a spike buffer's banks is written and which is read, and how many hold a timestep.
//!
//! | signal | bits |
//! |---|---|
//! | write_bank, read_bank | bank |

use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Banks {
    pub clock: Signal<In, Clock>,
    pub commit: Signal<In, Bit>,
    pub free: Signal<In, Bit>,
    /// A bank is free.
    pub ready: Signal<Out, Bit>,
    /// Two banks or more are.
    pub roomy: Signal<Out, Bit>,
    pub available: Signal<Out, Bit>,
    pub write_bank: Bus<Out>,
    pub read_bank: Bus<Out>,
    writing: Register,
    reading: Register,
    /// Bit i: more than i banks hold a timestep.
    filled: Vec<Flag>,
    one_bank: Fixed,
    _last: usize,
    _but_one: usize,
}

impl Banks {
    /// `banks` is a power of two, at least two.
    pub fn new(banks: usize) -> Self {
        assert!(banks >= 2 && banks.is_power_of_two(), "{banks} banks");
        let bits = bits_for(banks - 1);
        Banks {
            clock: Default::default(),
            commit: Default::default(),
            free: Default::default(),
            ready: Default::default(),
            roomy: Default::default(),
            available: Default::default(),
            write_bank: Bus::new(bits),
            read_bank: Bus::new(bits),
            writing: Register::new(bits),
            reading: Register::new(bits),
            filled: (0..banks).map(|_| Default::default()).collect(),
            one_bank: Fixed::new(1, bits),
            _last: banks - 1,
            _but_one: banks - 2,
        }
    }
}

impl Default for Banks {
    fn default() -> Self {
        Banks::new(2)
    }
}

impl Logic for Banks {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, writing, reading);
        self.write_bank.next = self.writing.q.val();
        self.read_bank.next = self.reading.q.val();
        self.available.next = self.filled[0].q.val();
        for i in self._but_one..self._last {
            self.roomy.next = !self.filled[i].q.val();
        }
        for i in self._last..self.filled.len() {
            self.ready.next = !self.filled[i].q.val();
        }
        if self.commit.val() {
            self.writing.d.next = self.writing.q.val() + self.one_bank.val();
        }
        if self.free.val() {
            self.reading.d.next = self.reading.q.val() + self.one_bank.val();
        }
        for i in 0..self.filled.len() {
            self.filled[i].clock.next = self.clock.val();
            self.filled[i].d.next = self.filled[i].q.val();
            if self.commit.val() && !self.free.val() {
                self.filled[i].d.next = true;
            }
            if self.free.val() && !self.commit.val() {
                self.filled[i].d.next = false;
            }
        }
        for i in 1..self.filled.len() {
            if self.commit.val() && !self.free.val() {
                self.filled[i].d.next = self.filled[i - 1].q.val();
            }
            if self.free.val() && !self.commit.val() {
                self.filled[i - 1].d.next = self.filled[i].q.val();
            }
        }
    }
}
