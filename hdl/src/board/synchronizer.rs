//! Brings a pin into the clock domain: two flip-flops, at rest while the line is (high).

use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct Synchronizer {
    pub clock: Signal<In, Clock>,
    pub pin: Signal<In, Bit>,
    pub level: Signal<Out, Bit>,
    _first: bool,
}

impl Default for Synchronizer {
    fn default() -> Self {
        let mut level: Signal<Out, Bit> = Default::default();
        level.next = true;
        Synchronizer { clock: Default::default(), pin: Default::default(), level, _first: true }
    }
}

impl Logic for Synchronizer {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            self.level.next = self._first;
            self._first = self.pin.val();
        }
    }

    fn connect(&mut self) {
        self.level.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom(
            "reg first;\ninitial {level, first} = 2'b11;\n\
             always @(posedge clock) {level, first} <= {first, pin};\n"
                .into(),
        )
    }
}
