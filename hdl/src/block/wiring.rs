//! Wires that rust-hdl's own casts would print with mixed widths.
//!
//! Leaves without logic; each is its Verilog concatenation and its Rust twin.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// `joined = { high, low }`, cut to the width of `joined`.
#[derive(LogicBlock)]
pub struct Concat {
    pub low: Bus<In>,
    pub high: Bus<In>,
    pub joined: Bus<Out>,
}

impl Concat {
    pub fn new(low: u32, high: u32, joined: u32) -> Self {
        assert!(low <= joined && joined <= low + high, "{joined} bits from {low} and {high}");
        Concat { low: Bus::new(low), high: Bus::new(high), joined: Bus::new(joined) }
    }
}

impl Logic for Concat {
    fn update(&mut self) {
        let high = self.high.val().raw().checked_shl(self.low.width()).unwrap_or(0);
        self.joined.next = Value::new(high | self.low.val().raw(), self.joined.width());
    }

    fn connect(&mut self) {
        self.joined.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom(match self.joined.width() - self.low.width() {
            0 => "always @(*) joined = low;\n".into(),
            kept if kept == self.high.width() => "always @(*) joined = {high, low};\n".into(),
            kept => format!("always @(*) joined = {{high[0 +: {kept}], low}};\n"),
        })
    }
}

/// `to = from >> offset`, with zeros above.
#[derive(LogicBlock)]
pub struct Slice {
    pub from: Bus<In>,
    pub to: Bus<Out>,
    _offset: u32,
}

impl Slice {
    pub fn new(from: u32, offset: u32, to: u32) -> Self {
        assert!(offset < from, "bit {offset} of {from}");
        Slice { from: Bus::new(from), to: Bus::new(to), _offset: offset }
    }
}

impl Logic for Slice {
    fn update(&mut self) {
        self.to.next = Value::new(self.from.val().raw() >> self._offset, self.to.width());
    }

    fn connect(&mut self) {
        self.to.connect();
    }

    fn hdl(&self) -> Verilog {
        let (kept, to) = (self.from.width() - self._offset, self.to.width());
        let cut = format!("from[{} +: {}]", self._offset, kept.min(to));
        Verilog::Custom(match to.checked_sub(kept) {
            Some(fill) if fill > 0 => format!("always @(*) to = {{{fill}'b0, {cut}}};\n"),
            _ => format!("always @(*) to = {cut};\n"),
        })
    }
}

/// `to = from` with zeros above, or its lowest bits.
#[derive(LogicBlock)]
pub struct Resize {
    pub from: Bus<In>,
    pub to: Bus<Out>,
}

impl Resize {
    pub fn new(from: u32, to: u32) -> Self {
        Resize { from: Bus::new(from), to: Bus::new(to) }
    }
}

impl Logic for Resize {
    fn update(&mut self) {
        self.to.next = Value::new(self.from.val().raw(), self.to.width());
    }

    fn connect(&mut self) {
        self.to.connect();
    }

    fn hdl(&self) -> Verilog {
        let (from, to) = (self.from.width(), self.to.width());
        Verilog::Custom(match to.checked_sub(from) {
            Some(0) => "always @(*) to = from;\n".into(),
            Some(fill) => format!("always @(*) to = {{{fill}'b0, from}};\n"),
            None => format!("always @(*) to = from[0 +: {to}];\n"),
        })
    }
}
