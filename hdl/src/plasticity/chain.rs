//! The learning layers one behind the other: spikes go on from layer to layer, and so do the lists of who fired.

use super::arch::LearningArch;
use super::layer::{LearningImage, LearningLayer};
use super::learning_regions::LearningRegions;
use super::lessons::PHASE_BITS;
use super::readout_class::CLASS_BITS;
use super::rounding::RANDOM_BITS;
use crate::accelerator::OUTPUT_WORD;
use crate::arch::{Arch, StageArch};
use crate::block::wiring::Resize;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{Bus, Fixed};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct LearningChain {
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
    /// By the last layer.
    pub rival: Bus<Out>,
    pub hit: Vec<Signal<Out, Bit>>,
    /// Of each layer's latents, between two updates.
    pub random: Vec<Bus<Out>>,
    // Active rows: of the first layer, and of those after it
    pub push: Signal<In, Bit>,
    pub push_input: Bus<In>,
    pub push_count: Bus<In>,
    pub reads: Vec<Signal<In, Bit>>,
    pub read_neuron: Vec<Bus<In>>,
    pub count: Vec<Bus<Out>>,
    pub push_after: Vec<Signal<In, Bit>>,
    pub push_input_after: Vec<Bus<In>>,
    pub push_count_after: Vec<Bus<In>>,
    // The host
    pub keeps_aside: Signal<In, Bit>,
    pub load_entry: Bus<In>,
    pub load_parameters: Vec<Signal<In, Bit>>,
    pub layer_number: Bus<In>,
    pub region: Bus<In>,
    pub load_write: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<Out>,
    pub load_patterns: Signal<Out, Bit>,
    pub patterns_piece: Bus<In>,
    pub piece_exists: Signal<Out, Bit>,
    pub piece: Bus<Out>,
    pub state: Vec<Bus<Out>>,
    // Taps, for simulation
    pub tap_valid: Vec<Signal<Out, Bit>>,
    pub tap_neuron: Vec<Bus<Out>>,
    pub tap_membrane: Vec<Bus<Out>>,
    pub tap_fired: Vec<Signal<Out, Bit>>,
    layers: Vec<LearningLayer>,
    regions: Vec<LearningRegions>,
    host_neuron: Vec<Resize>,
    first_entry: Vec<Fixed>,
    not_read: Fixed,
    _last_layer: usize,
    no_piece: Fixed,
}

impl LearningChain {
    /// `images[i]` belongs to `arch.stages[i]`; there is at least one.
    pub fn new(arch: &Arch, learning: &LearningArch, images: &[LearningImage]) -> Self {
        let (first, time, before) = (&arch.stages[0], learning.count_bits(), &arch.stages[..arch.stages.len() - 1]);
        let words = |index: usize| arch.stages.get(index + 1).map_or(OUTPUT_WORD, |next| next.beat);
        let layer = |(index, stage)| LearningLayer::new(learning, index, stage, (words(index), arch.load()), &images[index]);
        let flags = || arch.stages.iter().map(|_| Default::default()).collect();
        let index_bits = || arch.stages.iter().map(StageArch::neuron_index_bits);
        LearningChain {
            clock: Default::default(),
            write_enable: Default::default(),
            write_last: Default::default(),
            commit: Default::default(),
            restart: Default::default(),
            write_word: Bus::new(first.beat),
            write_fresh: Default::default(),
            ready: Default::default(),
            out_ready: Default::default(),
            out_enable: Default::default(),
            out_last: Default::default(),
            out_word: Bus::new(OUTPUT_WORD),
            out_fresh: Default::default(),
            clear: Default::default(),
            judges: Default::default(),
            updates: Default::default(),
            updates_readout: Default::default(),
            phase: Bus::new(PHASE_BITS),
            shown: Bus::new(CLASS_BITS),
            judging: Default::default(),
            updating: Default::default(),
            n_timesteps: Bus::new(time),
            label: Bus::new(CLASS_BITS),
            winner: Bus::new(CLASS_BITS),
            rival: Bus::new(CLASS_BITS),
            hit: flags(),
            random: arch.stages.iter().map(|_| Bus::new(RANDOM_BITS)).collect(),
            push: Default::default(),
            push_input: Bus::new(first.input_index_bits()),
            push_count: Bus::new(time),
            reads: before.iter().map(|_| Default::default()).collect(),
            read_neuron: before.iter().map(|stage| Bus::new(stage.neuron_index_bits())).collect(),
            count: before.iter().map(|_| Bus::new(time)).collect(),
            push_after: before.iter().map(|_| Default::default()).collect(),
            push_input_after: before.iter().map(|stage| Bus::new(stage.neuron_index_bits())).collect(),
            push_count_after: before.iter().map(|_| Bus::new(time)).collect(),
            keeps_aside: Default::default(),
            load_entry: Bus::new(first.beat_index_bits()),
            load_parameters: arch.stages.iter().map(|_| Default::default()).collect(),
            layer_number: Bus::new(8),
            region: Bus::new(4),
            load_write: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(first.beat),
            load_patterns: Default::default(),
            patterns_piece: Bus::new(first.beat),
            piece_exists: Default::default(),
            piece: Bus::new(first.beat),
            state: arch.stages.iter().map(|stage| Bus::new(stage.neuron.membrane_bits + 1)).collect(),
            tap_valid: flags(),
            tap_neuron: index_bits().map(Bus::new).collect(),
            tap_membrane: arch.stages.iter().map(|stage| Bus::new(stage.neuron.membrane_bits)).collect(),
            tap_fired: flags(),
            layers: arch.stages.iter().enumerate().map(layer).collect(),
            regions: (0..arch.stages.len()).map(|number| LearningRegions::new(number, first.beat, learning.rule)).collect(),
            host_neuron: index_bits().map(|bits| Resize::new(ADDRESS_BITS, bits)).collect(),
            first_entry: arch.stages.iter().map(|stage| Fixed::new(0, stage.beat_index_bits())).collect(),
            not_read: Fixed::new(0, arch.stages[arch.stages.len() - 1].neuron_index_bits()),
            _last_layer: arch.stages.len() - 1,
            no_piece: Fixed::new(0, first.beat),
        }
    }
}

impl Logic for LearningChain {
    #[hdl_gen]
    fn update(&mut self) {
        self.piece_exists.next = false;
        self.piece.next = self.no_piece.val();
        self.updating.next = false;
        self.judging.next = self.layers[0].judging.val();
        self.load_piece.next = self.layers[0].kept_aside.val();
        self.load_patterns.next = self.regions[0].writes_patterns.val();
        for i in 0..self.layers.len() {
            self.layers[i].clock.next = self.clock.val();
            self.layers[i].clear.next = self.clear.val();
            self.layers[i].judges.next = self.judges.val();
            self.layers[i].updates.next = self.updates.val();
            self.layers[i].updates_readout.next = self.updates_readout.val();
            self.layers[i].phase.next = self.phase.val();
            self.layers[i].shown.next = self.shown.val();
            self.layers[i].label.next = self.label.val();
            self.layers[i].n_timesteps.next = self.n_timesteps.val();
            self.hit[i].next = self.layers[i].hit.val();
            self.random[i].next = self.layers[i].random.val();
            if self.layers[i].updating.val() {
                self.updating.next = true;
            }
            self.regions[i].layer.next = self.layer_number.val();
            self.regions[i].region.next = self.region.val();
            self.regions[i].write.next = self.load_write.val();
            self.regions[i].latents_piece.next = self.layers[i].latents_piece.val();
            self.regions[i].readout_piece.next = self.layers[i].readout_piece.val();
            self.regions[i].registers_piece.next = self.layers[i].registers_piece.val();
            self.regions[i].table_piece.next = self.layers[i].table_piece.val();
            self.regions[i].patterns_piece.next = self.patterns_piece.val();
            if self.regions[i].exists.val() {
                self.piece_exists.next = true;
                self.piece.next = self.regions[i].piece.val();
            }
            self.layers[i].load_latents.next = self.regions[i].writes_latents.val();
            self.layers[i].load_readout.next = self.regions[i].writes_readout.val();
            self.layers[i].load_registers.next = self.regions[i].writes_registers.val();
            self.layers[i].load_table.next = self.regions[i].writes_table.val();
            self.layers[i].load_parameters.next = self.load_parameters[i].val();
            self.layers[i].load_reads.next = self.load_reads.val();
            self.layers[i].load_address.next = self.load_address.val();
            self.layers[i].load_piece.next = self.layers[0].kept_aside.val();
            self.host_neuron[i].from.next = self.load_address.val();
            self.layers[i].host_neuron.next = self.host_neuron[i].to.val();
            self.state[i].next = self.layers[i].state.val();
            self.tap_valid[i].next = self.layers[i].tap_valid.val();
            self.tap_neuron[i].next = self.layers[i].tap_neuron.val();
            self.tap_membrane[i].next = self.layers[i].tap_membrane.val();
            self.tap_fired[i].next = self.layers[i].tap_fired.val();
        }

        // The first layer takes the host's spikes and inputs, each other one those of the layer before.
        self.layers[0].write_enable.next = self.write_enable.val();
        self.layers[0].write_last.next = self.write_last.val();
        self.layers[0].commit.next = self.commit.val();
        self.layers[0].restart.next = self.restart.val();
        self.layers[0].write_word.next = self.write_word.val();
        self.layers[0].write_fresh.next = self.write_fresh.val();
        self.ready.next = self.layers[0].ready.val();
        self.layers[0].keeps_aside.next = self.keeps_aside.val();
        self.layers[0].load_entry.next = self.load_entry.val();
        self.layers[0].push.next = self.push.val();
        self.layers[0].push_input.next = self.push_input.val();
        self.layers[0].push_count.next = self.push_count.val();
        for i in 1..self.layers.len() {
            self.layers[i].keeps_aside.next = false;
            self.layers[i].load_entry.next = self.first_entry[i].val();
            self.layers[i].write_enable.next = self.layers[i - 1].out_enable.val();
            self.layers[i].write_last.next = self.layers[i - 1].out_last.val();
            self.layers[i].commit.next = self.layers[i - 1].out_last.val();
            self.layers[i].restart.next = false;
            self.layers[i].write_word.next = self.layers[i - 1].out_word.val();
            self.layers[i].write_fresh.next = self.layers[i - 1].out_fresh.val();
            self.layers[i - 1].out_ready.next = self.layers[i].ready.val();
            self.layers[i].push.next = self.push_after[i - 1].val();
            self.layers[i].push_input.next = self.push_input_after[i - 1].val();
            self.layers[i].push_count.next = self.push_count_after[i - 1].val();
            self.layers[i - 1].trace_reads.next = self.reads[i - 1].val();
            self.layers[i - 1].trace_neuron.next = self.read_neuron[i - 1].val();
            self.count[i - 1].next = self.layers[i - 1].count.val();
        }
        for i in self._last_layer..self.layers.len() {
            self.layers[i].out_ready.next = self.out_ready.val();
            self.out_enable.next = self.layers[i].out_enable.val();
            self.out_last.next = self.layers[i].out_last.val();
            self.out_word.next = self.layers[i].out_word.val();
            self.out_fresh.next = self.layers[i].out_fresh.val();
            self.layers[i].trace_reads.next = false;
            self.layers[i].trace_neuron.next = self.not_read.val();
            self.winner.next = self.layers[i].winner.val();
            self.rival.next = self.layers[i].rival.val();
        }
    }
}
