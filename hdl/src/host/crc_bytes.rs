//! The two bytes of a CRC. Leaf.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct CrcBytes {
    pub crc: Bus<In>,
    pub high: Bus<Out>,
    pub low: Bus<Out>,
}

impl Default for CrcBytes {
    fn default() -> Self {
        CrcBytes { crc: Bus::new(16), high: Bus::new(8), low: Bus::new(8) }
    }
}

impl Logic for CrcBytes {
    fn update(&mut self) {
        let crc = self.crc.val().raw();
        self.high.next = Value::new(crc >> 8, 8);
        self.low.next = Value::new(crc, 8);
    }

    fn connect(&mut self) {
        self.high.connect();
        self.low.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom("always @(*) high = crc[15:8];\nalways @(*) low = crc[7:0];\n".into())
    }
}
