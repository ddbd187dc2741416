//! What leads the layers through a sample: the sample's memory, its length, the lists of active rows, and the steps.
//!
//! ```text
//! words of the host --> presenter --> first layer          lessons: present, judge, trace, update
//!                           |
//!                       input trace --> list of the first layer
//! counts of each layer --> neuron trace --> list of the next
//! ```

use super::arch::{LearningArch, RuleArch};
use super::beside::Beside;
use super::input_trace::InputTrace;
use super::layer::LearningImage;
use super::lessons::{Lessons, LABEL_BITS, PHASE_BITS, RESULT_BITS};
use super::neuron_trace::NeuronTrace;
use super::presenter::Presenter;
use super::readout_class::CLASS_BITS;
use super::rounding::RANDOM_BITS;
use super::sample_length::SampleLength;
use crate::arch::StageArch;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{Bus, Fixed};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct School {
    // Control
    pub clock: Signal<In, Clock>,
    pub learns: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    pub done: Signal<Out, Bit>,
    pub lesson: Bus<Out>,
    // The sample, from the host
    pub restart: Signal<In, Bit>,
    pub keep: Signal<In, Bit>,
    pub keep_word: Bus<In>,
    pub timestep_done: Signal<In, Bit>,
    pub sample_fits: Signal<Out, Bit>,
    pub asked_label: Bus<In>,
    // Spikes for the first layer
    pub ready: Signal<In, Bit>,
    pub write_enable: Signal<Out, Bit>,
    pub write_last: Signal<Out, Bit>,
    pub write_word: Bus<Out>,
    pub write_fresh: Signal<Out, Bit>,
    // The layers
    pub out_last: Signal<In, Bit>,
    pub winner: Bus<In>,
    pub rival: Bus<In>,
    pub judging: Signal<In, Bit>,
    pub updating: Signal<In, Bit>,
    pub hit: Vec<Signal<In, Bit>>,
    pub random: Vec<Bus<In>>,
    pub clear: Signal<Out, Bit>,
    pub judges: Signal<Out, Bit>,
    pub updates: Signal<Out, Bit>,
    pub updates_readout: Signal<Out, Bit>,
    pub phase: Bus<Out>,
    pub shown: Bus<Out>,
    pub label: Bus<Out>,
    pub n_timesteps: Bus<Out>,
    // Lists of active rows: of the first layer, and of those after it
    pub push: Signal<Out, Bit>,
    pub push_input: Bus<Out>,
    pub push_count: Bus<Out>,
    pub reads: Vec<Signal<Out, Bit>>,
    pub read_neuron: Vec<Bus<Out>>,
    pub count: Vec<Bus<In>>,
    pub push_after: Vec<Signal<Out, Bit>>,
    pub push_input_after: Vec<Bus<Out>>,
    pub push_count_after: Vec<Bus<Out>>,
    // Pieces of the patterns, for the host
    pub load_patterns: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub patterns_piece: Bus<Out>,
    lessons: Lessons,
    length: SampleLength,
    presenter: Presenter,
    inputs: InputTrace,
    neurons: Vec<NeuronTrace>,
    beside: Beside,
    tracing: Signal<Local, Bit>,
    learned: Bus<Local>,
    learned_bit: Vec<Fixed>,
    none_learned: Fixed,
}

impl School {
    /// `image` of the first layer.
    pub fn new(learning: &LearningArch, stages: &[StageArch], image: &LearningImage) -> Self {
        let (first, time, most) = (&stages[0], learning.count_bits(), learning.max_timesteps);
        let before = &stages[..stages.len() - 1];
        let depresses = learning.rule == RuleArch::Stdp;
        let neuron_buses = || before.iter().map(|stage| Bus::new(stage.neuron_index_bits())).collect();
        School {
            clock: Default::default(),
            learns: Default::default(),
            busy: Default::default(),
            done: Default::default(),
            lesson: Bus::new(RESULT_BITS),
            restart: Default::default(),
            keep: Default::default(),
            keep_word: Bus::new(first.beat),
            timestep_done: Default::default(),
            sample_fits: Default::default(),
            asked_label: Bus::new(LABEL_BITS),
            ready: Default::default(),
            write_enable: Default::default(),
            write_last: Default::default(),
            write_word: Bus::new(first.beat),
            write_fresh: Default::default(),
            out_last: Default::default(),
            winner: Bus::new(CLASS_BITS),
            rival: Bus::new(CLASS_BITS),
            judging: Default::default(),
            updating: Default::default(),
            hit: stages.iter().map(|_| Default::default()).collect(),
            random: stages.iter().map(|_| Bus::new(RANDOM_BITS)).collect(),
            clear: Default::default(),
            judges: Default::default(),
            updates: Default::default(),
            updates_readout: Default::default(),
            phase: Bus::new(PHASE_BITS),
            shown: Bus::new(CLASS_BITS),
            label: Bus::new(CLASS_BITS),
            n_timesteps: Bus::new(time),
            push: Default::default(),
            push_input: Bus::new(first.input_index_bits()),
            push_count: Bus::new(time),
            reads: before.iter().map(|_| Default::default()).collect(),
            read_neuron: neuron_buses(),
            count: before.iter().map(|_| Bus::new(time)).collect(),
            push_after: before.iter().map(|_| Default::default()).collect(),
            push_input_after: before.iter().map(|stage| Bus::new(stage.neuron_index_bits())).collect(),
            push_count_after: before.iter().map(|_| Bus::new(time)).collect(),
            load_patterns: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(image.piece_bits),
            patterns_piece: Bus::new(image.piece_bits),
            lessons: Lessons::new(time, learning.rule),
            length: SampleLength::new(most, time),
            presenter: Presenter::new(first.beat, first.beats(), most, first.memories.spikes),
            inputs: InputTrace::new(first.n_inputs, (first.beat, first.beats()), most, depresses),
            neurons: before.iter().map(|stage| NeuronTrace::new(stage.n_neurons, stage.neuron_index_bits(), time, depresses)).collect(),
            beside: Beside::new(learning, first, image),
            tracing: Default::default(),
            learned: Bus::new(8),
            learned_bit: (0..stages.len()).map(|layer| Fixed::new(1 << layer, 8)).collect(),
            none_learned: Fixed::new(0, 8),
        }
    }
}

impl Logic for School {
    #[hdl_gen]
    fn update(&mut self) {
        // The sample arrives.
        self.length.clock.next = self.clock.val();
        self.length.restart.next = self.restart.val();
        self.length.timestep_done.next = self.timestep_done.val();
        self.sample_fits.next = self.length.fits.val();
        self.presenter.clock.next = self.clock.val();
        self.presenter.restart.next = self.restart.val();
        self.presenter.keep.next = self.keep.val();
        self.presenter.keep_word.next = self.keep_word.val();

        // It is presented and judged.
        self.lessons.clock.next = self.clock.val();
        self.lessons.start.next = self.learns.val();
        self.lessons.asked_label.next = self.asked_label.val();
        self.lessons.asked_timesteps.next = self.length.n_timesteps.val();
        self.lessons.out_last.next = self.out_last.val();
        self.lessons.judging.next = self.judging.val();
        self.lessons.updating.next = self.updating.val();
        self.lessons.winner.next = self.winner.val();
        self.busy.next = self.lessons.busy.val();
        self.done.next = self.lessons.done.val();
        self.lesson.next = self.lessons.result.val();
        self.clear.next = self.lessons.presents.val();
        self.judges.next = self.lessons.judges.val();
        self.updates.next = self.lessons.updates.val();
        self.label.next = self.lessons.label.val();
        self.n_timesteps.next = self.lessons.n_timesteps.val();
        self.presenter.start.next = self.lessons.presents.val();
        self.presenter.n_timesteps.next = self.lessons.n_timesteps.val();
        self.presenter.ready.next = self.ready.val();
        self.write_enable.next = self.presenter.write_enable.val();
        self.write_last.next = self.presenter.write_last.val();
        self.write_fresh.next = self.presenter.write_fresh.val();

        self.learned.next = self.none_learned.val();
        for i in 0..self.hit.len() {
            if !self.hit[i].val() {
                self.learned.next = self.learned.val() | self.learned_bit[i].val();
            }
        }

        // What is presented beside it.
        self.beside.clock.next = self.clock.val();
        self.beside.start.next = self.learns.val();
        self.beside.asked_label.next = self.asked_label.val();
        self.beside.presented.next = self.lessons.presented.val();
        self.beside.taught.next = self.lessons.taught.val();
        self.beside.any_learns.next = self.learned.val().any();
        self.beside.updated.next = self.lessons.updated.val();
        self.beside.label.next = self.lessons.label.val();
        self.beside.rival.next = self.rival.val();
        self.beside.read_word.next = self.presenter.read_word.val();
        self.beside.at_beat.next = self.presenter.at_beat.val();
        self.beside.at_timestep.next = self.presenter.at_timestep.val();
        self.beside.traces.next = self.inputs.reads.val();
        self.beside.counts.next = self.inputs.adds.val();
        self.beside.traced_beat.next = self.inputs.at_beat.val();
        self.beside.traced_timestep.next = self.inputs.at_timestep.val();
        self.lessons.rehearses.next = self.beside.rehearses.val();
        self.lessons.rehearsed.next = self.beside.rehearsed.val();
        self.lessons.beside.next = self.beside.busy.val();
        self.lessons.presents_beside.next = self.beside.presents.val();
        self.lessons.lists.next = self.beside.lists.val();
        self.lessons.takes.next = self.beside.takes.val();
        self.lessons.concluded.next = self.beside.concluded.val();
        self.updates_readout.next = self.beside.updates_readout.val();
        self.beside.updates.next = self.lessons.updates.val();
        self.phase.next = self.beside.phase.val();
        self.shown.next = self.beside.shown.val();
        self.beside.load_patterns.next = self.load_patterns.val();
        self.beside.load_reads.next = self.load_reads.val();
        self.beside.load_address.next = self.load_address.val();
        self.beside.load_piece.next = self.load_piece.val();
        self.patterns_piece.next = self.beside.patterns_piece.val();
        self.write_word.next = self.beside.word.val();

        // Its active rows are listed.
        self.inputs.clock.next = self.clock.val();
        self.inputs.start.next = self.lessons.traces_inputs.val();
        self.inputs.n_timesteps.next = self.lessons.n_timesteps.val();
        self.inputs.random.next = self.random[0].val();
        self.inputs.read_word.next = self.beside.word.val();
        self.inputs.waits.next = self.presenter.feeds.val();
        self.presenter.traces.next = self.inputs.reads.val();
        self.presenter.trace_address.next = self.inputs.read_address.val();
        self.push.next = self.inputs.push.val();
        self.push_input.next = self.inputs.push_input.val();
        self.push_count.next = self.inputs.push_count.val();
        self.tracing.next = self.inputs.busy.val();
        for i in 0..self.neurons.len() {
            self.neurons[i].clock.next = self.clock.val();
            self.neurons[i].start.next = self.lessons.traces_neurons.val();
            self.neurons[i].count.next = self.count[i].val();
            self.neurons[i].random.next = self.random[i + 1].val();
            self.reads[i].next = self.neurons[i].reads.val();
            self.read_neuron[i].next = self.neurons[i].read_neuron.val();
            self.push_after[i].next = self.neurons[i].push.val();
            self.push_input_after[i].next = self.neurons[i].push_input.val();
            self.push_count_after[i].next = self.neurons[i].push_count.val();
            if self.neurons[i].busy.val() {
                self.tracing.next = true;
            }
        }
        self.lessons.tracing.next = self.tracing.val();
        self.lessons.learned.next = self.learned.val();
    }
}
