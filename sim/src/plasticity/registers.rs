//! What may change while a network learns.

use serde::{Deserialize, Serialize};

use super::{LearningError, LearningLayer, ReadoutKind, Rule};
use crate::arithmetic::signed;

/// The registers of a layer, which steer its learning and may be written between any two samples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registers {
    /// Whether the latent weights learn, and whether the readout does.
    pub latents_learn: bool,
    pub readout_learns: bool,
    /// The bits that are cut off a change of a latent weight: one more halves the rate of learning.
    pub latent_shift: u32,
    /// The bits that are cut off a change of a readout weight.
    pub readout_shift: u32,
    /// The least lead of the label's score over the best of the others with which nothing is learned.
    pub margin: i64,
    /// The latent shift rises by one for each doubling of the input spikes beyond 2^`dense_bits` + 1 of a presentation.
    pub dense_bits: u32,
    /// Forward-forward: the goodness that divides positive from negative. SymBa: the lead of the positive goodness over
    /// the negative one with which nothing is learned.
    pub goodness: i64,
    /// The bits that are cut off a difference of goodness.
    pub goodness_shift: u32,
    /// STDP: what a spike adds for the winner, before the latent shift, and what a silent input takes away.
    pub potentiation: u32,
    pub depression: u32,
}

impl Registers {
    /// Registers that learn MNIST well, for a layer of this many neurons, scaled from 256.
    pub fn new(rule: Rule, layer: &LearningLayer) -> Self {
        let (readout_shift, margin) = match layer.readout {
            ReadoutKind::Integer { .. } => (8, 2048),
            ReadoutKind::Sign { .. } => (6, 32),
        };
        let n_neurons = signed(layer.n_neurons());
        // Few neurons make small scores, of which none would have such a lead; of many, the lead was not tried.
        let margin = (margin * n_neurons / 256).clamp(1, margin);
        Registers {
            latents_learn: true,
            readout_learns: true,
            latent_shift: 16 - layer.latent_bits,
            readout_shift,
            margin,
            dense_bits: 31,
            goodness: match rule {
                Rule::ForwardForward => 600 * n_neurons / 256,
                _ => 200 * n_neurons / 256,
            },
            goodness_shift: match rule {
                Rule::ForwardForward => 4,
                _ => 5,
            },
            potentiation: 16,
            depression: 128,
        }
    }

    /// Halves the rates of learning.
    pub fn slow_down(&mut self) {
        self.latent_shift = (self.latent_shift + 1).min(MOST_SHIFT);
        self.readout_shift = (self.readout_shift + 1).min(MOST_SHIFT);
    }

    /// Checks that every register fits the hardware; `layer` is for the error.
    pub(crate) fn validate(&self, layer: usize) -> Result<(), LearningError> {
        let registers = [
            ("latent_shift", 0, i64::from(MOST_SHIFT), i64::from(self.latent_shift)),
            ("readout_shift", 0, i64::from(MOST_SHIFT), i64::from(self.readout_shift)),
            ("margin", 0, i64::from(u32::MAX), self.margin),
            ("dense_bits", 0, 31, i64::from(self.dense_bits)),
            ("goodness", 0, i64::from(u32::MAX), self.goodness),
            ("goodness_shift", 0, 31, i64::from(self.goodness_shift)),
            ("potentiation", 0, 255, i64::from(self.potentiation)),
            ("depression", 0, 255, i64::from(self.depression)),
        ];
        match registers.into_iter().find(|&(_, lowest, highest, got)| !(lowest..=highest).contains(&got)) {
            Some((register, lowest, highest, got)) => {
                Err(LearningError::Register { layer, register, lowest, highest, got })
            }
            None => Ok(()),
        }
    }
}

/// The width of the random numbers, and so the most bits that can be cut off with fair rounding.
pub(crate) const MOST_SHIFT: u32 = 16;
