//! What a neuron has taken up in a presentation: its membrane, and a threshold for each spike; and what it has for all
//! targets together. Leaves.
//!
//! | signal | bits |
//! |---|---|
//! | crossed | two's complement: a threshold for each spike |
//! | charge | two's complement, one more than the wider of crossed and membrane |
//! | total | two's complement, wide enough for the charges of all classes |

use super::standing::extended;
use crate::signal::{bits_for, Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// charge = crossed_next + membrane, where crossed_next has one more threshold after a spike
#[derive(LogicBlock)]
pub struct Charge {
    pub crossed: Bus<In>,
    pub fresh: Signal<In, Bit>,
    pub spike: Signal<In, Bit>,
    pub threshold: Bus<In>,
    pub membrane: Bus<In>,
    pub crossed_next: Bus<Out>,
    pub charge: Bus<Out>,
}

impl Charge {
    pub fn new(crossed_bits: u32, membrane_bits: u32, threshold_bits: u32) -> Self {
        Charge {
            crossed: Bus::new(crossed_bits),
            fresh: Default::default(),
            spike: Default::default(),
            threshold: Bus::new(threshold_bits),
            membrane: Bus::new(membrane_bits),
            crossed_next: Bus::new(crossed_bits),
            charge: Bus::new(crossed_bits.max(membrane_bits) + 1),
        }
    }
}

impl Logic for Charge {
    fn update(&mut self) {
        let before = if self.fresh.val() { 0 } else { self.crossed.val().as_signed() };
        let more = if self.spike.val() { self.threshold.val().as_signed() } else { 0 };
        let crossed = Value::signed(before + more, self.crossed.width());
        self.crossed_next.next = crossed;
        self.charge.next = Value::signed(crossed.as_signed() + self.membrane.val().as_signed(), self.charge.width());
    }

    fn connect(&mut self) {
        self.crossed_next.connect();
        self.charge.connect();
    }

    fn hdl(&self) -> Verilog {
        let (crossed, charge) = (self.crossed.width(), self.charge.width());
        Verilog::Custom(format!(
            "always @(*) begin\n\
             \x20   crossed_next = (crossed & {{{crossed}{{~fresh}}}}) + ({threshold} & {{{crossed}{{spike}}}});\n\
             \x20   charge = {of_spikes} + {membrane};\n\
             end\n",
            threshold = extended("threshold", self.threshold.width(), crossed),
            of_spikes = extended("crossed_next", crossed, charge),
            membrane = extended("membrane", self.membrane.width(), charge),
        ))
    }
}

/// total_next = total + charge, of the first class the charge alone; above = classes * charge >= total
#[derive(LogicBlock)]
pub struct ResponseStep {
    pub charge: Bus<In>,
    pub total: Bus<In>,
    pub first: Signal<In, Bit>,
    pub total_next: Bus<Out>,
    pub above: Signal<Out, Bit>,
    _n_classes: usize,
}

impl ResponseStep {
    pub fn new(charge_bits: u32, n_classes: usize) -> Self {
        let total = charge_bits + bits_for(n_classes);
        ResponseStep {
            charge: Bus::new(charge_bits),
            total: Bus::new(total),
            first: Default::default(),
            total_next: Bus::new(total),
            above: Default::default(),
            _n_classes: n_classes,
        }
    }
}

impl Logic for ResponseStep {
    fn update(&mut self) {
        let (charge, total) = (self.charge.val().as_signed(), self.total.val().as_signed());
        let before = if self.first.val() { 0 } else { total };
        self.total_next.next = Value::signed(before + charge, self.total.width());
        self.above.next = charge * i64::try_from(self._n_classes).unwrap_or(i64::MAX) >= total;
    }

    fn connect(&mut self) {
        self.total_next.connect();
        self.above.connect();
    }

    fn hdl(&self) -> Verilog {
        let total = self.total.width();
        Verilog::Custom(format!(
            "wire [{top}:0] wide = {charge};\nwire [{top}:0] scaled = wide * {total}'d{classes};\n\
             always @(*) begin\n\
             \x20   total_next = (total & {{{total}{{~first}}}}) + wide;\n\
             \x20   above = $signed(scaled) >= $signed(total);\n\
             end\n",
            top = total - 1,
            charge = extended("charge", self.charge.width(), total),
            classes = self._n_classes,
        ))
    }
}
