//! From floats to integers. Behind this there is no float any more.
//!
//! ```text
//! v' = beta v + gain (scale c + bias) + constant      c = signs x, an integer; spikes where v' passes threshold
//! u' = beta u + c + bias / scale + constant / s       u = v / s with s = gain scale; spikes where u' passes threshold / s
//! ```
//! Where timesteps scale the current by f[t] and add d[t], s is the largest |f[t]| times gain scale, and the integers are the
//! nearest to f[t] gain scale / s and (gain (f[t] bias + d[t]) + constant) / s.
//!
//! Dividing by s changes no spike. What remains is rounded to multiples of 2^-fraction_bits: thresholds down where `>`
//! fires and up where `>=` does, which changes no comparison; biases and decays to the nearest.

mod error;
mod fixed;
mod rounding;
mod scaling;
mod synapse;
mod width;
mod windows;

use spikeforge_sim::{limits, Fires, Input, Layer, Network, Neurons, Scaling, SignMatrix};

pub use error::QuantizeError;
pub use rounding::{LayerRounding, Rounded, Rounding};
pub use width::{MembraneWidth, WidthReason};

use crate::model::{FloatLayer, FloatNetwork, Model, Warning};
use crate::options::NeuronOptions;

/// A network in integers, what rounding changed in each layer, and what the user should know.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantized {
    pub network: Network,
    pub roundings: Vec<LayerRounding>,
    pub warnings: Vec<Warning>,
}

/// The integer network of a model.
///
/// # Errors
/// [`QuantizeError`] where the options are out of range, the model is not supported, or its numbers do not fit.
pub fn quantize(model: &Model, options: &NeuronOptions) -> Result<Quantized, QuantizeError> {
    options.validate()?;
    quantize_layers(&model.layers(options)?, options)
}

/// The integer network of layers in floats.
pub fn quantize_layers(
    floats: &FloatNetwork,
    options: &NeuronOptions,
) -> Result<Quantized, QuantizeError> {
    let mut layers = Vec::new();
    let mut roundings = Vec::new();
    let mut warnings = floats.warnings.clone();
    for float in &floats.layers {
        let (layer, rounding) = quantize_layer(float, options)?;
        if let WidthReason::Timesteps(n_timesteps) = rounding.membrane.reason {
            let (node, bits) = (layer.name.clone(), rounding.membrane.bits);
            warnings.push(Warning::Unbounded {
                node,
                bits,
                n_timesteps,
            });
        }
        if layer.weight_bits() > 1 && !float.is_max_pool {
            warnings.push(Warning::WiderWeights { node: layer.name.clone(), bits: layer.weight_bits() });
        }
        layers.push(layer);
        roundings.push(rounding);
    }
    let network = Network::new(Input { shape: input_shape(floats, &layers) }, layers)?;
    Ok(Quantized {
        network,
        roundings,
        warnings,
    })
}

/// That of the model, or where values enter, that of their bits as the first layer takes them.
fn input_shape(floats: &FloatNetwork, layers: &[Layer]) -> Vec<u32> {
    let values = layers.first().and_then(|first| first.window.as_ref()).filter(|window| window.planes > 1);
    let small = |&size: &usize| u32::try_from(size).unwrap_or(u32::MAX);
    match values {
        Some(window) => vec![window.channels, window.planes.saturating_mul(window.y.n_inputs), window.x.n_inputs],
        None => floats.input_shape.iter().map(small).collect(),
    }
}

fn quantize_layer(
    layer: &FloatLayer,
    options: &NeuronOptions,
) -> Result<(Layer, LayerRounding), QuantizeError> {
    let asked = Asked::of(layer, options);
    let neurons = asked.neurons()?;
    let n_channels = layer.weights.scale.len();
    let weights = windows::weights(layer);
    let mut quantized = Layer {
        name: layer.name.clone(),
        weights: weights.signs(),
        lower: weights.lower(),
        window: windows::window(layer)?,
        recurrent: layer.recurrent.is_some(),
        neurons: by_channel(neurons, n_channels),
    };
    if let Some(wide) = quantized.neurons.synapse.clone() {
        quantized.neurons.synapse = Some(synapse::with_bits(&quantized, wide)?);
    }
    // Whatever weights of these bits may come to be there.
    let widest = match weights.least_bits {
        1 => quantized.clone(),
        bits => widest(&quantized, bits),
    };
    let membrane = width::membrane_width(&widest, options.membrane_bits).ok_or_else(|| QuantizeError::Membrane {
        layer: layer.name.clone(),
        n_inputs: quantized.fan_in(),
        fraction_bits: asked.fraction_bits,
    })?;
    quantized.neurons.membrane_bits = membrane.bits;
    let rounding = asked.rounding(membrane)?;
    Ok((quantized, rounding))
}

/// The layer with each weight the least of so many bits.
fn widest(layer: &Layer, bits: u32) -> Layer {
    let none = SignMatrix::new(layer.weights.n_neurons(), layer.weights.n_inputs());
    Layer { lower: vec![none.clone(); bits as usize - 1], weights: none, ..layer.clone() }
}

/// Parameters of a channel where all of its neurons have the same, which then take no memory of their own.
fn by_channel(neurons: Neurons, n_channels: usize) -> Neurons {
    let n_positions = neurons.threshold.len() / n_channels.max(1);
    let decay = |j: usize| neurons.synapse.as_ref().map(|synapse| synapse.decay(j));
    let is_even = |j: usize| {
        let first = j / n_positions * n_positions;
        let same = |values: &[i64]| values[j] == values[first];
        let even = |scaling: &Scaling| same(&scaling.scale) && same(&scaling.bias);
        same(&neurons.threshold) && same(&neurons.bias) && neurons.beta[j] == neurons.beta[first] && decay(j) == decay(first) && neurons.scaling.iter().all(even)
    };
    if n_positions < 2 || !(0..neurons.threshold.len()).all(is_even) {
        return neurons;
    }
    let firsts: Vec<usize> = (0..n_channels).map(|channel| channel * n_positions).collect();
    neurons.part(&firsts)
}

/// What the neurons of a layer ask for, in units of a weight, and the bits to say it in.
struct Asked<'a> {
    layer: &'a FloatLayer,
    fraction_bits: u32,
    beta_bits: u32,
    /// What a weight adds to the membrane: gain times the scale of the weights, at the timestep that scales it most.
    scale: Vec<f64>,
    threshold: Vec<f64>,
    bias: Vec<f64>,
}

impl<'a> Asked<'a> {
    fn of(layer: &'a FloatLayer, options: &NeuronOptions) -> Self {
        let floats = &layer.neurons;
        let each =
            |value: &dyn Fn(usize) -> f64| (0..floats.beta.len()).map(value).collect::<Vec<f64>>();
        let scale = each(&|j| floats.gain[j] * layer.scale(j) * scaling::most(layer, j));
        let asked = options.fraction_bits.unwrap_or(NeuronOptions::DEFAULT_FRACTION_BITS);
        let fraction_bits = if layer.is_max_pool { 0 } else { asked };
        // The greatest value, not 1, is what a spike is elsewhere.
        let finer = if layer.value_bits > 1 { layer.value_bits } else { 0 };
        let fraction_bits = fraction_bits.saturating_sub(finer);
        Asked {
            layer,
            fraction_bits,
            beta_bits: beta_bits(
                &[floats.beta.as_slice(), floats.synapse.as_deref().unwrap_or(&[])].concat(),
                options
                    .beta_bits
                    .unwrap_or(NeuronOptions::DEFAULT_BETA_BITS),
            ),
            threshold: each(&|j| fixed::unscaled(floats.threshold[j], scale[j], fraction_bits)),
            bias: each(&|j| {
                if !layer.scaling.is_empty() {
                    return 0.0;
                }
                let constant = fixed::unscaled(floats.constant[j], scale[j], fraction_bits);
                fixed::unscaled(layer.bias[j], layer.scale(j), fraction_bits) + constant
            }),
            scale,
        }
    }

    /// The neurons in integers, as wide as can be.
    fn neurons(&self) -> Result<Neurons, QuantizeError> {
        let floats = &self.layer.neurons;
        let n_neurons = floats.beta.len();
        Ok(Neurons {
            fraction_bits: self.fraction_bits,
            beta_bits: self.beta_bits,
            beta: floats
                .beta
                .iter()
                .map(|&beta| fixed::share(beta, self.beta_bits))
                .collect(),
            threshold: (0..n_neurons)
                .map(|j| self.rounded_threshold(j))
                .collect::<Result<_, _>>()?,
            bias: (0..n_neurons)
                .map(|j| self.rounded_bias(j))
                .collect::<Result<_, _>>()?,
            reset: floats.reset,
            reset_delay: floats.reset_delay,
            fires: if floats.spikes { floats.fires } else { Fires::Never },
            membrane_bits: limits::MEMBRANE_BITS,
            synapse: synapse::synapse(self.layer, self.beta_bits)?,
            scaling: self.scaling()?,
            scaled_by: self.layer.scaled_by,
        })
    }

    fn rounding(&self, membrane: MembraneWidth) -> Result<LayerRounding, QuantizeError> {
        let neurons = self.neurons()?;
        let compare = |asked: &[f64], got: &[i64], bits: u32| {
            let got = got.iter().map(|&integer| fixed::worth(integer, bits));
            Rounding::of(asked.iter().copied().zip(got))
        };
        let betas: Vec<i64> = neurons.beta.iter().map(|&beta| beta.into()).collect();
        Ok(LayerRounding {
            layer: self.layer.name.clone(),
            n_neurons: self.scale.len(),
            fraction_bits: self.fraction_bits,
            beta_bits: self.beta_bits,
            membrane,
            scale: self
                .scale
                .iter()
                .fold((f64::INFINITY, 0.0), |(low, high), &scale| {
                    (scale.min(low), scale.max(high))
                }),
            threshold: compare(&self.threshold, &neurons.threshold, self.fraction_bits),
            bias: match self.layer.scaling.is_empty() {
                true => compare(&self.bias, &neurons.bias, self.fraction_bits),
                false => self.scaling_rounding(&neurons),
            },
            beta: compare(&self.layer.neurons.beta, &betas, self.beta_bits),
        })
    }

    /// The integer that the membrane is compared with: no membrane is on another side of it than of the threshold.
    fn rounded_threshold(&self, j: usize) -> Result<i64, QuantizeError> {
        let scaled = fixed::scaled(self.threshold[j], self.fraction_bits);
        let integer = match self.layer.neurons.fires {
            Fires::Above | Fires::Never => fixed::floor(scaled),
            Fires::At => fixed::ceil(scaled),
        };
        self.fitting(
            j,
            "threshold",
            self.threshold[j],
            self.layer.neurons.threshold[j],
            integer,
        )
    }

    fn rounded_bias(&self, j: usize) -> Result<i64, QuantizeError> {
        let integer = fixed::nearest(fixed::scaled(self.bias[j], self.fraction_bits));
        self.fitting(j, "bias", self.bias[j], self.layer.bias[j], integer)
    }

    fn fitting(
        &self,
        neuron: usize,
        parameter: &'static str,
        asked: f64,
        float: f64,
        integer: Option<i64>,
    ) -> Result<i64, QuantizeError> {
        let limit = 1i64 << (limits::BIAS_BITS - 1);
        integer
            .filter(|integer| (-limit..limit).contains(integer))
            .ok_or_else(|| QuantizeError::Value {
                layer: self.layer.name.clone(),
                neuron,
                parameter,
                asked,
                float,
                scale: self.scale[neuron],
                fraction_bits: self.fraction_bits,
                advice: self.advice(asked),
            })
    }

    /// The most fraction bits with which a value fits.
    fn advice(&self, asked: f64) -> String {
        let limit = f64::from(limits::BIAS_BITS - 1).exp2();
        let fits = |bits: &u32| fixed::scaled(asked, *bits).abs() < limit;
        match (0..self.fraction_bits).rev().find(fits) {
            Some(0) => "0".to_string(),
            Some(bits) => format!("{bits} or less"),
            None => "0 (which does not suffice here)".to_string(),
        }
    }
}

/// The fewest bits that hold every decay exactly, or all of them.
fn beta_bits(betas: &[f64], most: u32) -> u32 {
    (0..most)
        .find(|&bits| betas.iter().all(|&beta| fixed::is_exact(beta, bits)))
        .unwrap_or(most)
}
