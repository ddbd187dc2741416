//! The lowest set bit of a word: where it is, and the word without it. Leaf.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct LowestBit {
    pub word: Bus<In>,
    /// 0 when no bit is set.
    pub index: Bus<Out>,
    pub rest: Bus<Out>,
}

impl LowestBit {
    /// `width`: a power of two, 2 to 64.
    pub fn new(width: u32) -> Self {
        LowestBit { word: Bus::new(width), index: Bus::new(width.trailing_zeros()), rest: Bus::new(width) }
    }
}

impl Logic for LowestBit {
    fn update(&mut self) {
        let word = self.word.val().raw();
        let index = if word == 0 { 0 } else { u64::from(word.trailing_zeros()) };
        self.index.next = Value::new(index, self.index.width());
        self.rest.next = Value::new(word & word.wrapping_sub(1), self.rest.width());
    }

    fn connect(&mut self) {
        self.index.connect();
        self.rest.connect();
    }

    fn hdl(&self) -> Verilog {
        let (width, bits) = (self.word.width(), self.index.width());
        let has = |bit: u32| (0..width).filter(|at| at >> bit & 1 == 1).fold(0_u64, |mask, at| mask | 1 << at);
        let index: Vec<String> = (0..bits).rev().map(|bit| format!("|(lowest & {width}'h{:x})", has(bit))).collect();
        Verilog::Custom(format!(
            "reg [{top}:0] lowest;\n\
             always @(*) begin\n\
             \x20   rest = word & (word - {width}'h1);\n\
             \x20   lowest = word & ~rest;\n\
             \x20   index = {{{index}}};\n\
             end\n",
            top = width - 1,
            index = index.join(", "),
        ))
    }
}
