//! The host port: bytes in and out on one side, spike buffers and neuron states on the other.
//!
//! ```text
//! bytes in -> receiver -> input writer -> words of the first spike buffer
//!                |
//!             requests -> answers (sender) -> bytes out
//!                                      |
//!           output bytes, states -> readout
//!            requests -> memories -> pieces that waited in the first spike buffer, to their memory
//! ```

use super::answers::Answers;
use super::counters::Counters;
use super::input_writer::InputWriter;
use super::memories::Memories;
use super::readout::Readout;
use super::receiver::Receiver;
use super::requests::Requests;
use crate::block::verdict::VERDICT_BITS;
use crate::plasticity::lessons::{LABEL_BITS, RESULT_BITS};
use crate::protocol::{HostMap, ADDRESS_BITS, TIMESTEPS_BITS};
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Flag};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// A request that breaks off is dropped after 2^18 cycles: 22 ms at 12 MHz, longer than a host's pauses.
const SILENCE_BITS: u32 = 18;
/// Of the readout's position, as wide as a request's address.
pub const POSITION_BITS: u32 = ADDRESS_BITS;

#[derive(LogicBlock)]
pub struct HostPort {
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
    // Spikes for the first stage
    pub write_ready: Signal<In, Bit>,
    pub write_enable: Signal<Out, Bit>,
    pub write_last: Signal<Out, Bit>,
    pub write_word: Bus<Out>,
    pub write_fresh: Signal<Out, Bit>,
    pub commit: Signal<Out, Bit>,
    pub show: Signal<Out, Bit>,
    pub timesteps: Bus<Out>,
    pub restart: Signal<Out, Bit>,
    // Spikes of the last stage
    pub output_available: Signal<In, Bit>,
    pub output_free: Signal<Out, Bit>,
    pub output_byte: Bus<In>,
    // States
    pub reads_state: Signal<Out, Bit>,
    pub position: Bus<Out>,
    pub state: Vec<Bus<In>>,
    pub row: Vec<Bus<In>>,
    /// One, in a design that tells the class.
    pub verdict: Vec<Bus<In>>,
    // Memories
    pub keeps_aside: Signal<Out, Bit>,
    pub load_entry: Bus<Out>,
    pub load_address: Bus<Out>,
    pub load_weights: Vec<Signal<Out, Bit>>,
    pub load_parameters: Vec<Signal<Out, Bit>>,
    // Events
    pub timestep: Signal<In, Bit>,
    pub busy: Vec<Signal<In, Bit>>,
    pub takes: Vec<Signal<In, Bit>>,
    pub waits: Vec<Signal<In, Bit>>,
    // Memories of what learns
    pub layer: Bus<Out>,
    pub region: Bus<Out>,
    pub load_write: Signal<Out, Bit>,
    pub piece_exists: Signal<In, Bit>,
    pub piece: Bus<In>,
    // Lessons
    pub keeps_sample: Signal<Out, Bit>,
    pub sample_fits: Signal<In, Bit>,
    pub learns: Signal<Out, Bit>,
    pub label: Bus<Out>,
    pub lesson_busy: Signal<In, Bit>,
    pub lesson_done: Signal<In, Bit>,
    pub lesson: Bus<In>,
    receiver: Receiver,
    requests: Requests,
    answers: Answers,
    writer: InputWriter,
    // The receiver hears of room a cycle late, requests of a timestep's end, and the first spike buffer of a request: the
    // paths are long.
    has_room: Flag,
    commits: Flag,
    shows: Flag,
    restarts: Flag,
    ends: Flag,
    starts_fresh: Flag,
    readout: Readout,
    counters: Counters,
    memories: Memories,
}

impl HostPort {
    /// For a first stage that takes `words` words of `beat` inputs a timestep.
    pub fn new(map: &HostMap, words: usize, beat: u32) -> Self {
        let (can_write, can_learn) = (!map.regions.is_empty(), map.lessons.is_some());
        HostPort {
            clock: Default::default(),
            computing: Default::default(),
            in_valid: Default::default(),
            in_byte: Bus::new(8),
            in_ready: Default::default(),
            in_lost: Default::default(),
            out_valid: Default::default(),
            out_byte: Bus::new(8),
            out_ready: Default::default(),
            write_ready: Default::default(),
            write_enable: Default::default(),
            write_last: Default::default(),
            write_word: Bus::new(beat),
            write_fresh: Default::default(),
            commit: Default::default(),
            show: Default::default(),
            timesteps: Bus::new(TIMESTEPS_BITS),
            restart: Default::default(),
            output_available: Default::default(),
            output_free: Default::default(),
            output_byte: Bus::new(8),
            reads_state: Default::default(),
            position: Bus::new(POSITION_BITS),
            state: map.stages().map(|layer| Bus::new(layer.membrane_bits + 1)).collect(),
            row: map.stages().map(|layer| Bus::new(layer.row_bits)).collect(),
            verdict: (0..usize::from(map.tells_class)).map(|_| Bus::new(VERDICT_BITS)).collect(),
            timestep: Default::default(),
            busy: map.stages().map(|_| Default::default()).collect(),
            takes: map.stages().map(|_| Default::default()).collect(),
            waits: map.stages().map(|_| Default::default()).collect(),
            keeps_aside: Default::default(),
            load_entry: Bus::new(bits_for(words - 1)),
            load_address: Bus::new(ADDRESS_BITS),
            load_weights: map.stages().map(|_| Default::default()).collect(),
            load_parameters: map.stages().map(|_| Default::default()).collect(),
            layer: Bus::new(8),
            region: Bus::new(4),
            load_write: Default::default(),
            piece_exists: Default::default(),
            piece: Bus::new(beat),
            keeps_sample: Default::default(),
            sample_fits: Default::default(),
            learns: Default::default(),
            label: Bus::new(LABEL_BITS),
            lesson_busy: Default::default(),
            lesson_done: Default::default(),
            lesson: Bus::new(RESULT_BITS),
            has_room: Default::default(),
            commits: Default::default(),
            shows: Default::default(),
            restarts: Default::default(),
            ends: Default::default(),
            starts_fresh: Default::default(),
            receiver: Receiver::new(SILENCE_BITS, map.repeats, (can_write, can_learn)),
            requests: Requests::new(map.input_bytes, map.repeats, can_write),
            answers: Answers::new(map.output_bytes, map.repeats),
            writer: InputWriter::new(words, beat),
            readout: Readout::new(map, beat),
            counters: Counters::new(map.stages().count(), map.counts),
            memories: Memories::new(map, words, beat),
        }
    }
}

impl Logic for HostPort {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, has_room, commits, shows, restarts, ends, starts_fresh);
        self.receiver.clock.next = self.clock.val();
        self.receiver.hold.next = self.answers.hold.val();
        // A bank that is given away in this cycle or the next one is not ready.
        self.has_room.d.next = self.write_ready.val() && !self.commits.q.val() && !self.ends.q.val();
        self.receiver.sink_ready.next = self.has_room.q.val() && !self.ends.q.val();
        self.receiver.byte_valid.next = self.in_valid.val();
        self.receiver.byte_in.next = self.in_byte.val();
        self.in_ready.next = self.receiver.byte_ready.val();
        self.requests.clock.next = self.clock.val();
        self.requests.header_good.next = self.receiver.header_good.val();
        self.requests.header_bad.next = self.receiver.header_bad.val();
        self.requests.payload_good.next = self.receiver.payload_good.val();
        self.requests.payload_bad.next = self.receiver.payload_bad.val();
        self.requests.seq.next = self.receiver.seq.val();
        self.requests.op.next = self.receiver.op.val();
        self.requests.addr.next = self.receiver.addr.val();
        self.requests.len.next = self.receiver.len.val();
        self.requests.layer_exists.next = self.readout.layer_exists.val();
        self.requests.timestep_done.next = self.ends.q.val();
        self.requests.whole_timesteps.next = self.writer.whole_timesteps.val();
        self.requests.held.next = self.answers.held.val();
        self.requests.whole_words.next = self.writer.whole_words.val();
        self.requests.loaded.next = self.memories.done.val();
        self.keeps_aside.next = self.requests.keeps_aside.val();
        self.commits.d.next = self.requests.commit.val();
        self.commit.next = self.commits.q.val();
        self.shows.d.next = self.requests.show.val();
        self.show.next = self.shows.q.val();
        self.timesteps.next = self.receiver.addr.val();
        self.restarts.d.next = self.requests.restart.val();
        self.restart.next = self.restarts.q.val();
        self.starts_fresh.d.next = self.requests.write_fresh.val();
        self.write_fresh.next = self.starts_fresh.q.val();
        self.writer.clock.next = self.clock.val();
        self.writer.restart.next = self.requests.restart.val();
        self.writer.byte_valid.next = self.receiver.payload_valid.val();
        self.writer.byte_in.next = self.receiver.payload_byte.val();
        self.write_enable.next = self.writer.write_enable.val();
        self.ends.d.next = self.writer.timestep_done.val();
        self.write_last.next = self.ends.q.val();
        self.write_word.next = self.writer.word.val();
        self.answers.clock.next = self.clock.val();
        self.answers.owes.next = self.requests.owes.val();
        self.answers.owes_many.next = self.requests.owes_many.val();
        self.answers.timesteps.next = self.receiver.addr.val();
        self.answers.reads.next = self.requests.reads.val();
        self.answers.closes.next = self.requests.closes.val();
        self.answers.forget.next = self.requests.forget.val();
        self.answers.is_step.next = self.requests.is_step.val();
        self.answers.outcome.next = self.requests.outcome.val();
        self.answers.len.next = self.receiver.len.val();
        self.answers.lost_byte.next = self.in_lost.val();
        self.answers.loading.next = self.memories.busy.val() || self.lesson_busy.val();
        self.answers.is_learn.next = self.receiver.is_learn.val();
        self.requests.is_learn.next = self.receiver.is_learn.val();
        self.answers.output_available.next = self.output_available.val();
        self.output_free.next = self.answers.output_free.val();
        self.reads_state.next = self.answers.reads_state.val();
        self.computing.next = self.answers.busy.val() || self.receiver.tells.val() || self.ends.q.val();
        self.readout.clock.next = self.clock.val();
        self.readout.rewind.next = self.answers.sender_start.val();
        self.readout.advance.next = self.answers.body_next.val();
        self.readout.kind.next = self.answers.kind.val();
        self.readout.layer.next = self.receiver.layer.val();
        self.readout.region.next = self.receiver.region.val();
        self.readout.place.next = self.memories.place.val();
        self.readout.piece_exists.next = self.piece_exists.val();
        self.readout.piece.next = self.piece.val();
        self.readout.is_result.next = self.receiver.is_learn.val();
        self.readout.result.next = self.lesson.val();
        self.readout.status.next = self.answers.status.val();
        self.readout.output_byte.next = self.output_byte.val();
        self.memories.clock.next = self.clock.val();
        self.memories.start.next = self.requests.loads.val();
        self.memories.layer.next = self.receiver.layer.val();
        self.memories.region.next = self.receiver.region.val();
        self.memories.addr.next = self.receiver.addr.val();
        self.memories.page.next = self.receiver.page.val();
        self.memories.len.next = self.receiver.len.val();
        self.memories.reads.next = self.answers.reads_state.val();
        self.memories.position.next = self.readout.position.val();
        self.load_entry.next = self.memories.entry.val();
        self.load_write.next = self.memories.write.val();
        self.load_address.next = self.memories.address.val();
        self.requests.write_fits.next = self.memories.fits.val();
        for i in 0..self.state.len() {
            self.readout.state[i].next = self.state[i].val();
            self.readout.row[i].next = self.row[i].val();
            self.counters.busy[i].next = self.busy[i].val();
            self.counters.takes[i].next = self.takes[i].val();
            self.counters.waits[i].next = self.waits[i].val();
            self.load_weights[i].next = self.memories.load_weights[i].val();
            self.load_parameters[i].next = self.memories.load_parameters[i].val();
        }
        for i in 0..self.verdict.len() {
            self.readout.verdict[i].next = self.verdict[i].val();
        }
        self.counters.clock.next = self.clock.val();
        self.counters.timestep.next = self.timestep.val();
        self.counters.presentation.next = self.requests.commit.val() && self.requests.write_fresh.val();
        self.counters.bad_frame.next = self.receiver.header_bad.val() || self.receiver.payload_bad.val();
        self.counters.lost.next = self.in_lost.val();
        self.counters.number.next = self.readout.position.val();
        self.readout.count.next = self.counters.count.val();
        self.layer.next = self.receiver.layer.val();
        self.region.next = self.receiver.region.val();
        self.requests.sample_fits.next = self.sample_fits.val();
        self.requests.lesson_done.next = self.lesson_done.val();
        self.keeps_sample.next = self.requests.keeps_sample.val();
        self.learns.next = self.requests.learns.val();
        self.label.next = self.receiver.addr.val();
        self.position.next = self.readout.position.val();
        self.answers.seq.next = self.receiver.seq.val();
        self.answers.body_byte.next = self.readout.byte_out.val();
        self.answers.byte_ready.next = self.out_ready.val();
        self.out_valid.next = self.answers.byte_valid.val();
        self.out_byte.next = self.answers.byte_out.val();
    }
}
