//! The local classifier of a layer: spike counts, readout, judge, and the update of the readout.
//!
//! ```text
//! spikes --> counts ---------------> gates and modulators of the latents
//!        \-> readout --> judge          ^
//!              ^  \---> signs --> rule -+
//!              +----- changes <-- random numbers
//! ```

use super::arch::LearningArch;
use super::change::CODE_BITS;
use super::judge::Judge;
use super::layer::LearningImage;
use super::lessons::PHASE_BITS;
use super::modulators::Modulators;
use super::readout::Readout;
use super::readout_class::CLASS_BITS;
use super::readout_update::ReadoutUpdate;
use super::rounding::{RANDOM_BITS, SHIFT_BITS};
use super::scores::MARGIN_BITS;
use super::spike_counts::SpikeCounts;
use super::strength::SCALE_BITS;
use crate::arch::StageArch;
use crate::dff_setup;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{Bus, Flag};
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
    pub goodness: Bus<In>,
    pub goodness_shift: Bus<In>,
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
    pub rival: Bus<Out>,
    pub hit: Signal<Out, Bit>,
    // Counts and codes: for the modulators, and counts for the list of the next layer
    pub modulator_reads: Signal<In, Bit>,
    pub modulator_neuron: Bus<In>,
    pub trace_reads: Signal<In, Bit>,
    pub trace_neuron: Bus<In>,
    pub count: Bus<Out>,
    pub code: Bus<Out>,
    /// Of a contrastive rule: of a step, and that the layer learns nothing.
    pub scale: Bus<Out>,
    pub skips: Signal<Out, Bit>,
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
    modulators: Modulators,
}

impl Classifier {
    /// Of layer `index`.
    pub fn new(learning: &LearningArch, index: usize, stage: &StageArch, image: &LearningImage) -> Self {
        let plastic = &learning.layers[index];
        let (neuron, count) = (stage.neuron_index_bits(), learning.count_bits());
        let score = learning.score_bits(index, stage);
        let shape = learning.readout(index, stage, image.piece_bits);
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
            goodness: Bus::new(MARGIN_BITS),
            goodness_shift: Bus::new(SHIFT_BITS),
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
            rival: Bus::new(CLASS_BITS),
            hit: Default::default(),
            modulator_reads: Default::default(),
            modulator_neuron: Bus::new(neuron),
            trace_reads: Default::default(),
            trace_neuron: Bus::new(neuron),
            count: Bus::new(count),
            code: Bus::new(CODE_BITS),
            scale: Bus::new(SCALE_BITS),
            skips: Default::default(),
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
            modulators: Modulators::new(learning, stage, image),
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
        self.rival.next = self.judge.rival.val();
        self.hit.next = self.judge.hit.val();

        // The modulators of the latents, then the readout's own changes.
        self.readout.label.next = self.label.val();
        self.readout.rival.next = self.judge.rival.val();
        self.modulators.clock.next = self.clock.val();
        self.modulators.clear.next = self.clear.val();
        self.modulators.phase.next = self.phase.val();
        self.modulators.shown.next = self.shown.val();
        self.modulators.n_timesteps.next = self.n_timesteps.val();
        self.modulators.goodness.next = self.goodness.val();
        self.modulators.goodness_shift.next = self.goodness_shift.val();
        self.modulators.label.next = self.label.val();
        self.modulators.rival.next = self.judge.rival.val();
        self.modulators.spike_valid.next = self.spike_valid.val();
        self.modulators.spike_neuron.next = self.spike_neuron.val();
        self.modulators.spike.next = self.spike.val();
        self.modulators.fresh.next = self.fresh.val();
        self.modulators.membrane.next = self.membrane.val();
        self.modulators.threshold.next = self.threshold.val();
        self.modulators.told.next = self.counts.told.val();
        self.modulators.rises.next = self.counts.rises.val();
        self.modulators.told_neuron.next = self.counts.told_neuron.val();
        self.modulators.told_count.next = self.counts.told_count.val();
        self.modulators.reads.next = self.modulator_reads.val();
        self.modulators.neuron.next = self.modulator_neuron.val();
        self.modulators.count.next = self.counts.count.val();
        self.modulators.readout_code.next = self.readout.code.val();
        self.code.next = self.modulators.code.val();
        self.scale.next = self.modulators.scale.val();
        self.skips.next = self.modulators.skips.val();
        self.modulators.load_table.next = self.load_table.val();
        self.modulators.load_reads.next = self.load_reads.val();
        self.modulators.load_address.next = self.load_address.val();
        self.modulators.load_piece.next = self.load_piece.val();
        self.table_piece.next = self.modulators.table_piece.val();

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
