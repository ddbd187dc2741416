//! Up to the sum: current, leaked, drive.

use super::{extended, extended_cut};
use crate::arch::{Field, Reset, StageArch, Synapse};
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// current = 2 * count - input_count; for weights of k bits, which are counted with 2^(k-1) added,
/// count - (input_count << (k-1))
#[derive(LogicBlock)]
pub struct Current {
    pub count: Bus<In>,
    pub input_count: Bus<In>,
    pub current: Bus<Out>,
    _count_shift: u32,
    _input_shift: u32,
}

impl Current {
    pub fn new(stage: &StageArch) -> Self {
        let bits = stage.count_bits();
        Current {
            count: Bus::new(bits),
            input_count: Bus::new(bits),
            current: Bus::new(stage.current_bits()),
            _count_shift: u32::from(stage.weight_bits == 1),
            _input_shift: stage.weight_bits - 1,
        }
    }
}

impl Logic for Current {
    fn update(&mut self) {
        let counted = self.count.val().raw() << self._count_shift;
        let inputs = self.input_count.val().raw() << self._input_shift;
        self.current.next = Value::new(counted.wrapping_sub(inputs), self.current.width());
    }

    fn connect(&mut self) {
        self.current.connect();
    }

    fn hdl(&self) -> Verilog {
        if self._count_shift == 1 {
            return Verilog::Custom("always @(*) current = {count, 1'b0} - {1'b0, input_count};\n".into());
        }
        let shift = self._input_shift;
        Verilog::Custom(format!("always @(*) current = {{1'b0, count}} - ({{1'b0, input_count}} << {shift});\n"))
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

    /// The same of a synaptic current, which no spike resets.
    pub fn of_synapse(stage: &StageArch, synapse: &Synapse) -> Self {
        Leak {
            membrane: Bus::new(synapse.bits),
            _constant: synapse.decays.is_empty().then_some(synapse.decay),
            _zero_after_spike: false,
            ..Leak::new(stage)
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
