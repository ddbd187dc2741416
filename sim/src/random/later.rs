//! Random networks of the kinds that came after the first: the same seed makes the same bits for ever.

use super::{convolutional_network, narrow, network, SplitMix64};
use crate::{limits, range, Network, Reset, SignMatrix};

/// A network of [`network`] or [`convolutional_network`], of whose layers some subtract ahead and some have weights of 2
/// to 8 bits.
pub fn later_network(seed: u64) -> Network {
    let mut random = SplitMix64::new(seed ^ 0x001a_7e12);
    let mut network = if random.chance(1, 3) { convolutional_network(seed) } else { network(seed) };
    for layer in &mut network.layers {
        let is_narrow = range::layer_membrane_bits(layer) != Some(layer.neurons.membrane_bits);
        let is_ahead = random.chance(1, 2);
        if is_ahead {
            layer.neurons.reset = Reset::SubtractAhead;
            layer.neurons.reset_delay = false;
        }
        if !is_ahead || random.chance(1, 2) {
            layer.lower = lower(&mut random, &layer.weights);
        }
        layer.neurons.membrane_bits = range::layer_membrane_bits(layer).unwrap_or(limits::MEMBRANE_BITS);
        if is_narrow {
            narrow(&mut random, &mut layer.neurons);
        }
    }
    network
}

/// One to seven planes of bits below the signs.
fn lower(random: &mut SplitMix64, signs: &SignMatrix) -> Vec<SignMatrix> {
    let n_planes = random.pick(&[1, 1, 2, 3, 7]);
    let mut plane = || {
        let mut plane = SignMatrix::new(signs.n_neurons(), signs.n_inputs());
        for j in 0..signs.n_neurons() {
            (0..signs.n_inputs()).for_each(|i| plane.set(j, i, random.chance(1, 2)));
        }
        plane
    };
    (0..n_planes).map(|_| plane()).collect()
}
