//! The chain of stages behind its host port: bytes in, bytes out.
//!
//! ```text
//! bytes in -> host port -> [encoder ->] stage 0 -> stage 1 -> .. -> output buffer -> host port -> bytes out
//! ```
//!
//! Each stage writes the spike buffer of the next, the last one the output buffer.

use crate::arch::{Arch, StageArch, Style};
use crate::block::spike_buffer::SpikeBuffer;
use crate::block::stage::{Stage, StageImage};
use crate::block::verdict::Verdict;
use crate::block::wiring::Resize;
use crate::encoder::passes::Encoder;
use crate::host::byte_slice::ByteSlice;
use crate::plasticity::lessons::RESULT_BITS;
use crate::host::port::{HostPort, POSITION_BITS};
use crate::signal::{bits_for, Bus, Fixed};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// Spikes leave in bytes.
pub(crate) const OUTPUT_WORD: u32 = 8;

#[derive(LogicBlock)]
pub struct Accelerator {
    // Control
    pub clock: Signal<In, Clock>,
    pub computing: Signal<Out, Bit>,
    // Bytes in
    pub in_valid: Signal<In, Bit>,
    pub in_byte: Bus<In>,
    pub in_ready: Signal<Out, Bit>,
    pub in_lost: Signal<In, Bit>,
    // Bytes out
    pub out_valid: Signal<Out, Bit>,
    pub out_byte: Bus<Out>,
    pub out_ready: Signal<In, Bit>,
    // Taps, for simulation
    pub tap_valid: Vec<Signal<Out, Bit>>,
    pub tap_neuron: Vec<Bus<Out>>,
    pub tap_membrane: Vec<Bus<Out>>,
    pub tap_above: Vec<Bus<Out>>,
    pub tap_fired: Vec<Bus<Out>>,
    arrivals: ByteSlice,
    departures: ByteSlice,
    host: HostPort,
    /// One, in a design that codes its inputs.
    encoders: Vec<Encoder>,
    stages: Vec<Stage>,
    outbound: SpikeBuffer,
    /// One, in a design that tells the class.
    verdicts: Vec<Verdict>,
    answers: Signal<Local, Bit>,
    answers_last: Signal<Local, Bit>,
    answers_fresh: Signal<Local, Bit>,
    answer_spike: Signal<Local, Bit>,
    answer_membrane: Bus<Local>,
    host_neuron: Vec<Resize>,
    host_row: Vec<Resize>,
    first_entry: Vec<Fixed>,
    output_entry: Resize,
    no_piece: Fixed,
    no_lesson: Fixed,
    _last_stage: usize,
    /// The stages that the host port writes: the first, but for an encoder.
    _written: usize,
}

impl Accelerator {
    /// `images[i]` belongs to the i-th stage of `arch.turns()`; there is at least one.
    pub fn new(arch: &Arch, images: &[StageImage]) -> Self {
        let map = arch.host_map();
        let (first, last) = (&arch.stages[0], &arch.stages[arch.stages.len() - 1]);
        let turns: Vec<&[StageArch]> = arch.turns().collect();
        let (host_words, host_word) = arch.host_words();
        let words = |index: usize| turns.get(index + 1).map_or(OUTPUT_WORD, |next| next[0].beat);
        let stages: Vec<Stage> = (turns.iter().zip(images).enumerate())
            .map(|(index, (layers, image))| Stage::new(layers, (words(index), arch.load()), image.clone()))
            .collect();
        let index_bits = || turns.iter().map(|layers| StageArch::serving(layers).neuron_index_bits());
        Accelerator {
            clock: Default::default(),
            computing: Default::default(),
            in_valid: Default::default(),
            in_byte: Bus::new(8),
            in_ready: Default::default(),
            in_lost: Default::default(),
            out_valid: Default::default(),
            out_byte: Bus::new(8),
            out_ready: Default::default(),
            tap_valid: stages.iter().map(|_| Default::default()).collect(),
            tap_neuron: stages.iter().map(|stage| Bus::new(stage.tap_neuron.width())).collect(),
            tap_membrane: stages.iter().map(|stage| Bus::new(stage.tap_membrane.width())).collect(),
            tap_above: stages.iter().map(|stage| Bus::new(stage.tap_above.width())).collect(),
            tap_fired: stages.iter().map(|stage| Bus::new(stage.tap_fired.width())).collect(),
            arrivals: ByteSlice::new(true),
            departures: ByteSlice::new(false),
            host: HostPort::new(&map, host_words, host_word),
            encoders: arch.encoder.iter().map(|&encoder| Encoder::new(encoder, first.n_inputs, first.beat)).collect(),
            _last_stage: stages.len() - 1,
            _written: usize::from(arch.encoder.is_none()),
            stages,
            outbound: SpikeBuffer::new(map.output_bytes, OUTPUT_WORD, false, output_style(last.n_neurons)),
            verdicts: arch.host.argmax.iter().map(|&score| Verdict::new(last, score, output_style(last.n_neurons))).collect(),
            answers: Default::default(),
            answers_last: Default::default(),
            answers_fresh: Default::default(),
            answer_spike: Default::default(),
            answer_membrane: Bus::new(last.neuron.membrane_bits),
            host_neuron: index_bits().map(|bits| Resize::new(POSITION_BITS, bits)).collect(),
            host_row: images.iter().map(|image| Resize::new(POSITION_BITS, bits_for(image.weights.len() - 1))).collect(),
            first_entry: turns.iter().map(|layers| Fixed::new(0, layers[0].load_entry_bits())).collect(),
            output_entry: Resize::new(POSITION_BITS, bits_for(map.output_bytes - 1)),
            no_piece: Fixed::new(0, host_word),
            no_lesson: Fixed::new(0, RESULT_BITS),
        }
    }
}

/// A few output bytes are not worth a block RAM.
pub fn output_style(n_outputs: usize) -> Style {
    if n_outputs <= 64 { Style::Logic } else { Style::Block }
}

impl Logic for Accelerator {
    #[hdl_gen]
    fn update(&mut self) {
        self.host.clock.next = self.clock.val();
        self.host.in_lost.next = self.in_lost.val();
        self.arrivals.clock.next = self.clock.val();
        self.arrivals.in_valid.next = self.in_valid.val();
        self.arrivals.in_byte.next = self.in_byte.val();
        self.in_ready.next = self.arrivals.in_ready.val();
        self.host.in_valid.next = self.arrivals.out_valid.val();
        self.host.in_byte.next = self.arrivals.out_byte.val();
        self.arrivals.out_ready.next = self.host.in_ready.val();
        self.departures.clock.next = self.clock.val();
        self.departures.in_valid.next = self.host.out_valid.val();
        self.departures.in_byte.next = self.host.out_byte.val();
        self.host.out_ready.next = self.departures.in_ready.val();
        self.out_valid.next = self.departures.out_valid.val();
        self.out_byte.next = self.departures.out_byte.val();
        self.departures.out_ready.next = self.out_ready.val();
        self.computing.next = self.host.computing.val() || self.arrivals.holds.val() || self.departures.holds.val();
        for i in 0..self.stages.len() {
            self.stages[i].clock.next = self.clock.val();
            self.host_neuron[i].from.next = self.host.position.val();
            self.stages[i].host_neuron.next = self.host_neuron[i].to.val();
            self.stages[i].host_reads.next = self.host.reads_state.val();
            self.stages[i].load_weights.next = self.host.load_weights[i].val();
            self.stages[i].load_parameters.next = self.host.load_parameters[i].val();
            self.stages[i].timesteps.next = self.host.timesteps.val();
            self.stages[i].load_address.next = self.host.load_address.val();
            self.stages[i].load_piece.next = self.stages[0].kept_aside.val();
            self.host_row[i].from.next = self.host.position.val();
            self.stages[i].host_row.next = self.host_row[i].to.val();
            self.host.row[i].next = self.stages[i].row.val();
            self.host.busy[i].next = self.stages[i].busy.val();
            self.host.takes[i].next = self.stages[i].takes.val();
            self.host.waits[i].next = self.stages[i].waits.val();
            self.host.state[i].next = self.stages[i].state.val();
            self.tap_valid[i].next = self.stages[i].tap_valid.val();
            self.tap_neuron[i].next = self.stages[i].tap_neuron.val();
            self.tap_membrane[i].next = self.stages[i].tap_membrane.val();
            self.tap_above[i].next = self.stages[i].tap_above.val();
            self.tap_fired[i].next = self.stages[i].tap_fired.val();
        }
        for i in 0..self._written {
            self.stages[i].write_enable.next = self.host.write_enable.val();
            self.stages[i].write_last.next = self.host.write_last.val();
            self.stages[i].commit.next = self.host.commit.val();
            self.stages[i].show.next = self.host.show.val();
            self.stages[i].restart.next = self.host.restart.val();
            self.stages[i].write_word.next = self.host.write_word.val();
            self.stages[i].write_fresh.next = self.host.write_fresh.val();
            self.host.write_ready.next = self.stages[i].ready.val();
            self.stages[i].keeps_aside.next = self.host.keeps_aside.val();
            self.stages[i].load_entry.next = self.host.load_entry.val();
        }
        for i in 0..self.encoders.len() {
            self.encoders[i].clock.next = self.clock.val();
            self.encoders[i].write_enable.next = self.host.write_enable.val();
            self.encoders[i].commit.next = self.host.commit.val();
            self.encoders[i].restart.next = self.host.restart.val();
            self.encoders[i].show.next = self.host.show.val();
            self.encoders[i].timesteps.next = self.host.timesteps.val();
            self.encoders[i].write_word.next = self.host.write_word.val();
            self.encoders[i].write_fresh.next = self.host.write_fresh.val();
            self.host.write_ready.next = self.encoders[i].ready.val();
            self.encoders[i].out_ready.next = self.stages[i].ready.val();
            self.stages[i].write_enable.next = self.encoders[i].out_enable.val();
            self.stages[i].write_last.next = self.encoders[i].out_last.val();
            self.stages[i].commit.next = self.encoders[i].out_last.val();
            self.stages[i].show.next = false;
            self.stages[i].restart.next = false;
            self.stages[i].write_word.next = self.encoders[i].out_word.val();
            self.stages[i].write_fresh.next = self.encoders[i].out_fresh.val();
            self.stages[i].keeps_aside.next = false;
            self.stages[i].load_entry.next = self.first_entry[i].val();
        }
        for i in 1..self.stages.len() {
            self.stages[i].keeps_aside.next = false;
            self.stages[i].load_entry.next = self.first_entry[i].val();
            self.stages[i].write_enable.next = self.stages[i - 1].out_enable.val();
            self.stages[i].write_last.next = self.stages[i - 1].out_last.val();
            self.stages[i].commit.next = self.stages[i - 1].out_last.val();
            self.stages[i].restart.next = false;
            self.stages[i].show.next = false;
            self.stages[i].write_word.next = self.stages[i - 1].out_word.val();
            self.stages[i].write_fresh.next = self.stages[i - 1].out_fresh.val();
            self.stages[i - 1].out_ready.next = self.stages[i].ready.val();
        }
        self.outbound.clock.next = self.clock.val();
        for i in self._last_stage..self.stages.len() {
            self.outbound.write_enable.next = self.stages[i].out_enable.val();
            self.outbound.write_last.next = self.stages[i].out_last.val();
            self.outbound.commit.next = self.stages[i].out_last.val();
            self.host.timestep.next = self.stages[i].out_last.val();
            self.outbound.write_word.next = self.stages[i].out_word.val();
            self.outbound.write_fresh.next = self.stages[i].out_fresh.val();
            self.stages[i].out_ready.next = self.outbound.ready.val();
            self.answers.next = self.stages[i].out_neuron.val();
            self.answers_last.next = self.stages[i].out_neuron_last.val();
            self.answers_fresh.next = self.stages[i].out_fresh.val();
            self.answer_spike.next = self.stages[i].out_spike.val();
            self.answer_membrane.next = self.stages[i].out_membrane.val();
        }
        for i in 0..self.verdicts.len() {
            self.verdicts[i].clock.next = self.clock.val();
            self.verdicts[i].valid.next = self.answers.val();
            self.verdicts[i].last.next = self.answers_last.val();
            self.verdicts[i].fresh.next = self.answers_fresh.val();
            self.verdicts[i].spike.next = self.answer_spike.val();
            self.verdicts[i].membrane.next = self.answer_membrane.val();
            self.host.verdict[i].next = self.verdicts[i].answer.val();
        }
        self.host.piece_exists.next = false;
        self.host.piece.next = self.no_piece.val();
        self.host.sample_fits.next = false;
        self.host.lesson_busy.next = false;
        self.host.lesson_done.next = false;
        self.host.lesson.next = self.no_lesson.val();
        self.outbound.restart.next = false;
        self.outbound.keeps_all.next = false;
        self.outbound.free.next = self.host.output_free.val();
        self.output_entry.from.next = self.host.position.val();
        self.outbound.entry.next = self.output_entry.to.val();
        self.host.output_available.next = self.outbound.available.val();
        self.host.output_byte.next = self.outbound.spikes.val();
    }
}
