//! The chain of stages behind its host port: bytes in, bytes out.
//!
//! ```text
//! bytes in -> receiver -> input writer -> stage 0 -> stage 1 -> .. -> output buffer
//!                 |                          |          |                  |
//!              control  <- - - - - - - - - - + - states + - - - readout <--+
//!                 |                                                |
//!                 +--------------------> sender <------------------+ -> bytes out
//! ```

use crate::arch::{Arch, StageArch, Style};
use crate::block::spike_buffer::SpikeBuffer;
use crate::block::stage::{Stage, StageImage};
use crate::block::wiring::Resize;
use crate::host::control::Control;
use crate::host::input_writer::InputWriter;
use crate::host::readout::Readout;
use crate::host::receiver::Receiver;
use crate::host::sender::Sender;
use crate::signal::{bits_for, Bus};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// Spikes leave in bytes.
pub(crate) const OUTPUT_WORD: u32 = 8;
/// A request that breaks off is dropped after 2^18 cycles: 22 ms at 12 MHz, longer than a host's pauses.
const SILENCE_BITS: u32 = 18;
/// Of the readout's position, as wide as a request's address.
const POSITION_BITS: u32 = 16;

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
    pub tap_fired: Vec<Signal<Out, Bit>>,
    receiver: Receiver,
    control: Control,
    inbound: InputWriter,
    stages: Vec<Stage>,
    outbound: SpikeBuffer,
    readout: Readout,
    sender: Sender,
    host_neuron: Vec<Resize>,
    output_entry: Resize,
    _last_stage: usize,
}

impl Accelerator {
    /// `images[i]` belongs to `arch.stages[i]`; there is at least one stage.
    pub fn new(arch: &Arch, images: &[StageImage]) -> Self {
        let map = arch.host_map();
        let (first, last) = (&arch.stages[0], &arch.stages[arch.stages.len() - 1]);
        let words = |index: usize| arch.stages.get(index + 1).map_or(OUTPUT_WORD, |next| next.beat);
        let stages: Vec<Stage> = (arch.stages.iter().zip(images).enumerate())
            .map(|(index, (stage, image))| Stage::new(stage, words(index), image.clone()))
            .collect();
        let index_bits = || arch.stages.iter().map(StageArch::neuron_index_bits);
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
            tap_neuron: index_bits().map(Bus::new).collect(),
            tap_membrane: map.layers.iter().map(|layer| Bus::new(layer.membrane_bits)).collect(),
            tap_fired: stages.iter().map(|_| Default::default()).collect(),
            receiver: Receiver::new(SILENCE_BITS),
            control: Control::new(map.input_bytes, map.output_bytes),
            inbound: InputWriter::new(first.beats(), first.beat),
            _last_stage: stages.len() - 1,
            stages,
            outbound: SpikeBuffer::new(map.output_bytes, OUTPUT_WORD, false, output_style(last.n_neurons)),
            readout: Readout::new(arch.identity, &map.layers),
            sender: Default::default(),
            host_neuron: index_bits().map(|bits| Resize::new(POSITION_BITS, bits)).collect(),
            output_entry: Resize::new(POSITION_BITS, bits_for(map.output_bytes - 1)),
        }
    }
}

/// A few output bytes are not worth a block RAM.
fn output_style(n_outputs: usize) -> Style {
    if n_outputs <= 64 { Style::Logic } else { Style::Block }
}

impl Logic for Accelerator {
    #[hdl_gen]
    fn update(&mut self) {
        self.receiver.clock.next = self.clock.val();
        self.receiver.hold.next = self.control.hold.val();
        self.receiver.byte_valid.next = self.in_valid.val();
        self.receiver.byte_in.next = self.in_byte.val();
        self.in_ready.next = self.receiver.byte_ready.val();

        self.control.clock.next = self.clock.val();
        self.control.header_good.next = self.receiver.header_good.val();
        self.control.header_bad.next = self.receiver.header_bad.val();
        self.control.payload_good.next = self.receiver.payload_good.val();
        self.control.payload_bad.next = self.receiver.payload_bad.val();
        self.control.lost_byte.next = self.in_lost.val();
        self.control.seq.next = self.receiver.seq.val();
        self.control.op.next = self.receiver.op.val();
        self.control.len.next = self.receiver.len.val();
        self.control.layer_exists.next = self.readout.layer_exists.val();
        self.control.timestep_done.next = self.inbound.timestep_done.val();
        self.control.whole_timesteps.next = self.inbound.whole_timesteps.val();
        self.control.output_available.next = self.outbound.available.val();
        self.control.sender_idle.next = self.sender.idle.val();
        self.control.sender_done.next = self.sender.done.val();
        self.computing.next = self.control.busy.val();

        self.inbound.clock.next = self.clock.val();
        self.inbound.restart.next = self.control.restart.val();
        self.inbound.byte_valid.next = self.receiver.payload_valid.val();
        self.inbound.byte_in.next = self.receiver.payload_byte.val();

        // The chain: each stage writes the spike buffer of the next, the last one the output buffer.
        for i in 0..self.stages.len() {
            self.stages[i].clock.next = self.clock.val();
            self.host_neuron[i].from.next = self.readout.position.val();
            self.stages[i].host_neuron.next = self.host_neuron[i].to.val();
            self.stages[i].host_reads.next = self.control.reads.val();
            self.readout.state[i].next = self.stages[i].state.val();
            self.tap_valid[i].next = self.stages[i].tap_valid.val();
            self.tap_neuron[i].next = self.stages[i].tap_neuron.val();
            self.tap_membrane[i].next = self.stages[i].tap_membrane.val();
            self.tap_fired[i].next = self.stages[i].tap_fired.val();
        }
        self.stages[0].write_enable.next = self.inbound.write_enable.val();
        self.stages[0].write_last.next = self.inbound.timestep_done.val();
        self.stages[0].commit.next = self.control.commit.val();
        self.stages[0].restart.next = self.control.restart.val();
        self.stages[0].write_word.next = self.inbound.word.val();
        self.stages[0].write_fresh.next = self.control.write_fresh.val();
        self.receiver.sink_ready.next = self.stages[0].ready.val();
        for i in 1..self.stages.len() {
            self.stages[i].write_enable.next = self.stages[i - 1].out_enable.val();
            self.stages[i].write_last.next = self.stages[i - 1].out_last.val();
            self.stages[i].commit.next = self.stages[i - 1].out_last.val();
            self.stages[i].restart.next = false;
            self.stages[i].write_word.next = self.stages[i - 1].out_word.val();
            self.stages[i].write_fresh.next = self.stages[i - 1].out_fresh.val();
            self.stages[i - 1].out_ready.next = self.stages[i].ready.val();
        }
        self.outbound.clock.next = self.clock.val();
        for i in self._last_stage..self.stages.len() {
            self.outbound.write_enable.next = self.stages[i].out_enable.val();
            self.outbound.write_last.next = self.stages[i].out_last.val();
            self.outbound.commit.next = self.stages[i].out_last.val();
            self.outbound.write_word.next = self.stages[i].out_word.val();
            self.outbound.write_fresh.next = self.stages[i].out_fresh.val();
            self.stages[i].out_ready.next = self.outbound.ready.val();
        }
        self.outbound.restart.next = false;
        self.outbound.free.next = self.control.output_free.val();
        self.output_entry.from.next = self.readout.position.val();
        self.outbound.entry.next = self.output_entry.to.val();

        self.readout.clock.next = self.clock.val();
        self.readout.rewind.next = self.control.sender_start.val();
        self.readout.advance.next = self.sender.body_next.val();
        self.readout.kind.next = self.control.kind.val();
        self.readout.layer.next = self.receiver.layer.val();
        self.readout.addr.next = self.receiver.addr.val();
        self.readout.status.next = self.control.status.val();
        self.readout.output_byte.next = self.outbound.spikes.val();

        self.sender.clock.next = self.clock.val();
        self.sender.start.next = self.control.sender_start.val();
        self.sender.seq.next = self.receiver.seq.val();
        self.sender.kind.next = self.control.kind.val();
        self.sender.body_bytes.next = self.control.body_bytes.val();
        self.sender.body_byte.next = self.readout.byte_out.val();
        self.sender.byte_ready.next = self.out_ready.val();
        self.out_valid.next = self.sender.byte_valid.val();
        self.out_byte.next = self.sender.byte_out.val();
    }
}
