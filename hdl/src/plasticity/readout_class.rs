//! A class of a layer's readout: its score, and its weight for the neuron at hand, which learns when the class is the
//! label or its rival.

use super::change::{Change, CODE_BITS};
use super::scores::ReadoutWeight;
use crate::signal::{Bus, Fixed, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// Of a class's number.
pub const CLASS_BITS: u32 = 8;

#[derive(LogicBlock)]
pub struct ReadoutClass {
    // Control
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub accumulate: Signal<In, Bit>,
    pub rotate: Signal<In, Bit>,
    // Score
    pub weight: Bus<In>,
    pub next_score: Bus<In>,
    pub score: Bus<Out>,
    // Plasticity
    pub label: Bus<In>,
    pub rival: Bus<In>,
    pub is_label: Signal<Out, Bit>,
    pub is_rival: Signal<Out, Bit>,
    pub sign: Bus<Out>,
    pub plus_one: Bus<In>,
    pub minus_one: Bus<In>,
    pub weight_next: Bus<Out>,
    meaning: ReadoutWeight,
    sum: ScoreSum,
    change: Change,
    code: Bus<Local>,
    number: Fixed,
    up: Fixed,
    down: Fixed,
    stay: Fixed,
    no_change: Fixed,
}

impl ReadoutClass {
    /// Class `number`, whose score counts by weights or by their signs.
    pub fn new(number: usize, bits: u32, score_bits: u32, of_signs: bool) -> Self {
        ReadoutClass {
            clock: Default::default(),
            clear: Default::default(),
            accumulate: Default::default(),
            rotate: Default::default(),
            weight: Bus::new(bits),
            next_score: Bus::new(score_bits),
            score: Bus::new(score_bits),
            label: Bus::new(CLASS_BITS),
            rival: Bus::new(CLASS_BITS),
            is_label: Default::default(),
            is_rival: Default::default(),
            sign: Bus::new(CODE_BITS),
            plus_one: Bus::new(bits + 1),
            minus_one: Bus::new(bits + 1),
            weight_next: Bus::new(bits),
            meaning: ReadoutWeight::new(bits, score_bits, of_signs),
            sum: ScoreSum::new(score_bits),
            change: Change::new(bits),
            code: Bus::new(CODE_BITS),
            number: Fixed::count(number, CLASS_BITS),
            up: Fixed::new(1, CODE_BITS),
            down: Fixed::new(u64::MAX, CODE_BITS),
            stay: Fixed::new(0, CODE_BITS),
            no_change: Fixed::new(0, bits + 1),
        }
    }
}

impl Logic for ReadoutClass {
    #[hdl_gen]
    fn update(&mut self) {
        self.meaning.weight.next = self.weight.val();
        self.sum.clock.next = self.clock.val();
        self.sum.clear.next = self.clear.val();
        self.sum.accumulate.next = self.accumulate.val();
        self.sum.rotate.next = self.rotate.val();
        self.sum.effect.next = self.meaning.effect.val();
        self.sum.next_score.next = self.next_score.val();
        self.score.next = self.sum.score.val();
        self.sign.next = self.meaning.sign.val();

        self.is_label.next = self.number.val() == self.label.val();
        self.is_rival.next = self.number.val() == self.rival.val();
        self.code.next = self.stay.val();
        if self.number.val() == self.label.val() {
            self.code.next = self.up.val();
        }
        if self.number.val() == self.rival.val() {
            self.code.next = self.down.val();
        }
        self.change.weight.next = self.weight.val();
        self.change.code.next = self.code.val();
        self.change.plus_two.next = self.no_change.val();
        self.change.plus_one.next = self.plus_one.val();
        self.change.minus_one.next = self.minus_one.val();
        self.change.minus_two.next = self.no_change.val();
        self.weight_next.next = self.change.weight_next.val();
    }
}

/// A score: 0 on `clear`, more by an effect on `accumulate`, the next class's on `rotate`. Leaf.
#[derive(LogicBlock)]
pub struct ScoreSum {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub accumulate: Signal<In, Bit>,
    pub rotate: Signal<In, Bit>,
    pub effect: Bus<In>,
    pub next_score: Bus<In>,
    pub score: Bus<Out>,
}

impl ScoreSum {
    pub fn new(score_bits: u32) -> Self {
        ScoreSum {
            clock: Default::default(),
            clear: Default::default(),
            accumulate: Default::default(),
            rotate: Default::default(),
            effect: Bus::new(score_bits),
            next_score: Bus::new(score_bits),
            score: Bus::new(score_bits),
        }
    }
}

impl Logic for ScoreSum {
    fn update(&mut self) {
        if !self.clock.pos_edge() {
            return;
        }
        let zero = Value::new(0, self.score.width());
        self.score.next = match (self.clear.val(), self.accumulate.val(), self.rotate.val()) {
            (true, _, _) => zero,
            (_, true, _) => self.score.val() + self.effect.val(),
            (_, _, true) => self.next_score.val(),
            _ => self.score.val(),
        };
    }

    fn connect(&mut self) {
        self.score.connect();
    }

    fn hdl(&self) -> Verilog {
        let width = self.score.width();
        Verilog::Custom(format!(
            "initial score = {width}'h0;\n\
             always @(posedge clock) begin\n\
             \x20   if (clear) score <= {width}'h0;\n\
             \x20   else if (accumulate) score <= score + effect;\n\
             \x20   else if (rotate) score <= next_score;\n\
             end\n"
        ))
    }
}
