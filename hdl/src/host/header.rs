//! The fields of a request header, as they lie once its eight bytes have been shifted in. Leaf.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// `{ len, addr, page, region, layer, op, seq }`; the page is the address's high bits.
pub const HEADER_BITS: u32 = 64;

#[derive(LogicBlock)]
pub struct HeaderFields {
    pub header: Bus<In>,
    pub seq: Bus<Out>,
    pub op: Bus<Out>,
    pub layer: Bus<Out>,
    pub region: Bus<Out>,
    pub page: Bus<Out>,
    pub addr: Bus<Out>,
    pub len: Bus<Out>,
}

impl Default for HeaderFields {
    fn default() -> Self {
        HeaderFields {
            header: Bus::new(HEADER_BITS),
            seq: Bus::new(8),
            op: Bus::new(8),
            layer: Bus::new(8),
            region: Bus::new(4),
            page: Bus::new(4),
            addr: Bus::new(16),
            len: Bus::new(16),
        }
    }
}

impl Logic for HeaderFields {
    fn update(&mut self) {
        let header = self.header.val().raw();
        self.seq.next = Value::new(header, 8);
        self.op.next = Value::new(header >> 8, 8);
        self.layer.next = Value::new(header >> 16, 8);
        self.region.next = Value::new(header >> 24, 4);
        self.page.next = Value::new(header >> 28, 4);
        self.addr.next = Value::new(header >> 32, 16);
        self.len.next = Value::new(header >> 48, 16);
    }

    fn connect(&mut self) {
        self.seq.connect();
        self.op.connect();
        self.layer.connect();
        self.region.connect();
        self.page.connect();
        self.addr.connect();
        self.len.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom(
            "always @(*) seq = header[0 +: 8];\nalways @(*) op = header[8 +: 8];\n\
             always @(*) layer = header[16 +: 8];\nalways @(*) region = header[24 +: 4];\n\
             always @(*) page = header[28 +: 4];\nalways @(*) addr = header[32 +: 16];\n\
             always @(*) len = header[48 +: 16];\n"
                .into(),
        )
    }
}
