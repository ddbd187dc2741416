//! Flip-flops: a word (`Register`) or one bit (`Flag`), zero at power-on.

use super::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct Register {
    pub clock: Signal<In, Clock>,
    pub d: Bus<In>,
    pub q: Bus<Out>,
    _power_on: u64,
}

impl Register {
    pub fn new(width: u32) -> Self {
        Register::starting_at(0, width)
    }

    pub fn starting_at(power_on: u64, width: u32) -> Self {
        let mut q = Bus::new(width);
        q.next = Value::new(power_on, width);
        Register { clock: Default::default(), d: Bus::new(width), q, _power_on: power_on }
    }
}

impl Logic for Register {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            self.q.next = self.d.val();
        }
    }

    fn connect(&mut self) {
        self.q.connect();
    }

    fn hdl(&self) -> Verilog {
        let (width, power_on) = (self.q.width(), self._power_on);
        Verilog::Custom(format!("initial q = {width}'h{power_on:x};\nalways @(posedge clock) q <= d;\n"))
    }
}

#[derive(LogicBlock, Default)]
pub struct Flag {
    pub clock: Signal<In, Clock>,
    pub d: Signal<In, Bit>,
    pub q: Signal<Out, Bit>,
}

impl Logic for Flag {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            self.q.next = self.d.val();
        }
    }

    fn connect(&mut self) {
        self.q.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom("initial q = 1'b0;\nalways @(posedge clock) q <= d;\n".into())
    }
}
