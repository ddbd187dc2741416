//! A life of learning on disk: resumed, it goes on as if it had not been interrupted.

use serde::{Deserialize, Serialize};

use super::{LearningError, LearningNetwork, LearningReference, Memory, Patterns, Registers, Rule};
use crate::arithmetic::{index, weight_range};
use crate::SignMatrix;

/// Everything that a learning network holds between two samples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    pub network: LearningNetwork,
    pub registers: Vec<Registers>,
    pub memories: Vec<Memory>,
    pub patterns: Patterns,
    pub n_samples: u64,
}

impl LearningReference {
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            network: self.network.clone(),
            registers: self.registers.clone(),
            memories: self.memories.clone(),
            patterns: self.patterns.clone(),
            n_samples: self.n_samples,
        }
    }

    /// Goes on from a checkpoint, if all of it fits its network.
    pub fn resume(checkpoint: Checkpoint) -> Result<Self, LearningError> {
        let Checkpoint { network, registers, memories, patterns, n_samples } = checkpoint;
        network.forward()?;
        same("layers of memories", network.layers.len(), memories.len())?;
        for ((memory, layer), n_inputs) in memories.iter().zip(&network.layers).zip(network.fan_ins()) {
            same("latent bits", index(layer.latent_bits), index(memory.latents.bits()))?;
            same("readout bits", index(layer.readout.bits()), index(memory.readout.kind().bits()))?;
            memory.check(&network, n_inputs, layer.n_neurons())?;
        }
        let expected = Patterns::random(&network, &mut crate::random::SplitMix64::new(0));
        same_size("pattern lines", &expected.active, &patterns.active)?;
        same_size("pattern signs", &expected.up, &patterns.up)?;
        let mut resumed = Self::assemble(network, Vec::new(), memories, patterns, n_samples);
        resumed.set_registers(&registers)?;
        Ok(resumed)
    }
}

impl Memory {
    fn check(&self, network: &LearningNetwork, n_inputs: usize, n_neurons: usize) -> Result<(), LearningError> {
        let n_classes = network.n_classes;
        let feedback = if network.rule.keeps_feedback() { n_classes } else { 0 };
        let handicaps = if network.rule == Rule::Stdp { n_neurons } else { 0 };
        same("neurons of latents", n_neurons, self.latents.n_neurons())?;
        same("latents", n_inputs * n_neurons, self.latents.values().len())?;
        same("neurons of readout weights", n_neurons, self.readout.n_neurons())?;
        same("readout weights", n_classes * n_neurons, self.readout.values().len())?;
        same("feedback signs", feedback * n_neurons, self.feedback.n_neurons() * self.feedback.n_inputs())?;
        same("classes of feedback", feedback, self.feedback.n_neurons())?;
        same("handicaps", handicaps, self.handicaps.len())?;
        fits("handicap", 24, &self.handicaps)?;
        fits("latent", self.latents.bits(), self.latents.values())?;
        fits("readout weight", self.readout.kind().bits(), self.readout.values())
    }
}

fn same(what: &'static str, expected: usize, got: usize) -> Result<(), LearningError> {
    if expected == got {
        return Ok(());
    }
    Err(LearningError::Checkpoint { what, expected, got })
}

fn same_size(what: &'static str, expected: &SignMatrix, got: &SignMatrix) -> Result<(), LearningError> {
    same(what, expected.n_neurons(), got.n_neurons())?;
    same(what, expected.n_inputs(), got.n_inputs())
}

/// Checks that stored weights fit 1 to 32 bits.
pub(super) fn fits<T: Copy + Into<i32>>(what: &'static str, bits: u32, values: &[T]) -> Result<(), LearningError> {
    let (lowest, highest) = weight_range(bits.clamp(1, 32));
    match values.iter().map(|&value| value.into()).find(|value| !(lowest..=highest).contains(value)) {
        Some(got) => Err(LearningError::CheckpointValue { what, bits, got }),
        None => Ok(()),
    }
}
