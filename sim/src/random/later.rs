//! Random networks of the kinds that came after the first: the same seed makes the same bits for ever.

use super::{convolutional_network, narrow, network, SplitMix64};
use crate::{limits, range, Fires, Network, Neurons, Reset, ScaledBy, Scaling, SignMatrix, Synapse, Window};

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

/// A network of [`later_network`] whose last layer never fires: a readout by membranes.
pub fn readout_network(seed: u64) -> Network {
    let mut random = SplitMix64::new(seed ^ 0x00ea_d001);
    let mut network = later_network(seed);
    if let Some(last) = network.layers.last_mut() {
        last.neurons.threshold.fill(0);
        (last.neurons.fires, last.neurons.reset, last.neurons.reset_delay) = (Fires::Never, Reset::None, false);
        last.neurons.membrane_bits = range::layer_membrane_bits(last).unwrap_or(limits::MEMBRANE_BITS);
        if random.chance(1, 3) {
            narrow(&mut random, &mut last.neurons);
        }
    }
    network
}

/// A network of [`convolutional_network`], or one of a dense first layer, with weights of -1 and +1 or wider, that takes
/// values of 2 to 8 bits.
pub fn value_network(seed: u64) -> Network {
    let mut random = SplitMix64::new(seed ^ 0x0007_a1ce);
    let mut network = if random.chance(1, 2) { convolutional_network(seed) } else { network(seed) };
    let planes = random.pick(&[2, 3, 4, 8]);
    let n_inputs = network.input.n();
    let Some(first) = network.layers.first_mut() else { return network };
    let window = first.window.get_or_insert_with(|| Window::whole(n_inputs));
    window.planes = planes;
    network.input.shape = vec![window.channels, planes * window.y.n_inputs, window.x.n_inputs];
    if random.chance(1, 3) {
        first.lower = lower(&mut random, &first.weights);
    }
    first.neurons.fraction_bits = first.neurons.fraction_bits.saturating_sub(planes);
    first.neurons.membrane_bits = range::layer_membrane_bits(first).unwrap_or(limits::MEMBRANE_BITS);
    if random.chance(1, 3) {
        narrow(&mut random, &mut first.neurons);
    }
    network
}

/// A network of [`later_network`], of whose layers some have synapses, one at least: what they keep is 0, or up to 15 of 16.
pub fn synaptic_network(seed: u64) -> Network {
    let mut random = SplitMix64::new(seed ^ 0x0c0b_a11f);
    let mut network = later_network(seed);
    let always = random.below(network.layers.len());
    for (position, layer) in network.layers.iter_mut().enumerate() {
        if position != always && random.chance(1, 2) {
            continue;
        }
        let neurons = &mut layer.neurons;
        neurons.fraction_bits = neurons.fraction_bits.min(6);
        let one = 1u32 << neurons.beta_bits;
        let decay = random.pick(&[0, one / 2, one - one / 8, one - one / 16]).min(one - 1);
        neurons.synapse = Some(Synapse { decays: vec![decay], bits: limits::MEMBRANE_BITS });
        // Where the inputs are many and little leaks, nothing is kept.
        let bits = range::synapse_bits(layer).unwrap_or_else(|| {
            layer.neurons.synapse = Some(Synapse { decays: vec![0], bits: limits::MEMBRANE_BITS });
            range::synapse_bits(layer).unwrap_or(limits::MEMBRANE_BITS)
        });
        layer.neurons.synapse = layer.neurons.synapse.take().map(|synapse| Synapse { bits, ..synapse });
        layer.neurons.membrane_bits = range::layer_membrane_bits(layer).unwrap_or(limits::MEMBRANE_BITS);
        if random.chance(1, 3) {
            narrow(&mut random, &mut layer.neurons);
        }
    }
    network
}

/// A network of [`synaptic_network`] whose synapses keep something else each, at most what they kept there.
pub fn own_synapses_network(seed: u64) -> Network {
    let mut random = SplitMix64::new(seed ^ 0x000d_eca5);
    let mut network = synaptic_network(seed);
    for layer in &mut network.layers {
        let Some(synapse) = layer.neurons.synapse.take() else { continue };
        let most = i64::from(synapse.decay(0));
        let decays = layer.neurons.threshold.iter().map(|_| u32::try_from(random.within(0, most)).unwrap_or(0)).collect();
        layer.neurons.synapse = Some(Synapse { decays, ..synapse });
    }
    network
}

/// A network of [`later_network`], [`recurrent_network`] or [`synaptic_network`], of whose layers some scale their currents by
/// the timestep or by the spikes so far, one at least, up to four times and with either sign.
pub fn scaled_network(seed: u64) -> Network {
    let mut random = SplitMix64::new(seed ^ 0x005c_a1ed);
    let mut network = random.pick(&[later_network, later_network, recurrent_network, synaptic_network])(seed);
    let always = random.below(network.layers.len());
    for (position, layer) in network.layers.iter_mut().enumerate() {
        if position != always && random.chance(1, 2) {
            continue;
        }
        layer.neurons.scaling = scaling(&mut random, &layer.neurons);
        layer.neurons.bias.fill(0);
        if layer.window.is_none() && layer.lower.is_empty() && random.chance(1, 2) {
            layer.neurons.scaled_by = ScaledBy::Count { shift: random.pick(&[0, 2, 4, 5, 7]) };
        }
        // None where it would be driven beyond every width.
        let bits = range::synapse_bits(layer);
        layer.neurons.synapse = layer.neurons.synapse.take().and_then(|synapse| Some(Synapse { bits: bits?, ..synapse }));
        layer.neurons.membrane_bits = range::layer_membrane_bits(layer).unwrap_or(limits::MEMBRANE_BITS);
        if random.chance(1, 3) {
            narrow(&mut random, &mut layer.neurons);
        }
    }
    network
}

fn scaling(random: &mut SplitMix64, neurons: &Neurons) -> Vec<Scaling> {
    let n_neurons = neurons.threshold.len();
    let most = 4i64 << neurons.fraction_bits.min(12);
    let most_bias = neurons.threshold.iter().copied().max().unwrap_or(0);
    let lowest = random.pick(&[-most, 0]);
    let n_timesteps = random.pick(&[1, 2, 3, 5, 8]);
    let mut values = |lowest, highest| (0..n_neurons).map(|_| random.within(lowest, highest)).collect();
    (0..n_timesteps).map(|_| Scaling { scale: values(lowest, most), bias: values(-most_bias, most_bias) }).collect()
}

/// A network of [`network`], of whose layers some are recurrent, one at least, and some have weights of 2 to 8 bits.
pub fn recurrent_network(seed: u64) -> Network {
    let mut random = SplitMix64::new(seed ^ 0x003e_c044);
    let mut network = network(seed);
    let always = random.below(network.layers.len());
    for (position, layer) in network.layers.iter_mut().enumerate() {
        if position != always && random.chance(1, 2) {
            continue;
        }
        layer.recurrent = true;
        let (n_neurons, n_inputs) = (layer.weights.n_neurons(), layer.weights.n_inputs());
        let mut weights = SignMatrix::new(n_neurons, n_inputs + n_neurons);
        for j in 0..n_neurons {
            (0..n_inputs).for_each(|i| weights.set(j, i, layer.weights.get(j, i)));
            (n_inputs..n_inputs + n_neurons).for_each(|i| weights.set(j, i, random.chance(1, 2)));
        }
        layer.weights = weights;
        if random.chance(1, 3) {
            layer.lower = lower(&mut random, &layer.weights);
        }
        layer.neurons.membrane_bits = range::layer_membrane_bits(layer).unwrap_or(limits::MEMBRANE_BITS);
        if random.chance(1, 3) {
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
