//! A layer that learns: its forward path and its plasticity engine.

use super::arch::LearningArch;
use super::engine::Engine;
use super::event_path::EventPath;
use super::lessons::PHASE_BITS;
use super::readout_class::CLASS_BITS;
use super::register_file::KEPT;
use super::rounding::RANDOM_BITS;
use crate::arch::{Load, StageArch};
use crate::block::parameter_memory::Parameters;
use crate::protocol::ADDRESS_BITS;
use crate::signal::Bus;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use std::rc::Rc;

/// Initial contents of a layer's memories, and the names of their files.
#[derive(Clone)]
pub struct LearningImage {
    pub piece_bits: u32,
    /// `latents[address][lane]`: groups of neurons, each with a word an input.
    pub latents: Rc<Vec<Vec<u64>>>,
    pub latents_file: String,
    /// `readout[neuron][class]`
    pub readout: Rc<Vec<Vec<u64>>>,
    pub readout_file: String,
    /// `table[neuron][lane]`: of feedback a class a lane, 1 is +1; of handicaps their halves; empty without a table.
    pub table: Rc<Vec<Vec<u64>>>,
    pub table_file: String,
    /// `patterns[class * beats + beat][lane]`, in the first layer of a rule that keeps them, else empty.
    pub patterns: Rc<Vec<Vec<u64>>>,
    pub patterns_file: String,
    pub parameters: Rc<Vec<Parameters>>,
    pub parameters_file: String,
    pub registers: [u16; KEPT],
    pub latent_random: u16,
    pub readout_random: u16,
}

#[derive(LogicBlock)]
pub struct LearningLayer {
    // Control
    pub clock: Signal<In, Clock>,
    // Spikes in
    pub write_enable: Signal<In, Bit>,
    pub write_last: Signal<In, Bit>,
    pub commit: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub write_word: Bus<In>,
    pub write_fresh: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    // Spikes out
    pub out_ready: Signal<In, Bit>,
    pub out_enable: Signal<Out, Bit>,
    pub out_last: Signal<Out, Bit>,
    pub out_word: Bus<Out>,
    pub out_fresh: Signal<Out, Bit>,
    // Learning
    pub clear: Signal<In, Bit>,
    pub judges: Signal<In, Bit>,
    pub updates: Signal<In, Bit>,
    pub updates_readout: Signal<In, Bit>,
    pub phase: Bus<In>,
    pub shown: Bus<In>,
    pub judging: Signal<Out, Bit>,
    pub updating: Signal<Out, Bit>,
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
    pub keeps_aside: Signal<In, Bit>,
    pub load_entry: Bus<In>,
    pub kept_aside: Bus<Out>,
    pub load_parameters: Signal<In, Bit>,
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
    pub host_neuron: Bus<In>,
    pub state: Bus<Out>,
    // Tap, for simulation
    pub tap_valid: Signal<Out, Bit>,
    pub tap_neuron: Bus<Out>,
    pub tap_membrane: Bus<Out>,
    pub tap_fired: Signal<Out, Bit>,
    path: EventPath,
    engine: Engine,
}

impl LearningLayer {
    /// Layer `index`; `out_word` is the word of the next layer's spike buffer, `load` how the host writes memories.
    pub fn new(
        learning: &LearningArch,
        index: usize,
        stage: &StageArch,
        (out_word, load): (u32, Load),
        image: &LearningImage,
    ) -> Self {
        let (neuron, count, membrane) = (stage.neuron_index_bits(), learning.count_bits(), stage.neuron.membrane_bits);
        let parameters = (image.parameters.clone(), image.parameters_file.clone());
        LearningLayer {
            clock: Default::default(),
            write_enable: Default::default(),
            write_last: Default::default(),
            commit: Default::default(),
            restart: Default::default(),
            write_word: Bus::new(stage.beat),
            write_fresh: Default::default(),
            ready: Default::default(),
            out_ready: Default::default(),
            out_enable: Default::default(),
            out_last: Default::default(),
            out_word: Bus::new(out_word),
            out_fresh: Default::default(),
            clear: Default::default(),
            judges: Default::default(),
            updates: Default::default(),
            updates_readout: Default::default(),
            phase: Bus::new(PHASE_BITS),
            shown: Bus::new(CLASS_BITS),
            judging: Default::default(),
            updating: Default::default(),
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
            keeps_aside: Default::default(),
            load_entry: Bus::new(stage.beat_index_bits()),
            kept_aside: Bus::new(stage.beat),
            load_parameters: Default::default(),
            load_latents: Default::default(),
            load_readout: Default::default(),
            load_registers: Default::default(),
            load_table: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(image.piece_bits),
            latents_piece: Bus::new(image.piece_bits),
            readout_piece: Bus::new(image.piece_bits),
            registers_piece: Bus::new(image.piece_bits),
            table_piece: Bus::new(image.piece_bits),
            host_neuron: Bus::new(neuron),
            state: Bus::new(membrane + 1),
            tap_valid: Default::default(),
            tap_neuron: Bus::new(neuron),
            tap_membrane: Bus::new(membrane),
            tap_fired: Default::default(),
            path: EventPath::new(stage, (out_word, load), parameters),
            engine: Engine::new(learning, index, stage, image),
        }
    }
}

impl Logic for LearningLayer {
    #[hdl_gen]
    fn update(&mut self) {
        self.path.clock.next = self.clock.val();
        self.path.write_enable.next = self.write_enable.val();
        self.path.write_last.next = self.write_last.val();
        self.path.commit.next = self.commit.val();
        self.path.restart.next = self.restart.val();
        self.path.write_word.next = self.write_word.val();
        self.path.write_fresh.next = self.write_fresh.val();
        self.ready.next = self.path.ready.val();
        self.path.out_ready.next = self.out_ready.val();
        self.out_enable.next = self.path.out_enable.val();
        self.out_last.next = self.path.out_last.val();
        self.out_word.next = self.path.out_word.val();
        self.out_fresh.next = self.path.out_fresh.val();
        self.tap_valid.next = self.path.spike_valid.val();
        self.tap_neuron.next = self.path.spike_neuron.val();
        self.tap_membrane.next = self.path.membrane.val();
        self.tap_fired.next = self.path.spike.val();
        self.path.keeps_aside.next = self.keeps_aside.val();
        self.path.load_entry.next = self.load_entry.val();
        self.kept_aside.next = self.path.kept_aside.val();
        self.path.load_parameters.next = self.load_parameters.val();
        self.path.load_address.next = self.load_address.val();
        self.path.load_piece.next = self.load_piece.val();
        self.path.host_reads.next = self.load_reads.val();
        self.path.host_neuron.next = self.host_neuron.val();
        self.state.next = self.path.state.val();
        self.path.take.next = self.engine.take.val();
        self.path.count.next = self.engine.spike_count.val();
        self.path.input_count.next = self.engine.input_count.val();

        self.engine.clock.next = self.clock.val();
        self.engine.clear.next = self.clear.val();
        self.engine.judges.next = self.judges.val();
        self.engine.updates.next = self.updates.val();
        self.engine.updates_readout.next = self.updates_readout.val();
        self.engine.phase.next = self.phase.val();
        self.engine.shown.next = self.shown.val();
        self.judging.next = self.engine.judging.val();
        self.updating.next = self.engine.updating.val();
        self.engine.issue.next = self.path.issue.val();
        self.engine.group_end.next = self.path.group_end.val();
        self.engine.shift.next = self.path.shift.val();
        self.engine.spiking.next = self.path.spiking.val();
        self.engine.group_base.next = self.path.group_base.val();
        self.engine.spike_valid.next = self.path.spike_valid.val();
        self.engine.spike_neuron.next = self.path.spike_neuron.val();
        self.engine.spike.next = self.path.spike.val();
        self.engine.fresh.next = self.path.out_fresh.val();
        self.engine.membrane.next = self.path.membrane.val();
        self.engine.threshold.next = self.path.threshold.val();
        self.engine.n_timesteps.next = self.n_timesteps.val();
        self.engine.label.next = self.label.val();
        self.winner.next = self.engine.winner.val();
        self.rival.next = self.engine.rival.val();
        self.hit.next = self.engine.hit.val();
        self.random.next = self.engine.random.val();
        self.engine.push.next = self.push.val();
        self.engine.push_input.next = self.push_input.val();
        self.engine.push_count.next = self.push_count.val();
        self.engine.trace_reads.next = self.trace_reads.val();
        self.engine.trace_neuron.next = self.trace_neuron.val();
        self.count.next = self.engine.count.val();
        self.engine.load_latents.next = self.load_latents.val();
        self.engine.load_readout.next = self.load_readout.val();
        self.engine.load_registers.next = self.load_registers.val();
        self.engine.load_reads.next = self.load_reads.val();
        self.engine.load_table.next = self.load_table.val();
        self.table_piece.next = self.engine.table_piece.val();
        self.engine.load_address.next = self.load_address.val();
        self.engine.load_piece.next = self.load_piece.val();
        self.latents_piece.next = self.engine.latents_piece.val();
        self.readout_piece.next = self.engine.readout_piece.val();
        self.registers_piece.next = self.engine.registers_piece.val();
    }
}
