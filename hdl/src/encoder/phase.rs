//! A phase that grows by the value, 127 in the first timestep; from 255 on it is a spike, and 255 less. Leaf.

use crate::arch::VALUE_BITS;
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

const FIRST_PHASE: u64 = 127;
const PERIOD: u64 = 255;

#[derive(LogicBlock)]
pub struct Phase {
    pub fresh: Signal<In, Bit>,
    pub value: Bus<In>,
    pub state: Bus<In>,
    pub state_next: Bus<Out>,
    pub spike: Signal<Out, Bit>,
}

impl Default for Phase {
    fn default() -> Self {
        let value = Bus::<In>::new(VALUE_BITS);
        Phase { fresh: Default::default(), value, state: Bus::new(VALUE_BITS), state_next: Bus::new(VALUE_BITS), spike: Default::default() }
    }
}

impl Logic for Phase {
    fn update(&mut self) {
        let phase = if self.fresh.val() { FIRST_PHASE } else { self.state.val().raw() };
        let sum = phase + self.value.val().raw();
        self.spike.next = sum >= PERIOD;
        self.state_next.next = Value::new(if sum >= PERIOD { sum - PERIOD } else { sum }, VALUE_BITS);
    }

    fn connect(&mut self) {
        self.state_next.connect();
        self.spike.connect();
    }

    /// A sum of 255 or more is one that carries with one more, and is then its own low bits.
    fn hdl(&self) -> Verilog {
        Verilog::Custom(format!(
            "reg [7:0] phase;\nreg [8:0] above;\n\
             always @(*) phase = fresh ? 8'd{FIRST_PHASE} : state;\n\
             always @(*) above = {{1'b0, phase}} + {{1'b0, value}} + 9'd1;\n\
             always @(*) spike = above[8];\n\
             always @(*) state_next = above[7:0] - {{7'b0, ~above[8]}};\n"
        ))
    }
}
