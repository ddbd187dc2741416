//! A named constant of run-time width: a `localparam` in the Verilog.

use super::bus::{bits_descriptor, vcd_value};
use super::value::{literal, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_core::signal::get_signal_id;

/// Blocks use these in place of integer literals, which rust-hdl prints 32 bits wide.
pub struct Fixed {
    value: Value,
    id: usize,
}

impl Fixed {
    pub fn new(raw: u64, width: u32) -> Self {
        Fixed { value: Value::new(raw, width), id: get_signal_id() }
    }

    /// `count` must fit: for the sizes and limits that blocks compare counters with.
    pub fn count(count: usize, width: u32) -> Self {
        let raw = u64::try_from(count).unwrap_or(u64::MAX);
        assert!(width == 64 || raw >> width == 0, "{count} does not fit {width} bits");
        Fixed::new(raw, width)
    }

    pub fn val(&self) -> Value {
        self.value
    }
}

impl Logic for Fixed {
    fn update(&mut self) {}
}

impl Block for Fixed {
    fn connect_all(&mut self) {}
    fn update_all(&mut self) {}

    fn has_changed(&self) -> bool {
        false
    }

    fn accept(&self, name: &str, probe: &mut dyn Probe) {
        probe.visit_atom(name, self);
    }
}

impl rust_hdl_core::atom::Atom for Fixed {
    fn bits(&self) -> usize {
        self.value.bits()
    }

    fn connected(&self) -> bool {
        true
    }

    fn changed(&self) -> bool {
        false
    }

    fn kind(&self) -> AtomKind {
        AtomKind::Constant
    }

    fn descriptor(&self) -> TypeDescriptor {
        bits_descriptor(self.value)
    }

    fn vcd(&self) -> VCDValue {
        vcd_value(self.value)
    }

    fn id(&self) -> usize {
        self.id
    }

    fn verilog(&self) -> VerilogLiteral {
        literal(self.value)
    }

    fn constraints(&self) -> Vec<PinConstraint> {
        vec![]
    }
}
