//! What a learning layer keeps between samples, and the one way in which its latent weights change.

use serde::{Deserialize, Serialize};

use super::{Latents, LearningLayer, LearningNetwork, Lfsr, Readout, Registers, Rule, MOST_SHIFT};
use crate::arithmetic::{floor_log2, low_word, signed_count};
use crate::random::SplitMix64;
use crate::SignMatrix;

/// The memories of a layer. Two devices that learn alike hold equal ones after every sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    pub latents: Latents,
    /// The random numbers that round the changes of the latents.
    pub lfsr: Lfsr,
    pub readout: Readout,
    /// `[class][neuron]`, for the rules that keep a table of feedback, else empty.
    pub feedback: SignMatrix,
    /// STDP: the handicap of each neuron, which rises when it wins and falls when others do; else empty.
    pub handicaps: Vec<i32>,
}

/// A change of latent weights: of input `i` and neuron `j` by `trace[i] * modulators[j]`, to be shifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Update {
    pub trace: Vec<i32>,
    /// 0 for a neuron whose gate is closed.
    pub modulators: Vec<i32>,
}

impl Memory {
    pub(crate) fn random(network: &LearningNetwork, layer: usize, random: &mut SplitMix64) -> Self {
        let (n_classes, rule) = (network.n_classes, network.rule);
        let LearningLayer { latent_bits, readout, .. } = network.layers[layer];
        let n_neurons = network.layers[layer].n_neurons();
        let (classes, neurons) = if rule.keeps_feedback() { (n_classes, n_neurons) } else { (0, 0) };
        let mut feedback = SignMatrix::new(classes, neurons);
        for class in 0..classes {
            for j in 0..neurons {
                feedback.set(class, j, random.chance(1, 2));
            }
        }
        let latents = Latents::random(network.fan_ins()[layer], n_neurons, latent_bits, random);
        let mut lfsr = || Lfsr::new(low_word(random.next_word()));
        let (of_latents, of_readout) = (lfsr(), lfsr());
        Memory {
            latents,
            lfsr: of_latents,
            readout: Readout::zero(readout, n_classes, n_neurons, of_readout),
            feedback,
            handicaps: if rule == Rule::Stdp { vec![0; n_neurons] } else { Vec::new() },
        }
    }

    /// The feedback of a class to a neuron: -1 or +1.
    pub(crate) fn feedback(&self, class: usize, j: usize) -> i32 {
        if self.feedback.get(class, j) {
            1
        } else {
            -1
        }
    }

    /// Changes the latents, and returns how many rows were written.
    pub(crate) fn learn(&mut self, update: &Update, shift: u32) -> usize {
        self.latents.learn(update, shift, &mut self.lfsr)
    }
}

impl Registers {
    /// The latent shift for a presentation in which the layer got so many input spikes.
    pub(crate) fn shift_for(&self, inputs: &[u32]) -> u32 {
        let n_spikes = inputs.iter().map(|&count| u64::from(count)).sum();
        (self.latent_shift + floor_log2(n_spikes).saturating_sub(self.dense_bits)).min(MOST_SHIFT)
    }
}

/// Counts as a trace.
pub(crate) fn trace(inputs: &[u32]) -> Vec<i32> {
    inputs.iter().map(|&count| signed_count(count)).collect()
}
