//! From the sum on: saturation, spike, reset.

use super::extended;
use crate::arch::{Fires, NeuronArch, Reset, StageArch};
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// membrane' = saturate(integrated [- threshold, when the reset by subtraction comes a timestep late])
#[derive(LogicBlock)]
pub struct Saturate {
    pub integrated: Bus<In>,
    pub threshold: Bus<In>,
    pub fired: Signal<In, Bit>,
    pub membrane: Bus<Out>,
    _subtract_after_spike: bool,
}

impl Saturate {
    pub fn new(stage: &StageArch) -> Self {
        let work = stage.work_bits();
        let neuron = &stage.neuron;
        Saturate {
            integrated: Bus::new(work),
            threshold: Bus::new(work),
            fired: Default::default(),
            membrane: Bus::new(neuron.membrane_bits),
            _subtract_after_spike: neuron.reset == Reset::Subtract && neuron.reset_delay,
        }
    }
}

impl Logic for Saturate {
    fn update(&mut self) {
        let late = self._subtract_after_spike && self.fired.val();
        let reset = if late { self.threshold.val().as_signed() } else { 0 };
        let limit = 1_i64 << (self.membrane.width() - 1);
        let membrane = (self.integrated.val().as_signed() - reset).clamp(-limit, limit - 1);
        self.membrane.next = Value::signed(membrane, self.membrane.width());
    }

    fn connect(&mut self) {
        self.membrane.connect();
    }

    fn hdl(&self) -> Verilog {
        let (work, membrane) = (self.integrated.width(), self.membrane.width());
        let (sign, top) = (work - 1, membrane - 1);
        let sum = match self._subtract_after_spike {
            true => format!("integrated - ({{{work}{{fired}}}} & threshold)"),
            false => "integrated".into(),
        };
        Verilog::Custom(format!(
            "reg [{sign}:0] sum;\n\
             always @(*) begin\n\
             \x20   sum = {sum};\n\
             \x20   membrane = sum[0 +: {membrane}];\n\
             \x20   if (sum[{sign}:{top}] != {{{above}{{sum[{sign}]}}}}) membrane = {{sum[{sign}], {{{top}{{~sum[{sign}]}}}}}};\n\
             end\n",
            above = work - top,
        ))
    }
}

/// fires = membrane above (or at) threshold; membrane_next = membrane after an immediate reset
#[derive(LogicBlock)]
pub struct Fire {
    pub membrane: Bus<In>,
    pub threshold: Bus<In>,
    pub fires: Signal<Out, Bit>,
    pub membrane_next: Bus<Out>,
    _fires: Fires,
    _reset: Reset,
}

impl Fire {
    pub fn new(stage: &StageArch) -> Self {
        let neuron = &stage.neuron;
        Fire {
            membrane: Bus::new(neuron.membrane_bits),
            threshold: Bus::new(stage.work_bits()),
            fires: Default::default(),
            membrane_next: Bus::new(neuron.membrane_bits),
            _fires: neuron.fires,
            _reset: immediate_reset(neuron),
        }
    }
}

fn immediate_reset(neuron: &NeuronArch) -> Reset {
    if neuron.reset_delay {
        Reset::None
    } else {
        neuron.reset
    }
}

impl Logic for Fire {
    fn update(&mut self) {
        let (membrane, threshold) = (self.membrane.val().as_signed(), self.threshold.val().as_signed());
        let fires = match self._fires {
            Fires::Above => membrane > threshold,
            Fires::At => membrane >= threshold,
        };
        let reset = match self._reset {
            Reset::None => membrane,
            Reset::Zero => 0,
            Reset::Subtract => membrane - threshold,
        };
        self.fires.next = fires;
        self.membrane_next.next = Value::signed(if fires { reset } else { membrane }, self.membrane.width());
    }

    fn connect(&mut self) {
        self.fires.connect();
        self.membrane_next.connect();
    }

    fn hdl(&self) -> Verilog {
        let (membrane, work) = (self.membrane.width(), self.threshold.width());
        let sign = work - 1;
        let fires = match self._fires {
            Fires::Above => format!("~above[{sign}] && (above != {work}'h0)"),
            Fires::At => format!("~above[{sign}]"),
        };
        let reset = match self._reset {
            Reset::None => String::new(),
            Reset::Zero => format!("    if (fires) membrane_next = {membrane}'h0;\n"),
            Reset::Subtract => format!("    if (fires) membrane_next = above[0 +: {membrane}];\n"),
        };
        Verilog::Custom(format!(
            "reg [{sign}:0] above;\n\
             always @(*) begin\n\
             \x20   above = {membrane_extended} - threshold;\n\
             \x20   fires = {fires};\n\
             \x20   membrane_next = membrane;\n\
             {reset}end\n",
            membrane_extended = extended("membrane", membrane, work),
        ))
    }
}
