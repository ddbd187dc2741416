//! A signal of run-time width.

use super::value::{literal, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_core::signal::get_signal_id;
use std::marker::PhantomData;

/// `Bus<In>`, `Bus<Out>` or `Bus<Local>`, as rust-hdl's `Signal`, with the width given to `new`.
pub struct Bus<D: Direction> {
    pub next: Value,
    val: Value,
    changed: bool,
    claimed: bool,
    id: usize,
    direction: PhantomData<D>,
}

impl<D: Direction> Bus<D> {
    pub fn new(width: u32) -> Self {
        let zero = Value::new(0, width);
        Bus { next: zero, val: zero, changed: false, claimed: false, id: get_signal_id(), direction: PhantomData }
    }

    pub fn width(&self) -> u32 {
        self.val.width()
    }
}

impl Bus<In> {
    pub fn val(&self) -> Value {
        self.val
    }
}

/// Outputs and locals read back what was assigned last, as a blocking assignment in Verilog does.
impl Bus<Out> {
    pub fn val(&self) -> Value {
        self.next
    }
}

impl Bus<Local> {
    pub fn val(&self) -> Value {
        self.next
    }
}

impl<D: Direction> Logic for Bus<D> {
    fn update(&mut self) {}

    fn connect(&mut self) {
        self.claimed = true;
    }
}

impl<D: Direction> Block for Bus<D> {
    fn connect_all(&mut self) {}

    fn update_all(&mut self) {
        assert_eq!(self.next.width(), self.val.width(), "assignment of another width");
        self.changed = self.val != self.next;
        self.val = self.next;
    }

    fn has_changed(&self) -> bool {
        self.changed
    }

    fn accept(&self, name: &str, probe: &mut dyn Probe) {
        probe.visit_atom(name, self);
    }
}

impl<D: Direction> rust_hdl_core::atom::Atom for Bus<D> {
    fn bits(&self) -> usize {
        self.val.bits()
    }

    fn connected(&self) -> bool {
        self.claimed
    }

    fn changed(&self) -> bool {
        self.changed
    }

    fn kind(&self) -> AtomKind {
        D::KIND
    }

    fn descriptor(&self) -> TypeDescriptor {
        bits_descriptor(self.val)
    }

    fn vcd(&self) -> VCDValue {
        vcd_value(self.val)
    }

    fn id(&self) -> usize {
        self.id
    }

    fn verilog(&self) -> VerilogLiteral {
        literal(self.val)
    }

    fn constraints(&self) -> Vec<PinConstraint> {
        vec![]
    }
}

pub(super) fn bits_descriptor(value: Value) -> TypeDescriptor {
    TypeDescriptor { name: format!("Bits::<{}>", value.width()), kind: TypeKind::Bits(value.bits()) }
}

/// rust-hdl's own waveforms are not used (Verilator writes ours), so text is enough.
pub(super) fn vcd_value(value: Value) -> VCDValue {
    VCDValue::String(format!("{:x}", value.raw()))
}
