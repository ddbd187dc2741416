//! A spike where a value has risen by the threshold or more since the timestep before; in the first one, from 0. Leaf.

use crate::arch::VALUE_BITS;
use crate::signal::Bus;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct Rise {
    pub fresh: Signal<In, Bit>,
    pub value: Bus<In>,
    pub state: Bus<In>,
    pub state_next: Bus<Out>,
    pub spike: Signal<Out, Bit>,
    _threshold: u8,
}

impl Rise {
    pub fn new(threshold: u8) -> Self {
        let (value, state) = (Bus::new(VALUE_BITS), Bus::new(VALUE_BITS));
        Rise { fresh: Default::default(), value, state, state_next: Bus::new(VALUE_BITS), spike: Default::default(), _threshold: threshold }
    }
}

impl Logic for Rise {
    fn update(&mut self) {
        let previous = if self.fresh.val() { 0 } else { self.state.val().raw() };
        self.spike.next = self.value.val().raw() >= previous + u64::from(self._threshold);
        self.state_next.next = self.value.val();
    }

    fn connect(&mut self) {
        self.state_next.connect();
        self.spike.connect();
    }

    fn hdl(&self) -> Verilog {
        let threshold = self._threshold;
        Verilog::Custom(format!(
            "reg [7:0] previous;\n\
             always @(*) previous = fresh ? 8'd0 : state;\n\
             always @(*) spike = {{1'b0, value}} >= {{1'b0, previous}} + 9'd{threshold};\n\
             always @(*) state_next = value;\n"
        ))
    }
}
