//! The memory files of a design read back into the network that they were packed from.
//!
//! Written from the layout that the hardware reads by, not from the code that packs, so that a mistake in either shows.

use spikeforge_hdl::arch::{Arch, Field, StageArch};
use spikeforge_sim::{Layer, Network};
use thiserror::Error;

/// How much of a network was found again in its memory files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FoundAgain {
    pub weights: u64,
    /// Thresholds, biases and betas, those that are constants of the design included.
    pub parameters: u64,
}

/// Where a memory file and its network part.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadbackError {
    #[error("{stage}: there is no memory file {file}")]
    Missing { stage: String, file: String },
    #[error("{file}: word {word} is not there, or no hexadecimal number of {bits} bits")]
    Word { file: String, word: usize, bits: usize },
    #[error("{stage}, neuron {neuron}, input {input}: the network has {expected}, the memory {got}")]
    Weight { stage: String, neuron: usize, input: usize, expected: &'static str, got: &'static str },
    #[error("{stage}, neuron {neuron}, {what}: the network has {expected}, the memory {got}")]
    Parameter { stage: String, neuron: usize, what: &'static str, expected: i64, got: i64 },
    /// Its weights are shared through tables of taps, and what follows it is ordered by position.
    #[error("{layer} has a window; the memory files of such designs are not read back, the rung rtl compares what they make")]
    Window { layer: String },
    #[error("the design has {stages} stages, the network {layers} layers")]
    Layers { stages: usize, layers: usize },
}

/// Reads every weight and parameter of `network` out of the memory `files` of a design of `arch`.
pub fn read_back(files: &[(String, String)], arch: &Arch, network: &Network) -> Result<FoundAgain, ReadbackError> {
    let (stages, layers) = (arch.stages.len(), network.layers.len());
    if stages != layers {
        return Err(ReadbackError::Layers { stages, layers });
    }
    if let Some(layer) = network.layers.iter().find(|layer| layer.window.is_some()) {
        return Err(ReadbackError::Window { layer: layer.name.clone() });
    }
    let mut found = FoundAgain::default();
    for (stage, layer) in arch.stages.iter().zip(&network.layers) {
        found.weights += weights(files, stage, layer)?;
        found.parameters += parameters(files, stage, layer)?;
    }
    Ok(found)
}

fn weights(files: &[(String, String)], stage: &StageArch, layer: &Layer) -> Result<u64, ReadbackError> {
    let beat = usize::try_from(stage.beat).unwrap_or(64);
    let memory = Memory::open(files, stage, "weights", stage.lanes * beat)?;
    let sign = |positive| if positive { "+1" } else { "-1" };
    let mut lane_of = vec![0; stage.lanes];
    neurons_of_lanes(stage).into_iter().enumerate().for_each(|(lane, neuron)| lane_of[neuron] = lane);
    let mut n = 0;
    for neuron in 0..layer.weights.n_neurons() {
        for input in 0..layer.weights.n_inputs() {
            let at = match input.checked_sub(stage.n_inputs) {
                None => input,
                Some(own) => stage.input_beats() * beat + own,
            };
            let word = neuron / stage.lanes * stage.beats() + at / beat;
            let got = memory.bit(word, lane_of[neuron % stage.lanes] * beat + at % beat)?;
            let expected = layer.weights.get(neuron, input);
            if got != expected {
                let (expected, got) = (sign(expected), sign(got));
                return Err(ReadbackError::Weight { stage: stage.name.clone(), neuron, input, expected, got });
            }
            n += 1;
        }
    }
    Ok(n)
}

/// The neuron of a group that each lane has: whose pipeline it is goes from neuron to neuron, and lanes of one pipeline
/// stand together as far as they fill 64 bits.
fn neurons_of_lanes(stage: &StageArch) -> Vec<usize> {
    let together = usize::try_from(64 / stage.beat).unwrap_or(1);
    let (n, lanes) = (stage.pipelines, stage.lanes / stage.pipelines);
    let of_pipeline = |first: usize, pipeline: usize| (first..(first + together).min(lanes)).map(move |place| place * n + pipeline);
    (0..lanes).step_by(together).flat_map(|first| (0..n).flat_map(move |pipeline| of_pipeline(first, pipeline))).collect()
}

fn parameters(files: &[(String, String)], stage: &StageArch, layer: &Layer) -> Result<u64, ReadbackError> {
    let neurons = &layer.neurons;
    let betas: Vec<i64> = neurons.beta.iter().map(|&beta| i64::from(beta)).collect();
    let fields = [
        ("threshold", stage.neuron.threshold, &neurons.threshold),
        ("bias", stage.neuron.bias, &neurons.bias),
        ("beta", stage.neuron.beta, &betas),
    ];
    let width = fields.iter().map(|(_, field, _)| bits_of(field)).sum();
    let of_pipeline = |pipeline| match stage.pipelines {
        1 => Memory::open(files, stage, "parameters", width),
        _ => Memory::open(files, stage, &format!("parameters_{pipeline}"), width),
    };
    let n_memories = if width > 0 { stage.pipelines } else { 0 };
    let memories = (0..n_memories).map(of_pipeline).collect::<Result<Vec<Memory>, _>>()?;
    let (mut n, mut offset) = (0, 0);
    for (what, field, values) in fields {
        for (neuron, &expected) in values.iter().enumerate() {
            let got = match (memories.get(neuron % stage.pipelines), field) {
                (Some(memory), Field::Stored { shift, signed, .. }) => {
                    memory.number(neuron / stage.pipelines, offset, bits_of(&field), signed)? << shift
                }
                (_, Field::Constant(value)) => value,
                (None, Field::Stored { .. }) => 0,
            };
            if got != expected {
                return Err(ReadbackError::Parameter { stage: stage.name.clone(), neuron, what, expected, got });
            }
            n += 1;
        }
        offset += bits_of(&field);
    }
    Ok(n)
}

fn bits_of(field: &Field) -> usize {
    usize::try_from(field.stored_bits()).unwrap_or(0)
}

/// A file of hexadecimal words, as `$readmemh` takes it.
struct Memory<'a> {
    name: String,
    words: Vec<&'a str>,
    bits: usize,
}

impl<'a> Memory<'a> {
    fn open(files: &'a [(String, String)], stage: &StageArch, of: &str, bits: usize) -> Result<Self, ReadbackError> {
        let name = format!("{}_{of}.hex", stage.name);
        match files.iter().find(|(file, _)| *file == name) {
            Some((_, text)) => Ok(Memory { name, words: text.split_whitespace().collect(), bits }),
            None => Err(ReadbackError::Missing { stage: stage.name.clone(), file: name }),
        }
    }

    fn bit(&self, word: usize, bit: usize) -> Result<bool, ReadbackError> {
        let digits = self.words.get(word).filter(|digits| digits.len() == self.bits.div_ceil(4));
        let digit = digits.and_then(|digits| char::from(*digits.as_bytes().iter().rev().nth(bit / 4)?).to_digit(16));
        let bad = || ReadbackError::Word { file: self.name.clone(), word, bits: self.bits };
        Ok(digit.ok_or_else(bad)? >> (bit % 4) & 1 == 1)
    }

    /// Bits `offset..offset + bits` of a word.
    fn number(&self, word: usize, offset: usize, bits: usize, signed: bool) -> Result<i64, ReadbackError> {
        let mut number = 0;
        for bit in 0..bits {
            number |= i64::from(self.bit(word, offset + bit)?) << bit;
        }
        let is_negative = signed && number >> (bits - 1) & 1 == 1;
        Ok(if is_negative { number - (1 << bits) } else { number })
    }
}
