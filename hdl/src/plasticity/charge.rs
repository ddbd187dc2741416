//! What a neuron has taken up in a presentation: its membrane, and a threshold for each spike; and whether that is no less
//! than what it took up of another target. Leaves.
//!
//! | signal | bits |
//! |---|---|
//! | crossed | two's complement: a threshold for each spike |
//! | charge | two's complement, one more than the wider of crossed and membrane |
//! | kept | two's complement, a charge too |

use super::standing::extended;
use crate::signal::{Bus, Value};
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

/// above = charge >= kept
#[derive(LogicBlock)]
pub struct ResponseStep {
    pub charge: Bus<In>,
    pub kept: Bus<In>,
    pub above: Signal<Out, Bit>,
}

impl ResponseStep {
    pub fn new(charge_bits: u32) -> Self {
        ResponseStep { charge: Bus::new(charge_bits), kept: Bus::new(charge_bits), above: Default::default() }
    }
}

impl Logic for ResponseStep {
    fn update(&mut self) {
        self.above.next = self.charge.val().as_signed() >= self.kept.val().as_signed();
    }

    fn connect(&mut self) {
        self.above.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom("always @(*) above = $signed(charge) >= $signed(kept);\n".to_owned())
    }
}
