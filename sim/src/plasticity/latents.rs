//! The latent weights of a layer, whose signs are its forward weights.

use serde::{Deserialize, Serialize};

use super::checkpoint::fits;
use super::latents_text::LatentsText;
use super::{LearningError, Lfsr};
use crate::arithmetic::{low_byte, rounded_product, saturated, weight_range};
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
    /// `[input][word]`: bit `j % 64` of word `j / 64` is set where the latent of neuron `j` is 0 or more.
    signs: Vec<u64>,
}

impl Latents {
    /// Latents as a device holds them: `values` `[input][neuron]`, each of which must fit so many bits.
    pub fn new(n_neurons: usize, bits: u32, values: Vec<i8>) -> Result<Self, LearningError> {
        fits("latent", bits, &values)?;
        Ok(Latents::of(n_neurons, bits, values))
    }

    /// Latents of values that fit.
    pub(super) fn of(n_neurons: usize, bits: u32, values: Vec<i8>) -> Self {
        let mut signs = Vec::with_capacity(values.len().div_ceil(64));
        for row in values.chunks(n_neurons.max(1)) {
            signs.extend(packed_signs(row));
        }
        Latents { n_neurons, bits, values, signs }
    }

    /// Latents of `bits` (2..=8) bits, uniform in the middle half of their range.
    pub(crate) fn random(n_inputs: usize, n_neurons: usize, bits: u32, random: &mut SplitMix64) -> Self {
        let (lowest, highest) = weight_range(bits - 1);
        let mut draw =
            || saturated(i32::try_from(random.within(lowest.into(), highest.into())).unwrap_or(0), lowest, highest, 0);
        Latents::of(n_neurons, bits, (0..n_inputs * n_neurons).map(|_| draw()).collect())
    }

    /// Latents that are +-2^(bits - 2) by the sign of weights that were learned elsewhere.
    pub(crate) fn from_signs(signs: &SignMatrix, bits: u32) -> Self {
        let half = 1i8 << (bits - 2);
        let n_neurons = signs.n_neurons();
        let rows = (0..signs.n_inputs()).flat_map(|i| (0..n_neurons).map(move |j| signs.get(j, i)));
        Latents::of(n_neurons, bits, rows.map(|positive| if positive { half } else { -half }).collect())
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

    /// The forward weights, `[input][word]`: bit `j % 64` of word `j / 64` is set where that of neuron `j` is +1.
    pub(super) fn packed_signs(&self) -> &[u64] {
        &self.signs
    }

    /// Adds `(trace * modulator + random) >> shift` to the latents of each input with a trace, in ascending order and
    /// with a random number each. Returns how many rows that were.
    pub(crate) fn learn(&mut self, update: &super::Update, shift: u32, lfsr: &mut Lfsr) -> usize {
        let (lowest, highest) = weight_range(self.bits);
        let n_neurons = self.n_neurons.max(1);
        let n_words = n_neurons.div_ceil(64);
        let rows = self.values.chunks_mut(n_neurons).zip(self.signs.chunks_mut(n_words)).zip(&update.trace);
        let mut n_rows = 0;
        for ((row, signs), &trace) in rows.filter(|&(_, &trace)| trace != 0) {
            n_rows += 1;
            let random = lfsr.draw(shift);
            for (latent, &modulator) in row.iter_mut().zip(&update.modulators) {
                let change = rounded_product(trace, modulator, random, shift);
                *latent = low_byte(i32::from(*latent).wrapping_add(change).clamp(lowest, highest));
            }
            for (word, packed) in signs.iter_mut().zip(packed_signs(row)) {
                *word = packed;
            }
        }
        n_rows
    }
}

/// A row of latents as words whose bits are set where the latent is 0 or more.
fn packed_signs(row: &[i8]) -> impl Iterator<Item = u64> + '_ {
    row.chunks(64).map(|latents| {
        let eight = |word, (at, latents): (usize, &[i8])| word | nonnegative(latents) << (8 * at);
        latents.chunks(8).enumerate().fold(0, eight)
    })
}

/// The bits of up to eight latents, set where they are 0 or more.
fn nonnegative(latents: &[i8]) -> u64 {
    let mut bytes = [0x80u8; 8];
    for (byte, latent) in bytes.iter_mut().zip(latents) {
        *byte = latent.to_le_bytes()[0];
    }
    let signs = !u64::from_le_bytes(bytes) >> 7 & 0x0101_0101_0101_0101;
    // The product brings bit 8 k to bit 56 + k, and no two bits to one place.
    signs.wrapping_mul(0x0102_0408_1020_4080) >> 56
}
