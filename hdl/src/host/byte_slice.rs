//! A register between a byte's sender and its taker, so that no path leads from one through the other.
//!
//! ```text
//! in_ready = not full, or (`full_rate`) taken in this cycle
//! ```
//! Without `full_rate` it passes a byte every other cycle, and `in_ready` does not depend on `out_ready`.

use crate::dff_setup;
use crate::signal::{Bus, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct ByteSlice {
    pub clock: Signal<In, Clock>,
    pub holds: Signal<Out, Bit>,
    // Bytes in
    pub in_valid: Signal<In, Bit>,
    pub in_byte: Bus<In>,
    pub in_ready: Signal<Out, Bit>,
    // Bytes out
    pub out_valid: Signal<Out, Bit>,
    pub out_byte: Bus<Out>,
    pub out_ready: Signal<In, Bit>,
    full: Flag,
    byte_held: Register,
    full_rate: Constant<Bit>,
}

impl ByteSlice {
    pub fn new(full_rate: bool) -> Self {
        ByteSlice {
            clock: Default::default(),
            holds: Default::default(),
            in_valid: Default::default(),
            in_byte: Bus::new(8),
            in_ready: Default::default(),
            out_valid: Default::default(),
            out_byte: Bus::new(8),
            out_ready: Default::default(),
            full: Default::default(),
            byte_held: Register::new(8),
            full_rate: Constant::new(full_rate),
        }
    }
}

impl Logic for ByteSlice {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, full, byte_held);
        self.holds.next = self.full.q.val();
        self.out_valid.next = self.full.q.val();
        self.out_byte.next = self.byte_held.q.val();
        self.in_ready.next = !self.full.q.val() || (self.full_rate.val() && self.out_ready.val());
        if self.out_ready.val() {
            self.full.d.next = false;
        }
        if self.in_valid.val() && self.in_ready.val() {
            self.full.d.next = true;
            self.byte_held.d.next = self.in_byte.val();
        }
    }
}
