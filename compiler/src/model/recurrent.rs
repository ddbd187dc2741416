//! Weights from a layer's own spikes, brought to the scale of the weights before it.
//!
//! ```text
//! before:  s levels x + t back y        after:  u (a levels x + b back y), where s = a u and t = b u
//! ```

use ndarray::Array2;

use super::error::ModelError;
use super::layer::FloatLayer;
use super::node::NodeKind;
use super::pending::rows;
use super::warning::Warning;
use super::weights::{level_weights, LevelWeights};
use super::Node;
use crate::options::NeuronOptions;

/// Adds the linear nodes from the layer's spikes back to it: their weights as `recurrent`, their biases to the bias.
pub(super) fn add<'a>(
    layer: &mut FloatLayer,
    back: impl Iterator<Item = &'a Node>,
    options: &NeuronOptions,
    warnings: &mut Vec<Warning>,
) -> Result<(), ModelError> {
    let mut sum: Option<(String, Array2<f64>)> = None;
    for node in back {
        let NodeKind::Linear(linear) = &node.kind else {
            continue;
        };
        let weight = rows(&linear.weight);
        sum = Some(match sum {
            Some((name, sum)) => (name, sum + weight),
            None => (node.name.clone(), weight),
        });
        let biases = linear.bias.iter().flatten();
        layer.bias.iter_mut().zip(biases).for_each(|(sum, bias)| *sum += bias);
    }
    let Some((name, weight)) = sum else {
        return Ok(());
    };
    // One weight for each neuron on a diagonal: the zeros beside it have no sign.
    let is_diagonal = weight.indexed_iter().all(|((j, i), &value)| i == j || value == 0.0);
    let (mut recurrent, warning) = level_weights(&name, weight.view(), options.binarize && !is_diagonal)?;
    warnings.extend(warning);
    for j in 0..recurrent.scale.len() {
        if layer.row(j) != j || !unify(&mut layer.weights, &mut recurrent, j) {
            return Err(ModelError::RecurrentScale {
                node: name,
                neuron: j,
                recurrent: recurrent.scale[j],
                layer: layer.name.clone(),
                forward: layer.scale(j),
            });
        }
    }
    layer.recurrent = Some(recurrent);
    Ok(())
}

/// Gives row `j` of both the same scale, if small whole multiples of one unit do.
fn unify(forward: &mut LevelWeights, back: &mut LevelWeights, j: usize) -> bool {
    const MOST: i16 = 127;
    if back.levels.row(j).iter().all(|&level| level == 0) {
        back.scale[j] = forward.scale[j];
        return true;
    }
    let ratio = back.scale[j] / forward.scale[j];
    let is_whole = |value: f64| (value - value.round()).abs() <= 1e-6 * value;
    let Some(a) = (1..=16).find(|&a| is_whole(ratio * f64::from(a))) else {
        return false;
    };
    #[allow(clippy::cast_possible_truncation)] // saturates, and is refused below
    let b = (ratio * f64::from(a)).round() as i16;
    let fits = |weights: &LevelWeights, factor: i16| {
        weights.levels.row(j).iter().all(|level| level.saturating_mul(factor).abs() <= MOST)
    };
    if b == 0 || !fits(forward, a) || !fits(back, b) {
        return false;
    }
    forward.levels.row_mut(j).map_inplace(|level| *level *= a);
    back.levels.row_mut(j).map_inplace(|level| *level *= b);
    forward.scale[j] /= f64::from(a);
    back.scale[j] = forward.scale[j];
    true
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
