//! Serial line to bytes: 8 data bits, no parity, one stop bit, least significant bit first.
//!
//! ```text
//! line  ----\_start_/ b0 | b1 | .. | b7 | stop
//! sample        ^     ^    ^         ^    ^       in the middle of each bit
//! ```
//!
//! A byte that is not taken before the next one is complete is lost, and said to be (`lost`).

use crate::dff_setup;
use crate::host::bytes::BitIn;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct UartRx {
    // Control
    pub clock: Signal<In, Clock>,
    pub lost: Signal<Out, Bit>,
    // Line
    pub line: Signal<In, Bit>,
    // Bytes out
    pub byte_valid: Signal<Out, Bit>,
    pub byte_out: Bus<Out>,
    pub byte_ready: Signal<In, Bit>,
    busy: Flag,
    full: Flag,
    countdown: Register,
    bits_left: Register,
    gathered: Register,
    complete: Register,
    shift: BitIn,
    sample: Signal<Local, Bit>,
    half_bit: Fixed,
    whole_bit: Fixed,
    one_cycle: Fixed,
    no_cycle: Fixed,
    frame_bits: Fixed,
    one_bit: Fixed,
    no_bit: Fixed,
}

impl UartRx {
    /// `divisor`: clock cycles a bit, at least 4.
    pub fn new(divisor: usize) -> Self {
        let bits = bits_for(divisor);
        UartRx {
            clock: Default::default(),
            lost: Default::default(),
            line: Default::default(),
            byte_valid: Default::default(),
            byte_out: Bus::new(8),
            byte_ready: Default::default(),
            busy: Default::default(),
            full: Default::default(),
            countdown: Register::new(bits),
            bits_left: Register::new(4),
            gathered: Register::new(8),
            complete: Register::new(8),
            shift: BitIn::new(8),
            sample: Default::default(),
            // The falling edge is seen a cycle late.
            half_bit: Fixed::count(divisor / 2 - 1, bits),
            whole_bit: Fixed::count(divisor - 1, bits),
            one_cycle: Fixed::new(1, bits),
            no_cycle: Fixed::new(0, bits),
            frame_bits: Fixed::new(9, 4),
            one_bit: Fixed::new(1, 4),
            no_bit: Fixed::new(0, 4),
        }
    }
}

impl Logic for UartRx {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, busy, full, countdown, bits_left, gathered, complete);
        self.shift.word.next = self.gathered.q.val();
        self.shift.bit_in.next = self.line.val();
        self.byte_valid.next = self.full.q.val();
        self.byte_out.next = self.complete.q.val();
        self.lost.next = false;
        if self.byte_ready.val() {
            self.full.d.next = false;
        }

        self.sample.next = self.busy.q.val() && (self.countdown.q.val() == self.no_cycle.val());
        if !self.busy.q.val() && !self.line.val() {
            self.busy.d.next = true;
            self.countdown.d.next = self.half_bit.val();
            self.bits_left.d.next = self.frame_bits.val();
        }
        if self.busy.q.val() {
            self.countdown.d.next = self.countdown.q.val() - self.one_cycle.val();
        }
        if self.sample.val() {
            self.countdown.d.next = self.whole_bit.val();
            self.bits_left.d.next = self.bits_left.q.val() - self.one_bit.val();
            self.gathered.d.next = self.shift.shifted.val();
            // A start bit that does not last was noise.
            if (self.bits_left.q.val() == self.frame_bits.val()) && self.line.val() {
                self.busy.d.next = false;
            }
            if self.bits_left.q.val() == self.no_bit.val() {
                self.busy.d.next = false;
                // Without a stop bit there was no byte: a break, or a line out of step.
                if self.line.val() {
                    self.complete.d.next = self.gathered.q.val();
                    self.full.d.next = true;
                    self.lost.next = self.full.q.val() && !self.byte_ready.val();
                }
            }
        }
    }
}
