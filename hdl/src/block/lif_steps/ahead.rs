//! Before the sum: whether a neuron's membrane is lowered before the comparison.

use super::spike::{distance, passes};
use crate::arch::{Fires, Reset, StageArch};
use crate::signal::Bus;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// lowers = the neuron fired; for a subtraction ahead, its stored membrane passes the threshold
#[derive(LogicBlock)]
pub struct Ahead {
    pub membrane: Bus<In>,
    pub threshold: Bus<In>,
    pub fired: Signal<In, Bit>,
    pub lowers: Signal<Out, Bit>,
    _fires: Fires,
    _is_ahead: bool,
}

impl Ahead {
    pub fn new(stage: &StageArch) -> Self {
        let neuron = &stage.neuron;
        Ahead {
            membrane: Bus::new(neuron.membrane_bits),
            threshold: Bus::new(stage.work_bits()),
            fired: Default::default(),
            lowers: Default::default(),
            _fires: neuron.fires,
            _is_ahead: neuron.reset == Reset::SubtractAhead,
        }
    }
}

impl Logic for Ahead {
    fn update(&mut self) {
        let (membrane, threshold) = (self.membrane.val().as_signed(), self.threshold.val().as_signed());
        self.lowers.next = match (self._is_ahead, self._fires) {
            (false, _) => self.fired.val(),
            (true, Fires::Above) => membrane > threshold,
            (true, Fires::At) => membrane >= threshold,
        };
    }

    fn connect(&mut self) {
        self.lowers.connect();
    }

    fn hdl(&self) -> Verilog {
        if !self._is_ahead {
            return Verilog::Custom("always @(*) lowers = fired;\n".into());
        }
        let (membrane, work) = (self.membrane.width(), self.threshold.width());
        Verilog::Custom(format!(
            "reg [{sign}:0] distance;\n\
             always @(*) {distance}\n\
             always @(*) lowers = {passes};\n",
            sign = work - 1,
            distance = distance(self._fires, membrane, work),
            passes = passes(self._fires, work),
        ))
    }
}
