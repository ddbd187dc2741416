//! Weights as whole numbers and one scale a row.

use ndarray::{Array2, ArrayD, ArrayView1, ArrayView2};
use spikeforge_sim::SignMatrix;

use super::error::{ModelError, WeightsGuess};
use super::supported::MOST_WEIGHT_BITS;
use super::warning::Warning;

/// `weight[j][i] = scale[j] * levels[[j, i]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelWeights {
    pub levels: Array2<i16>,
    /// Above 0.
    pub scale: Vec<f64>,
    /// Bits that the weights take at least, so that other ones fit in their place.
    pub least_bits: u32,
}

impl LevelWeights {
    /// Whether every weight is -1 or +1 times its scale.
    pub fn is_binary(&self) -> bool {
        self.levels.iter().all(|level| level.abs() == 1)
    }

    /// The bits that hold every level: 1 for {-1, +1}, else those of two's complement (2 for {-1, 0, +1}).
    pub fn bits(&self) -> u32 {
        self.fewest_bits().max(self.least_bits)
    }

    fn fewest_bits(&self) -> u32 {
        let bits = |&level: &i16| i16::BITS - if level < 0 { !level } else { level }.leading_zeros() + 1;
        match self.is_binary() {
            true => 1,
            // One bit would make +1 of a zero.
            false => self.levels.iter().map(bits).max().unwrap_or(1).max(2),
        }
    }

    /// The bits of the levels below the sign in two's complement, bit 0 first; none for binary weights.
    pub fn lower(&self) -> Vec<SignMatrix> {
        let plane = |p: u32| {
            let mut plane = SignMatrix::new(self.levels.nrows(), self.levels.ncols());
            for ((j, i), &level) in self.levels.indexed_iter() {
                plane.set(j, i, level >> p & 1 == 1);
            }
            plane
        };
        (0..self.bits() - 1).map(plane).collect()
    }

    /// The signs of the levels, which say all about binary weights.
    pub fn signs(&self) -> SignMatrix {
        let mut signs = SignMatrix::new(self.levels.nrows(), self.levels.ncols());
        for ((j, i), &level) in self.levels.indexed_iter() {
            signs.set(j, i, level >= 0);
        }
        signs
    }
}

/// Magnitudes this close, relative to the larger, are one: float32 products round.
const TOLERANCE: f64 = 1e-6;
/// The widest weights that are looked for.
pub(super) const MOST_LEVEL: f64 = 127.0;

/// Splits weights of shape (rows, columns) into levels and scales. With `binarize` those that are not binary become
/// their sign times the mean magnitude of their row, and a warning says what that changes.
pub(super) fn level_weights(
    node: &str,
    weight: ArrayView2<f64>,
    binarize: bool,
) -> Result<(LevelWeights, Option<Warning>), ModelError> {
    let rows: Vec<Row> = weight.rows().into_iter().map(Row::of).collect();
    // A row of zeros has no scale of its own.
    let is_binary = rows.iter().all(|row| row.is_binary() && row.largest > 0.0);
    let is_short = MOST_WEIGHT_BITS == 1 || binarize;
    if let Some(neuron) = rows.iter().position(|row| row.largest == 0.0).filter(|_| is_short) {
        return Err(ModelError::DeadNeuron {
            node: node.to_string(),
            neuron,
        });
    }
    if binarize || is_binary {
        let weights = binarized(weight, &rows);
        let warning = (!is_binary).then(|| Warning::Binarized {
            node: node.to_string(),
            change: change(weight, &weights),
        });
        return Ok((weights, warning));
    }
    let weights = levels(weight, &rows).filter(|weights| weights.bits() <= MOST_WEIGHT_BITS);
    weights.map(|weights| (weights, None)).ok_or_else(|| not_binary(node, weight))
}

/// Whole weights of so many bits as their node says they have.
pub(super) fn told_weights(node: &str, weight: ArrayView2<f64>, bits: u32) -> Result<LevelWeights, ModelError> {
    let limit = f64::from(1u32 << (bits - 1));
    let is_level = |value: f64| value.fract() == 0.0 && (-limit..limit).contains(&value);
    match weight.indexed_iter().find(|(_, &value)| !is_level(value)) {
        Some(((neuron, input), &value)) => Err(ModelError::ToldWeight { node: node.to_string(), neuron, input, value, bits }),
        None => Ok(LevelWeights { levels: weight.mapv(whole), scale: vec![1.0; weight.nrows()], least_bits: bits }),
    }
}

fn binarized(weight: ArrayView2<f64>, rows: &[Row]) -> LevelWeights {
    let scale = |row: &Row| if row.is_binary() { row.largest } else { row.mean };
    LevelWeights {
        levels: weight.map(|&value| if value >= 0.0 { 1 } else { -1 }),
        scale: rows.iter().map(scale).collect(),
        least_bits: 1,
    }
}

/// Every row as whole multiples of its own unit, if there is one.
fn levels(weight: ArrayView2<f64>, rows: &[Row]) -> Option<LevelWeights> {
    let units = weight.rows().into_iter().zip(rows).map(|(weights, row)| unit(weights, row));
    let scale: Vec<f64> = units.collect::<Option<_>>()?;
    let mut levels = Array2::zeros(weight.dim());
    for ((j, i), &value) in weight.indexed_iter() {
        levels[[j, i]] = whole(value / scale[j]);
    }
    Some(LevelWeights { levels, scale, least_bits: 1 })
}

/// The greatest number of which all weights of a row are whole multiples, none of more than 8 bits.
fn unit(weights: ArrayView1<f64>, row: &Row) -> Option<f64> {
    /// The least weight may be as many units as the greatest.
    const MOST_LEAST: u32 = 127;
    let magnitudes = weights.iter().map(|weight| weight.abs());
    let least = magnitudes.filter(|&magnitude| magnitude > 0.0).fold(f64::INFINITY, f64::min);
    if least.is_infinite() {
        return Some(1.0);
    }
    let fits = |unit: &f64| {
        let is_level = |weight: &f64| {
            let level = weight.abs() / unit;
            (level - level.round()).abs() <= TOLERANCE * level
        };
        row.largest / unit <= MOST_LEVEL + 0.5 && weights.iter().all(is_level)
    };
    (1..=MOST_LEAST).map(|least_level| least / f64::from(least_level)).find(fits)
}

#[allow(clippy::cast_possible_truncation)] // at most MOST_LEVEL, rounded
fn whole(level: f64) -> i16 {
    level.round() as i16
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
fn change(weight: ArrayView2<f64>, binary: &LevelWeights) -> f64 {
    let mut difference = 0.0;
    for ((j, i), &value) in weight.indexed_iter() {
        difference += (value - f64::from(binary.levels[[j, i]]) * binary.scale[j]).abs();
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
