//! From the sum on: saturation, spike, reset.

use super::extended;
use crate::arch::{Fires, NeuronArch, Reset, StageArch};
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// membrane' = saturate(integrated [- threshold, when the reset by subtraction comes before the comparison])
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
            _subtract_after_spike: subtracts_after_spike(neuron),
        }
    }
}

/// Whether what fired before lowers the sum.
pub fn subtracts_after_spike(neuron: &NeuronArch) -> bool {
    (neuron.reset == Reset::Subtract && neuron.reset_delay) || neuron.reset == Reset::SubtractAhead
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
    /// The threshold was subtracted before the comparison.
    pub lowered: Signal<In, Bit>,
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
            lowered: Default::default(),
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
        let limit = (1_i64 << (self.membrane.width() - 1)) - 1;
        let after = match (self._reset, fires, self.lowered.val()) {
            (Reset::Zero, true, _) => 0,
            (Reset::Subtract, true, _) | (Reset::SubtractAhead, true, false) => membrane - threshold,
            (Reset::SubtractAhead, false, true) => (membrane + threshold).min(limit),
            _ => membrane,
        };
        self.fires.next = fires;
        self.membrane_next.next = Value::signed(after, self.membrane.width());
    }

    fn connect(&mut self) {
        self.fires.connect();
        self.membrane_next.connect();
    }

    fn hdl(&self) -> Verilog {
        let (membrane, work) = (self.membrane.width(), self.threshold.width());
        let (reset, more) = match self._reset {
            Reset::None => (String::new(), String::new()),
            Reset::Zero => (format!("    if (fires) membrane_next = {membrane}'h0;\n"), String::new()),
            Reset::Subtract => (format!("    if (fires) membrane_next = membrane - threshold[0 +: {membrane}];\n"), String::new()),
            Reset::SubtractAhead => given_back(membrane, work),
        };
        Verilog::Custom(format!(
            "{more}reg [{sign}:0] distance;\n\
             always @(*) begin\n\
             \x20   {distance}\n\
             \x20   fires = {passes};\n\
             \x20   membrane_next = membrane;\n\
             {reset}end\n",
            sign = work - 1,
            distance = distance(self._fires, membrane, work),
            passes = passes(self._fires, work),
        ))
    }
}

/// The distance to the threshold, of `work` bits, which are enough for either sign: the sign alone tells whether a neuron
/// fires, so that nothing comes behind the carries.
pub(super) fn distance(fires: Fires, membrane: u32, work: u32) -> String {
    let membrane = extended("membrane", membrane, work);
    match fires {
        Fires::Above => format!("distance = threshold - {membrane};"),
        Fires::At => format!("distance = {membrane} - threshold;"),
    }
}

/// Whether `distance` is on the side of the threshold on which a neuron fires.
pub(super) fn passes(fires: Fires, work: u32) -> String {
    let sign = work - 1;
    match fires {
        Fires::Above => format!("distance[{sign}]"),
        Fires::At => format!("~distance[{sign}]"),
    }
}

/// The reset of a subtraction ahead, and what it declares: a threshold is taken where none was, or given back.
fn given_back(membrane: u32, work: u32) -> (String, String) {
    let (sign, top) = (work - 1, membrane - 1);
    let reset = format!(
        "    back = {extended} + threshold;\n\
         \x20   if (fires && ~lowered) membrane_next = membrane - threshold[0 +: {membrane}];\n\
         \x20   if (~fires && lowered) begin\n\
         \x20       membrane_next = back[0 +: {membrane}];\n\
         \x20       if (~back[{sign}] && (back[{sign}:{top}] != {above}'h0)) membrane_next = {{1'b0, {{{top}{{1'b1}}}}}};\n\
         \x20   end\n",
        extended = extended("membrane", membrane, work),
        above = work - top,
    );
    (reset, format!("reg [{sign}:0] back;\n"))
}
