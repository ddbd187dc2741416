//! The readout of a layer: a local classifier on its spike counts, which tells the layer what to correct.

use serde::{Deserialize, Serialize};

use super::checkpoint::fits;
use super::{LearningError, Lfsr, ReadoutKind};
use crate::arithmetic::{rounded_product, saturated, signed_count, weight_range};
use crate::SignMatrix;

/// What the score of the label was worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub label: usize,
    /// The best class that is not the label, the lowest of equals.
    pub rival: usize,
    /// The label led the rival by the margin or more: an easy sample, from which nothing is learned.
    pub hit: bool,
}

/// A weight for each class and neuron, and the random numbers that round its changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readout {
    kind: ReadoutKind,
    n_neurons: usize,
    /// `[class][neuron]`
    values: Vec<i16>,
    lfsr: Lfsr,
}

/// The error of the label and, negated, of its rival; every other class has none.
pub(crate) const ERROR: i32 = 64;

impl Readout {
    /// A readout as a device holds it: `values` `[class][neuron]`, each of which must fit the kind's bits.
    pub fn new(kind: ReadoutKind, n_neurons: usize, values: Vec<i16>, lfsr: Lfsr) -> Result<Self, LearningError> {
        fits("readout weight", kind.bits(), &values)?;
        Ok(Readout { kind, n_neurons, values, lfsr })
    }

    pub(crate) fn zero(kind: ReadoutKind, n_classes: usize, n_neurons: usize, lfsr: Lfsr) -> Self {
        Readout { kind, n_neurons, values: vec![0; n_classes * n_neurons], lfsr }
    }

    /// By the signs of weights that were learned elsewhere, `[class][neuron]`: near enough to 0 that they change soon.
    pub(crate) fn from_signs(kind: ReadoutKind, signs: &SignMatrix, lfsr: Lfsr) -> Self {
        let size = match kind {
            ReadoutKind::Integer { bits } => 1i16 << bits.saturating_sub(6),
            ReadoutKind::Sign { bits } => 1i16 << (bits - 2),
        };
        let n_neurons = signs.n_inputs();
        let all = (0..signs.n_neurons()).flat_map(|class| (0..n_neurons).map(move |j| signs.get(class, j)));
        Readout { kind, n_neurons, values: all.map(|positive| if positive { size } else { -size }).collect(), lfsr }
    }

    pub fn kind(&self) -> ReadoutKind {
        self.kind
    }

    pub fn n_neurons(&self) -> usize {
        self.n_neurons
    }

    /// All weights, `[class][neuron]`.
    pub fn values(&self) -> &[i16] {
        &self.values
    }

    pub fn lfsr(&self) -> Lfsr {
        self.lfsr
    }

    /// The score of each class: its weights, or their signs, times the spike counts of the neurons.
    pub fn scores(&self, counts: &[u32]) -> Vec<i64> {
        let weight = |value: i16| match self.kind {
            ReadoutKind::Integer { .. } => i64::from(value),
            ReadoutKind::Sign { .. } if value >= 0 => 1,
            ReadoutKind::Sign { .. } => -1,
        };
        let score = |row: &[i16]| row.iter().zip(counts).map(|(&value, &count)| weight(value) * i64::from(count)).sum();
        self.values.chunks(self.n_neurons.max(1)).map(score).collect()
    }

    /// The sign of a weight: -1, 0 or +1.
    pub(crate) fn sign(&self, class: usize, j: usize) -> i32 {
        i32::from(self.values[class * self.n_neurons + j].signum())
    }

    /// Adds `(error * count + random) >> shift` to the weights of the label and of its rival for each neuron that
    /// fired, in ascending order and with a random number each.
    pub(crate) fn learn(&mut self, counts: &[u32], verdict: Verdict, shift: u32) {
        let (lowest, highest) = weight_range(self.kind.bits());
        for (j, &count) in counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
            let random = self.lfsr.draw(shift);
            for (class, error) in [(verdict.label, ERROR), (verdict.rival, -ERROR)] {
                let value = &mut self.values[class * self.n_neurons + j];
                let change = rounded_product(signed_count(count), error, random, shift);
                *value = saturated(i32::from(*value) + change, lowest, highest, *value);
            }
        }
    }
}

/// How the scores judge a label, for at least two classes.
pub(crate) fn judge(scores: &[i64], label: usize, margin: i64) -> Verdict {
    let mut others = (0..scores.len()).filter(|&class| class != label);
    let first = others.next().unwrap_or(label);
    let rival = others.fold(first, |best, class| if scores[class] > scores[best] { class } else { best });
    Verdict { label, rival, hit: scores[label] - scores[rival] >= margin }
}
