//! How strongly a layer learns from its goodness, the sum of its squared counts. Leaves.
//!
//! | rule | scale of a step | skips |
//! |---|---|---|
//! | Forward-Forward | 16 - excess in the positive presentation, -16 - excess in the negative one; excess = clamp((goodness - theta) >> shift, -16, 16) | never |
//! | SymBa | 8 * clamp(missing >> shift, 1, 16); missing = theta - (goodness - kept) | missing <= 0 |

use super::rounding::SHIFT_BITS;
use super::scores::MARGIN_BITS;
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// Of a scale, two's complement: -32 to 128.
pub const SCALE_BITS: u32 = 9;

#[derive(LogicBlock)]
pub struct Strength {
    pub goodness: Bus<In>,
    /// Of the presentation before.
    pub kept: Bus<In>,
    pub theta: Bus<In>,
    pub shift: Bus<In>,
    pub negative: Signal<In, Bit>,
    pub scale: Bus<Out>,
    pub skips: Signal<Out, Bit>,
    _of_difference: bool,
}

impl Strength {
    pub fn new(goodness_bits: u32, of_difference: bool) -> Self {
        Strength {
            goodness: Bus::new(goodness_bits),
            kept: Bus::new(goodness_bits),
            theta: Bus::new(MARGIN_BITS),
            shift: Bus::new(SHIFT_BITS),
            negative: Default::default(),
            scale: Bus::new(SCALE_BITS),
            skips: Default::default(),
            _of_difference: of_difference,
        }
    }
}

impl Logic for Strength {
    fn update(&mut self) {
        let signed = |bus: &Bus<In>| bus.val().raw().cast_signed();
        let (goodness, kept, theta, shift) = (signed(&self.goodness), signed(&self.kept), signed(&self.theta), self.shift.val().raw());
        let missing = theta - (goodness - kept);
        let excess = ((goodness - theta) >> shift).clamp(-16, 16);
        let scale = match (self._of_difference, self.negative.val()) {
            (true, _) => 8 * (missing >> shift).clamp(1, 16),
            (false, true) => -16 - excess,
            (false, false) => 16 - excess,
        };
        self.scale.next = Value::signed(scale, SCALE_BITS);
        self.skips.next = self._of_difference && missing <= 0;
    }

    fn connect(&mut self) {
        self.scale.connect();
        self.skips.connect();
    }

    fn hdl(&self) -> Verilog {
        let (goodness, width) = (self.goodness.width(), self.goodness.width().max(MARGIN_BITS) + 2);
        let wide = |name: &str, from: u32| format!("{{{}'b0, {name}}}", width - from);
        let (good, kept, theta) = (wide("goodness", goodness), wide("kept", goodness), wide("theta", MARGIN_BITS));
        let declared = format!("reg signed [{top}:0] difference, shifted;\nreg [8:0] held;\n", top = width - 1);
        Verilog::Custom(match self._of_difference {
            true => format!(
                "{declared}always @(*) begin\n\
                 \x20   difference = {theta} - {good} + {kept};\n\
                 \x20   shifted = difference >>> shift;\n\
                 \x20   held = shifted[0 +: 9];\n\
                 \x20   if (shifted > {width}'sd16) held = 9'd16;\n\
                 \x20   if (shifted < {width}'sd1) held = 9'd1;\n\
                 \x20   scale = {{held[0 +: 6], 3'b0}};\n\
                 \x20   skips = difference <= {width}'sd0;\n\
                 end\n"
            ),
            false => format!(
                "{declared}always @(*) begin\n\
                 \x20   difference = {good} - {theta};\n\
                 \x20   shifted = difference >>> shift;\n\
                 \x20   held = shifted[0 +: 9];\n\
                 \x20   if (shifted > {width}'sd16) held = 9'd16;\n\
                 \x20   if (shifted < -{width}'sd16) held = -9'd16;\n\
                 \x20   scale = (negative ? -9'd16 : 9'd16) - held;\n\
                 \x20   skips = 1'b0;\n\
                 end\n"
            ),
        })
    }
}

/// goodness_next = goodness + count * count - (count - 1) * (count - 1), where a spike has just made it `count`
#[derive(LogicBlock)]
pub struct GoodnessStep {
    pub goodness: Bus<In>,
    pub count: Bus<In>,
    pub goodness_next: Bus<Out>,
}

impl GoodnessStep {
    pub fn new(goodness_bits: u32, count_bits: u32) -> Self {
        assert!(goodness_bits > count_bits, "a goodness of {goodness_bits} bits for counts of {count_bits}");
        GoodnessStep { goodness: Bus::new(goodness_bits), count: Bus::new(count_bits), goodness_next: Bus::new(goodness_bits) }
    }
}

impl Logic for GoodnessStep {
    fn update(&mut self) {
        let more = 2 * self.count.val().raw() - u64::from(self.count.val().any());
        self.goodness_next.next = Value::new(self.goodness.val().raw() + more, self.goodness.width());
    }

    fn connect(&mut self) {
        self.goodness_next.connect();
    }

    fn hdl(&self) -> Verilog {
        let (goodness, count) = (self.goodness.width(), self.count.width());
        let fill = match goodness - count - 1 {
            0 => String::new(),
            fill => format!("{fill}'b0, "),
        };
        Verilog::Custom(format!(
            "always @(*) goodness_next = goodness + {{{fill}count, 1'b0}} - {{{}'b0, |count}};\n",
            goodness - 1
        ))
    }
}
