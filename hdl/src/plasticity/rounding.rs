//! The changes that all lanes share: `(trace * modulator + random) >> shift` for the modulators 128, 64, -64 and -128.
//!
//! Leaves, one a cycle: the sums, then the shift and the cut to the width in which larger changes saturate alike.
//!
//! | signal | bits |
//! |---|---|
//! | trace | unsigned, of a count |
//! | random | 16, of which the low `shift` are drawn |
//! | sums | two's complement, no sum can wrap |
//! | changes | two's complement, one more than a weight |

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// Of a shift: 0 to 16.
pub const SHIFT_BITS: u32 = 5;
/// Of a random number.
pub const RANDOM_BITS: u32 = 16;
/// A modulator of 64, the error of a label, is a shift by 6.
const SCALE: u32 = 6;

const CHANGES: [(&str, i64); 4] = [("plus_two", 2), ("plus_one", 1), ("minus_one", -1), ("minus_two", -2)];

/// Of a sum for traces of so many bits.
pub fn sum_bits(trace_bits: u32) -> u32 {
    (trace_bits + SCALE + 1).max(RANDOM_BITS) + 2
}

/// sum = trace * modulator + random
#[derive(LogicBlock)]
pub struct RoundedSums {
    pub trace: Bus<In>,
    pub random: Bus<In>,
    pub shift: Bus<In>,
    pub plus_two: Bus<Out>,
    pub plus_one: Bus<Out>,
    pub minus_one: Bus<Out>,
    pub minus_two: Bus<Out>,
}

impl RoundedSums {
    pub fn new(trace_bits: u32) -> Self {
        let sum = || Bus::new(sum_bits(trace_bits));
        RoundedSums {
            trace: Bus::new(trace_bits),
            random: Bus::new(RANDOM_BITS),
            shift: Bus::new(SHIFT_BITS),
            plus_two: sum(),
            plus_one: sum(),
            minus_one: sum(),
            minus_two: sum(),
        }
    }
}

impl Logic for RoundedSums {
    fn update(&mut self) {
        let drawn = self.random.val().raw() & ((1 << self.shift.val().raw()) - 1);
        let (trace, drawn) = (self.trace.val().raw().cast_signed(), drawn.cast_signed());
        let sums = [&mut self.plus_two, &mut self.plus_one, &mut self.minus_one, &mut self.minus_two];
        for (sum, (_, factor)) in sums.into_iter().zip(CHANGES) {
            sum.next = Value::signed(((factor * trace) << SCALE) + drawn, sum.width());
        }
    }

    fn connect(&mut self) {
        self.plus_two.connect();
        self.plus_one.connect();
        self.minus_one.connect();
        self.minus_two.connect();
    }

    fn hdl(&self) -> Verilog {
        let (trace, sum) = (self.trace.width(), self.plus_two.width());
        let (fill, wide_fill) = (sum - trace - SCALE, sum - trace - SCALE - 1);
        Verilog::Custom(format!(
            "reg [{top}:0] drawn, one, two;\n\
             always @(*) begin\n\
             \x20   drawn = {{{random_fill}'b0, random & ~(16'hffff << shift)}};\n\
             \x20   one = {{{fill}'b0, trace, {SCALE}'b0}};\n\
             \x20   two = {{{wide_fill}'b0, trace, {low}'b0}};\n\
             \x20   plus_two = drawn + two;\n\
             \x20   plus_one = drawn + one;\n\
             \x20   minus_one = drawn - one;\n\
             \x20   minus_two = drawn - two;\n\
             end\n",
            top = sum - 1,
            random_fill = sum - RANDOM_BITS,
            low = SCALE + 1,
        ))
    }
}

/// change = sum >> shift, held to the width of a change
#[derive(LogicBlock)]
pub struct RoundedShift {
    pub sum: Bus<In>,
    pub shift: Bus<In>,
    pub change: Bus<Out>,
}

impl RoundedShift {
    pub fn new(sum_bits: u32, change_bits: u32) -> Self {
        assert!(change_bits < sum_bits, "a change of {change_bits} bits of a sum of {sum_bits}");
        RoundedShift { sum: Bus::new(sum_bits), shift: Bus::new(SHIFT_BITS), change: Bus::new(change_bits) }
    }
}

impl Logic for RoundedShift {
    fn update(&mut self) {
        let limit = 1_i64 << (self.change.width() - 1);
        let shifted = self.sum.val().as_signed() >> self.shift.val().raw();
        self.change.next = Value::signed(shifted.clamp(-limit, limit - 1), self.change.width());
    }

    fn connect(&mut self) {
        self.change.connect();
    }

    fn hdl(&self) -> Verilog {
        let (sum, change) = (self.sum.width(), self.change.width());
        let (sign, top) = (sum - 1, change - 1);
        Verilog::Custom(format!(
            "reg signed [{sign}:0] shifted;\n\
             always @(*) begin\n\
             \x20   shifted = $signed(sum) >>> shift;\n\
             \x20   change = shifted[0 +: {change}];\n\
             \x20   if (shifted[{sign}:{top}] != {{{above}{{shifted[{sign}]}}}}) change = {{shifted[{sign}], {{{top}{{~shifted[{sign}]}}}}}};\n\
             end\n",
            above = sum - top,
        ))
    }
}
