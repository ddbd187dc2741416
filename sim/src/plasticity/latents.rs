//! The latent weights of a layer, whose signs are its forward weights.

use serde::{Deserialize, Serialize};

use super::checkpoint::fits;
use super::latents_text::LatentsText;
use super::{LearningError, Lfsr};
use crate::arithmetic::{rounded_product, saturated, weight_range};
use crate::random::SplitMix64;
use crate::SignMatrix;

/// Signed integers of `bits` bits, a row of neurons for each input, as the memory of a learning layer holds them.
///
/// As text it is a string of two hexadecimal digits a latent for each input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "LatentsText", into = "LatentsText")]
pub struct Latents {
    pub(super) n_neurons: usize,
    pub(super) bits: u32,
    /// `[input][neuron]`
    pub(super) values: Vec<i8>,
}

impl Latents {
    /// Latents as a device holds them: `values` `[input][neuron]`, each of which must fit so many bits.
    pub fn new(n_neurons: usize, bits: u32, values: Vec<i8>) -> Result<Self, LearningError> {
        fits("latent", bits, &values)?;
        Ok(Latents { n_neurons, bits, values })
    }

    /// Latents of `bits` (2..=8) bits, uniform in the middle half of their range.
    pub(crate) fn random(n_inputs: usize, n_neurons: usize, bits: u32, random: &mut SplitMix64) -> Self {
        let (lowest, highest) = weight_range(bits - 1);
        let mut draw =
            || saturated(i32::try_from(random.within(lowest.into(), highest.into())).unwrap_or(0), lowest, highest, 0);
        Latents { n_neurons, bits, values: (0..n_inputs * n_neurons).map(|_| draw()).collect() }
    }

    /// Latents that are +-2^(bits - 2) by the sign of weights that were learned elsewhere.
    pub(crate) fn from_signs(signs: &SignMatrix, bits: u32) -> Self {
        let half = 1i8 << (bits - 2);
        let n_neurons = signs.n_neurons();
        let rows = (0..signs.n_inputs()).flat_map(|i| (0..n_neurons).map(move |j| signs.get(j, i)));
        Latents { n_neurons, bits, values: rows.map(|positive| if positive { half } else { -half }).collect() }
    }

    pub fn n_neurons(&self) -> usize {
        self.n_neurons
    }

    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// All latents, `[input][neuron]`.
    pub fn values(&self) -> &[i8] {
        &self.values
    }

    /// The latents of input `i`, one a neuron.
    pub fn row(&self, i: usize) -> &[i8] {
        &self.values[i * self.n_neurons..][..self.n_neurons]
    }

    /// The forward weights: +1 where the latent is 0 or more.
    pub fn signs(&self) -> SignMatrix {
        let n_inputs = self.values.len().checked_div(self.n_neurons).unwrap_or(0);
        let mut signs = SignMatrix::new(self.n_neurons, n_inputs);
        for i in 0..n_inputs {
            for (j, &latent) in self.row(i).iter().enumerate() {
                signs.set(j, i, latent >= 0);
            }
        }
        signs
    }

    /// Adds `(trace * modulator + random) >> shift` to the latents of each input with a trace, in ascending order and
    /// with a random number each, and keeps the forward weights in step. Returns how many rows that were.
    pub(crate) fn learn(
        &mut self,
        signs: &mut SignMatrix,
        update: &super::Update,
        shift: u32,
        lfsr: &mut Lfsr,
    ) -> usize {
        let (lowest, highest) = weight_range(self.bits);
        let mut n_rows = 0;
        let rows = self.values.chunks_mut(self.n_neurons.max(1)).zip(&update.trace).enumerate();
        for (i, (row, &trace)) in rows.filter(|&(_, (_, &trace))| trace != 0) {
            n_rows += 1;
            let random = lfsr.draw(shift);
            for (j, (latent, &modulator)) in row.iter_mut().zip(&update.modulators).enumerate() {
                let before = *latent;
                let change = rounded_product(trace, modulator, random, shift);
                *latent = saturated(i32::from(before) + change, lowest, highest, before);
                if (before ^ *latent) < 0 {
                    signs.set(j, i, *latent >= 0);
                }
            }
        }
        n_rows
    }
}
