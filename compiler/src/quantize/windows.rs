//! A layer's pools, window of weights, and pools of currents, as the taps of one window.

use ndarray::Array2;
use spikeforge_sim::window::{Axis, Moves};
use spikeforge_sim::Window;

use super::QuantizeError;
use crate::model::{FloatLayer, LevelWeights, Window as SlidingWindow};

/// The taps of a layer; none where every neuron meets every input as it enters.
pub(super) fn window(layer: &FloatLayer) -> Result<Option<Window>, QuantizeError> {
    let planes = layer.value_bits;
    if layer.pools.is_empty() && layer.window.is_none() {
        return Ok((planes > 1).then(|| Window { planes, ..Window::whole(layer.n_inputs()) }));
    }
    let n_dims = layer.input_shape.len().saturating_sub(1);
    if !(1..=2).contains(&n_dims) {
        return Err(QuantizeError::Dimensions { layer: layer.name.clone(), n_dims });
    }
    let x = axis(layer, n_dims - 1);
    let y = if n_dims == 2 { axis(layer, 0) } else { Axis::single() };
    Ok(Some(Window { channels: small(layer.input_shape[0]), planes, y, x }))
}

/// The weights over all input channels: 0 for those of other groups. Behind them those of the layer's own spikes.
pub(super) fn weights(layer: &FloatLayer) -> LevelWeights {
    if let Some(own) = &layer.recurrent {
        let (forward, own) = (&layer.weights.levels, &own.levels);
        let levels = ndarray::concatenate(ndarray::Axis(1), &[forward.view(), own.view()]);
        let levels = levels.unwrap_or_else(|_| forward.clone());
        return LevelWeights { levels, ..layer.weights.clone() };
    }
    let groups = layer.window.as_ref().map_or(1, |window| window.groups);
    if groups == 1 {
        return layer.weights.clone();
    }
    let narrow = &layer.weights.levels;
    let rows_per_group = (narrow.nrows() / groups).max(1);
    let mut levels = Array2::zeros((narrow.nrows(), narrow.ncols() * groups));
    for ((j, i), &level) in narrow.indexed_iter() {
        levels[[j, j / rows_per_group * narrow.ncols() + i]] = level;
    }
    LevelWeights { levels, ..layer.weights.clone() }
}

/// The taps along dimension `dim`, the first behind the channels being 0.
fn axis(layer: &FloatLayer, dim: usize) -> Axis {
    let mut size = layer.input_shape[dim + 1];
    let mut pools: Option<Axis> = None;
    for pool in &layer.pools {
        let next = sliding(pool, dim, size);
        size = next.taps.len();
        pools = Some(match pools {
            Some(before) => next.of_pooled(&before),
            None => next,
        });
    }
    let weights = match &layer.window {
        Some(window) => sliding(window, dim, size),
        // All that leaves the pools meets each neuron once.
        None => Axis::new(Moves { n_outputs: 1, kernel: small(size), ..step(size) }),
    };
    let weights = match pools {
        Some(pools) => weights.of_pooled(&pools),
        None => weights,
    };
    layer.sums.iter().fold(weights, |weights, pool| {
        let n_currents = weights.taps.len();
        weights.pooled(&sliding(pool, dim, n_currents))
    })
}

fn sliding(window: &SlidingWindow, dim: usize, size: usize) -> Axis {
    Axis::new(Moves {
        n_outputs: small(window.output_shape[dim + 1]),
        kernel: small(window.kernel[dim]),
        stride: small(window.stride[dim]),
        dilation: small(window.dilation[dim]),
        padding: small(window.padding[dim].0),
        ..step(size)
    })
}

/// One output for each input.
fn step(size: usize) -> Moves {
    Moves { n_inputs: small(size), n_outputs: small(size), kernel: 1, stride: 1, dilation: 1, padding: 0 }
}

fn small(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
