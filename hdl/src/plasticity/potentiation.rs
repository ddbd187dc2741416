//! What the winner learns of a row (STDP): its weights of inputs that spiked rise by so much a spike, those of silent
//! inputs that are depressed fall by eight times so much, as one in eight is.
//!
//! ```text
//! cycle    1                 2       3
//!          trace, random     sum     change
//! ```

use super::depressed::CHOICE_BITS;
use super::rounding::{RoundedShift, RANDOM_BITS, SHIFT_BITS};
use crate::dff_setup;
use crate::signal::{Bus, Register, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// Of what a spike adds, and of what silence takes away.
pub const EFFECT_BITS: u32 = 8;

#[derive(LogicBlock)]
pub struct Potentiation {
    pub clock: Signal<In, Clock>,
    pub potentiation: Bus<In>,
    pub depression: Bus<In>,
    // The list
    pub spiked: Signal<In, Bit>,
    /// An input that spiked, or did not, changes weights at all: others draw no random number.
    pub listed: Signal<Out, Bit>,
    // Rows
    pub shift: Bus<In>,
    pub trace: Bus<In>,
    pub random: Bus<In>,
    pub change: Bus<Out>,
    effect: Effect,
    sum_2: Register,
    shifted: RoundedShift,
    change_3: Register,
}

impl Potentiation {
    /// For weights of `weight_bits`.
    pub fn new(trace_bits: u32, weight_bits: u32) -> Self {
        let (sum, change) = (sum_bits(trace_bits), weight_bits + 1);
        Potentiation {
            clock: Default::default(),
            potentiation: Bus::new(EFFECT_BITS),
            depression: Bus::new(EFFECT_BITS),
            spiked: Default::default(),
            listed: Default::default(),
            shift: Bus::new(SHIFT_BITS),
            trace: Bus::new(trace_bits),
            random: Bus::new(RANDOM_BITS),
            change: Bus::new(change),
            effect: Effect::new(trace_bits),
            sum_2: Register::new(sum),
            shifted: RoundedShift::new(sum, change),
            change_3: Register::new(change),
        }
    }
}

impl Logic for Potentiation {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, sum_2, change_3);
        self.listed.next = (self.spiked.val() && self.potentiation.val().any()) || (!self.spiked.val() && self.depression.val().any());
        self.effect.trace.next = self.trace.val();
        self.effect.random.next = self.random.val();
        self.effect.shift.next = self.shift.val();
        self.effect.potentiation.next = self.potentiation.val();
        self.effect.depression.next = self.depression.val();
        self.sum_2.d.next = self.effect.sum.val();
        self.shifted.sum.next = self.sum_2.q.val();
        self.shifted.shift.next = self.shift.val();
        self.change_3.d.next = self.shifted.change.val();
        self.change.next = self.change_3.q.val();
    }
}

/// Of a sum for traces of so many bits: no sum can wrap.
pub fn sum_bits(trace_bits: u32) -> u32 {
    (trace_bits + EFFECT_BITS).max(RANDOM_BITS) + 2
}

/// sum = (trace * potentiation, or -8 * depression without a spike) + the low `shift` bits of random. Leaf.
#[derive(LogicBlock)]
pub struct Effect {
    pub trace: Bus<In>,
    pub random: Bus<In>,
    pub shift: Bus<In>,
    pub potentiation: Bus<In>,
    pub depression: Bus<In>,
    pub sum: Bus<Out>,
}

impl Effect {
    pub fn new(trace_bits: u32) -> Self {
        Effect {
            trace: Bus::new(trace_bits),
            random: Bus::new(RANDOM_BITS),
            shift: Bus::new(SHIFT_BITS),
            potentiation: Bus::new(EFFECT_BITS),
            depression: Bus::new(EFFECT_BITS),
            sum: Bus::new(sum_bits(trace_bits)),
        }
    }
}

impl Logic for Effect {
    fn update(&mut self) {
        let drawn = self.random.val().raw() & ((1 << self.shift.val().raw()) - 1);
        let gain = self.trace.val().raw() * self.potentiation.val().raw();
        let loss = if self.trace.val().raw() == 0 { self.depression.val().raw() << CHOICE_BITS } else { 0 };
        let sum = gain.cast_signed() - loss.cast_signed() + drawn.cast_signed();
        self.sum.next = Value::signed(sum, self.sum.width());
    }

    fn connect(&mut self) {
        self.sum.connect();
    }

    fn hdl(&self) -> Verilog {
        let (trace, sum) = (self.trace.width(), self.sum.width());
        Verilog::Custom(format!(
            "reg [{top}:0] drawn, gain;\n\
             always @(*) begin\n\
             \x20   drawn = {{{random_fill}'b0, random & ~(16'hffff << shift)}};\n\
             \x20   gain = {{{trace_fill}'b0, trace}} * {{{effect_fill}'b0, potentiation}};\n\
             \x20   if (trace == {trace}'h0) gain = -{{{loss_fill}'b0, depression, {CHOICE_BITS}'b0}};\n\
             \x20   sum = gain + drawn;\n\
             end\n",
            top = sum - 1,
            random_fill = sum - RANDOM_BITS,
            trace_fill = sum - trace,
            effect_fill = sum - EFFECT_BITS,
            loss_fill = sum - EFFECT_BITS - CHOICE_BITS,
        ))
    }
}
