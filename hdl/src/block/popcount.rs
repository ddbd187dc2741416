//! Spikes that meet a +1 weight: popcount(spikes & weights), a cycle later.
//!
//! The register stands after the gates, where it shares their logic cells: the path from the weight memory
//! is then as short as the one through the adders. Leaf: bit counts of fields of 2, 4, 8 .. bits side by side in one word. Word-wide operations keep
//! the simulation fast; masks let synthesis drop the bits that are always zero. The first two levels are
//! written as gates, because two- and three-bit sums fit LUTs better than a carry chain.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct Popcount {
    pub clock: Signal<In, Clock>,
    pub spikes: Bus<In>,
    pub weights: Bus<In>,
    pub count: Bus<Out>,
}

impl Popcount {
    /// `beat`: 8, 16, 32 or 64. `count_bits` must hold `beat`.
    pub fn new(beat: u32, count_bits: u32) -> Self {
        assert!(matches!(beat, 8 | 16 | 32 | 64), "a beat has 8, 16, 32 or 64 inputs, not {beat}");
        Popcount { clock: Default::default(), spikes: Bus::new(beat), weights: Bus::new(beat), count: Bus::new(count_bits) }
    }
}

impl Logic for Popcount {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            let met = self.spikes.val() & self.weights.val();
            self.count.next = Value::new(u64::from(met.raw().count_ones()), self.count.width());
        }
    }

    fn connect(&mut self) {
        self.count.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom(tree(self.spikes.width(), self.count.width()))
    }
}

fn tree(beat: u32, count_bits: u32) -> String {
    let low = |field: u32| format!("{beat}'h{:x}", low_halves(beat, field));
    let mut text = format!("reg [{}:0] met, low, high, carry, one, two;\n", beat - 1);
    text += "always @(*) begin\n    met = spikes & weights;\n";
    text += &format!("    low = met & {m};\n    high = (met >> 1) & {m};\n", m = low(2));
    text += "    one = low ^ high;\n    two = one | ((low & high) << 1);\n";
    text += &format!("    low = two & {m};\n    high = (two >> 2) & {m};\n", m = low(4));
    text += &format!("    carry = low & high & {m};\n", m = low(2));
    text += &format!("    one = low ^ high ^ (carry << 1);\n    two = (low | high) & {m};\n", m = upper_bits(beat));
    text += "    two = ((low & high) | (two & (carry << 1))) & ";
    text += &format!("{m};\n    two = one | (two << 1);\n", m = upper_bits(beat));
    text += &format!("end\nreg [{}:0] fours, sums;\nalways @(posedge clock) fours <= two;\n", beat - 1);
    text += "always @(*) begin\n    sums = fours;\n";
    let mut field = 4;
    while field < beat / 2 {
        field *= 2;
        text += &format!("    sums = (sums & {m}) + ((sums >> {half}) & {m});\n", m = low(field), half = field / 2);
    }
    let half = beat / 2;
    text += &format!("    count = {} + {};\n", resized(0, half, count_bits), resized(half, half, count_bits));
    text + "end\n"
}

/// The lower half of every field: 0x5555 for fields of 2 bits, 0x3333 for 4, 0x0f0f for 8.
fn low_halves(beat: u32, field: u32) -> u64 {
    (0..beat).filter(|bit| bit % field < field / 2).fold(0, |mask, bit| mask | 1 << bit)
}

/// The second bit of every two-bit sum in a field of four.
fn upper_bits(beat: u32) -> String {
    format!("{beat}'h{:x}", (0..beat).filter(|bit| bit % 4 == 1).fold(0_u64, |mask, bit| mask | 1 << bit))
}

/// `width` bits of `sums` from `offset`, cut or zero-extended to `count_bits`.
fn resized(offset: u32, width: u32, count_bits: u32) -> String {
    let kept = width.min(count_bits);
    match count_bits - kept {
        0 => format!("sums[{offset} +: {kept}]"),
        fill => format!("{{{fill}'b0, sums[{offset} +: {kept}]}}"),
    }
}
