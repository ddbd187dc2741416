//! A neuron's state in memory: `{ fired, membrane }`. Leaves.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct StatePack {
    pub membrane: Bus<In>,
    pub fired: Signal<In, Bit>,
    pub state: Bus<Out>,
}

impl StatePack {
    pub fn new(membrane_bits: u32) -> Self {
        StatePack { membrane: Bus::new(membrane_bits), fired: Default::default(), state: Bus::new(membrane_bits + 1) }
    }
}

impl Logic for StatePack {
    fn update(&mut self) {
        let fired = u64::from(self.fired.val()) << self.membrane.width();
        self.state.next = Value::new(fired | self.membrane.val().raw(), self.state.width());
    }

    fn connect(&mut self) {
        self.state.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom("always @(*) state = {fired, membrane};\n".into())
    }
}

#[derive(LogicBlock)]
pub struct StateUnpack {
    pub state: Bus<In>,
    pub membrane: Bus<Out>,
    pub fired: Signal<Out, Bit>,
}

impl StateUnpack {
    pub fn new(membrane_bits: u32) -> Self {
        StateUnpack { state: Bus::new(membrane_bits + 1), membrane: Bus::new(membrane_bits), fired: Default::default() }
    }
}

impl Logic for StateUnpack {
    fn update(&mut self) {
        self.membrane.next = Value::new(self.state.val().raw(), self.membrane.width());
        self.fired.next = self.state.val().get_bit(self.membrane.val().bits());
    }

    fn connect(&mut self) {
        self.membrane.connect();
        self.fired.connect();
    }

    fn hdl(&self) -> Verilog {
        let bits = self.membrane.width();
        Verilog::Custom(format!(
            "always @(*) membrane = state[0 +: {bits}];\nalways @(*) fired = state[{bits}];\n"
        ))
    }
}
