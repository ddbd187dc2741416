//! Bytes to serial line: 8 data bits, no parity, one stop bit, least significant bit first.

use crate::dff_setup;
use crate::host::bytes::BitIn;
use crate::signal::{bits_for, Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct UartTx {
    // Control
    pub clock: Signal<In, Clock>,
    // Bytes in
    pub byte_valid: Signal<In, Bit>,
    pub byte_in: Bus<In>,
    pub byte_ready: Signal<Out, Bit>,
    // Line
    pub line: Signal<Out, Bit>,
    /// Stop bit, byte, start bit, leaving at the low end; ones follow.
    frame: Register,
    countdown: Register,
    bits_left: Register,
    shift: BitIn,
    framing: Frame,
    idle: Signal<Local, Bit>,
    whole_bit: Fixed,
    one_cycle: Fixed,
    no_cycle: Fixed,
    frame_bits: Fixed,
    one_bit: Fixed,
    no_bit: Fixed,
}

impl UartTx {
    /// `divisor`: clock cycles a bit.
    pub fn new(divisor: usize) -> Self {
        let bits = bits_for(divisor);
        UartTx {
            clock: Default::default(),
            byte_valid: Default::default(),
            byte_in: Bus::new(8),
            byte_ready: Default::default(),
            line: Default::default(),
            frame: Register::starting_at(0x1FF, 9),
            countdown: Register::new(bits),
            bits_left: Register::new(4),
            shift: BitIn::new(9),
            framing: Default::default(),
            idle: Default::default(),
            whole_bit: Fixed::count(divisor - 1, bits),
            one_cycle: Fixed::new(1, bits),
            no_cycle: Fixed::new(0, bits),
            frame_bits: Fixed::new(9, 4),
            one_bit: Fixed::new(1, 4),
            no_bit: Fixed::new(0, 4),
        }
    }
}

/// `{ byte, start bit }`, and the bit that leaves. Leaf.
#[derive(LogicBlock)]
pub struct Frame {
    pub byte_in: Bus<In>,
    pub word: Bus<In>,
    pub framed: Bus<Out>,
    pub first: Signal<Out, Bit>,
}

impl Default for Frame {
    fn default() -> Self {
        Frame { byte_in: Bus::new(8), word: Bus::new(9), framed: Bus::new(9), first: Default::default() }
    }
}

impl Logic for Frame {
    fn update(&mut self) {
        self.framed.next = crate::signal::Value::new(self.byte_in.val().raw() << 1, 9);
        self.first.next = self.word.val().get_bit(0);
    }

    fn connect(&mut self) {
        self.framed.connect();
        self.first.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom("always @(*) framed = {byte_in, 1'b0};\nalways @(*) first = word[0];\n".into())
    }
}

impl Logic for UartTx {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, frame, countdown, bits_left);
        self.framing.byte_in.next = self.byte_in.val();
        self.framing.word.next = self.frame.q.val();
        self.shift.word.next = self.frame.q.val();
        self.shift.bit_in.next = true;
        self.line.next = self.framing.first.val();
        self.idle.next = (self.bits_left.q.val() == self.no_bit.val()) && (self.countdown.q.val() == self.no_cycle.val());
        self.byte_ready.next = self.idle.val();
        if self.countdown.q.val() != self.no_cycle.val() {
            self.countdown.d.next = self.countdown.q.val() - self.one_cycle.val();
        }
        if (self.countdown.q.val() == self.no_cycle.val()) && !self.idle.val() {
            self.frame.d.next = self.shift.shifted.val();
            self.bits_left.d.next = self.bits_left.q.val() - self.one_bit.val();
            self.countdown.d.next = self.whole_bit.val();
        }
        if self.idle.val() && self.byte_valid.val() {
            self.frame.d.next = self.framing.framed.val();
            self.bits_left.d.next = self.frame_bits.val();
            self.countdown.d.next = self.whole_bit.val();
        }
    }
}
