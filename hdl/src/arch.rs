//! What to draw: every size, width and choice of the accelerator, as plain values.

mod cycles;
mod encoder;
mod pipelines;
mod turns;
mod window;

pub use cycles::{answer_cycles, cycles_of_beats, cycles_per_timestep, input_cycles};
pub use encoder::{EncoderArch, VALUE_BITS};
pub use window::{ColumnTap, RowTap, TableLine, WindowArch};

use crate::accelerator::OUTPUT_WORD;
use crate::block::parameter_memory::Layout;
use crate::plasticity::arch::LearningArch;
use crate::protocol::{HostMap, LessonMap, RegionMap, PARAMETERS, WEIGHTS};
use crate::signal::bits_for;
use serde::{Deserialize, Serialize};

/// A chain of stages behind one host port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arch {
    /// Answered to the host, so that it never drives another design than it thinks.
    pub identity: u32,
    /// One a layer; those that take turns follow one another.
    pub stages: Vec<StageArch>,
    #[serde(default)]
    pub host: HostOptions,
    /// How values become the spikes of the first stage, in a design that codes its inputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder: Option<EncoderArch>,
    /// How the layers learn, in a design that does.
    #[serde(default)]
    pub learning: Option<LearningArch>,
}

/// What the host port can do beside running timesteps and reading states. Each costs logic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostOptions {
    /// Weights and parameters can be written at run time.
    pub writes: bool,
    /// Cycles, beats, waits, timesteps and faults are counted.
    #[serde(default)]
    pub counters: bool,
    /// By what the design itself tells the class of a presentation.
    #[serde(default)]
    pub argmax: Option<Score>,
}

/// What of the last layer's neurons is compared, where the design tells the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Score {
    /// How often each fired since the presentation began, at most 65535.
    Count,
    /// Their membranes.
    Membrane,
}

/// How the host writes a stage's memories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    pub writes: bool,
    /// Bits in which a piece arrives: a beat of the first stage.
    pub word_bits: u32,
}

impl Arch {
    /// Whether the host can show an input that repeats.
    pub(crate) fn repeats(&self) -> bool {
        self.encoder.is_some() || self.stages.first().is_some_and(|stage| stage.keeps_currents)
    }

    /// What a host must know of the design.
    pub fn host_map(&self) -> HostMap {
        let n_inputs = self.stages.first().map_or(0, |stage| stage.n_inputs);
        let (words, word_bits) = self.host_words();
        let n_outputs = self.stages.last().map_or(0, |stage| stage.n_neurons);
        HostMap {
            identity: self.identity,
            n_inputs,
            input_channels: self.stages.first().map_or(0, StageArch::input_channels),
            value_bits: self.value_bits(),
            input_bytes: words * usize::try_from(word_bits / 8).unwrap_or(1),
            n_outputs,
            output_bytes: n_outputs.div_ceil(usize::try_from(OUTPUT_WORD).unwrap_or(8)),
            layers: self.turns().enumerate().flat_map(|(index, layers)| turns::state_maps(index, layers)).collect(),
            repeats: self.repeats(),
            counts: self.host.counters,
            tells_class: self.host.argmax.is_some(),
            piece_bytes: usize::try_from(self.load().word_bits / 8).unwrap_or(1),
            regions: if self.host.writes || self.learning.is_some() { self.regions() } else { vec![] },
            lessons: self.learning.as_ref().map(|learning| LessonMap {
                n_classes: learning.n_classes,
                max_timesteps: learning.max_timesteps,
            }),
        }
    }

    pub(crate) fn load(&self) -> Load {
        Load { writes: self.host.writes || self.learning.is_some(), word_bits: self.stages.first().map_or(8, |stage| stage.beat) }
    }

    /// The memories of weights and parameters, as the host writes them.
    pub fn regions(&self) -> Vec<RegionMap> {
        let word_bits = self.load().word_bits;
        let of_stage = |(index, stage): (usize, &StageArch)| {
            let layer = u8::try_from(index).unwrap_or(u8::MAX);
            let lanes = u32::try_from(stage.lanes).unwrap_or(u32::MAX);
            let weights = RegionMap {
                layer,
                region: WEIGHTS,
                rows: stage.weight_words(),
                row_bits: lanes * stage.beat,
                piece_bits: stage.beat.min(word_bits),
                is_volatile: stage.memories.weights == Style::Spram,
            };
            let parameters = RegionMap {
                region: PARAMETERS,
                rows: stage.n_parameters(),
                row_bits: Layout::new(&stage.neuron).width(),
                piece_bits: word_bits,
                is_volatile: false,
                ..weights
            };
            let is_there = |region: &RegionMap| region.row_bits > 0 && (region.region != WEIGHTS || self.learning.is_none());
            [weights, parameters].into_iter().filter(is_there)
        };
        let of_learning = self.learning.iter().flat_map(|learning| learning.regions(&self.stages, word_bits));
        self.stages.iter().enumerate().flat_map(of_stage).chain(of_learning).collect()
    }
}

/// One layer: a crossbar of `lanes` x `beat` synapses a cycle, and one LIF pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageArch {
    /// Verilog identifier, also the stem of the memory files.
    pub name: String,
    pub n_inputs: usize,
    pub n_neurons: usize,
    /// The taps of a convolution; none where every neuron meets every input.
    pub window: Option<WindowArch>,
    /// Bits of a weight: 1 for -1 and +1, 2 to 8 in two's complement. Each costs a pass over the inputs.
    pub weight_bits: u32,
    /// Neurons that accumulate in parallel.
    pub lanes: usize,
    /// Inputs that each lane takes in a cycle: 8, 16, 32 or 64.
    pub beat: u32,
    /// Whether input beats without a spike are left out of the buffer, and so cost no cycle.
    pub skip_zero_beats: bool,
    /// Whether the currents of an input that repeats are kept in a word a neuron, built as the states are, so that only
    /// its first timestep walks the crossbar. Only the first stage can: the host says that an input repeats.
    #[serde(default)]
    pub keeps_currents: bool,
    /// Whether its own spikes of the timestep before are inputs too: words of the buffer behind those that arrive.
    #[serde(default)]
    pub recurrent: bool,
    pub neuron: NeuronArch,
    pub memories: MemoryStyles,
    /// Whether the layer takes turns with the one before on the same hardware: lanes, beat and neuron are then equal.
    #[serde(default)]
    pub shared: bool,
    /// Timesteps that the buffer of its spikes holds: 2, 4 or 8, more than two only where the layer takes turns with the one before.
    #[serde(default = "turns::two", skip_serializing_if = "turns::is_two", deserialize_with = "turns::two_four_or_eight")]
    pub banks: usize,
    /// LIF pipelines side by side: 1, 2 or 4. Of n, each has every n-th neuron; lanes and neurons are multiples of n.
    #[serde(default = "pipelines::one", skip_serializing_if = "pipelines::is_one", deserialize_with = "pipelines::one_two_or_four")]
    pub pipelines: usize,
}

/// The LIF pipeline's arithmetic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeuronArch {
    pub fraction_bits: u32,
    pub membrane_bits: u32,
    pub beta_bits: u32,
    pub beta: Field,
    pub threshold: Field,
    pub bias: Field,
    pub reset: Reset,
    pub reset_delay: bool,
    pub fires: Fires,
    /// What the drive passes through, with a word a neuron, built as the states are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synapse: Option<Synapse>,
    /// What the timestep makes of a current, in place of `fraction_bits` and `bias`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<ScalingArch>,
}

/// drive = current * scale + bias, both from a table, which the host cannot write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScalingArch {
    pub scale_bits: u32,
    pub bias_bits: u32,
    /// `(scale, bias)` of each parameter as the parameter memory has them, timestep by timestep; level by level where the count
    /// of spikes tells, each level filled up to a power of two.
    pub lines: Vec<(i64, i64)>,
    /// Where how many spikes have entered says which level holds: each is 2^`shift` spikes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count_shift: Option<u32>,
}

impl ScalingArch {
    /// In the fewest bits that hold them.
    pub fn holding(lines: Vec<(i64, i64)>, count_shift: Option<u32>) -> Self {
        // At least 2: Verilog cannot index a word of one bit.
        let bits = |of: fn(&(i64, i64)) -> i64| lines.iter().map(|line| signed_bits(of(line))).fold(2, u32::max);
        ScalingArch { scale_bits: bits(|line| line.0), bias_bits: bits(|line| line.1), lines, count_shift }
    }
}

/// A synaptic current that decays by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Synapse {
    /// What is kept, in units of 2^-`beta_bits`, where it is the same for all.
    pub decay: i64,
    /// Where it is not, that of each neuron: a table, which the host cannot write.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decays: Vec<i64>,
    /// Bits that hold the current on any input.
    pub bits: u32,
}

impl NeuronArch {
    /// With room for the parameters of networks like this one.
    pub fn with_room(self) -> NeuronArch {
        const MOST_BITS: u32 = 32;
        NeuronArch {
            threshold: self.threshold.with_room(MOST_BITS),
            bias: self.bias.with_room(MOST_BITS),
            beta: self.beta.with_room(self.beta_bits + 2),
            ..self
        }
    }
}

/// What a membrane does after its neuron fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reset {
    None,
    Zero,
    Subtract,
    /// At once, but before the comparison where the stored membrane passes the threshold.
    SubtractAhead,
}

/// Whether a membrane that equals its threshold fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fires {
    Above,
    At,
}

/// A per-neuron parameter: one constant for the layer, or a field of the parameter memory, stored
/// without the `shift` low bits that are zero in every neuron, and without a sign that none has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Field {
    Constant(i64),
    Stored { bits: u32, shift: u32, signed: bool },
}

impl Field {
    /// The least field that holds all of `values`.
    pub fn holding(values: &[i64]) -> Field {
        let first = values.first().copied().unwrap_or(0);
        if values.iter().all(|&value| value == first) {
            return Field::Constant(first);
        }
        let shift = values.iter().fold(0, |all, &value| all | value).trailing_zeros();
        let signed = values.iter().any(|&value| value < 0);
        let bits = values.iter().map(|&value| signed_bits(value >> shift)).max().unwrap_or(1);
        // At least 2: Verilog cannot index a word of one bit.
        Field::Stored { bits: (bits - u32::from(!signed)).max(2), shift, signed }
    }

    /// A field for these values and for those of networks like this one: signed, without a shift, and a bit wider where
    /// that is within `most_bits`.
    pub fn with_room(self, most_bits: u32) -> Field {
        match self {
            Field::Constant(_) => self,
            Field::Stored { .. } => {
                let bits = self.value_bits();
                Field::Stored { bits: (bits + 1).min(most_bits).max(bits), shift: 0, signed: true }
            }
        }
    }

    /// The least and the greatest value that it can give.
    pub fn range(&self) -> (i64, i64) {
        match *self {
            Field::Constant(value) => (value, value),
            Field::Stored { bits, shift, signed: true } => (-1 << (bits - 1) << shift, ((1 << (bits - 1)) - 1) << shift),
            Field::Stored { bits, shift, signed: false } => (0, ((1 << bits) - 1) << shift),
        }
    }

    pub fn holds(&self, value: i64) -> bool {
        let (lowest, highest) = self.range();
        let shift = if let Field::Stored { shift, .. } = *self { shift } else { 0 };
        (lowest..=highest).contains(&value) && value >> shift << shift == value
    }

    pub fn stored_bits(&self) -> u32 {
        match self {
            Field::Constant(_) => 0,
            Field::Stored { bits, .. } => *bits,
        }
    }

    /// Two's complement bits of the largest value that the field can give.
    pub(crate) fn value_bits(&self) -> u32 {
        match self {
            Field::Constant(value) => signed_bits(*value),
            Field::Stored { bits, shift, signed } => bits + shift + u32::from(!signed),
        }
    }
}

/// Where a memory is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Style {
    Block,
    Logic,
    /// Single-port RAM without initial contents; for weights only, which the host then writes.
    Spram,
    /// RAM of lookup tables, where the part has it; for what is written at run time, without initial contents.
    Distributed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryStyles {
    pub spikes: Style,
    pub weights: Style,
    pub state: Style,
    pub parameters: Style,
    /// Of a window's taps.
    pub tables: Style,
    /// Words of weights, states and parameters pass a register before they are used: block RAMs of the ECP5 are slow to answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub registered: bool,
}

/// Two's complement bits of `value`, sign included.
pub fn signed_bits(value: i64) -> u32 {
    let magnitude = if value < 0 { !value } else { value };
    65 - magnitude.leading_zeros()
}

impl StageArch {
    /// Beats of a timestep: those that arrive, and those of its own spikes.
    pub fn beats(&self) -> usize {
        self.input_beats() + self.own_beats()
    }

    /// Beats of a timestep that arrive.
    pub fn input_beats(&self) -> usize {
        self.n_inputs.div_ceil(self.beat_inputs())
    }

    /// Beats of own spikes, behind those that arrive.
    pub(crate) fn own_beats(&self) -> usize {
        if self.recurrent { self.n_neurons.div_ceil(self.beat_inputs()) } else { 0 }
    }

    /// Neurons at each position of a window; all of them without one.
    pub fn channels(&self) -> usize {
        self.window.as_ref().map_or(self.n_neurons, |window| window.channels)
    }

    /// Input bits at each element of a window's frame; all of them without one.
    fn input_channels(&self) -> usize {
        self.window.as_ref().map_or(self.n_inputs, |window| window.input_channels)
    }

    /// Groups of `lanes` neurons, at each position.
    pub fn groups(&self) -> usize {
        self.channels().div_ceil(self.lanes)
    }

    /// Words of the weight memory.
    pub fn weight_words(&self) -> usize {
        self.window.as_ref().map_or(self.beats(), |window| window.kernel_words) * self.planes() * self.groups()
    }

    /// Passes over the inputs.
    pub fn planes(&self) -> usize {
        usize::try_from(self.passes()).unwrap_or(usize::MAX)
    }

    pub(crate) fn passes(&self) -> u32 {
        match &self.window {
            Some(window) if window.has_values() => 1,
            _ => self.weight_bits,
        }
    }

    /// Bits of a weight word that the host can read back: whole lanes, at most 64.
    pub(crate) fn readable_row_bits(&self) -> u32 {
        self.beat * u32::try_from(self.lanes / self.pipelines).unwrap_or(u32::MAX).min(64 / self.beat)
    }

    /// Words of the parameter memory.
    pub fn n_parameters(&self) -> usize {
        self.window.as_ref().map_or(self.n_neurons, |window| window.n_parameters)
    }

    /// The most input spikes that a neuron can meet.
    pub fn fan_in(&self) -> usize {
        let n_own = if self.recurrent { self.n_neurons } else { 0 };
        self.window.as_ref().map_or(self.n_inputs + n_own, |window| window.fan_in)
    }

    /// Cycles of a further timestep of an input that repeats: a neuron a cycle, the end of the LIF pipeline, and the packer.
    pub fn cycles_per_repeat(&self) -> usize {
        self.n_neurons / self.pipelines + REPLAY_CYCLES + 2 * self.register_cycles()
    }

    /// Cycles that a register behind the words of memories adds to the LIF pipeline, and to the crossbar.
    pub(crate) fn register_cycles(&self) -> usize {
        usize::from(self.memories.registered)
    }

    pub(crate) fn beat_inputs(&self) -> usize {
        usize::try_from(self.beat).unwrap_or(usize::MAX)
    }

    pub(crate) fn weight_address_bits(&self) -> u32 {
        bits_for(self.weight_words() - 1)
    }

    /// Bits of what a beat adds to a weight address: its number, or what a window says.
    pub(crate) fn beat_index_bits(&self) -> u32 {
        match self.window {
            None => self.entry_bits(),
            Some(_) => self.weight_address_bits(),
        }
    }

    /// Bits of an entry of the buffer.
    pub(crate) fn entry_bits(&self) -> u32 {
        bits_for(self.beats() - 1)
    }

    /// Bits of an entry of what arrives: the host reads it, where the stage is the first.
    pub(crate) fn load_entry_bits(&self) -> u32 {
        bits_for(self.input_beats() - 1)
    }

    pub(crate) fn neuron_index_bits(&self) -> u32 {
        bits_for(self.n_neurons - 1)
    }

    /// Bits of a count of input spikes, each as often as the weights can weigh it, and of a beat's.
    pub(crate) fn count_bits(&self) -> u32 {
        let least = if self.window.is_some() { self.beat_inputs() } else { 0 };
        bits_for(self.fan_in().max(least) * ((1 << self.weight_bits) - 1))
    }

    /// Whether what has entered decides what a current is worth.
    pub fn scales_by_count(&self) -> bool {
        self.neuron.scaling.as_ref().is_some_and(|scaling| scaling.count_shift.is_some())
    }

    /// Bits of a parameter's index.
    pub(crate) fn parameter_bits(&self) -> u32 {
        bits_for(self.n_parameters() - 1)
    }

    /// Bits of the sum of a neuron's weights over its spikes.
    pub fn current_bits(&self) -> u32 {
        self.count_bits() + 1
    }

    /// Bits in which leak, drive and their sum cannot wrap.
    pub(crate) fn work_bits(&self) -> u32 {
        let neuron = &self.neuron;
        let (scale, bias) = match &neuron.scaling {
            Some(scaling) => (scaling.scale_bits, scaling.bias_bits),
            None => (neuron.fraction_bits, neuron.bias.value_bits()),
        };
        let drive = (self.current_bits() + scale).max(bias) + 1;
        let synapse = neuron.synapse.as_ref().map_or(0, |synapse| synapse.bits);
        drive.max(synapse).max(neuron.membrane_bits).max(neuron.threshold.value_bits()) + 2
    }
}

/// From one replay of kept currents to the next, besides its neurons.
const REPLAY_CYCLES: usize = 6;
