//! What a rule makes of a layer's spikes, of the verdict and of its own table: the code of each neuron's modulator.
//!
//! | rule | code |
//! |---|---|
//! | sign-symmetric | that of the readout's signs |
//! | random feedback, DRTP, SigProp | that of a table of feedback, which SigProp makes from its responses |
//! | STDP | that of the winner, by charge and handicap |
//! | Forward-Forward, SymBa | steps, and their scale |
//! | PEPITA | the sign of a difference of charges |

use super::arch::{LearningArch, RuleArch};
use super::change::CODE_BITS;
use super::competition::Competition;
use super::contrastive::Contrastive;
use super::differences::Differences;
use super::feedback::Feedback;
use super::layer::LearningImage;
use super::lessons::PHASE_BITS;
use super::readout_class::CLASS_BITS;
use super::responses::Responses;
use super::rounding::SHIFT_BITS;
use super::scores::MARGIN_BITS;
use super::strength::SCALE_BITS;
use crate::arch::StageArch;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{Bus, Fixed};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Modulators {
    // Control
    pub clock: Signal<In, Clock>,
    /// A presentation begins.
    pub clear: Signal<In, Bit>,
    // What is presented
    pub phase: Bus<In>,
    pub shown: Bus<In>,
    pub n_timesteps: Bus<In>,
    // Parameters
    pub goodness: Bus<In>,
    pub goodness_shift: Bus<In>,
    // Verdict
    pub label: Bus<In>,
    pub rival: Bus<In>,
    // Spikes of the layer
    pub spike_valid: Signal<In, Bit>,
    pub spike_neuron: Bus<In>,
    pub spike: Signal<In, Bit>,
    pub fresh: Signal<In, Bit>,
    pub membrane: Bus<In>,
    pub threshold: Bus<In>,
    // Counts as they are written
    pub told: Signal<In, Bit>,
    pub rises: Signal<In, Bit>,
    pub told_neuron: Bus<In>,
    pub told_count: Bus<In>,
    // Modulators: count and codes a cycle after the neuron
    pub reads: Signal<In, Bit>,
    pub neuron: Bus<In>,
    pub count: Bus<In>,
    pub readout_code: Bus<In>,
    pub code: Bus<Out>,
    /// Of a contrastive rule: of a step, and that the layer learns nothing.
    pub scale: Bus<Out>,
    pub skips: Signal<Out, Bit>,
    // The host
    pub load_table: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub table_piece: Bus<Out>,
    /// One for the rules of a table of feedback, else none.
    feedback: Vec<Feedback>,
    /// One for SigProp, whose feedback they make, else none.
    responses: Vec<Responses>,
    /// One for STDP, else none.
    competition: Vec<Competition>,
    /// One for contrastive rules, else none.
    contrastive: Vec<Contrastive>,
    /// One for PEPITA, else none.
    differences: Vec<Differences>,
    no_scale: Fixed,
    no_piece: Fixed,
}

impl Modulators {
    pub fn new(learning: &LearningArch, stage: &StageArch, image: &LearningImage) -> Self {
        let (neuron, count) = (stage.neuron_index_bits(), learning.count_bits());
        let of_targets = learning.rule == RuleArch::Drtp;
        let stdp = learning.rule == RuleArch::Stdp;
        let (table, file) = (learning.table(stage, image.piece_bits), || image.table_file.clone());
        let feedback = table.iter().filter(|_| !stdp).map(|shape| Feedback::new(shape, of_targets, &image.table, file()));
        let competition = table.iter().filter(|_| stdp).map(|shape| Competition::new(learning, stage, shape, &image.table, file()));
        Modulators {
            clock: Default::default(),
            clear: Default::default(),
            phase: Bus::new(PHASE_BITS),
            shown: Bus::new(CLASS_BITS),
            n_timesteps: Bus::new(count),
            goodness: Bus::new(MARGIN_BITS),
            goodness_shift: Bus::new(SHIFT_BITS),
            label: Bus::new(CLASS_BITS),
            rival: Bus::new(CLASS_BITS),
            spike_valid: Default::default(),
            spike_neuron: Bus::new(neuron),
            spike: Default::default(),
            fresh: Default::default(),
            membrane: Bus::new(stage.neuron.membrane_bits),
            threshold: Bus::new(stage.work_bits()),
            told: Default::default(),
            rises: Default::default(),
            told_neuron: Bus::new(neuron),
            told_count: Bus::new(count),
            reads: Default::default(),
            neuron: Bus::new(neuron),
            count: Bus::new(count),
            readout_code: Bus::new(CODE_BITS),
            code: Bus::new(CODE_BITS),
            scale: Bus::new(SCALE_BITS),
            skips: Default::default(),
            load_table: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(image.piece_bits),
            table_piece: Bus::new(image.piece_bits),
            feedback: feedback.collect(),
            responses: (0..usize::from(learning.rule == RuleArch::Sigprop)).map(|_| Responses::new(learning, stage)).collect(),
            competition: competition.collect(),
            contrastive: (0..usize::from(learning.rule.is_contrastive())).map(|_| Contrastive::new(learning, stage)).collect(),
            differences: (0..usize::from(learning.rule == RuleArch::Pepita)).map(|_| Differences::new(learning, stage)).collect(),
            no_scale: Fixed::new(0, SCALE_BITS),
            no_piece: Fixed::new(0, image.piece_bits),
        }
    }
}

impl Logic for Modulators {
    #[hdl_gen]
    fn update(&mut self) {
        self.code.next = self.readout_code.val();
        self.table_piece.next = self.no_piece.val();
        for i in 0..self.feedback.len() {
            self.feedback[i].clock.next = self.clock.val();
            self.feedback[i].neuron.next = self.neuron.val();
            self.feedback[i].write_enable.next = false;
            self.feedback[i].write_neuron.next = self.neuron.val();
            self.feedback[i].write_class.next = self.shown.val();
            self.feedback[i].write_positive.next = false;
            self.feedback[i].label.next = self.label.val();
            self.feedback[i].rival.next = self.rival.val();
            self.code.next = self.feedback[i].code.val();
            self.feedback[i].load_enable.next = self.load_table.val();
            self.feedback[i].load_reads.next = self.load_reads.val();
            self.feedback[i].load_address.next = self.load_address.val();
            self.feedback[i].load_piece.next = self.load_piece.val();
            self.table_piece.next = self.feedback[i].read_piece.val();
        }
        for i in 0..self.responses.len() {
            self.responses[i].clock.next = self.clock.val();
            self.responses[i].phase.next = self.phase.val();
            self.responses[i].n_timesteps.next = self.n_timesteps.val();
            self.responses[i].spike_valid.next = self.spike_valid.val();
            self.responses[i].spike_neuron.next = self.spike_neuron.val();
            self.responses[i].spike.next = self.spike.val();
            self.responses[i].fresh.next = self.fresh.val();
            self.responses[i].membrane.next = self.membrane.val();
            self.responses[i].threshold.next = self.threshold.val();
            if self.phase.val().any() {
                self.feedback[i].neuron.next = self.responses[i].asked_neuron.val();
            }
            self.feedback[i].write_enable.next = self.responses[i].tells.val();
            self.feedback[i].write_neuron.next = self.responses[i].told_neuron.val();
            self.feedback[i].write_positive.next = self.responses[i].above.val();
        }
        for i in 0..self.competition.len() {
            self.competition[i].clock.next = self.clock.val();
            self.competition[i].clear.next = self.clear.val();
            self.competition[i].spike_valid.next = self.spike_valid.val();
            self.competition[i].spike_neuron.next = self.spike_neuron.val();
            self.competition[i].spike.next = self.spike.val();
            self.competition[i].fresh.next = self.fresh.val();
            self.competition[i].membrane.next = self.membrane.val();
            self.competition[i].threshold.next = self.threshold.val();
            self.competition[i].learns.next = self.reads.val();
            self.competition[i].neuron.next = self.neuron.val();
            self.code.next = self.competition[i].code.val();
            self.competition[i].load_enable.next = self.load_table.val();
            self.competition[i].load_reads.next = self.load_reads.val();
            self.competition[i].load_address.next = self.load_address.val();
            self.competition[i].load_piece.next = self.load_piece.val();
            self.table_piece.next = self.competition[i].read_piece.val();
        }
        self.scale.next = self.no_scale.val();
        self.skips.next = false;
        for i in 0..self.contrastive.len() {
            self.contrastive[i].clock.next = self.clock.val();
            self.contrastive[i].clear.next = self.clear.val();
            self.contrastive[i].phase.next = self.phase.val();
            self.contrastive[i].n_timesteps.next = self.n_timesteps.val();
            self.contrastive[i].theta.next = self.goodness.val();
            self.contrastive[i].goodness_shift.next = self.goodness_shift.val();
            self.contrastive[i].told.next = self.told.val();
            self.contrastive[i].rises.next = self.rises.val();
            self.contrastive[i].told_neuron.next = self.told_neuron.val();
            self.contrastive[i].told_count.next = self.told_count.val();
            self.contrastive[i].neuron.next = self.neuron.val();
            self.contrastive[i].count.next = self.count.val();
            self.code.next = self.contrastive[i].code.val();
            self.scale.next = self.contrastive[i].scale.val();
            self.skips.next = self.contrastive[i].skips.val();
        }
        for i in 0..self.differences.len() {
            self.differences[i].clock.next = self.clock.val();
            self.differences[i].phase.next = self.phase.val();
            self.differences[i].n_timesteps.next = self.n_timesteps.val();
            self.differences[i].spike_valid.next = self.spike_valid.val();
            self.differences[i].spike_neuron.next = self.spike_neuron.val();
            self.differences[i].spike.next = self.spike.val();
            self.differences[i].fresh.next = self.fresh.val();
            self.differences[i].membrane.next = self.membrane.val();
            self.differences[i].threshold.next = self.threshold.val();
            self.differences[i].told_count.next = self.told_count.val();
            self.differences[i].reads.next = self.reads.val();
            self.differences[i].neuron.next = self.neuron.val();
            self.code.next = self.differences[i].code.val();
        }
    }
}
