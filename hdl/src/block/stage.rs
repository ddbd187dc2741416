//! A layer, or several that take turns: spike buffers, schedule, crossbar, drain, LIF pipelines, packers.
//!
//! ```text
//!  writes -> spike buffer -> crossbar -> drain -> LIF -> packer -> writes of the next stage
//!                 ^             ^          |
//!                 +--- schedule +----------+   (no group ends before the one before is drained)
//! ```
//!
//! A recurrent layer has its own spikes put behind those that arrive. With a window, a frame buffer and a walk over its taps
//! stand in place of the spike buffer and the schedule. A stage that keeps its currents runs the further timesteps of a shown
//! input without crossbar and schedule. Where layers share the stage, each has a packer of its own, and that of a layer writes
//! the buffer of the next one.

use super::crossbar::Crossbar;
use super::drain::Drain;
use super::front::Front;
use super::packer::Packer;
use super::parameter_memory::Parameters;
use super::pipelines::Pipelines;
use super::recurrence::Recurrence;
use super::wiring::Resize;
use crate::arch::{Load, StageArch};
use crate::protocol::{ADDRESS_BITS, TIMESTEPS_BITS};
use crate::signal::{bits_for, Bus, Flag};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use std::rc::Rc;

/// Initial contents of a stage's memories and the names of their files.
#[derive(Clone)]
pub struct StageImage {
    /// `weights[address][lane]`, a beat of bits each.
    pub weights: Rc<Vec<Vec<u64>>>,
    pub parameters: Rc<Vec<Parameters>>,
    pub weights_file: String,
    pub parameters_file: String,
}

#[derive(LogicBlock)]
pub struct Stage {
    // Control
    pub clock: Signal<In, Clock>,
    pub busy: Signal<Out, Bit>,
    pub takes: Signal<Out, Bit>,
    pub waits: Signal<Out, Bit>,
    // Spikes in
    pub write_enable: Signal<In, Bit>,
    pub write_last: Signal<In, Bit>,
    pub commit: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub write_word: Bus<In>,
    pub write_fresh: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    // An input that repeats
    pub show: Signal<In, Bit>,
    pub timesteps: Bus<In>,
    // Spikes out
    pub out_ready: Signal<In, Bit>,
    pub out_enable: Signal<Out, Bit>,
    pub out_last: Signal<Out, Bit>,
    pub out_word: Bus<Out>,
    pub out_fresh: Signal<Out, Bit>,
    /// A neuron of the last layer is at the tap, and it is the last one; its spike goes out a cycle later.
    pub out_neuron: Signal<Out, Bit>,
    pub out_neuron_last: Signal<Out, Bit>,
    /// What it gave, where there is one pipeline.
    pub out_spike: Signal<Out, Bit>,
    pub out_membrane: Bus<Out>,
    // Memories, from the host
    pub keeps_aside: Signal<In, Bit>,
    pub load_entry: Bus<In>,
    pub kept_aside: Bus<Out>,
    pub load_weights: Signal<In, Bit>,
    pub load_parameters: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    // State, for the host
    pub host_reads: Signal<In, Bit>,
    pub host_neuron: Bus<In>,
    pub state: Bus<Out>,
    pub host_row: Bus<In>,
    pub row: Bus<Out>,
    // Tap, for simulation
    pub tap_valid: Signal<Out, Bit>,
    pub tap_neuron: Bus<Out>,
    /// Of the first two pipelines, and of the others.
    pub tap_membrane: Bus<Out>,
    pub tap_above: Bus<Out>,
    /// Bit i: of pipeline i.
    pub tap_fired: Bus<Out>,
    /// One, in a recurrent layer.
    recurrence: Vec<Recurrence>,
    entry: Resize,
    front: Front,
    crossbar: Crossbar,
    drain: Drain,
    lif: Pipelines,
    packers: Vec<Packer>,
    // With the spikes that a register has held back.
    valid_5: Vec<Flag>,
    layer_done: Vec<Signal<Local, Bit>>,
    _last_layer: usize,
}

impl Stage {
    /// `out_word` is the word of the next stage's spike buffer, `load` how the host writes the memories; `image` holds
    /// what belongs to each layer in turn.
    pub fn new(layers: &[StageArch], (out_word, load): (u32, Load), image: StageImage) -> Self {
        let stage = &StageArch::serving(layers);
        let (index, membrane) = (stage.neuron_index_bits(), stage.neuron.membrane_bits);
        let lif = Pipelines::new(stage, load, &image.parameters, &image.parameters_file);
        let pipelines = lif.spikes.width();
        let words = |layer: usize| if layer + 1 < layers.len() { stage.beat } else { out_word };
        Stage {
            clock: Default::default(),
            busy: Default::default(),
            takes: Default::default(),
            waits: Default::default(),
            write_enable: Default::default(),
            write_last: Default::default(),
            commit: Default::default(),
            restart: Default::default(),
            write_word: Bus::new(stage.beat),
            write_fresh: Default::default(),
            ready: Default::default(),
            show: Default::default(),
            timesteps: Bus::new(TIMESTEPS_BITS),
            out_ready: Default::default(),
            out_enable: Default::default(),
            out_last: Default::default(),
            out_word: Bus::new(out_word),
            out_fresh: Default::default(),
            out_neuron: Default::default(),
            out_neuron_last: Default::default(),
            out_spike: Default::default(),
            out_membrane: Bus::new(membrane),
            keeps_aside: Default::default(),
            load_entry: Bus::new(layers[0].load_entry_bits()),
            kept_aside: Bus::new(stage.beat),
            load_weights: Default::default(),
            load_parameters: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(load.word_bits),
            host_reads: Default::default(),
            host_neuron: Bus::new(index),
            state: Bus::new(membrane + 1),
            host_row: Bus::new(bits_for(image.weights.len() - 1)),
            row: Bus::new(stage.readable_row_bits()),
            tap_valid: Default::default(),
            tap_neuron: Bus::new(lif.spike_neuron.width()),
            tap_membrane: Bus::new(lif.membranes.width()),
            tap_above: Bus::new(lif.membranes_above.width()),
            tap_fired: Bus::new(pipelines),
            recurrence: (0..usize::from(stage.recurrent)).map(|_| Recurrence::new(stage)).collect(),
            entry: Resize::new(layers[0].load_entry_bits(), stage.entry_bits()),
            front: Front::new(layers),
            crossbar: Crossbar::new(stage, load, image.weights, image.weights_file),
            drain: Drain::new(layers),
            lif,
            packers: (0..layers.len()).map(|layer| Packer::new(words(layer), pipelines)).collect(),
            valid_5: layers.iter().map(|_| Default::default()).collect(),
            layer_done: layers.iter().map(|_| Default::default()).collect(),
            _last_layer: layers.len() - 1,
        }
    }
}

impl Logic for Stage {
    #[hdl_gen]
    fn update(&mut self) {
        self.front.clock.next = self.clock.val();
        self.front.write_enable.next = self.write_enable.val();
        self.front.write_last.next = self.write_last.val();
        self.front.commit.next = self.commit.val();
        self.front.restart.next = self.restart.val();
        self.front.write_word.next = self.write_word.val();
        self.front.write_fresh.next = self.write_fresh.val();
        self.front.show.next = self.show.val();
        self.front.timesteps.next = self.timesteps.val();
        self.front.may_drain.next = self.drain.may_drain.val();
        self.front.drains.next = self.drain.valid.val();
        self.front.neuron.next = self.drain.neuron.val();
        self.front.keeps_aside.next = self.keeps_aside.val();
        self.entry.from.next = self.load_entry.val();
        self.front.load_entry.next = self.entry.to.val();
        self.kept_aside.next = self.front.kept_aside.val();
        self.front.out_ready.next = self.out_ready.val();
        self.front.packed_fresh.next = self.drain.fresh.val();
        for i in 0..self.layer_done.len() {
            self.layer_done[i].next = self.lif.last_5.val() && self.valid_5[i].q.val();
        }
        for i in 1..self.packers.len() {
            self.front.packed[i - 1].next = self.packers[i - 1].write_enable.val();
            self.front.packed_last[i - 1].next = self.layer_done[i - 1].val();
            self.front.packed_word[i - 1].next = self.packers[i - 1].word.val();
        }
        self.ready.next = self.front.ready.val();
        for i in 0..self.recurrence.len() {
            self.recurrence[i].clock.next = self.clock.val();
            self.recurrence[i].write_enable.next = self.write_enable.val();
            self.recurrence[i].commit.next = self.commit.val();
            self.recurrence[i].restart.next = self.restart.val();
            self.recurrence[i].write_word.next = self.write_word.val();
            self.recurrence[i].write_fresh.next = self.write_fresh.val();
            self.recurrence[i].buffer_ready.next = self.front.ready.val();
            self.recurrence[i].spike_valid.next = self.lif.spike_valid.val();
            self.recurrence[i].spike_last.next = self.lif.spike_last.val();
            self.recurrence[i].spikes.next = self.lif.spikes.val();
            self.ready.next = self.recurrence[i].ready.val();
            self.front.write_enable.next = self.recurrence[i].out_enable.val();
            self.front.write_last.next = self.recurrence[i].out_last.val();
            self.front.commit.next = self.recurrence[i].out_last.val();
            self.front.restart.next = self.recurrence[i].out_restart.val();
            self.front.write_word.next = self.recurrence[i].out_word.val();
            self.front.write_fresh.next = self.recurrence[i].out_fresh.val();
        }

        self.crossbar.clock.next = self.clock.val();
        self.crossbar.issue.next = self.front.issue.val();
        self.crossbar.group_end.next = self.front.issue_end.val();
        self.crossbar.doubles.next = self.front.doubles.val();
        self.crossbar.counts_inputs.next = self.front.counts_inputs.val();
        self.crossbar.group_base.next = self.front.weight_base.val();
        self.crossbar.spikes.next = self.front.spikes.val();
        self.crossbar.index.next = self.front.weight_offset.val();
        self.crossbar.shift.next = self.drain.valid.val();

        self.crossbar.load_enable.next = self.load_weights.val();
        self.crossbar.load_address.next = self.load_address.val();
        self.crossbar.load_piece.next = self.load_piece.val();

        self.drain.clock.next = self.clock.val();
        self.drain.take.next = self.crossbar.take.val();
        self.drain.finished.next = self.lif.finished.val();
        // What the layer has just ended may fill the next buffer.
        self.drain.room.next = self.front.room.val() && !self.lif.last_5.val();
        self.drain.group_end.next = self.front.group_end.val();
        self.drain.first_group.next = self.front.first_group.val();
        self.drain.buffer_fresh.next = self.front.fresh.val();
        self.drain.replay.next = self.front.replay.val();

        self.lif.clock.next = self.clock.val();
        self.lif.start.next = self.drain.start.val();
        self.lif.valid.next = self.drain.valid.val();
        self.lif.group_last.next = self.drain.group_last.val();
        self.lif.last.next = self.drain.last.val();
        self.lif.fresh.next = self.drain.fresh.val();
        self.lif.replaying.next = self.drain.replaying.val();
        self.lif.neuron.next = self.drain.neuron.val();
        self.lif.parameter_index.next = self.front.parameter_index.val();
        for i in 0..self.lif.count.len() {
            self.lif.count[i].next = self.crossbar.count[i].val();
        }
        self.lif.input_count.next = self.crossbar.input_count.val();
        self.lif.load_enable.next = self.load_parameters.val();
        self.lif.load_address.next = self.load_address.val();
        self.lif.load_piece.next = self.load_piece.val();
        self.lif.host_reads.next = self.host_reads.val();
        self.lif.host_neuron.next = self.host_neuron.val();
        self.state.next = self.lif.state.val();
        self.crossbar.host_reads.next = self.host_reads.val();
        self.crossbar.host_row.next = self.host_row.val();
        self.row.next = self.crossbar.row.val();

        for i in 0..self.packers.len() {
            self.drain.turn_of[i].next = self.front.turn_of[i].val();
            self.packers[i].clock.next = self.clock.val();
            self.valid_5[i].clock.next = self.clock.val();
            self.valid_5[i].d.next = self.lif.spike_valid.val() && self.drain.drains[i].val();
            self.packers[i].valid.next = self.valid_5[i].q.val();
            self.packers[i].last.next = self.lif.last_5.val();
            self.packers[i].spikes.next = self.lif.spikes_5.val();
        }
        for i in self._last_layer..self.packers.len() {
            self.out_enable.next = self.packers[i].write_enable.val();
            self.out_word.next = self.packers[i].word.val();
            self.out_last.next = self.layer_done[i].val();
            self.out_neuron.next = self.lif.spike_valid.val() && self.drain.drains[i].val();
        }
        self.out_neuron_last.next = self.lif.spike_last.val();
        self.out_spike.next = self.lif.spike.val();
        self.out_membrane.next = self.lif.membrane.val();
        self.out_fresh.next = self.drain.fresh.val();

        self.takes.next = self.front.issue.val();
        self.waits.next = self.front.waits.val();
        self.busy.next = self.front.walking.val() || self.drain.draining.val();
        self.tap_valid.next = self.lif.spike_valid.val();
        self.tap_neuron.next = self.lif.spike_neuron.val();
        self.tap_membrane.next = self.lif.membranes.val();
        self.tap_above.next = self.lif.membranes_above.val();
        self.tap_fired.next = self.lif.spikes.val();
    }
}
