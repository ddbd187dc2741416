//! How long what is presented beside a sample lasts: a power of two less often than the sample, rounded up, so that a
//! sample that is learned costs less than three of its presentations. Leaf.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// part = (whole + 2^shift - 1) >> shift
#[derive(LogicBlock)]
pub struct Shortened {
    pub whole: Bus<In>,
    pub part: Bus<Out>,
    _shift: u32,
}

impl Shortened {
    pub fn new(count_bits: u32, shift: u32) -> Self {
        Shortened { whole: Bus::new(count_bits), part: Bus::new(count_bits), _shift: shift }
    }
}

impl Logic for Shortened {
    fn update(&mut self) {
        self.part.next = Value::new(self.whole.val().raw().div_ceil(1 << self._shift), self.part.width());
    }

    fn connect(&mut self) {
        self.part.connect();
    }

    fn hdl(&self) -> Verilog {
        let (width, shift) = (self.whole.width(), self._shift);
        let (wide, top) = (width + shift, width + shift - 1);
        let fill = if shift == 0 { "whole".to_owned() } else { format!("{{{shift}'b0, whole}}") };
        Verilog::Custom(format!(
            "wire [{top}:0] up = {fill} + {wide}'d{more};\n\
             always @(*) part = up[{shift} +: {width}];\n",
            more = (1u64 << shift) - 1,
        ))
    }
}
