//! Random networks of the kinds that came after the first: the same seed makes the same bits for ever.

use super::{convolutional_network, narrow, network, SplitMix64};
use crate::{limits, range, Network, Reset};

/// A network of [`network`] or [`convolutional_network`] whose layers subtract ahead where they can.
pub fn later_network(seed: u64) -> Network {
    let mut random = SplitMix64::new(seed ^ 0x001a_7e12);
    let mut network = if random.chance(1, 3) { convolutional_network(seed) } else { network(seed) };
    for layer in &mut network.layers {
        let is_narrow = range::layer_membrane_bits(layer) != Some(layer.neurons.membrane_bits);
        layer.neurons.reset = Reset::SubtractAhead;
        layer.neurons.reset_delay = false;
        layer.neurons.membrane_bits = range::layer_membrane_bits(layer).unwrap_or(limits::MEMBRANE_BITS);
        if is_narrow {
            narrow(&mut random, &mut layer.neurons);
        }
    }
    network
}
