//! The synapses of a layer: one decay, less than 1, and a width that holds their currents on any input.

use spikeforge_sim::{limits, range, Layer, Synapse};

use super::{fixed, QuantizeError};
use crate::model::FloatLayer;

/// The synapses of a layer's neurons, as wide as can be; none where the drive acts at once.
pub(super) fn synapse(layer: &FloatLayer, beta_bits: u32) -> Result<Option<Synapse>, QuantizeError> {
    let Some(decays) = &layer.neurons.synapse else { return Ok(None) };
    let (name, first) = (|| layer.name.clone(), decays.first().copied().unwrap_or(0.0));
    // The exporters' float32 differ by less.
    let is_other = |&decay: &f64| (decay - first).abs() > 1e-6;
    if let Some(neuron) = decays.iter().position(|decay| is_other(decay)) {
        return Err(QuantizeError::SynapseDecays { layer: name(), neuron, got: decays[neuron], first });
    }
    // What the leak adds would have to pass the synapse by.
    if let Some(neuron) = layer.neurons.constant.iter().position(|&constant| constant != 0.0) {
        let v_leak = layer.neurons.constant[neuron] / (1.0 - layer.neurons.beta[neuron]);
        return Err(QuantizeError::SynapseLeak { layer: name(), neuron, v_leak });
    }
    let decay = fixed::share(first, beta_bits);
    match decay >> beta_bits {
        0 => Ok(Some(Synapse { decay, bits: limits::MEMBRANE_BITS })),
        _ => Err(QuantizeError::NoSynapseDecay { layer: name() }),
    }
}

/// The least width of the synapses of a layer.
pub(super) fn with_bits(layer: &Layer, synapse: Synapse) -> Result<Synapse, QuantizeError> {
    let neurons = &layer.neurons;
    let bits = range::synapse_bits(layer).ok_or_else(|| QuantizeError::Synapse {
        layer: layer.name.clone(),
        n_inputs: layer.fan_in(),
        fraction_bits: neurons.fraction_bits,
        kept: fixed::worth(synapse.decay.into(), neurons.beta_bits),
    })?;
    Ok(Synapse { bits, ..synapse })
}
