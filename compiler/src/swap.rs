//! Another network on the plan of a compiled one: the same shapes, widths and resets, other weights and parameters.

use spikeforge_hdl::arch::{Arch, Field, Fires, NeuronArch, Reset};
use spikeforge_sim::{Fires as SimFires, Layer, Network, Reset as SimReset, SignMatrix};
use thiserror::Error;

/// Why a network does not fit a plan.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SwapError {
    #[error("it has {got} layers, the bundle {expected}; compile it to a bundle of its own")]
    Layers { got: usize, expected: usize },
    #[error("its layer {layer} is {got}, the bundle's {expected}; compile it to a bundle of its own")]
    Shape { layer: String, got: String, expected: String },
    #[error("its layer {layer} has {what} {got}, the bundle's {expected}; give it the neuron options of the bundle, or compile it to a bundle of its own")]
    Neuron { layer: String, what: &'static str, got: String, expected: String },
    #[error("its layer {layer} needs synaptic currents of {needed} bits, the bundle has {bits}; compile a bundle of its own")]
    Synapse { layer: String, needed: u32, bits: u32 },
    #[error("its layer {layer} scales its currents by other factors or biases of the timesteps, which the design holds in a table; compile it to a bundle of its own")]
    Scaling { layer: String },
    #[error("its layer {layer} needs membranes of {needed} bits, the bundle has {bits}; compile the bundle with --membrane-bits {needed}, or a bundle of its own")]
    Membrane { layer: String, needed: u32, bits: u32 },
    #[error("the {what} of neuron {neuron} of its layer {layer} is {got}, the bundle holds {holds}; compile the bundle with --swappable or --host-writes, which leave room, or compile it to a bundle of its own")]
    Parameter { layer: String, what: &'static str, neuron: usize, got: i64, holds: String },
}

/// `network` with the membrane widths of `arch`, which was folded from `planned`. Wider membranes than it
/// needs change nothing that it computes.
pub fn on_plan(network: &Network, planned: &Network, arch: &Arch) -> Result<Network, SwapError> {
    let (got, expected) = (network.layers.len(), arch.stages.len());
    if got != expected {
        return Err(SwapError::Layers { got, expected });
    }
    let mut fitted = network.clone();
    for ((layer, planned), stage) in fitted.layers.iter_mut().zip(&planned.layers).zip(&arch.stages) {
        widen(layer, planned.weight_bits());
        check_shape(layer, planned)?;
        check_neuron(layer, planned, &stage.neuron)?;
        check_parameters(layer, &stage.neuron)?;
        let scaling = |layer: &Layer| (layer.neurons.scaling.clone(), layer.neurons.scaled_by);
        if scaling(layer) != scaling(planned) {
            return Err(SwapError::Scaling { layer: layer.name.clone() });
        }
        layer.neurons.membrane_bits = stage.neuron.membrane_bits;
    }
    Ok(fitted)
}

/// The same weights in as many bits of two's complement, if they are fewer.
fn widen(layer: &mut Layer, bits: usize) {
    if layer.weight_bits() >= bits {
        return;
    }
    let (n_neurons, n_inputs) = (layer.weights.n_neurons(), layer.weights.n_inputs());
    let mut negative = SignMatrix::new(n_neurons, n_inputs);
    let mut odd = negative.clone();
    for (j, i) in (0..n_neurons).flat_map(|j| (0..n_inputs).map(move |i| (j, i))) {
        negative.set(j, i, !layer.weights.get(j, i));
        odd.set(j, i, true);
    }
    // Weights of -1 and +1 have a sign only.
    if layer.lower.is_empty() {
        layer.lower.push(odd);
    }
    layer.lower.resize(bits - 1, negative);
}

fn check_shape(layer: &Layer, planned: &Layer) -> Result<(), SwapError> {
    let kind = |layer: &Layer| if layer.window.is_some() { "convolution" } else { "crossbar" };
    let shape = |layer: &Layer| {
        let weights = match layer.weight_bits() {
            1 => String::new(),
            bits => format!(" with weights of {bits} bits"),
        };
        let recurrent = if layer.recurrent { "recurrent " } else { "" };
        format!("a {recurrent}{} of {} inputs to {} neurons{weights}", kind(layer), layer.n_inputs(), layer.n_neurons())
    };
    let (got, expected) = (shape(layer), shape(planned));
    let is_same = layer.window == planned.window && layer.recurrent == planned.recurrent && layer.weight_bits() == planned.weight_bits();
    if got == expected && is_same {
        return Ok(());
    }
    Err(SwapError::Shape { layer: layer.name.clone(), got, expected })
}

fn check_neuron(layer: &Layer, planned: &Layer, plan: &NeuronArch) -> Result<(), SwapError> {
    let neurons = &layer.neurons;
    let reset = match neurons.reset {
        SimReset::None => Reset::None,
        SimReset::Zero => Reset::Zero,
        SimReset::Subtract => Reset::Subtract,
        SimReset::SubtractAhead => Reset::SubtractAhead,
    };
    let fires = match neurons.fires {
        SimFires::Above | SimFires::Never => Fires::Above,
        SimFires::At => Fires::At,
    };
    let compared = [
        ("fraction bits", neurons.fraction_bits.to_string(), plan.fraction_bits.to_string()),
        ("beta bits", neurons.beta_bits.to_string(), plan.beta_bits.to_string()),
        ("reset", format!("{reset:?}"), format!("{:?}", plan.reset)),
        ("reset delay", neurons.reset_delay.to_string(), plan.reset_delay.to_string()),
        ("fires", format!("{fires:?}"), format!("{:?}", plan.fires)),
        ("readout by membranes", is_readout(layer).to_string(), is_readout(planned).to_string()),
    ];
    let kept = |decays: Option<&[u32]>| match decays {
        None => "none".to_string(),
        Some([decay]) => decay.to_string(),
        Some(each) => format!("{each:?}"),
    };
    let decays = |layer: &Layer| kept(layer.neurons.synapse.as_ref().map(|synapse| &synapse.decays[..]));
    let synapse = [("decay of synapses", decays(layer), decays(planned))];
    for (what, got, expected) in compared.into_iter().chain(synapse) {
        if got != expected {
            return Err(SwapError::Neuron { layer: layer.name.clone(), what, got, expected });
        }
    }
    let synapse_bits = (neurons.synapse.as_ref().map_or(0, |synapse| synapse.bits), plan.synapse.as_ref().map_or(0, |synapse| synapse.bits));
    if synapse_bits.0 > synapse_bits.1 {
        return Err(SwapError::Synapse { layer: layer.name.clone(), needed: synapse_bits.0, bits: synapse_bits.1 });
    }
    let (needed, bits) = (neurons.membrane_bits, plan.membrane_bits);
    if needed > bits {
        return Err(SwapError::Membrane { layer: layer.name.clone(), needed, bits });
    }
    Ok(())
}

fn is_readout(layer: &Layer) -> bool {
    layer.neurons.fires == SimFires::Never
}

fn check_parameters(layer: &Layer, plan: &NeuronArch) -> Result<(), SwapError> {
    let neurons = &layer.neurons;
    let beta: Vec<i64> = neurons.beta.iter().map(|&beta| i64::from(beta)).collect();
    let fields = [("threshold", &neurons.threshold, plan.threshold), ("bias", &neurons.bias, plan.bias), ("beta", &beta, plan.beta)];
    // The threshold of a readout is the plan's own.
    let fields = fields.into_iter().skip(usize::from(is_readout(layer)));
    for (what, values, field) in fields {
        if let Some((neuron, &got)) = values.iter().enumerate().find(|(_, &value)| !field.holds(value)) {
            return Err(SwapError::Parameter { layer: layer.name.clone(), what, neuron, got, holds: held(field) });
        }
    }
    Ok(())
}

/// What a field can hold, in words.
fn held(field: Field) -> String {
    match field {
        Field::Constant(value) => format!("only {value}, for all neurons"),
        Field::Stored { shift, .. } => {
            let (lowest, highest) = field.range();
            let step = 1i64 << shift;
            if step == 1 { format!("{lowest} to {highest}") } else { format!("multiples of {step} from {lowest} to {highest}") }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
