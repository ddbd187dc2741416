//! What the modulated presentation gave each neuron more than the sample alone (PEPITA): the sign of that is the code of
//! a neuron whose gate was open in the sample alone.
//!
//! ```text
//! cycle     0: spike, membrane     1: count; the kept word is asked for     2: charge, kept word -> written
//! learning  0: the kept word is asked for     1: code
//! ```
//!
//! The sample leaves a word of gate and charge with each neuron. In the last timestep of the modulated presentation a code
//! takes its place.

use super::arch::LearningArch;
use super::change::CODE_BITS;
use super::charges::Charges;
use super::contrast::SECOND;
use super::lessons::PHASE_BITS;
use super::standing::extended;
use crate::arch::StageArch;
use crate::block::ram::Ram;
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Register, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// Of a kept code, in the lowest bits of its word.
const KEPT_CODE_BITS: u32 = 2;

#[derive(LogicBlock)]
pub struct Differences {
    // Control
    pub clock: Signal<In, Clock>,
    pub phase: Bus<In>,
    pub n_timesteps: Bus<In>,
    // Spikes of the layer
    pub spike_valid: Signal<In, Bit>,
    pub spike_neuron: Bus<In>,
    pub spike: Signal<In, Bit>,
    /// In the first timestep of a presentation.
    pub fresh: Signal<In, Bit>,
    pub membrane: Bus<In>,
    pub threshold: Bus<In>,
    /// Of the neuron of cycle 1, as it is written.
    pub told_count: Bus<In>,
    // Modulators, a cycle after the neuron
    pub reads: Signal<In, Bit>,
    pub neuron: Bus<In>,
    pub code: Bus<Out>,
    charges: Charges,
    kept: Ram,
    count_2: Register,
    step: DifferenceStep,
    differs: Signal<Local, Bit>,
    second: Fixed,
}

impl Differences {
    pub fn new(learning: &LearningArch, stage: &StageArch) -> Self {
        let (neuron, time, charge) = (stage.neuron_index_bits(), learning.count_bits(), learning.charge_bits(stage));
        Differences {
            clock: Default::default(),
            phase: Bus::new(PHASE_BITS),
            n_timesteps: Bus::new(time),
            spike_valid: Default::default(),
            spike_neuron: Bus::new(neuron),
            spike: Default::default(),
            fresh: Default::default(),
            membrane: Bus::new(stage.neuron.membrane_bits),
            threshold: Bus::new(stage.work_bits()),
            told_count: Bus::new(time),
            reads: Default::default(),
            neuron: Bus::new(neuron),
            code: Bus::new(CODE_BITS),
            charges: Charges::new(learning, stage),
            kept: Ram::new(neuron, charge + 1, stage.n_neurons, stage.memories.state),
            count_2: Register::new(time),
            step: DifferenceStep::new(charge, time),
            differs: Default::default(),
            second: Fixed::new(SECOND, PHASE_BITS),
        }
    }
}

impl Logic for Differences {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count_2);
        self.charges.clock.next = self.clock.val();
        self.charges.n_timesteps.next = self.n_timesteps.val();
        self.charges.spike_valid.next = self.spike_valid.val();
        self.charges.spike_neuron.next = self.spike_neuron.val();
        self.charges.spike.next = self.spike.val();
        self.charges.fresh.next = self.fresh.val();
        self.charges.membrane.next = self.membrane.val();
        self.charges.threshold.next = self.threshold.val();

        // Cycle 1
        self.count_2.d.next = self.told_count.val();
        self.kept.clock.next = self.clock.val();
        self.kept.read_address.next = self.charges.asked_neuron.val();
        if self.reads.val() {
            self.kept.read_address.next = self.neuron.val();
        }

        // Cycle 2
        self.differs.next = self.phase.val() == self.second.val();
        self.step.charge.next = self.charges.charge.val();
        self.step.count.next = self.count_2.q.val();
        self.step.n_timesteps.next = self.n_timesteps.val();
        self.step.kept.next = self.kept.read_word.val();
        self.step.differs.next = self.differs.val();
        self.kept.write_enable.next = self.charges.valid.val() && (self.charges.last.val() || !self.differs.val());
        self.kept.write_address.next = self.charges.neuron.val();
        self.kept.write_word.next = self.step.kept_next.val();
        self.code.next = self.step.code.val();
    }
}

/// kept_next = { gate, charge } of the sample; then the sign of charge - kept charge if the kept gate is open, else 0,
/// which `code` tells. Leaf.
#[derive(LogicBlock)]
pub struct DifferenceStep {
    pub charge: Bus<In>,
    pub count: Bus<In>,
    pub n_timesteps: Bus<In>,
    pub kept: Bus<In>,
    pub differs: Signal<In, Bit>,
    pub kept_next: Bus<Out>,
    pub code: Bus<Out>,
}

impl DifferenceStep {
    pub fn new(charge_bits: u32, count_bits: u32) -> Self {
        DifferenceStep {
            charge: Bus::new(charge_bits),
            count: Bus::new(count_bits),
            n_timesteps: Bus::new(count_bits),
            kept: Bus::new(charge_bits + 1),
            differs: Default::default(),
            kept_next: Bus::new(charge_bits + 1),
            code: Bus::new(CODE_BITS),
        }
    }
}

impl Logic for DifferenceStep {
    fn update(&mut self) {
        let (width, kept) = (self.charge.width(), self.kept.val().raw());
        let (count, n_timesteps) = (self.count.val().raw(), self.n_timesteps.val().raw());
        let gate = u64::from(0 < count && count < n_timesteps);
        let before = Value::new(kept, width).as_signed();
        let sign = (self.charge.val().as_signed() - before).signum() * i64::from(kept >> width & 1 == 1);
        self.kept_next.next = match self.differs.val() {
            true => Value::new(Value::signed(sign, KEPT_CODE_BITS).raw(), width + 1),
            false => Value::new(gate << width | self.charge.val().raw(), width + 1),
        };
        self.code.next = Value::signed(Value::new(kept, KEPT_CODE_BITS).as_signed(), CODE_BITS);
    }

    fn connect(&mut self) {
        self.kept_next.connect();
        self.code.connect();
    }

    fn hdl(&self) -> Verilog {
        let charge = self.charge.width();
        Verilog::Custom(format!(
            "reg signed [{charge}:0] difference;\n\
             always @(*) begin\n\
             \x20   difference = {now} - {before};\n\
             \x20   kept_next = {{|count && count < n_timesteps, charge}};\n\
             \x20   if (differs) kept_next = {{{fill}'b0, kept[{charge}] ? {{difference[{charge}], |difference}} : 2'b0}};\n\
             \x20   code = {{{{{more}{{kept[1]}}}}, kept[1:0]}};\n\
             end\n",
            now = extended("charge", charge, charge + 1),
            before = format!("{{kept[{}], kept[0 +: {charge}]}}", charge - 1),
            fill = charge + 1 - KEPT_CODE_BITS,
            more = CODE_BITS - KEPT_CODE_BITS,
        ))
    }
}
