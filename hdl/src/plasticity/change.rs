//! A weight after a change: which of the four shared changes a lane takes is its modulator. Leaf.
//!
//! ```text
//! code    2 (plus two)  1 (plus one)  0 (none)  -1 (minus one)  -2 (minus two)
//! next = saturate(weight + change[code])
//! ```
//! The changes have one bit more than the weight, in which every larger change saturates it alike.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// Of a modulator's code, two's complement.
pub const CODE_BITS: u32 = 4;

#[derive(LogicBlock)]
pub struct Change {
    pub weight: Bus<In>,
    pub code: Bus<In>,
    pub plus_two: Bus<In>,
    pub plus_one: Bus<In>,
    pub minus_one: Bus<In>,
    pub minus_two: Bus<In>,
    pub weight_next: Bus<Out>,
}

impl Change {
    pub fn new(bits: u32) -> Self {
        let change = || Bus::new(bits + 1);
        Change {
            weight: Bus::new(bits),
            code: Bus::new(CODE_BITS),
            plus_two: change(),
            plus_one: change(),
            minus_one: change(),
            minus_two: change(),
            weight_next: Bus::new(bits),
        }
    }
}

impl Logic for Change {
    fn update(&mut self) {
        let change = match self.code.val().as_signed() {
            2 => self.plus_two.val().as_signed(),
            1 => self.plus_one.val().as_signed(),
            -1 => self.minus_one.val().as_signed(),
            -2 => self.minus_two.val().as_signed(),
            _ => 0,
        };
        let limit = 1_i64 << (self.weight.width() - 1);
        let next = (self.weight.val().as_signed() + change).clamp(-limit, limit - 1);
        self.weight_next.next = Value::signed(next, self.weight.width());
    }

    fn connect(&mut self) {
        self.weight_next.connect();
    }

    fn hdl(&self) -> Verilog {
        let bits = self.weight.width();
        let (top, high) = (bits - 1, bits + 1);
        Verilog::Custom(format!(
            "reg [{bits}:0] change;\nreg [{high}:0] sum;\n\
             always @(*) begin\n\
             \x20   case (code)\n\
             \x20       4'd1: change = plus_one;\n\
             \x20       4'd2: change = plus_two;\n\
             \x20       4'd14: change = minus_two;\n\
             \x20       4'd15: change = minus_one;\n\
             \x20       default: change = {width}'h0;\n\
             \x20   endcase\n\
             \x20   sum = {{{{2{{weight[{top}]}}}}, weight}} + {{change[{bits}], change}};\n\
             \x20   weight_next = sum[0 +: {bits}];\n\
             \x20   if (sum[{high}:{top}] != {{3{{sum[{high}]}}}}) weight_next = {{sum[{high}], {{{top}{{~sum[{high}]}}}}}};\n\
             end\n",
            width = bits + 1,
        ))
    }
}
