//! Tells when the line has been silent for too long in the middle of a request.

use crate::dff_setup;
use crate::signal::{Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Silence {
    pub clock: Signal<In, Clock>,
    pub counts: Signal<In, Bit>,
    pub too_long: Signal<Out, Bit>,
    cycles: Register,
    none: Fixed,
    one: Fixed,
}

impl Silence {
    /// Too long is 2^`bits` - 1 cycles of `counts` in a row.
    pub fn new(bits: u32) -> Self {
        Silence {
            clock: Default::default(),
            counts: Default::default(),
            too_long: Default::default(),
            cycles: Register::new(bits),
            none: Fixed::new(0, bits),
            one: Fixed::new(1, bits),
        }
    }
}

impl Logic for Silence {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, cycles);
        self.too_long.next = self.cycles.q.val().all();
        self.cycles.d.next = self.none.val();
        if self.counts.val() {
            self.cycles.d.next = self.cycles.q.val() + self.one.val();
        }
    }
}
