//! The arithmetic of the LIF pipeline, one combinational leaf a step, in the order and with the names of
//! the reference: current, leaked, drive, integrated, membrane, fires.
//!
//! | signal | bits, all two's complement but count |
//! |---|---|
//! | count, input_count | enough for 0..=n_inputs |
//! | current | one more |
//! | membrane | membrane_bits |
//! | leaked, drive, integrated, threshold, bias | work_bits: no step can wrap |

use crate::arch::{Field, Fires, NeuronArch, Reset, StageArch};
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// current = 2 * count - input_count
#[derive(LogicBlock)]
pub struct Current {
    pub count: Bus<In>,
    pub input_count: Bus<In>,
    pub current: Bus<Out>,
}

impl Current {
    pub fn new(stage: &StageArch) -> Self {
        let bits = stage.count_bits();
        Current { count: Bus::new(bits), input_count: Bus::new(bits), current: Bus::new(stage.current_bits()) }
    }
}

impl Logic for Current {
    fn update(&mut self) {
        let twice = self.count.val().raw() << 1;
        self.current.next = Value::new(twice.wrapping_sub(self.input_count.val().raw()), self.current.width());
    }

    fn connect(&mut self) {
        self.current.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom("always @(*) current = {count, 1'b0} - {1'b0, input_count};\n".into())
    }
}

/// leaked = (membrane * beta) >> beta_bits, floor; zero in the first timestep of a presentation, and after
/// a spike when the reset to zero comes a timestep late
#[derive(LogicBlock)]
pub struct Leak {
    pub membrane: Bus<In>,
    pub beta: Bus<In>,
    pub fired: Signal<In, Bit>,
    pub fresh: Signal<In, Bit>,
    pub leaked: Bus<Out>,
    _beta_bits: u32,
    _constant: Option<i64>,
    _zero_after_spike: bool,
}

impl Leak {
    pub fn new(stage: &StageArch) -> Self {
        let neuron = &stage.neuron;
        Leak {
            membrane: Bus::new(neuron.membrane_bits),
            beta: Bus::new(neuron.beta_bits + 2),
            fired: Default::default(),
            fresh: Default::default(),
            leaked: Bus::new(stage.work_bits()),
            _beta_bits: neuron.beta_bits,
            _constant: match neuron.beta {
                Field::Constant(beta) => Some(beta),
                Field::Stored { .. } => None,
            },
            _zero_after_spike: neuron.reset == Reset::Zero && neuron.reset_delay,
        }
    }
}

impl Logic for Leak {
    fn update(&mut self) {
        let cleared = self.fresh.val() || (self._zero_after_spike && self.fired.val());
        let beta = self._constant.unwrap_or(self.beta.val().as_signed());
        let leaked = (self.membrane.val().as_signed() * beta) >> self._beta_bits;
        self.leaked.next = Value::signed(if cleared { 0 } else { leaked }, self.leaked.width());
    }

    fn connect(&mut self) {
        self.leaked.connect();
    }

    fn hdl(&self) -> Verilog {
        let (membrane, beta, work) = (self.membrane.width(), self.beta.width(), self.leaked.width());
        let product = membrane + beta;
        let factor = match self._constant {
            Some(value) => format!("{product}'h{:x}", Value::signed(value, product).raw()),
            None => extended("beta", beta, product),
        };
        let cleared = if self._zero_after_spike { "fresh || fired" } else { "fresh" };
        let kept = product - self._beta_bits;
        Verilog::Custom(format!(
            "reg signed [{top}:0] product;\n\
             always @(*) begin\n\
             \x20   product = $signed({membrane_extended}) * $signed({factor});\n\
             \x20   leaked = {leaked};\n\
             \x20   if ({cleared}) leaked = {work}'h0;\n\
             end\n",
            top = product - 1,
            membrane_extended = extended("membrane", membrane, product),
            leaked = extended_cut("product", self._beta_bits, kept, work),
        ))
    }
}

/// drive = (current << fraction_bits) + bias
#[derive(LogicBlock)]
pub struct Drive {
    pub current: Bus<In>,
    pub bias: Bus<In>,
    pub drive: Bus<Out>,
    _fraction_bits: u32,
}

impl Drive {
    pub fn new(stage: &StageArch) -> Self {
        let work = stage.work_bits();
        Drive {
            current: Bus::new(stage.current_bits()),
            bias: Bus::new(work),
            drive: Bus::new(work),
            _fraction_bits: stage.neuron.fraction_bits,
        }
    }
}

impl Logic for Drive {
    fn update(&mut self) {
        let scaled = self.current.val().as_signed() << self._fraction_bits;
        self.drive.next = Value::signed(scaled + self.bias.val().as_signed(), self.drive.width());
    }

    fn connect(&mut self) {
        self.drive.connect();
    }

    fn hdl(&self) -> Verilog {
        let (current, work, fraction) = (self.current.width(), self.drive.width(), self._fraction_bits);
        let fill = work - current - fraction;
        let low = if fraction > 0 { format!(", {fraction}'b0") } else { String::new() };
        let sign = current - 1;
        Verilog::Custom(format!("always @(*) drive = {{{{{fill}{{current[{sign}]}}}}, current{low}}} + bias;\n"))
    }
}

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

/// `name` of `from` bits, sign-extended to `to`.
fn extended(name: &str, from: u32, to: u32) -> String {
    format!("{{{{{}{{{name}[{}]}}}}, {name}}}", to - from, from - 1)
}

/// `kept` bits of `name` from `offset`, sign-extended to `to`.
fn extended_cut(name: &str, offset: u32, kept: u32, to: u32) -> String {
    match to - kept {
        0 => format!("{name}[{offset} +: {kept}]"),
        fill => format!("{{{{{fill}{{{name}[{}]}}}}, {name}[{offset} +: {kept}]}}", offset + kept - 1),
    }
}
