//! Layers that take turns on one stage: what they share, and where their states lie.

use super::{Arch, StageArch, Style};
use crate::protocol::StateMap;
use serde::{de::Error, Deserialize, Deserializer};

impl Arch {
    /// The layers of each stage: one, or those that take turns.
    pub fn turns(&self) -> impl Iterator<Item = &[StageArch]> {
        self.stages.chunk_by(|_, next| next.shared)
    }

    /// Cycles between two timesteps when no beat is skipped: those of the slowest stage, of which an encoder is one.
    pub fn cycles_per_timestep(&self) -> usize {
        self.turns().map(super::cycles_per_timestep).chain(self.encoder_cycles()).max().unwrap_or(0)
    }
}

impl StageArch {
    /// Whether the two can take turns on the same hardware.
    pub(crate) fn can_share_with(&self, other: &StageArch) -> bool {
        let hardware = |stage: &StageArch| (stage.lanes, stage.beat, stage.weight_bits);
        let is_plain = |stage: &StageArch| stage.window.is_none() && !stage.recurrent && stage.memories.weights != Style::Spram && stage.pipelines == 1;
        hardware(self) == hardware(other) && self.neuron == other.neuron && is_plain(self) && is_plain(other)
    }

    /// Whether `banks` timesteps can wait for it: those from outside its stage are written to a buffer of two.
    pub(crate) fn can_have_banks(&self, banks: usize) -> bool {
        banks == 2 || (self.shared && matches!(banks, 4 | 8))
    }

    /// The sizes that serve every one of `layers`: the most inputs, all neurons.
    pub(crate) fn serving(layers: &[StageArch]) -> StageArch {
        StageArch {
            n_inputs: layers.iter().map(|layer| layer.n_inputs).max().unwrap_or(0),
            n_neurons: layers.iter().map(|layer| layer.n_neurons).sum(),
            ..layers[0].clone()
        }
    }
}

/// Where the states of a stage's layers lie: one after the other.
pub(super) fn state_maps(index: usize, layers: &[StageArch]) -> Vec<StateMap> {
    let mut first_neuron = 0;
    let map = |layer: &StageArch| {
        let first = first_neuron;
        first_neuron += layer.n_neurons;
        StateMap {
            stage: u8::try_from(index).unwrap_or(u8::MAX),
            first_neuron: first,
            n_neurons: layer.n_neurons,
            channels: layer.channels(),
            membrane_bits: layer.neuron.membrane_bits,
            row_bits: layer.readable_row_bits(),
        }
    };
    layers.iter().map(map).collect()
}

pub(super) fn two() -> usize {
    2
}

pub(super) fn two_four_or_eight<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    let n = usize::deserialize(from)?;
    if matches!(n, 2 | 4 | 8) { Ok(n) } else { Err(D::Error::custom(format!("{n} banks; there are 2, 4 or 8"))) }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
pub(super) fn is_two(n: &usize) -> bool {
    *n == 2
}
