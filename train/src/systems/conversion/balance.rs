//! Activation peaks, and whole weights and thresholds by them.

use candle_core::Var;

use super::ann::Ann;
use crate::export::{Folded, Neuron};
use crate::samples::Samples;
use crate::shape::{LayerShape, NetShape};
use crate::{Coding, TrainError};

/// One activation in so many is above its layer's peak.
const ABOVE: usize = 1000;
/// Training samples that the peaks are of, at most.
const MEASURED: usize = 10_000;
/// Samples that are measured at once.
const CHUNK: usize = 500;
/// The greatest weight of 8 bits.
const MOST_LEVEL: f64 = 127.0;
/// Weights that are small beside their threshold take fewer levels, in place of membranes of more bits.
const MOST_THRESHOLD: f64 = 4096.0;

/// The 99.9th percentile of each layer's activations, by nearest rank, over all neurons and samples.
///
/// # Errors
/// [`TrainError::Silent`] for a layer whose percentile is 0.
pub fn peaks(ann: &Ann, samples: &Samples) -> Result<Vec<f32>, TrainError> {
    let mut seen: Vec<Vec<f32>> = vec![Vec::new(); ann.layers.len()];
    let numbers: Vec<usize> = (0..samples.len().min(MEASURED)).collect();
    for chunk in numbers.chunks(CHUNK) {
        let inputs = samples.batch(chunk, Coding::Rate, 1)?.values;
        for (seen, activations) in seen.iter_mut().zip(ann.activations(&inputs)?) {
            seen.extend(activations.flatten_all()?.to_vec1::<f32>()?);
        }
    }
    let peak = |(number, values): (usize, &mut Vec<f32>)| match percentile(values) {
        peak if peak > 0.0 => Ok(peak),
        _ => Err(TrainError::Silent { layer: number + 1 }),
    };
    seen.iter_mut().enumerate().map(peak).collect()
}

fn percentile(values: &mut [f32]) -> f32 {
    let Some(rank) = (values.len() - values.len() / ABOVE).checked_sub(1) else { return 0.0 };
    *values.select_nth_unstable_by(rank, f32::total_cmp).1
}

/// The layers in whole numbers: each neuron's threshold is the greatest with which its weights keep to 8 bits,
/// `theta = floor(127 / max |w|)` of the balanced weights w, and its weights are `round(theta w)`.
pub fn balanced(ann: &Ann, shape: &NetShape, peaks: &[f32]) -> Result<Vec<Folded>, TrainError> {
    let before = std::iter::once(1.0).chain(peaks.iter().copied().map(f64::from));
    let layers = ann.layers.iter().zip(&shape.layers).zip(before.zip(peaks));
    layers.map(|((layer, shape), (before, &peak))| whole(layer, shape, before, f64::from(peak))).collect()
}

fn whole((weights, biases): &(Var, Var), shape: &LayerShape, before: f64, peak: f64) -> Result<Folded, TrainError> {
    let mut folded = Folded { shape: *shape, weights: Vec::new(), bias: Vec::new(), threshold: Vec::new(), scaling: Vec::new(), count_shift: None, recurrent: Vec::new(), neuron: Neuron::If };
    for (row, bias) in weights.to_vec2::<f32>()?.iter().zip(biases.flatten_all()?.to_vec1::<f32>()?) {
        let row: Vec<f64> = row.iter().map(|&weight| f64::from(weight) * before / peak).collect();
        let largest = row.iter().fold(0f64, |largest, weight| largest.max(weight.abs()));
        let threshold = (MOST_LEVEL / largest).floor().clamp(1.0, MOST_THRESHOLD);
        let level = |weight: &f64| (weight * threshold).round().clamp(-MOST_LEVEL, MOST_LEVEL);
        folded.weights.push(row.iter().map(level).collect());
        folded.bias.push(f64::from(bias) / peak * threshold);
        folded.threshold.push(threshold);
    }
    Ok(folded)
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn one_in_a_thousand_is_above_the_percentile() {
        let mut values: Vec<f32> = (0..2000u16).rev().map(f32::from).collect();
        assert_eq!(percentile(&mut values), 1997.0);
        assert_eq!(percentile(&mut [3.0, 5.0, 4.0]), 5.0);
        assert_eq!(percentile(&mut []), 0.0);
    }
}
