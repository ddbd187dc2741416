//! Weights of a crossbar as signs and one scale a neuron.

use ndarray::{ArrayD, ArrayView1, ArrayView2};
use spikeforge_sim::SignMatrix;

use super::error::{ModelError, WeightsGuess};
use super::warning::Warning;

/// `weight[j][i] = scale[j] * (signs.get(j, i) ? 1 : -1)`.
#[derive(Clone, Debug, PartialEq)]
pub struct BinaryWeights {
    pub signs: SignMatrix,
    /// Above 0.
    pub scale: Vec<f64>,
}

/// Magnitudes this close, relative to the larger, are one: float32 products round.
const TOLERANCE: f64 = 1e-6;

/// Splits weights of shape (neurons, inputs) into signs and scales. With `binarize` those that are not binary become
/// their sign times the mean magnitude of their neuron, and a warning says what that changes.
pub(super) fn binary_weights(
    node: &str,
    weight: ArrayView2<f64>,
    binarize: bool,
) -> Result<(BinaryWeights, Option<Warning>), ModelError> {
    let rows: Vec<Row> = weight.rows().into_iter().map(Row::of).collect();
    if let Some(neuron) = rows.iter().position(|row| row.largest == 0.0) {
        return Err(ModelError::DeadNeuron {
            node: node.to_string(),
            neuron,
        });
    }
    let is_binary = rows.iter().all(Row::is_binary);
    if !is_binary && !binarize {
        return Err(not_binary(node, weight));
    }
    let scale = rows
        .iter()
        .map(|row| {
            if row.is_binary() {
                row.largest
            } else {
                row.mean
            }
        })
        .collect();
    let mut signs = SignMatrix::new(weight.nrows(), weight.ncols());
    for ((j, i), &value) in weight.indexed_iter() {
        signs.set(j, i, value >= 0.0);
    }
    let weights = BinaryWeights { signs, scale };
    let warning = (!is_binary).then(|| Warning::Binarized {
        node: node.to_string(),
        change: change(weight, &weights),
    });
    Ok((weights, warning))
}

/// The kind of weights of shape (outputs, ...), in words.
pub fn describe(weight: &ArrayD<f64>) -> String {
    let sizes = weight
        .shape()
        .iter()
        .map(usize::to_string)
        .collect::<Vec<_>>()
        .join(" x ");
    let n_outputs = weight.shape().first().copied().unwrap_or(0);
    let n_inputs = weight.len() / n_outputs.max(1);
    let Ok(rows) = weight.to_shape((n_outputs, n_inputs)) else {
        return sizes;
    };
    let scales: Vec<Row> = rows.rows().into_iter().map(Row::of).collect();
    let low = scales
        .iter()
        .map(|row| row.largest)
        .fold(f64::INFINITY, f64::min);
    let high = scales.iter().map(|row| row.largest).fold(0.0, f64::max);
    match scales.iter().all(Row::is_binary) {
        true if high - low <= TOLERANCE * high => format!("{sizes} binary weights of {high}"),
        true => format!("{sizes} binary weights of {low} to {high}"),
        false => format!(
            "{sizes} weights of {} magnitudes",
            distinct_magnitudes(weight.iter()).len()
        ),
    }
}

/// The magnitudes of the weights of one neuron.
struct Row {
    smallest: f64,
    largest: f64,
    mean: f64,
}

impl Row {
    fn of(weights: ArrayView1<f64>) -> Row {
        let magnitudes = || weights.iter().map(|weight| weight.abs());
        Row {
            smallest: magnitudes().fold(f64::INFINITY, f64::min),
            largest: magnitudes().fold(0.0, f64::max),
            mean: magnitudes().sum::<f64>() / weights.len().max(1) as f64,
        }
    }

    fn is_binary(&self) -> bool {
        self.largest - self.smallest <= TOLERANCE * self.largest
    }
}

/// How far the signs and scales are from the weights: the mean difference as a percentage of the mean magnitude.
fn change(weight: ArrayView2<f64>, binary: &BinaryWeights) -> f64 {
    let mut difference = 0.0;
    for ((j, i), &value) in weight.indexed_iter() {
        let sign = if binary.signs.get(j, i) { 1.0 } else { -1.0 };
        difference += (value - sign * binary.scale[j]).abs();
    }
    100.0 * difference / weight.iter().map(|value| value.abs()).sum::<f64>()
}

fn not_binary(node: &str, weight: ArrayView2<f64>) -> ModelError {
    let rows = weight
        .rows()
        .into_iter()
        .map(|row| distinct_magnitudes(row.iter()));
    let (neuron, in_row) = rows
        .enumerate()
        .map(|(j, found)| (j, found.len()))
        .max_by_key(|&(j, n)| (n, usize::MAX - j))
        .unwrap_or((0, 0));
    let distinct = distinct_magnitudes(weight.iter());
    ModelError::NotBinary {
        node: node.to_string(),
        magnitudes: distinct.len(),
        neuron,
        in_row,
        guess: guess(&distinct),
    }
}

fn distinct_magnitudes<'a>(weights: impl Iterator<Item = &'a f64>) -> Vec<f64> {
    let mut magnitudes: Vec<f64> = weights.map(|weight| weight.abs()).collect();
    magnitudes.sort_by(f64::total_cmp);
    magnitudes.dedup_by(|a, b| (*a - *b).abs() <= TOLERANCE * a.abs());
    magnitudes
}

/// What the magnitudes, in ascending order, look like.
fn guess(magnitudes: &[f64]) -> WeightsGuess {
    const MOST_INTEGER: f64 = 128.0;
    let unit = magnitudes
        .iter()
        .copied()
        .find(|&magnitude| magnitude > 0.0)
        .unwrap_or(1.0);
    let is_multiple = |&magnitude: &f64| {
        let multiple = magnitude / unit;
        multiple <= MOST_INTEGER && (multiple - multiple.round()).abs() < 1e-4
    };
    match magnitudes {
        [zero, _] if *zero == 0.0 => WeightsGuess::Ternary,
        _ if magnitudes.iter().all(is_multiple) => WeightsGuess::Integers,
        _ => WeightsGuess::Latent,
    }
}
