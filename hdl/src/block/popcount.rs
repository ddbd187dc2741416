//! For several lanes at once, the spikes that meet a +1 weight: popcount(spikes & weights), a cycle after `enable`.
//!
//! Leaf. The lanes' weights lie side by side in one word of at most 64 bits, and are counted in fields of 2, 4,
//! 8 .. bits: one operation of the simulation serves all of them, and masks let synthesis drop the bits that are
//! always zero. The first two levels are written as gates, because two- and three-bit sums fit LUTs better than a
//! carry chain. The register stands after the gates, where it shares their logic cells: the path from the weight
//! memory is then as short as the one through the adders.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct Popcount {
    pub clock: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub spikes: Bus<In>,
    pub weights: Bus<In>,
    pub count: Vec<Bus<Out>>,
    _starts_at_zero: bool,
}

impl Popcount {
    /// `beat`: 8, 16, 32 or 64; `lanes` * `beat` is at most 64; `count_bits` must hold `beat`.
    pub fn new(beat: u32, lanes: u32, count_bits: u32) -> Self {
        assert!(matches!(beat, 8 | 16 | 32 | 64), "a beat has 8, 16, 32 or 64 inputs, not {beat}");
        Popcount {
            clock: Default::default(),
            enable: Default::default(),
            spikes: Bus::new(beat),
            weights: Bus::new(beat * lanes),
            count: (0..lanes).map(|_| Bus::new(count_bits)).collect(),
            _starts_at_zero: false,
        }
    }

    /// Nothing is met before the first beat: for counts that are always taken.
    pub fn starting_at_zero(self) -> Self {
        Popcount { _starts_at_zero: true, ..self }
    }
}

impl Logic for Popcount {
    fn update(&mut self) {
        if !(self.clock.pos_edge() && self.enable.val()) {
            return;
        }
        let (spikes, weights, beat) = (self.spikes.val(), self.weights.val().raw(), self.spikes.width());
        let mut offset = 0;
        for count in &mut self.count {
            let met = spikes & Value::new(weights >> offset, beat);
            count.next = Value::new(u64::from(met.raw().count_ones()), count.width());
            offset += beat;
        }
    }

    fn connect(&mut self) {
        self.count.iter_mut().for_each(Logic::connect);
    }

    fn hdl(&self) -> Verilog {
        let lanes = u32::try_from(self.count.len()).unwrap_or(1);
        let fields = Fields { beat: self.spikes.width(), width: self.weights.width() };
        let counts: String = (0..lanes).map(|lane| fields.count(lane, self.count[0].width())).collect();
        let start = if self._starts_at_zero { format!("initial fours = {}'h0;\n", fields.width) } else { String::new() };
        Verilog::Custom(fields.gates(lanes) + &start + &fields.sums() + &counts)
    }
}

/// Fields of bits side by side in a word.
struct Fields {
    beat: u32,
    width: u32,
}

impl Fields {
    /// Sums of four inputs, in fields of four bits.
    fn gates(&self, lanes: u32) -> String {
        let (pairs, fours) = (self.mask(|bit| bit % 2 < 1), self.mask(|bit| bit % 4 < 2));
        let upper = self.mask(|bit| bit % 4 == 1);
        format!(
            "reg [{top}:0] fours, sums;\n\
             function [{top}:0] sums_of_four;\n\
             \x20   input [{top}:0] met;\n\
             \x20   reg [{top}:0] low, high, carry, one, two;\n\
             \x20   begin\n\
             \x20       low = met & {pairs};\n\
             \x20       high = (met >> 1) & {pairs};\n\
             \x20       one = low ^ high;\n\
             \x20       two = one | ((low & high) << 1);\n\
             \x20       low = two & {fours};\n\
             \x20       high = (two >> 2) & {fours};\n\
             \x20       carry = low & high & {pairs};\n\
             \x20       one = low ^ high ^ (carry << 1);\n\
             \x20       two = (low | high) & {upper};\n\
             \x20       two = ((low & high) | (two & (carry << 1))) & {upper};\n\
             \x20       sums_of_four = one | (two << 1);\n\
             \x20   end\n\
             endfunction\n\
             always @(posedge clock) if (enable) fours <= sums_of_four({{{lanes}{{spikes}}}} & weights);\n",
            top = self.width - 1,
        )
    }

    /// Sums of half a beat, in fields as wide.
    fn sums(&self) -> String {
        let mut text = String::from("always @(*) begin\n    sums = fours;\n");
        let mut field = 4;
        while field < self.beat / 2 {
            field *= 2;
            let (half, mask) = (field / 2, self.mask(|bit| bit % field < field / 2));
            text += &format!("    sums = (sums & {mask}) + ((sums >> {half}) & {mask});\n");
        }
        text + "end\n"
    }

    /// The last sum, of a lane's two halves.
    fn count(&self, lane: u32, count_bits: u32) -> String {
        let (offset, half) = (lane * self.beat, self.beat / 2);
        let (first, second) = (resized(offset, half, count_bits), resized(offset + half, half, count_bits));
        format!("always @(*) count${lane} = {first} + {second};\n")
    }

    fn mask(&self, has: impl Fn(u32) -> bool) -> String {
        let mask = (0..self.width).filter(|&bit| has(bit)).fold(0_u64, |mask, bit| mask | 1 << bit);
        format!("{}'h{mask:x}", self.width)
    }
}

/// `width` bits of `sums` from `offset`, cut or zero-extended to `count_bits`.
fn resized(offset: u32, width: u32, count_bits: u32) -> String {
    let kept = width.min(count_bits);
    match count_bits - kept {
        0 => format!("sums[{offset} +: {kept}]"),
        fill => format!("{{{fill}'b0, sums[{offset} +: {kept}]}}"),
    }
}
