//! The chain of learning layers behind its host port: what runs timesteps as any design does, and learns from samples.
//!
//! ```text
//! bytes in -> host port -> layer 0 -> layer 1 -> .. -> output buffer -> host port -> bytes out
//!                 |           ^  verdicts, counts
//!               school -------+
//! ```

use super::arch::LearningArch;
use super::chain::LearningChain;
use super::layer::LearningImage;
use super::school::School;
use crate::accelerator::{output_style, OUTPUT_WORD};
use crate::arch::{Arch, StageArch};
use crate::block::spike_buffer::SpikeBuffer;
use crate::block::wiring::Resize;
use crate::host::byte_slice::ByteSlice;
use crate::host::port::HostPort;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{bits_for, Bus, Fixed};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct LearningAccelerator {
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
    pub tap_fired: Vec<Signal<Out, Bit>>,
    arrivals: ByteSlice,
    departures: ByteSlice,
    host: HostPort,
    school: School,
    chain: LearningChain,
    outbound: SpikeBuffer,
    output_entry: Resize,
    no_row: Vec<Fixed>,
}

impl LearningAccelerator {
    /// `images[i]` belongs to `arch.stages[i]`; there is at least one stage.
    pub fn new(arch: &Arch, learning: &LearningArch, images: &[LearningImage]) -> Self {
        let map = arch.host_map();
        let (first, last) = (&arch.stages[0], &arch.stages[arch.stages.len() - 1]);
        let flags = || arch.stages.iter().map(|_| Default::default()).collect();
        LearningAccelerator {
            clock: Default::default(),
            computing: Default::default(),
            in_valid: Default::default(),
            in_byte: Bus::new(8),
            in_ready: Default::default(),
            in_lost: Default::default(),
            out_valid: Default::default(),
            out_byte: Bus::new(8),
            out_ready: Default::default(),
            tap_valid: flags(),
            tap_neuron: arch.stages.iter().map(|stage| Bus::new(stage.neuron_index_bits())).collect(),
            tap_membrane: map.layers.iter().map(|layer| Bus::new(layer.membrane_bits)).collect(),
            tap_fired: arch.stages.iter().map(|_: &StageArch| Default::default()).collect(),
            arrivals: ByteSlice::new(true),
            departures: ByteSlice::new(false),
            host: HostPort::new(&map, first.beats(), first.beat),
            school: School::new(learning, &arch.stages, &images[0]),
            chain: LearningChain::new(arch, learning, images),
            outbound: SpikeBuffer::new(map.output_bytes, OUTPUT_WORD, false, output_style(last.n_neurons)),
            output_entry: Resize::new(ADDRESS_BITS, bits_for(map.output_bytes - 1)),
            no_row: map.layers.iter().map(|layer| Fixed::new(0, layer.row_bits)).collect(),
        }
    }
}

impl Logic for LearningAccelerator {
    #[hdl_gen]
    fn update(&mut self) {
        self.arrivals.clock.next = self.clock.val();
        self.arrivals.in_valid.next = self.in_valid.val();
        self.arrivals.in_byte.next = self.in_byte.val();
        self.in_ready.next = self.arrivals.in_ready.val();
        self.host.clock.next = self.clock.val();
        self.host.in_lost.next = self.in_lost.val();
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

        // Lessons.
        self.school.clock.next = self.clock.val();
        self.school.learns.next = self.host.learns.val();
        self.school.restart.next = self.host.restart.val();
        self.school.keep.next = self.host.write_enable.val() && self.host.keeps_sample.val();
        self.school.keep_word.next = self.host.write_word.val();
        self.school.timestep_done.next = self.host.write_last.val();
        self.school.asked_label.next = self.host.label.val();
        self.host.sample_fits.next = self.school.sample_fits.val();
        self.host.lesson_busy.next = self.school.busy.val();
        self.host.lesson_done.next = self.school.done.val();
        self.host.lesson.next = self.school.lesson.val();
        self.school.ready.next = self.chain.ready.val();
        self.school.out_last.next = self.chain.out_last.val();
        self.school.winner.next = self.chain.winner.val();
        self.school.judging.next = self.chain.judging.val();
        self.school.updating.next = self.chain.updating.val();
        self.chain.clear.next = self.school.clear.val();
        self.chain.judges.next = self.school.judges.val();
        self.chain.updates.next = self.school.updates.val();
        self.chain.updates_readout.next = self.school.updates_readout.val();
        self.school.rival.next = self.chain.rival.val();
        self.chain.phase.next = self.school.phase.val();
        self.chain.shown.next = self.school.shown.val();
        self.school.load_patterns.next = self.chain.load_patterns.val();
        self.school.load_reads.next = self.host.reads_state.val();
        self.school.load_address.next = self.host.load_address.val();
        self.school.load_piece.next = self.chain.load_piece.val();
        self.chain.patterns_piece.next = self.school.patterns_piece.val();
        self.chain.label.next = self.school.label.val();
        self.chain.n_timesteps.next = self.school.n_timesteps.val();
        self.chain.push.next = self.school.push.val();
        self.chain.push_input.next = self.school.push_input.val();
        self.chain.push_count.next = self.school.push_count.val();
        for i in 0..self.chain.hit.len() {
            self.school.hit[i].next = self.chain.hit[i].val();
            self.school.random[i].next = self.chain.random[i].val();
            self.tap_valid[i].next = self.chain.tap_valid[i].val();
            self.tap_neuron[i].next = self.chain.tap_neuron[i].val();
            self.tap_membrane[i].next = self.chain.tap_membrane[i].val();
            self.tap_fired[i].next = self.chain.tap_fired[i].val();
            self.chain.load_parameters[i].next = self.host.load_parameters[i].val();
            self.host.state[i].next = self.chain.state[i].val();
            self.host.row[i].next = self.no_row[i].val();
            self.host.busy[i].next = false;
            self.host.takes[i].next = false;
            self.host.waits[i].next = false;
        }
        for i in 0..self.chain.reads.len() {
            self.chain.reads[i].next = self.school.reads[i].val();
            self.chain.read_neuron[i].next = self.school.read_neuron[i].val();
            self.chain.push_after[i].next = self.school.push_after[i].val();
            self.chain.push_input_after[i].next = self.school.push_input_after[i].val();
            self.chain.push_count_after[i].next = self.school.push_count_after[i].val();
            self.school.count[i].next = self.chain.count[i].val();
        }

        // Spikes from the host, or of a lesson, whose spikes at the end go nowhere.
        self.chain.clock.next = self.clock.val();
        self.chain.write_enable.next = (self.host.write_enable.val() && !self.host.keeps_sample.val()) || self.school.write_enable.val();
        self.chain.write_last.next = (self.host.write_last.val() && !self.host.keeps_sample.val()) || self.school.write_last.val();
        self.chain.commit.next = self.host.commit.val() || self.school.write_last.val();
        self.chain.restart.next = self.host.restart.val();
        self.chain.write_word.next = self.host.write_word.val();
        self.chain.write_fresh.next = self.host.write_fresh.val();
        if self.school.busy.val() {
            self.chain.write_word.next = self.school.write_word.val();
            self.chain.write_fresh.next = self.school.write_fresh.val();
        }
        self.host.write_ready.next = self.chain.ready.val();
        self.chain.keeps_aside.next = self.host.keeps_aside.val();
        self.chain.load_entry.next = self.host.load_entry.val();
        self.chain.layer_number.next = self.host.layer.val();
        self.chain.region.next = self.host.region.val();
        self.chain.load_write.next = self.host.load_write.val();
        self.chain.load_reads.next = self.host.reads_state.val();
        self.chain.load_address.next = self.host.load_address.val();
        self.host.piece_exists.next = self.chain.piece_exists.val();
        self.host.piece.next = self.chain.piece.val();
        self.chain.out_ready.next = self.outbound.ready.val() || self.school.busy.val();
        self.outbound.clock.next = self.clock.val();
        self.outbound.write_enable.next = self.chain.out_enable.val() && !self.school.busy.val();
        self.outbound.write_last.next = self.chain.out_last.val();
        self.outbound.commit.next = self.chain.out_last.val() && !self.school.busy.val();
        self.outbound.write_word.next = self.chain.out_word.val();
        self.outbound.write_fresh.next = self.chain.out_fresh.val();
        self.outbound.restart.next = false;
        self.host.timestep.next = self.chain.out_last.val();
        self.outbound.keeps_all.next = false;
        self.outbound.free.next = self.host.output_free.val();
        self.output_entry.from.next = self.host.position.val();
        self.outbound.entry.next = self.output_entry.to.val();
        self.host.output_available.next = self.outbound.available.val();
        self.host.output_byte.next = self.outbound.spikes.val();
    }
}
