//! Four steps of a 16-bit Galois shift register with the feedback mask 0xB400. Leaf.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

use super::rounding::RANDOM_BITS;

const FEEDBACK: u64 = 0xB400;
const STEPS: u32 = 4;

#[derive(LogicBlock)]
pub struct LfsrSteps {
    pub state: Bus<In>,
    pub state_next: Bus<Out>,
}

impl Default for LfsrSteps {
    fn default() -> Self {
        LfsrSteps { state: Bus::new(RANDOM_BITS), state_next: Bus::new(RANDOM_BITS) }
    }
}

impl Logic for LfsrSteps {
    fn update(&mut self) {
        let step = |state: u64, _| state >> 1 ^ if state & 1 == 1 { FEEDBACK } else { 0 };
        self.state_next.next = Value::new((0..STEPS).fold(self.state.val().raw(), step), RANDOM_BITS);
    }

    fn connect(&mut self) {
        self.state_next.connect();
    }

    fn hdl(&self) -> Verilog {
        let step = format!("    state_next = {{1'b0, state_next[15:1]}} ^ (16'h{FEEDBACK:x} & {{16{{state_next[0]}}}});\n");
        Verilog::Custom(format!("always @(*) begin\n    state_next = state;\n{}end\n", step.repeat(4)))
    }
}
