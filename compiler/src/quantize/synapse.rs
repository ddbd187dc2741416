//! The synapses of a layer: decays, each less than 1, and a width that holds their currents on any input.

use spikeforge_sim::{limits, range, Layer, Synapse};

use super::{fixed, QuantizeError};
use crate::model::FloatLayer;

/// The synapses of a layer's neurons, as wide as can be; none where the drive acts at once.
pub(super) fn synapse(layer: &FloatLayer, beta_bits: u32) -> Result<Option<Synapse>, QuantizeError> {
    let Some(kept) = &layer.neurons.synapse else { return Ok(None) };
    let (name, first) = (|| layer.name.clone(), kept.first().copied().unwrap_or(0.0));
    // What the leak adds would have to pass the synapse by.
    if let Some(neuron) = layer.neurons.constant.iter().position(|&constant| constant != 0.0) {
        let v_leak = layer.neurons.constant[neuron] / (1.0 - layer.neurons.beta[neuron]);
        return Err(QuantizeError::SynapseLeak { layer: name(), neuron, v_leak });
    }
    // The exporters' float32 differ by less; what is one decay for all takes no memory.
    let is_one = kept.iter().all(|decay| (decay - first).abs() <= 1e-6);
    let kept = if is_one { &[first] } else { &kept[..] };
    let decays: Vec<u32> = kept.iter().map(|&decay| fixed::share(decay, beta_bits)).collect();
    match decays.iter().position(|decay| decay >> beta_bits != 0) {
        None => Ok(Some(Synapse { decays, bits: limits::MEMBRANE_BITS })),
        Some(neuron) => Err(QuantizeError::NoSynapseDecay { layer: name(), neuron }),
    }
}

/// The least width of the synapses of a layer.
pub(super) fn with_bits(layer: &Layer, synapse: Synapse) -> Result<Synapse, QuantizeError> {
    let neurons = &layer.neurons;
    let most = synapse.decays.iter().copied().max().unwrap_or(0);
    let bits = range::synapse_bits(layer).ok_or_else(|| QuantizeError::Synapse {
        layer: layer.name.clone(),
        n_inputs: layer.fan_in(),
        fraction_bits: neurons.fraction_bits,
        kept: fixed::worth(most.into(), neurons.beta_bits),
    })?;
    Ok(Synapse { bits, ..synapse })
}
