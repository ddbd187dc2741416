//! CRC-16/CCITT-FALSE over a byte at a time. Leaf.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

const POLYNOMIAL: u64 = 0x1021;

#[derive(LogicBlock)]
pub struct Crc {
    pub crc: Bus<In>,
    pub byte_in: Bus<In>,
    pub crc_next: Bus<Out>,
}

impl Default for Crc {
    fn default() -> Self {
        Crc { crc: Bus::new(16), byte_in: Bus::new(8), crc_next: Bus::new(16) }
    }
}

/// The remainder after eight more bits, most significant first.
pub(crate) fn crc_next(crc: u64, byte: u64) -> u64 {
    (0..8).fold(crc ^ (byte << 8), |crc, _| {
        let shifted = crc << 1;
        if crc & 0x8000 == 0 { shifted } else { shifted ^ POLYNOMIAL }
    }) & 0xFFFF
}

impl Logic for Crc {
    fn update(&mut self) {
        self.crc_next.next = Value::new(crc_next(self.crc.val().raw(), self.byte_in.val().raw()), 16);
    }

    fn connect(&mut self) {
        self.crc_next.connect();
    }

    /// The step is linear, so each result bit is the exclusive or of the bits that reach it.
    fn hdl(&self) -> Verilog {
        let lines: String = (0..16).map(|bit| format!("always @(*) crc_next[{bit}] = {};\n", terms(bit))).collect();
        Verilog::Custom(lines)
    }
}

fn terms(bit: u32) -> String {
    let reaches = |crc: u64, byte: u64| crc_next(crc, byte) >> bit & 1 == 1;
    let from_crc = (0..16).filter(|i| reaches(1 << i, 0)).map(|i| format!("crc[{i}]"));
    let from_byte = (0..8).filter(|i| reaches(0, 1 << i)).map(|i| format!("byte_in[{i}]"));
    from_crc.chain(from_byte).collect::<Vec<_>>().join(" ^ ")
}
