//! Pairs of equal neurons that the next layer weighs oppositely leave.
//!
//! ```text
//! before  layer l:    a, p, q      p and q: equal weights, bias, threshold and leak, so equal spikes
//!         layer l+1:  w[k][a] a + w[k][p] p - w[k][p] q      for every k
//! after   layer l:    a
//!         layer l+1:  w[k][a] a
//! ```
//!
//! Equal neurons in general are not merged: the weights of their spikes would add up to -2, 0 or +2, and a weight of the
//! next layer is -1 or +1. Only where the sum is 0 for all of its neurons is the pair expressible, as nothing.

use std::collections::HashMap;

use spikeforge_sim::{Layer, Network, ScaledBy};

use super::is_open;

/// Everything that decides when a neuron fires: its weights, beta, threshold, bias, the decay of its synapse, and its factor and bias of each scaling.
type Behaviour<'a> = (&'a [u64], u32, i64, i64, Option<u32>, Vec<(i64, i64)>);

/// The neurons of a layer that leave in pairs, but for one pair when no neuron would be left.
pub(super) fn find(network: &Network, layer: usize) -> Vec<usize> {
    if !is_open(network, layer) {
        return vec![];
    }
    let (here, next) = (&network.layers[layer], &network.layers[layer + 1]);
    // A pair adds nothing to the next layer's currents, but two spikes to a count of what has entered it.
    if next.neurons.scaled_by != ScaledBy::Timestep {
        return vec![];
    }
    let columns: Vec<Vec<bool>> = (0..here.n_neurons()).map(|j| column(next, j)).collect();
    let opposites: Vec<Vec<bool>> = columns.iter().map(|column| column.iter().map(|positive| !positive).collect()).collect();
    let mut waiting: HashMap<(Behaviour, &[bool]), Vec<usize>> = HashMap::new();
    let mut gone = vec![];
    for (j, (column, opposite)) in columns.iter().zip(&opposites).enumerate() {
        match waiting.get_mut(&(behaviour(here, j), opposite.as_slice())).and_then(Vec::pop) {
            Some(partner) => gone.extend([partner, j]),
            None => waiting.entry((behaviour(here, j), column.as_slice())).or_default().push(j),
        }
    }
    if gone.len() == here.n_neurons() {
        gone.truncate(gone.len() - 2);
    }
    gone
}

fn behaviour(layer: &Layer, j: usize) -> Behaviour<'_> {
    let neurons = &layer.neurons;
    let scaling = neurons.scaling.iter().map(|scaling| (scaling.scale[j], scaling.bias[j])).collect();
    let decay = neurons.synapse.as_ref().map(|synapse| synapse.decay(j));
    (layer.weights.row_words(j), neurons.beta[j], neurons.threshold[j], neurons.bias[j], decay, scaling)
}

/// How each neuron of a layer weighs input `i`.
fn column(layer: &Layer, i: usize) -> Vec<bool> {
    (0..layer.weights.n_neurons()).map(|k| layer.weights.get(k, i)).collect()
}
