//! The local classifier of a layer: spike counts, readout, judge, and the update of the readout.
//!
//! ```text
//! spikes --> counts ---------------> gates and modulators of the latents
//!        \-> readout --> judge          ^
//!              ^  \---> signs ----------+
//!              +----- changes <-- random numbers
//! ```

use super::arch::{LearningArch, RuleArch};
use super::change::CODE_BITS;
use super::competition::Competition;
use super::feedback::Feedback;
use super::judge::Judge;
use super::layer::LearningImage;
use super::lessons::PHASE_BITS;
use super::readout::Readout;
use super::readout_class::CLASS_BITS;
use super::readout_update::ReadoutUpdate;
use super::responses::Responses;
use super::rounding::{RANDOM_BITS, SHIFT_BITS};
use super::scores::MARGIN_BITS;
use super::spike_counts::SpikeCounts;
use crate::arch::StageArch;
use crate::dff_setup;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{Bus, Fixed, Flag};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Classifier {
    // Control
    pub clock: Signal<In, Clock>,
    /// A sample begins: no scores.
    pub clear: Signal<In, Bit>,
    pub judges: Signal<In, Bit>,
    pub judging: Signal<Out, Bit>,
    pub start: Signal<In, Bit>,
    pub waits: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    // Parameters
    pub readout_shift: Bus<In>,
    pub margin: Bus<In>,
    // Spikes of the layer
    pub spike_valid: Signal<In, Bit>,
    pub spike_neuron: Bus<In>,
    pub spike: Signal<In, Bit>,
    pub fresh: Signal<In, Bit>,
    pub membrane: Bus<In>,
    pub threshold: Bus<In>,
    // What is presented
    pub phase: Bus<In>,
    pub shown: Bus<In>,
    pub n_timesteps: Bus<In>,
    // Verdict
    pub label: Bus<In>,
    pub winner: Bus<Out>,
    pub hit: Signal<Out, Bit>,
    // Counts and codes: for the modulators, and counts for the list of the next layer
    pub modulator_reads: Signal<In, Bit>,
    pub modulator_neuron: Bus<In>,
    pub trace_reads: Signal<In, Bit>,
    pub trace_neuron: Bus<In>,
    pub count: Bus<Out>,
    pub code: Bus<Out>,
    // The host
    pub load_enable: Signal<In, Bit>,
    pub load_table: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub read_piece: Bus<Out>,
    pub table_piece: Bus<Out>,
    pub random: Bus<Out>,
    pub load_random: Signal<In, Bit>,
    pub load_state: Bus<In>,
    counts: SpikeCounts,
    readout: Readout,
    judge: Judge,
    weights: ReadoutUpdate,
    spiked_1: Flag,
    /// One for the rules of a table of feedback, else none.
    feedback: Vec<Feedback>,
    /// One for SigProp, whose feedback they make, else none.
    responses: Vec<Responses>,
    /// One for STDP, else none.
    competition: Vec<Competition>,
    no_piece: Fixed,
}

impl Classifier {
    /// Of layer `index`.
    pub fn new(learning: &LearningArch, index: usize, stage: &StageArch, image: &LearningImage) -> Self {
        let plastic = &learning.layers[index];
        let (neuron, count) = (stage.neuron_index_bits(), learning.count_bits());
        let score = learning.score_bits(index, stage);
        let shape = learning.readout(index, stage, image.piece_bits);
        let of_targets = learning.rule == RuleArch::Drtp;
        let stdp = learning.rule == RuleArch::Stdp;
        let (table, file) = (learning.table(stage, image.piece_bits), || image.table_file.clone());
        let feedback = table.iter().filter(|_| !stdp).map(|shape| Feedback::new(shape, of_targets, &image.table, file()));
        let competition = table.iter().filter(|_| stdp).map(|shape| Competition::new(learning, stage, shape, &image.table, file()));
        Classifier {
            clock: Default::default(),
            clear: Default::default(),
            judges: Default::default(),
            judging: Default::default(),
            start: Default::default(),
            waits: Default::default(),
            busy: Default::default(),
            readout_shift: Bus::new(SHIFT_BITS),
            margin: Bus::new(MARGIN_BITS),
            spike_valid: Default::default(),
            spike_neuron: Bus::new(neuron),
            spike: Default::default(),
            fresh: Default::default(),
            membrane: Bus::new(stage.neuron.membrane_bits),
            threshold: Bus::new(stage.work_bits()),
            phase: Bus::new(PHASE_BITS),
            shown: Bus::new(CLASS_BITS),
            n_timesteps: Bus::new(count),
            label: Bus::new(CLASS_BITS),
            winner: Bus::new(CLASS_BITS),
            hit: Default::default(),
            modulator_reads: Default::default(),
            modulator_neuron: Bus::new(neuron),
            trace_reads: Default::default(),
            trace_neuron: Bus::new(neuron),
            count: Bus::new(count),
            code: Bus::new(CODE_BITS),
            load_enable: Default::default(),
            load_table: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(image.piece_bits),
            read_piece: Bus::new(image.piece_bits),
            table_piece: Bus::new(image.piece_bits),
            random: Bus::new(RANDOM_BITS),
            load_random: Default::default(),
            load_state: Bus::new(RANDOM_BITS),
            counts: SpikeCounts::new(stage.n_neurons, neuron, count, stage.memories.state),
            readout: Readout::new(&shape, score, plastic.readout_of_signs, &image.readout, image.readout_file.clone()),
            judge: Judge::new(learning.n_classes, score),
            weights: ReadoutUpdate::new(stage.n_neurons, neuron, count, plastic.readout_bits, image.readout_random),
            spiked_1: Default::default(),
            feedback: feedback.collect(),
            responses: (0..usize::from(learning.rule == RuleArch::Sigprop)).map(|_| Responses::new(learning, stage)).collect(),
            competition: competition.collect(),
            no_piece: Fixed::new(0, image.piece_bits),
        }
    }
}

impl Logic for Classifier {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, spiked_1);
        self.counts.clock.next = self.clock.val();
        self.counts.spike_valid.next = self.spike_valid.val();
        self.counts.fresh.next = self.fresh.val();
        self.counts.neuron.next = self.spike_neuron.val();
        self.counts.spike.next = self.spike.val();
        self.counts.reads.next = self.trace_reads.val() || self.modulator_reads.val() || self.weights.reads.val();
        self.counts.read_neuron.next = self.trace_neuron.val();
        self.count.next = self.counts.count.val();

        // Scores as the spikes come, then the verdict.
        self.spiked_1.d.next = self.spike_valid.val() && self.spike.val();
        self.readout.clock.next = self.clock.val();
        self.readout.clear.next = self.clear.val();
        self.readout.accumulate.next = self.spiked_1.q.val();
        self.readout.rotate.next = self.judge.rotate.val();
        self.readout.neuron.next = self.spike_neuron.val();
        self.judge.clock.next = self.clock.val();
        self.judge.start.next = self.judges.val();
        self.judge.score.next = self.readout.score.val();
        self.judge.label.next = self.label.val();
        self.judge.margin.next = self.margin.val();
        self.judging.next = self.judge.rotate.val();
        self.winner.next = self.judge.winner.val();
        self.hit.next = self.judge.hit.val();

        // The modulators of the latents, then the weights' own changes.
        self.readout.label.next = self.label.val();
        self.readout.rival.next = self.judge.rival.val();
        self.code.next = self.readout.code.val();
        self.table_piece.next = self.no_piece.val();
        for i in 0..self.feedback.len() {
            self.feedback[i].clock.next = self.clock.val();
            self.feedback[i].neuron.next = self.modulator_neuron.val();
            self.feedback[i].write_enable.next = false;
            self.feedback[i].write_neuron.next = self.modulator_neuron.val();
            self.feedback[i].write_class.next = self.shown.val();
            self.feedback[i].write_positive.next = false;
            self.feedback[i].label.next = self.label.val();
            self.feedback[i].rival.next = self.judge.rival.val();
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
            self.responses[i].shown.next = self.shown.val();
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
            self.competition[i].learns.next = self.modulator_reads.val();
            self.competition[i].neuron.next = self.modulator_neuron.val();
            self.code.next = self.competition[i].code.val();
            self.competition[i].load_enable.next = self.load_table.val();
            self.competition[i].load_reads.next = self.load_reads.val();
            self.competition[i].load_address.next = self.load_address.val();
            self.competition[i].load_piece.next = self.load_piece.val();
            self.table_piece.next = self.competition[i].read_piece.val();
        }
        self.weights.clock.next = self.clock.val();
        self.weights.start.next = self.start.val();
        self.weights.waits.next = self.waits.val();
        self.weights.shift.next = self.readout_shift.val();
        self.weights.count.next = self.counts.count.val();
        self.readout.plus_one.next = self.weights.plus_one.val();
        self.readout.minus_one.next = self.weights.minus_one.val();
        self.readout.write.next = self.weights.write.val();
        if self.modulator_reads.val() {
            self.counts.read_neuron.next = self.modulator_neuron.val();
            self.readout.neuron.next = self.modulator_neuron.val();
        }
        if self.weights.reads.val() {
            self.counts.read_neuron.next = self.weights.neuron.val();
        }
        if self.weights.busy.val() {
            self.readout.neuron.next = self.weights.weights_of.val();
        }
        self.busy.next = self.weights.busy.val() || self.weights.pending.val();

        self.readout.load_enable.next = self.load_enable.val();
        self.readout.load_reads.next = self.load_reads.val();
        self.readout.load_address.next = self.load_address.val();
        self.readout.load_piece.next = self.load_piece.val();
        self.read_piece.next = self.readout.read_piece.val();
        self.random.next = self.weights.random.val();
        self.weights.load_random.next = self.load_random.val();
        self.weights.load_state.next = self.load_state.val();
    }
}
