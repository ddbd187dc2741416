//! The plasticity engine of a layer: synapses whose latent weights learn, a local classifier that says what to correct,
//! and the registers that steer both.
//!
//! | step of a sample | cycles |
//! |---|---|
//! | judge | a class each |
//! | latents | for each group of lanes: a lane each, and when a gate is open an active row each |
//! | readout | a neuron each |

use super::arch::LearningArch;
use super::classifier::Classifier;
use super::layer::LearningImage;
use super::lessons::PHASE_BITS;
use super::plastic_synapses::PlasticSynapses;
use super::readout_class::CLASS_BITS;
use super::register_file::RegisterFile;
use super::rounding::RANDOM_BITS;
use crate::arch::StageArch;
use crate::protocol::ADDRESS_BITS;
use crate::signal::Bus;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Engine {
    // Control
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub judges: Signal<In, Bit>,
    pub updates: Signal<In, Bit>,
    pub updates_readout: Signal<In, Bit>,
    pub phase: Bus<In>,
    pub shown: Bus<In>,
    pub judging: Signal<Out, Bit>,
    pub updating: Signal<Out, Bit>,
    // Synapses
    pub issue: Signal<In, Bit>,
    pub group_end: Signal<In, Bit>,
    pub shift: Signal<In, Bit>,
    pub take: Signal<Out, Bit>,
    pub spiking: Bus<In>,
    pub group_base: Bus<In>,
    pub spike_count: Bus<Out>,
    pub input_count: Bus<Out>,
    // Spikes of the layer
    pub spike_valid: Signal<In, Bit>,
    pub spike_neuron: Bus<In>,
    pub spike: Signal<In, Bit>,
    pub fresh: Signal<In, Bit>,
    pub membrane: Bus<In>,
    pub threshold: Bus<In>,
    // Verdict
    pub n_timesteps: Bus<In>,
    pub label: Bus<In>,
    pub winner: Bus<Out>,
    pub rival: Bus<Out>,
    pub hit: Signal<Out, Bit>,
    /// Of the latents, between two updates.
    pub random: Bus<Out>,
    // Active rows, and counts for those of the next layer
    pub push: Signal<In, Bit>,
    pub push_input: Bus<In>,
    pub push_count: Bus<In>,
    pub trace_reads: Signal<In, Bit>,
    pub trace_neuron: Bus<In>,
    pub count: Bus<Out>,
    // The host
    pub load_latents: Signal<In, Bit>,
    pub load_readout: Signal<In, Bit>,
    pub load_registers: Signal<In, Bit>,
    pub load_table: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub latents_piece: Bus<Out>,
    pub readout_piece: Bus<Out>,
    pub registers_piece: Bus<Out>,
    pub table_piece: Bus<Out>,
    synapses: PlasticSynapses,
    classifier: Classifier,
    registers: RegisterFile,
    eager: Signal<Local, Bit>,
}

impl Engine {
    /// Of layer `index`.
    pub fn new(learning: &LearningArch, index: usize, stage: &StageArch, image: &LearningImage) -> Self {
        let (neuron, count, counts) = (stage.neuron_index_bits(), learning.count_bits(), stage.count_bits());
        let piece = || Bus::new(image.piece_bits);
        Engine {
            clock: Default::default(),
            clear: Default::default(),
            judges: Default::default(),
            updates: Default::default(),
            updates_readout: Default::default(),
            phase: Bus::new(PHASE_BITS),
            shown: Bus::new(CLASS_BITS),
            judging: Default::default(),
            updating: Default::default(),
            issue: Default::default(),
            group_end: Default::default(),
            shift: Default::default(),
            take: Default::default(),
            spiking: Bus::new(stage.spiking_bits()),
            group_base: Bus::new(stage.latent_address_bits()),
            spike_count: Bus::new(counts),
            input_count: Bus::new(counts),
            spike_valid: Default::default(),
            spike_neuron: Bus::new(neuron),
            spike: Default::default(),
            fresh: Default::default(),
            membrane: Bus::new(stage.neuron.membrane_bits),
            threshold: Bus::new(stage.work_bits()),
            n_timesteps: Bus::new(count),
            label: Bus::new(CLASS_BITS),
            winner: Bus::new(CLASS_BITS),
            rival: Bus::new(CLASS_BITS),
            hit: Default::default(),
            random: Bus::new(RANDOM_BITS),
            push: Default::default(),
            push_input: Bus::new(stage.input_index_bits()),
            push_count: Bus::new(count),
            trace_reads: Default::default(),
            trace_neuron: Bus::new(neuron),
            count: Bus::new(count),
            load_latents: Default::default(),
            load_readout: Default::default(),
            load_registers: Default::default(),
            load_table: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(image.piece_bits),
            latents_piece: piece(),
            readout_piece: piece(),
            registers_piece: piece(),
            table_piece: piece(),
            synapses: PlasticSynapses::new(learning, index, stage, image),
            classifier: Classifier::new(learning, index, stage, image),
            registers: RegisterFile::new(image.piece_bits, image.registers),
            eager: Default::default(),
        }
    }
}

impl Logic for Engine {
    #[hdl_gen]
    fn update(&mut self) {
        self.synapses.clock.next = self.clock.val();
        self.synapses.issue.next = self.issue.val();
        self.synapses.group_end.next = self.group_end.val();
        self.synapses.shift.next = self.shift.val();
        self.synapses.spiking.next = self.spiking.val();
        self.synapses.group_base.next = self.group_base.val();
        self.take.next = self.synapses.take.val();
        self.spike_count.next = self.synapses.spike_count.val();
        self.input_count.next = self.synapses.input_count.val();
        self.synapses.clear.next = self.clear.val();
        self.synapses.n_timesteps.next = self.n_timesteps.val();
        self.synapses.latent_shift.next = self.registers.latent_shift.val();
        self.synapses.dense_bits.next = self.registers.dense_bits.val();
        self.synapses.potentiation.next = self.registers.potentiation.val();
        self.synapses.depression.next = self.registers.depression.val();
        self.synapses.push.next = self.push.val();
        self.synapses.push_input.next = self.push_input.val();
        self.synapses.push_count.next = self.push_count.val();
        self.synapses.count.next = self.classifier.count.val();
        self.synapses.scale.next = self.classifier.scale.val();
        self.synapses.readout_code.next = self.classifier.code.val();

        self.classifier.clock.next = self.clock.val();
        self.classifier.clear.next = self.clear.val();
        self.classifier.judges.next = self.judges.val();
        self.classifier.waits.next = self.synapses.busy.val();
        self.classifier.readout_shift.next = self.registers.readout_shift.val();
        self.classifier.margin.next = self.registers.margin.val();
        self.classifier.goodness.next = self.registers.goodness.val();
        self.classifier.goodness_shift.next = self.registers.goodness_shift.val();
        self.classifier.spike_valid.next = self.spike_valid.val();
        self.classifier.spike_neuron.next = self.spike_neuron.val();
        self.classifier.spike.next = self.spike.val();
        self.classifier.fresh.next = self.fresh.val();
        self.classifier.membrane.next = self.membrane.val();
        self.classifier.threshold.next = self.threshold.val();
        self.classifier.phase.next = self.phase.val();
        self.classifier.shown.next = self.shown.val();
        self.classifier.n_timesteps.next = self.n_timesteps.val();
        self.classifier.label.next = self.label.val();
        self.classifier.modulator_reads.next = self.synapses.reads.val();
        self.classifier.modulator_neuron.next = self.synapses.neuron.val();
        self.classifier.trace_reads.next = self.trace_reads.val();
        self.classifier.trace_neuron.next = self.trace_neuron.val();
        self.count.next = self.classifier.count.val();
        self.winner.next = self.classifier.winner.val();
        self.rival.next = self.classifier.rival.val();
        self.hit.next = self.classifier.hit.val();
        self.random.next = self.synapses.random.val();
        self.judging.next = self.classifier.judging.val();

        // What learns from the sample.
        self.eager.next = !self.classifier.hit.val();
        self.synapses.start.next = self.updates.val() && self.eager.val() && self.registers.latents_learn.val() && !self.classifier.skips.val();
        self.classifier.start.next = self.updates_readout.val() && self.eager.val() && self.registers.readout_learns.val();
        self.updating.next = self.synapses.busy.val() || self.classifier.busy.val();

        self.synapses.load_enable.next = self.load_latents.val();
        self.synapses.load_reads.next = self.load_reads.val();
        self.synapses.load_address.next = self.load_address.val();
        self.synapses.load_piece.next = self.load_piece.val();
        self.latents_piece.next = self.synapses.read_piece.val();
        self.classifier.load_enable.next = self.load_readout.val();
        self.classifier.load_reads.next = self.load_reads.val();
        self.classifier.load_table.next = self.load_table.val();
        self.table_piece.next = self.classifier.table_piece.val();
        self.classifier.load_address.next = self.load_address.val();
        self.classifier.load_piece.next = self.load_piece.val();
        self.readout_piece.next = self.classifier.read_piece.val();
        self.registers.clock.next = self.clock.val();
        self.registers.load_enable.next = self.load_registers.val();
        self.registers.load_address.next = self.load_address.val();
        self.registers.load_piece.next = self.load_piece.val();
        self.registers_piece.next = self.registers.read_piece.val();
        self.registers.latent_random.next = self.synapses.random.val();
        self.registers.readout_random.next = self.classifier.random.val();
        self.synapses.load_random.next = self.registers.load_latent_random.val();
        self.synapses.load_state.next = self.registers.load_random.val();
        self.classifier.load_random.next = self.registers.load_readout_random.val();
        self.classifier.load_state.next = self.registers.load_random.val();
    }
}
