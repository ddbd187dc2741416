//! From a layer of the network to the stage that runs it: everything but the folding.

use sha2::{Digest, Sha256};
use spikeforge_hdl::arch::{self, EncoderArch, Field, MemoryStyles, NeuronArch, ScalingArch, StageArch, Style};
use spikeforge_hdl::protocol::wire_index;
use spikeforge_sim::{range, Fires, Layer, Network, Neurons, Reset, ScaledBy, Scaling};

use crate::taps::taps;

/// Layer `index` as a stage of one lane, which takes `beat` inputs a cycle.
pub(crate) fn stage(index: usize, layer: &Layer, beat: u32) -> StageArch {
    let all = Style::Block;
    let window = layer.window.as_ref().map(|window| taps(layer, window, beat).arch);
    StageArch {
        name: format!("layer{index}"),
        n_inputs: layer.n_inputs(),
        n_neurons: layer.n_neurons(),
        window,
        weight_bits: u32::try_from(layer.weight_bits()).unwrap_or(u32::MAX),
        lanes: 1,
        beat,
        skip_zero_beats: false,
        keeps_currents: false,
        recurrent: layer.recurrent,
        neuron: NeuronArch { scaling: scaling(layer), synapse: synapse(layer), ..neuron(&layer.neurons) },
        memories: MemoryStyles { spikes: all, weights: all, state: all, parameters: all, tables: all, registered: false },
        shared: false,
        banks: 2,
        pipelines: 1,
    }
}

fn neuron(neurons: &Neurons) -> NeuronArch {
    let beta: Vec<i64> = neurons.beta.iter().map(|&beta| i64::from(beta)).collect();
    NeuronArch {
        fraction_bits: neurons.fraction_bits,
        membrane_bits: neurons.membrane_bits,
        beta_bits: neurons.beta_bits,
        beta: Field::holding(&beta),
        threshold: match neurons.fires {
            // No membrane is above the greatest.
            Fires::Never => Field::Constant((1 << (neurons.membrane_bits - 1)) - 1),
            _ => Field::holding(&neurons.threshold),
        },
        bias: Field::holding(&neurons.bias),
        reset: match neurons.reset {
            Reset::None => arch::Reset::None,
            Reset::Zero => arch::Reset::Zero,
            Reset::Subtract => arch::Reset::Subtract,
            Reset::SubtractAhead => arch::Reset::SubtractAhead,
        },
        reset_delay: neurons.reset_delay,
        fires: match neurons.fires {
            Fires::Above | Fires::Never => arch::Fires::Above,
            Fires::At => arch::Fires::At,
        },
        synapse: None,
        scaling: None,
    }
}

/// One decay for all, or that of each neuron.
fn synapse(layer: &Layer) -> Option<arch::Synapse> {
    let synapse = layer.neurons.synapse.as_ref()?;
    let (n, channels) = (layer.n_neurons(), layer.weights.n_neurons());
    let (decay, bits) = (i64::from(synapse.decay(0)), synapse.bits);
    if synapse.decays.len() == 1 {
        return Some(arch::Synapse { decay, decays: vec![], bits });
    }
    let mut decays = vec![0; n];
    (0..n).for_each(|j| decays[wire_index(j, n, channels)] = synapse.decay(layer.parameter(j)).into());
    Some(arch::Synapse { decay: 0, decays, bits })
}

/// The factors and biases of each timestep in the order of the parameter memory.
fn scaling(layer: &Layer) -> Option<ScalingArch> {
    let n = layer.neurons.threshold.len();
    let channels = layer.weights.n_neurons().min(n);
    let count_shift = match layer.neurons.scaled_by {
        ScaledBy::Timestep => None,
        ScaledBy::Count { shift } => Some(shift),
    };
    let of_timestep = |scaling: &Scaling| {
        // A single parameter has an index of a bit too.
        let filled = if count_shift.is_some() { n.next_power_of_two().max(2) } else { n };
        let mut lines = vec![(0, 0); filled];
        (0..n).for_each(|j| lines[wire_index(j, n, channels)] = (scaling.scale[j], scaling.bias[j]));
        lines
    };
    let lines: Vec<(i64, i64)> = layer.neurons.scaling.iter().flat_map(of_timestep).collect();
    (!lines.is_empty()).then(|| ScalingArch::holding(lines, count_shift))
}

/// The neurons of layers that take turns on one LIF pipeline, or `None` where it cannot serve all of them.
///
/// The widest membrane serves the narrower ones that are proved never to saturate.
pub(crate) fn shared_neuron(layers: &[Layer]) -> Option<NeuronArch> {
    let first = &layers.first()?.neurons;
    let bits = layers.iter().map(|layer| layer.neurons.membrane_bits).max()?;
    let fits = |layer: &Layer| {
        let neurons = &layer.neurons;
        let same = (neurons.fraction_bits, neurons.beta_bits, neurons.reset, neurons.reset_delay, neurons.fires)
            == (first.fraction_bits, first.beta_bits, first.reset, first.reset_delay, first.fires);
        let never_saturates = || range::layer_membrane_bits(layer).is_some_and(|proved| proved <= neurons.membrane_bits);
        let acts_at_once = neurons.synapse.is_none() && neurons.scaling.is_empty();
        layer.window.is_none() && !layer.recurrent && acts_at_once && layer.weight_bits() == layers[0].weight_bits() && same && (neurons.membrane_bits == bits || never_saturates())
    };
    if !layers.iter().all(fits) {
        return None;
    }
    let all = layers.iter().map(|layer| &layer.neurons);
    Some(neuron(&Neurons {
        membrane_bits: bits,
        beta: all.clone().flat_map(|neurons| neurons.beta.iter().copied()).collect(),
        threshold: all.clone().flat_map(|neurons| neurons.threshold.iter().copied()).collect(),
        bias: all.flat_map(|neurons| neurons.bias.iter().copied()).collect(),
        ..first.clone()
    }))
}

/// A hash of everything that the network means, and of how its inputs are coded before it.
pub(crate) fn identity(network: &Network, encoder: Option<EncoderArch>) -> u32 {
    let mut text = serde_json::to_vec(network).unwrap_or_default();
    text.extend(encoder.iter().flat_map(|encoder| serde_json::to_vec(encoder).unwrap_or_default()));
    let hash = Sha256::digest(text);
    u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]])
}
