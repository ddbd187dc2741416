//! What a layer makes of the presentations with labels (Forward-Forward, SymBa): its goodness, how strongly it learns,
//! and by how many steps each neuron moves.
//!
//! ```text
//! counts as they rise --> goodness --> strength --> scale of a step
//!                  \---> counts of the first presentation --+
//! counts of the second, asked for -------------------------> code
//! ```

use super::arch::{LearningArch, RuleArch};
use super::change::CODE_BITS;
use super::contrast::{FIRST, SECOND};
use super::lessons::PHASE_BITS;
use super::rounding::SHIFT_BITS;
use super::scores::MARGIN_BITS;
use super::steps::MOST_STEPS;
use super::strength::{GoodnessStep, Strength, SCALE_BITS};
use crate::arch::StageArch;
use crate::block::ram::Ram;
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Contrastive {
    // Control
    pub clock: Signal<In, Clock>,
    /// A presentation begins.
    pub clear: Signal<In, Bit>,
    pub phase: Bus<In>,
    pub n_timesteps: Bus<In>,
    // Parameters
    pub theta: Bus<In>,
    pub goodness_shift: Bus<In>,
    // Counts as they are written
    pub told: Signal<In, Bit>,
    pub rises: Signal<In, Bit>,
    pub told_neuron: Bus<In>,
    pub told_count: Bus<In>,
    // Modulators, a cycle after the neuron
    pub neuron: Bus<In>,
    pub count: Bus<In>,
    pub code: Bus<Out>,
    pub scale: Bus<Out>,
    pub skips: Signal<Out, Bit>,
    low: Ram,
    goodness: Register,
    kept: Register,
    scale_now: Register,
    skips_now: Flag,
    more: GoodnessStep,
    strength: Strength,
    steps: StepCode,
    no_goodness: Fixed,
    first: Fixed,
    second: Fixed,
}

impl Contrastive {
    pub fn new(learning: &LearningArch, stage: &StageArch) -> Self {
        let (neuron, time) = (stage.neuron_index_bits(), learning.count_bits());
        let goodness = bits_for(stage.n_neurons * learning.max_timesteps * learning.max_timesteps).max(time + 1);
        let of_difference = learning.rule == RuleArch::Symba;
        Contrastive {
            clock: Default::default(),
            clear: Default::default(),
            phase: Bus::new(PHASE_BITS),
            n_timesteps: Bus::new(time),
            theta: Bus::new(MARGIN_BITS),
            goodness_shift: Bus::new(SHIFT_BITS),
            told: Default::default(),
            rises: Default::default(),
            told_neuron: Bus::new(neuron),
            told_count: Bus::new(time),
            neuron: Bus::new(neuron),
            count: Bus::new(time),
            code: Bus::new(CODE_BITS),
            scale: Bus::new(SCALE_BITS),
            skips: Default::default(),
            low: Ram::new(neuron, time, stage.n_neurons, stage.memories.state),
            goodness: Register::new(goodness),
            kept: Register::new(goodness),
            scale_now: Register::new(SCALE_BITS),
            skips_now: Default::default(),
            more: GoodnessStep::new(goodness, time),
            strength: Strength::new(goodness, of_difference),
            steps: StepCode::new(time, of_difference),
            no_goodness: Fixed::new(0, goodness),
            first: Fixed::new(FIRST, PHASE_BITS),
            second: Fixed::new(SECOND, PHASE_BITS),
        }
    }
}

impl Logic for Contrastive {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, goodness, kept, scale_now, skips_now);
        self.low.clock.next = self.clock.val();
        self.low.write_enable.next = self.told.val() && (self.phase.val() == self.first.val());
        self.low.write_address.next = self.told_neuron.val();
        self.low.write_word.next = self.told_count.val();
        self.low.read_address.next = self.neuron.val();
        self.more.goodness.next = self.goodness.q.val();
        self.more.count.next = self.told_count.val();
        if self.told.val() && self.rises.val() {
            self.goodness.d.next = self.more.goodness_next.val();
        }
        if self.clear.val() {
            self.goodness.d.next = self.no_goodness.val();
            self.kept.d.next = self.goodness.q.val();
        }

        self.strength.goodness.next = self.goodness.q.val();
        self.strength.kept.next = self.kept.q.val();
        self.strength.theta.next = self.theta.val();
        self.strength.shift.next = self.goodness_shift.val();
        self.strength.negative.next = self.phase.val() == self.second.val();
        self.scale_now.d.next = self.strength.scale.val();
        self.skips_now.d.next = self.strength.skips.val();
        self.scale.next = self.scale_now.q.val();
        self.skips.next = self.skips_now.q.val();
        self.steps.count.next = self.count.val();
        self.steps.low.next = self.low.read_word.val();
        self.steps.n_timesteps.next = self.n_timesteps.val();
        self.code.next = self.steps.code.val();
    }
}

/// code = the count, or its difference to `low`, of at most 7 steps, of a neuron whose gate is open in either. Leaf.
#[derive(LogicBlock)]
pub struct StepCode {
    pub count: Bus<In>,
    pub low: Bus<In>,
    pub n_timesteps: Bus<In>,
    pub code: Bus<Out>,
    _of_difference: bool,
}

impl StepCode {
    pub fn new(count_bits: u32, of_difference: bool) -> Self {
        let count = || Bus::new(count_bits);
        StepCode { count: count(), low: count(), n_timesteps: count(), code: Bus::new(CODE_BITS), _of_difference: of_difference }
    }
}

impl Logic for StepCode {
    fn update(&mut self) {
        let signed = |bus: &Bus<In>| bus.val().raw().cast_signed();
        let (count, low, n_timesteps) = (signed(&self.count), signed(&self.low), signed(&self.n_timesteps));
        let gate = |count: i64| 0 < count && count < n_timesteps;
        let (open, steps) = if self._of_difference { (gate(count) || gate(low), count - low) } else { (gate(count), count) };
        let most = i64::from(MOST_STEPS);
        self.code.next = Value::signed(if open { steps.clamp(-most, most) } else { 0 }, CODE_BITS);
    }

    fn connect(&mut self) {
        self.code.connect();
    }

    fn hdl(&self) -> Verilog {
        let width = self.count.width().max(CODE_BITS) + 1;
        let fill = width - self.count.width();
        let (difference, open) = match self._of_difference {
            true => (format!("{{{fill}'b0, count}} - {{{fill}'b0, low}}"), "(|count && count < n_timesteps) || (|low && low < n_timesteps)"),
            false => (format!("{{{fill}'b0, count}}"), "|count && count < n_timesteps"),
        };
        Verilog::Custom(format!(
            "reg signed [{top}:0] steps;\n\
             always @(*) begin\n\
             \x20   steps = {difference};\n\
             \x20   code = steps[0 +: {CODE_BITS}];\n\
             \x20   if (steps > {width}'sd{MOST_STEPS}) code = {CODE_BITS}'d{MOST_STEPS};\n\
             \x20   if (steps < -{width}'sd{MOST_STEPS}) code = -{CODE_BITS}'d{MOST_STEPS};\n\
             \x20   if (!({open})) code = {CODE_BITS}'d0;\n\
             end\n",
            top = width - 1,
        ))
    }
}
