//! Small leaves of the readout: a class's score, signs, and comparisons of scores.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

use super::change::CODE_BITS;

/// What a weight adds to a score: itself, or in a readout of signs +1 or -1; and its sign, -1, 0 or +1.
#[derive(LogicBlock)]
pub struct ReadoutWeight {
    pub weight: Bus<In>,
    pub effect: Bus<Out>,
    pub sign: Bus<Out>,
    _of_signs: bool,
}

impl ReadoutWeight {
    pub fn new(bits: u32, score_bits: u32, of_signs: bool) -> Self {
        ReadoutWeight { weight: Bus::new(bits), effect: Bus::new(score_bits), sign: Bus::new(CODE_BITS), _of_signs: of_signs }
    }
}

impl Logic for ReadoutWeight {
    fn update(&mut self) {
        let weight = self.weight.val().as_signed();
        let effect = match (self._of_signs, weight >= 0) {
            (false, _) => weight,
            (true, true) => 1,
            (true, false) => -1,
        };
        self.effect.next = Value::signed(effect, self.effect.width());
        self.sign.next = Value::signed(weight.signum(), CODE_BITS);
    }

    fn connect(&mut self) {
        self.effect.connect();
        self.sign.connect();
    }

    fn hdl(&self) -> Verilog {
        let (bits, score) = (self.weight.width(), self.effect.width());
        let top = bits - 1;
        let effect = match self._of_signs {
            true => format!("{{{{{}{{weight[{top}]}}}}, 1'b1}}", score - 1),
            false => format!("{{{{{}{{weight[{top}]}}}}, weight}}", score - bits),
        };
        Verilog::Custom(format!(
            "always @(*) effect = {effect};\nalways @(*) sign = {{{{{}{{weight[{top}]}}}}, weight != {bits}'h0}};\n",
            CODE_BITS - 1
        ))
    }
}

/// above = a > b, two's complement
#[derive(LogicBlock)]
pub struct SignedAbove {
    pub a: Bus<In>,
    pub b: Bus<In>,
    pub above: Signal<Out, Bit>,
}

impl SignedAbove {
    pub fn new(bits: u32) -> Self {
        SignedAbove { a: Bus::new(bits), b: Bus::new(bits), above: Default::default() }
    }
}

impl Logic for SignedAbove {
    fn update(&mut self) {
        self.above.next = self.a.val().as_signed() > self.b.val().as_signed();
    }

    fn connect(&mut self) {
        self.above.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom("always @(*) above = $signed(a) > $signed(b);\n".into())
    }
}

/// Of the margin of a hit, unsigned.
pub const MARGIN_BITS: u32 = 32;

/// hit = label - rival >= margin
#[derive(LogicBlock)]
pub struct Lead {
    pub label: Bus<In>,
    pub rival: Bus<In>,
    pub margin: Bus<In>,
    pub hit: Signal<Out, Bit>,
}

impl Lead {
    pub fn new(score_bits: u32) -> Self {
        Lead { label: Bus::new(score_bits), rival: Bus::new(score_bits), margin: Bus::new(MARGIN_BITS), hit: Default::default() }
    }
}

impl Logic for Lead {
    fn update(&mut self) {
        let lead = self.label.val().as_signed() - self.rival.val().as_signed();
        self.hit.next = lead >= self.margin.val().raw().cast_signed();
    }

    fn connect(&mut self) {
        self.hit.connect();
    }

    fn hdl(&self) -> Verilog {
        let (score, width) = (self.label.width(), self.label.width().max(MARGIN_BITS) + 2);
        let extended = |name: &str| format!("{{{{{}{{{name}[{}]}}}}, {name}}}", width - score, score - 1);
        Verilog::Custom(format!(
            "reg [{top}:0] left;\n\
             always @(*) begin\n    left = {} - {} - {{{}'b0, margin}};\n    hit = ~left[{top}];\nend\n",
            extended("label"),
            extended("rival"),
            width - MARGIN_BITS,
            top = width - 1,
        ))
    }
}
