//! The bytes between a host and the accelerator, the same over a UART and over a simulation's pipes.
//!
//! ```text
//! request   A5 seq op layer region addr_lo addr_hi len_lo len_hi hcrc_hi hcrc_lo [payload.. pcrc_hi pcrc_lo]
//! response  5A seq kind payload.. crc_hi crc_lo
//! ```
//!
//! Every CRC is CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF, most significant bit first), sent
//! high byte first. `hcrc` covers seq to len_hi, so that no request acts on a wrong opcode or length;
//! `pcrc` starts anew and covers the payload alone; a response's CRC covers seq to the end of the payload.
//! `len` counts payload bytes, or for [`READ`] the bytes wanted. Only [`STEP`], [`RUN`], [`SHOW`] and [`WRITE`]
//! carry a payload section, and they carry it even when `len` is 0. The low half of `region` is a memory of
//! the layer, its high half are bits 16 to 19 of the address.
//!
//! | region | of | unit of `addr` | READ | WRITE |
//! |---|---|---|---|---|
//! | [`STATE`] | neurons | neuron | yes | no |
//! | [`WEIGHTS`] | weight memory | piece (READ: row) | where it is volatile | yes |
//! | [`PARAMETERS`] | thresholds, biases, betas | piece | no | yes |
//!
//! Each request is closed by exactly one [`STATUS`]. [`STEP`], [`RUN`] and [`SHOW`] answer with a [`SPIKES`] frame
//! a timestep before it, [`READ`] with one [`DATA`] frame. A repeated [`STEP`] (same seq as the request
//! before) is answered again and not executed again; everything else may be repeated without harm.
//! Bytes before `A5` are skipped; a request whose header CRC is wrong is answered with [`BAD_CRC`] at once.

mod region;

pub use region::{RegionMap, ADDRESS_BITS};

use serde::{Deserialize, Serialize};

pub const REQUEST_SYNC: u8 = 0xA5;
pub const RESPONSE_SYNC: u8 = 0x5A;

/// A [`STATE`]: `addr` is the first neuron, `len` the bytes wanted; or the [`IDENTITY`].
pub const READ: u8 = 0x01;
/// One timestep: `len` is the input bytes of a timestep, bit i%8 of byte i/8 is input i.
pub const STEP: u8 = 0x02;
/// A whole presentation from reset: `len` is timesteps times the input bytes; runs as bytes arrive.
pub const RUN: u8 = 0x03;
/// Pieces of a memory from `addr` on, each in as many bytes as a beat of the first layer; at most the input bytes of a
/// timestep. Only before the first timestep of a presentation, and not past the end of the memory; a word changes only
/// when the payload's CRC holds.
pub const WRITE: u8 = 0x04;
/// A sample, all timesteps of it, with its label as `addr` or [`NO_LABEL`]; learned, or only presented, once its CRC holds.
pub const LEARN: u8 = 0x07;
/// The next [`STEP`] starts a presentation: membranes zero, no neuron has fired.
pub const RESET: u8 = 0x05;

/// A whole presentation from reset of one input that repeats: `addr` is its timesteps, at least 1, `len` the input bytes
/// of one. Executed once the payload's CRC holds; only designs of [`HostMap::repeats`] know it.
pub const SHOW: u8 = 0x06;
/// Of the timesteps of a [`SHOW`].
pub const TIMESTEPS_BITS: u32 = 16;

/// As the layer of a [`READ`]: counters of [`COUNTER_BITS`] from number `addr` on, little endian, in a design that has them.
/// First [`COUNTERS_OF_DESIGN`], then [`COUNTERS_OF_STAGE`] for each stage; `host::counters` lists them.
pub const COUNTERS: u8 = 0xFE;
pub const COUNTER_BITS: u32 = 32;
pub const COUNTERS_OF_DESIGN: usize = 4;
pub const COUNTERS_OF_STAGE: usize = 3;
/// As the layer of a [`READ`]: the class of the presentation so far in two bytes and its score in four, two's complement,
/// little endian, in a design that tells it: the neuron of the last layer with the greatest score, the lowest of equals.
pub const VERDICT: u8 = 0xFD;
pub const VERDICT_BYTES: u16 = 6;
/// As the layer of a [`READ`]: four bytes, the design's identity, little endian.
pub const IDENTITY: u8 = 0xFF;

/// Region: membranes and spikes of the last timestep.
pub const STATE: u8 = 0x0;
/// Region: the weights, in the order of the weight memory's words.
pub const WEIGHTS: u8 = 0x1;
/// Region: the parameter memory's words.
pub const PARAMETERS: u8 = 0x2;
/// Region: latent weights, groups of lanes by inputs.
pub const LATENTS: u8 = 0x3;
/// Region: readout weights, classes by neurons.
pub const READOUT: u8 = 0x4;
/// Region: the registers of learning and the random numbers.
pub const LEARNING: u8 = 0x5;
/// Region: what the rule of learning keeps of each neuron: signs of feedback by class, or a handicap.
pub const TABLE: u8 = 0x6;

/// Region of the first layer: the patterns of the classes on the input lines, beats of a class after those of the one before.
pub const PATTERNS: u8 = 0x7;

/// In the `addr` of a [`LEARN`] beside the label: present every line, and the target of the label, before the sample.
pub const WITH_TARGET: u16 = 0x8000;
/// As the `addr` of a [`LEARN`]: present the sample, and learn nothing.
pub const NO_LABEL: u16 = 0xFFFF;
/// Bytes of the result of a [`LEARN`].
pub const RESULT_BYTES: usize = 8;

/// The output spikes of one timestep, packed as a [`STEP`]'s input.
pub const SPIKES: u8 = 0x01;
/// The bytes of a [`READ`].
pub const DATA: u8 = 0x02;
/// One byte, the request's outcome.
pub const STATUS: u8 = 0x03;

pub const OK: u8 = 0x00;
/// A header or payload CRC did not hold; send the request again.
pub const BAD_CRC: u8 = 0x01;
/// Unknown opcode or place, a length that is not whole timesteps or pieces, or a WRITE within a presentation or past
/// the end of its memory.
pub const BAD_REQUEST: u8 = 0x02;
/// Bytes came faster than the design could use them; some were lost.
pub const OVERRUN: u8 = 0x03;

/// What a host must know of a design to speak with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostMap {
    pub identity: u32,
    pub n_inputs: usize,
    /// Inputs at each element of a convolution's frame, all of them before a dense layer: see [`wire_index`].
    pub input_channels: usize,
    /// Bits of each input: 1 for a spike, 8 for a value that the design codes itself.
    #[serde(default = "one_bit")]
    pub value_bits: u32,
    /// Bytes of one timestep's input, zero padded to whole beats of the first layer; a byte a value.
    pub input_bytes: usize,
    pub n_outputs: usize,
    /// Bytes of one timestep's output.
    pub output_bytes: usize,
    pub layers: Vec<StateMap>,
    /// Whether the design takes a [`SHOW`].
    #[serde(default)]
    pub repeats: bool,
    /// Whether the design takes a [`READ`] of [`COUNTERS`].
    #[serde(default)]
    pub counts: bool,
    /// Whether the design takes a [`READ`] of [`VERDICT`].
    #[serde(default)]
    pub tells_class: bool,
    /// Bytes of a piece in a [`WRITE`].
    pub piece_bytes: usize,
    /// What [`WRITE`] reaches; nothing in a design without it.
    pub regions: Vec<RegionMap>,
    /// What [`LEARN`] takes; nothing in a design that does not learn.
    #[serde(default)]
    pub lessons: Option<LessonMap>,
}

/// The samples that a design learns from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonMap {
    pub n_classes: usize,
    pub max_timesteps: usize,
}

/// How the state of a layer's neurons reads back: two's complement membrane in the low
/// `membrane_bits`, the spike of the last timestep in the bit above, little endian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateMap {
    /// The layer number of a [`READ`].
    #[serde(default)]
    pub stage: u8,
    /// The address of neuron 0: layers that take turns on a stage share its memory.
    #[serde(default)]
    pub first_neuron: usize,
    pub n_neurons: usize,
    /// Neurons at each position of a convolution, all of them in a dense layer: see [`wire_index`].
    pub channels: usize,
    pub membrane_bits: u32,
    /// Bits of a weight word that a [`READ`] of [`WEIGHTS`] gives.
    #[serde(default)]
    pub row_bits: u32,
}

/// Where element `index` of `n`, numbered (channel, position), is on the wire and in the hardware, which number them
/// (position, channel).
pub fn wire_index(index: usize, n: usize, channels: usize) -> usize {
    let positions = n / channels;
    index % positions * channels + index / positions
}

fn one_bit() -> u32 {
    1
}

impl HostMap {
    /// Input lines of a timestep: those of each value, or one a spike.
    pub fn n_lines(&self) -> usize {
        self.n_inputs * usize::try_from(self.value_bits).unwrap_or(usize::MAX)
    }

    /// One layer of each stage.
    pub fn stages(&self) -> impl Iterator<Item = &StateMap> {
        self.layers.iter().filter(|layer| layer.first_neuron == 0)
    }
}

impl StateMap {
    pub fn bytes_per_neuron(&self) -> usize {
        usize::from(u8::try_from((self.membrane_bits + 1).div_ceil(8)).unwrap_or(u8::MAX))
    }
}
