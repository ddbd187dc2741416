//! A weight after some steps up or down: which of the fourteen shared changes a lane takes is its modulator. Leaf.
//!
//! ```text
//! code    1 to 7 (rises)  0 (none)  -1 to -7 (falls)
//! next = saturate(weight + change[code])
//! ```

use super::change::CODE_BITS;
use super::steps::MOST_STEPS;
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct StepChange {
    pub weight: Bus<In>,
    pub code: Bus<In>,
    pub rises: Bus<In>,
    pub falls: Bus<In>,
    pub weight_next: Bus<Out>,
}

impl StepChange {
    pub fn new(bits: u32) -> Self {
        let changes = || Bus::new(MOST_STEPS * (bits + 1));
        StepChange { weight: Bus::new(bits), code: Bus::new(CODE_BITS), rises: changes(), falls: changes(), weight_next: Bus::new(bits) }
    }
}

impl Logic for StepChange {
    fn update(&mut self) {
        let (bits, code) = (self.weight.width(), self.code.val().as_signed());
        let part = |changes: &Bus<In>, steps: i64| {
            let low = u32::try_from(steps - 1).unwrap_or(0) * (bits + 1);
            Value::new(changes.val().raw() >> low, bits + 1).as_signed()
        };
        let change = match code {
            1..=7 => part(&self.rises, code),
            -7..=-1 => part(&self.falls, -code),
            _ => 0,
        };
        let limit = 1_i64 << (bits - 1);
        let next = (self.weight.val().as_signed() + change).clamp(-limit, limit - 1);
        self.weight_next.next = Value::signed(next, bits);
    }

    fn connect(&mut self) {
        self.weight_next.connect();
    }

    fn hdl(&self) -> Verilog {
        let bits = self.weight.width();
        let (top, high, width) = (bits - 1, bits + 1, bits + 1);
        let case = |code: u32, name: &str, steps: u32| format!("        4'd{code}: change = {name}[{} +: {width}];\n", (steps - 1) * width);
        let cases: String = (1..=MOST_STEPS).map(|steps| case(steps, "rises", steps) + &case(16 - steps, "falls", steps)).collect();
        Verilog::Custom(format!(
            "reg [{bits}:0] change;\nreg [{high}:0] sum;\n\
             always @(*) begin\n\
             \x20   case (code)\n{cases}\
             \x20       default: change = {width}'h0;\n\
             \x20   endcase\n\
             \x20   sum = {{{{2{{weight[{top}]}}}}, weight}} + {{change[{bits}], change}};\n\
             \x20   weight_next = sum[0 +: {bits}];\n\
             \x20   if (sum[{high}:{top}] != {{3{{sum[{high}]}}}}) weight_next = {{sum[{high}], {{{top}{{~sum[{high}]}}}}}};\n\
             end\n"
        ))
    }
}
