//! Bytes in and out of wider words. Leaves.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// `shifted = { byte, word } >> 8`: after n bytes the first is lowest.
#[derive(LogicBlock)]
pub struct ByteIn {
    pub word: Bus<In>,
    pub byte_in: Bus<In>,
    pub shifted: Bus<Out>,
}

impl ByteIn {
    pub fn new(width: u32) -> Self {
        assert!(width >= 8 && width % 8 == 0, "{width} bits are not whole bytes");
        ByteIn { word: Bus::new(width), byte_in: Bus::new(8), shifted: Bus::new(width) }
    }
}

impl Logic for ByteIn {
    fn update(&mut self) {
        let width = self.word.width();
        let kept = self.word.val().raw() >> 8;
        self.shifted.next = Value::new(kept | self.byte_in.val().raw() << (width - 8), width);
    }

    fn connect(&mut self) {
        self.shifted.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom(match self.word.width() {
            8 => "always @(*) shifted = byte_in;\n".into(),
            width => format!("always @(*) shifted = {{byte_in, word[{}:8]}};\n", width - 1),
        })
    }
}

/// Byte `index` of `word`, zero above its width.
#[derive(LogicBlock)]
pub struct ByteOut {
    pub word: Bus<In>,
    pub index: Bus<In>,
    pub byte_out: Bus<Out>,
}

impl ByteOut {
    pub fn new(width: u32) -> Self {
        ByteOut { word: Bus::new(width), index: Bus::new(3), byte_out: Bus::new(8) }
    }
}

impl Logic for ByteOut {
    fn update(&mut self) {
        let distance = 8 * self.index.val().raw();
        let byte = u32::try_from(distance).ok().and_then(|d| self.word.val().raw().checked_shr(d));
        self.byte_out.next = Value::new(byte.unwrap_or(0), 8);
    }

    fn connect(&mut self) {
        self.byte_out.connect();
    }

    fn hdl(&self) -> Verilog {
        let width = self.word.width();
        let bytes = width.div_ceil(8);
        let cases: String = (0..bytes)
            .map(|byte| {
                let kept = (width - 8 * byte).min(8);
                let fill = if kept < 8 { format!("{}'b0, ", 8 - kept) } else { String::new() };
                format!("    3'd{byte}: byte_out = {{{fill}word[{} +: {kept}]}};\n", 8 * byte)
            })
            .collect();
        Verilog::Custom(format!(
            "always @(*) case (index)\n{cases}    default: byte_out = 8'h0;\nendcase\n"
        ))
    }
}

/// `shifted = { bit, word } >> 1`: after n bits the first is lowest.
#[derive(LogicBlock)]
pub struct BitIn {
    pub word: Bus<In>,
    pub bit_in: Signal<In, Bit>,
    pub shifted: Bus<Out>,
}

impl BitIn {
    pub fn new(width: u32) -> Self {
        BitIn { word: Bus::new(width), bit_in: Default::default(), shifted: Bus::new(width) }
    }
}

impl Logic for BitIn {
    fn update(&mut self) {
        let width = self.word.width();
        let kept = self.word.val().raw() >> 1;
        self.shifted.next = Value::new(kept | u64::from(self.bit_in.val()) << (width - 1), width);
    }

    fn connect(&mut self) {
        self.shifted.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom(format!("always @(*) shifted = {{bit_in, word[{}:1]}};\n", self.word.width() - 1))
    }
}
