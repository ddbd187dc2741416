//! The rules of a network, which keep every later sum inside 64 bits, and the sentence for each that is broken.

use thiserror::Error;

use crate::arithmetic::{greatest, least};
use crate::window::Axis;
use crate::{range, Fires, Layer, Network, Reset, ScaledBy, Scaling, SignMatrix};

/// The greatest sizes that a network may have. They leave room to spare in 64 bits: a membrane times beta is below
/// 2^48, a drive below 2^45.
pub mod limits {
    pub const LAYERS: usize = 65_536;
    pub const INPUTS: usize = 65_536;
    pub const NEURONS: usize = 65_536;
    pub const FRACTION_BITS: u32 = 20;
    pub const BETA_BITS: u32 = 16;
    pub const MEMBRANE_BITS: u32 = 32;
    pub const BIAS_BITS: u32 = 32;
    pub const SCALE_BITS: u32 = 16;
    pub const SCALED_TIMESTEPS: usize = 256;
    pub const COUNT_SHIFT: u32 = 24;
    pub const WEIGHT_BITS: usize = 12;
    pub const VALUE_BITS: u32 = 8;
}

/// Why a network has no meaning.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NetworkError {
    #[error("the input shape {shape:?} has {got} elements, a network takes 1 to {}", limits::INPUTS)]
    InputSize { shape: Vec<u32>, got: usize },
    #[error("the network has {got} layers, it needs 1 to {}", limits::LAYERS)]
    LayerCount { got: usize },
    #[error("{layer} has {got} neurons, a layer takes 1 to {}", limits::NEURONS)]
    NeuronCount { layer: String, got: usize },
    #[error("{layer} has weights for {got} inputs, but {expected} spikes come from {source_name}")]
    FanIn { layer: String, expected: usize, got: usize, source_name: String },
    #[error("{layer} has weights of {got} bits, they may have {}", limits::WEIGHT_BITS)]
    WeightBits { layer: String, got: usize },
    #[error("{layer} has another number of signs than of bits {bit} of its weights")]
    WeightPlane { layer: String, bit: usize },
    #[error("{layer} has kernels of {got} weights, its window takes {expected}")]
    Kernel { layer: String, expected: usize, got: usize },
    #[error("{layer} has a tap from element {input} of {n_inputs} to element {kernel} of a kernel of {n_kernel}")]
    Tap { layer: String, input: u32, n_inputs: u32, kernel: u32, n_kernel: u32 },
    #[error("{layer} has a window that meets {got} elements at one position, it may be {}", limits::INPUTS)]
    Taps { layer: String, got: usize },
    #[error("{layer} takes values of {got} bits, the first layer may take those of 1 to {highest}, and another 1: spikes")]
    ValueBits { layer: String, got: u32, highest: u32 },
    #[error("{layer} has {got} values of {parameter} for {expected} neurons; give one a neuron")]
    ParameterCount { layer: String, parameter: &'static str, expected: usize, got: usize },
    #[error("{layer} has {parameter} = {got}, it may be {lowest} to {highest}")]
    Width { layer: String, parameter: &'static str, lowest: u32, highest: u32, got: u32 },
    #[error("{layer}, neuron {neuron}: beta = {got} is more than 1, which is {one} with {beta_bits} beta bits")]
    Beta { layer: String, neuron: usize, got: u32, one: u32, beta_bits: u32 },
    #[error("{layer}, neuron {neuron}: threshold = {got}, it must be at least {lowest}, or the neuron fires at rest")]
    ThresholdLow { layer: String, neuron: usize, got: i64, lowest: i64 },
    #[error("{layer}, neuron {neuron}: threshold = {got}, a membrane of {membrane_bits} bits ends at {highest}; use more membrane bits or fewer fraction bits")]
    ThresholdHigh { layer: String, neuron: usize, got: i64, highest: i64, membrane_bits: u32 },
    #[error("{layer} is recurrent, and a convolution or one that takes values; only a dense layer of spikes may be recurrent")]
    RecurrentWindow { layer: String },
    #[error("{layer} subtracts ahead, which acts at once, and asks for a reset delay")]
    LateAhead { layer: String },
    #[error("{layer} never fires, and asks for a reset or has a threshold; give it Reset::None and thresholds of 0")]
    Silent { layer: String },
    #[error("{layer}, neuron {neuron}: its synapse keeps {got} of {one}; it must lose something")]
    SynapseDecay { layer: String, neuron: usize, got: u32, one: u32 },
    #[error("{layer} has synaptic currents of {got} bits, its inputs can drive them to {}", needed_text(*needed))]
    SynapseBits { layer: String, needed: Option<u32>, got: u32 },
    #[error("{layer} scales its currents at {got} timesteps, it may at {}", limits::SCALED_TIMESTEPS)]
    ScaledTimesteps { layer: String, got: usize },
    #[error("{layer} scales its currents by a count of spikes in units of 2^{shift}; only a dense layer of weights -1 and +1 may, and up to 2^{}", limits::COUNT_SHIFT)]
    ScaledByCount { layer: String, shift: u32 },
    #[error("{layer} scales its currents by the timestep, and has a bias beside; put the bias into those of the timesteps")]
    BiasBeside { layer: String },
    #[error("{layer}, timestep {timestep}, neuron {neuron}: {parameter} = {got} does not fit {bits} bits; use fewer fraction bits")]
    Scaling { layer: String, timestep: usize, neuron: usize, parameter: &'static str, got: i64, bits: u32 },
    #[error("{layer}, neuron {neuron}: bias = {got} does not fit {} bits; use fewer fraction bits", limits::BIAS_BITS)]
    Bias { layer: String, neuron: usize, got: i64 },
}

impl Network {
    /// Checks every rule: sizes, fan-ins that fit the layer before, a parameter for each neuron, values in range.
    pub fn validate(&self) -> Result<(), NetworkError> {
        let n_inputs = self.input.n();
        if !(1..=limits::INPUTS).contains(&n_inputs) {
            return Err(NetworkError::InputSize { shape: self.input.shape.clone(), got: n_inputs });
        }
        if !(1..=limits::LAYERS).contains(&self.layers.len()) {
            return Err(NetworkError::LayerCount { got: self.layers.len() });
        }
        let mut source_name = "the input".to_string();
        let mut n_spikes = n_inputs;
        for (position, layer) in self.layers.iter().enumerate() {
            let checked = Checked { layer, title: title(position, layer) };
            checked.sizes(n_spikes, &source_name)?;
            checked.values(if position == 0 { limits::VALUE_BITS } else { 1 })?;
            checked.widths()?;
            checked.parameters()?;
            checked.scaling()?;
            checked.synapse()?;
            source_name = checked.title;
            n_spikes = layer.n_neurons();
        }
        Ok(())
    }
}

fn needed_text(needed: Option<u32>) -> String {
    needed.map_or_else(|| format!("more than {}", limits::MEMBRANE_BITS), |bits| bits.to_string())
}

/// How an error calls a layer: by position and, if it has one, by name.
fn title(position: usize, layer: &Layer) -> String {
    match layer.name.as_str() {
        "" => format!("layer {position}"),
        name => format!("layer {position} ({name})"),
    }
}

/// A layer under check, and what errors call it.
struct Checked<'a> {
    layer: &'a Layer,
    title: String,
}

impl Checked<'_> {
    fn sizes(&self, n_spikes: usize, source_name: &str) -> Result<(), NetworkError> {
        let (layer, source_name) = (self.title.clone(), source_name.to_string());
        let (n_inputs, n_neurons) = (self.layer.n_inputs(), self.layer.n_neurons());
        if !(1..=limits::NEURONS).contains(&n_neurons) {
            return Err(NetworkError::NeuronCount { layer, got: n_neurons });
        }
        if n_inputs != n_spikes {
            return Err(NetworkError::FanIn { layer, expected: n_spikes, got: n_inputs, source_name });
        }
        self.window()?;
        self.weights()?;
        let neurons = &self.layer.neurons;
        let counts =
            [("beta", neurons.beta.len()), ("threshold", neurons.threshold.len()), ("bias", neurons.bias.len())];
        // The thresholds say whether parameters are a channel's or a neuron's.
        let n_channels = self.layer.weights.n_neurons();
        let expected = if neurons.threshold.len() == n_channels { n_channels } else { n_neurons };
        let of_scaling = |scaling: &Scaling| [("scale", scaling.scale.len()), ("bias", scaling.bias.len())];
        let counts = counts.into_iter().chain(neurons.scaling.iter().flat_map(of_scaling));
        match counts.into_iter().find(|&(_, got)| got != expected) {
            Some((parameter, got)) => Err(NetworkError::ParameterCount { layer, parameter, expected, got }),
            None => Ok(()),
        }
    }

    fn weights(&self) -> Result<(), NetworkError> {
        let (layer, weights) = (self.title.clone(), &self.layer.weights);
        let got = self.layer.weight_bits();
        if got > limits::WEIGHT_BITS {
            return Err(NetworkError::WeightBits { layer, got });
        }
        let is_other =
            |plane: &SignMatrix| (plane.n_neurons(), plane.n_inputs()) != (weights.n_neurons(), weights.n_inputs());
        match self.layer.lower.iter().position(is_other) {
            Some(bit) => Err(NetworkError::WeightPlane { layer, bit }),
            None => Ok(()),
        }
    }

    fn window(&self) -> Result<(), NetworkError> {
        let Some(window) = &self.layer.window else { return Ok(()) };
        let layer = self.title.clone();
        if self.layer.recurrent {
            return Err(NetworkError::RecurrentWindow { layer });
        }
        let (expected, got) = (window.n_kernel(), self.layer.weights.n_inputs());
        if expected != got {
            return Err(NetworkError::Kernel { layer, expected, got });
        }
        [&window.y, &window.x].into_iter().try_for_each(|axis| self.axis(axis))?;
        match window.n_taps() {
            got if got > limits::INPUTS => Err(NetworkError::Taps { layer, got }),
            _ => Ok(()),
        }
    }

    fn values(&self, highest: u32) -> Result<(), NetworkError> {
        match self.layer.window.as_ref().map_or(1, |window| window.planes) {
            got if !(1..=highest).contains(&got) => Err(NetworkError::ValueBits { layer: self.title.clone(), got, highest }),
            _ => Ok(()),
        }
    }

    fn axis(&self, axis: &Axis) -> Result<(), NetworkError> {
        let (n_inputs, n_kernel) = (axis.n_inputs, axis.n_kernel);
        let is_wrong = |tap: &&crate::window::Tap| tap.input >= n_inputs || tap.kernel >= n_kernel;
        match axis.taps.iter().flatten().find(is_wrong) {
            Some(tap) => {
                let (layer, input, kernel) = (self.title.clone(), tap.input, tap.kernel);
                Err(NetworkError::Tap { layer, input, n_inputs, kernel, n_kernel })
            }
            None => Ok(()),
        }
    }

    fn widths(&self) -> Result<(), NetworkError> {
        let neurons = &self.layer.neurons;
        let widths = [
            ("fraction_bits", 0, limits::FRACTION_BITS, neurons.fraction_bits),
            ("beta_bits", 0, limits::BETA_BITS, neurons.beta_bits),
            ("membrane_bits", 2, limits::MEMBRANE_BITS, neurons.membrane_bits),
        ];
        match widths.into_iter().find(|&(_, lowest, highest, got)| !(lowest..=highest).contains(&got)) {
            Some((parameter, lowest, highest, got)) => {
                Err(NetworkError::Width { layer: self.title.clone(), parameter, lowest, highest, got })
            }
            None => Ok(()),
        }
    }

    fn scaling(&self) -> Result<(), NetworkError> {
        let neurons = &self.layer.neurons;
        let layer = self.title.clone();
        if neurons.scaling.len() > limits::SCALED_TIMESTEPS {
            return Err(NetworkError::ScaledTimesteps { layer, got: neurons.scaling.len() });
        }
        if !neurons.scaling.is_empty() && neurons.bias.iter().any(|&bias| bias != 0) {
            return Err(NetworkError::BiasBeside { layer });
        }
        if let ScaledBy::Count { shift } = neurons.scaled_by {
            let is_plain = self.layer.window.is_none() && self.layer.lower.is_empty() && !neurons.scaling.is_empty();
            if shift > limits::COUNT_SHIFT || !is_plain {
                return Err(NetworkError::ScaledByCount { layer, shift });
            }
        }
        for (timestep, scaling) in neurons.scaling.iter().enumerate() {
            let parameters = [("scale", &scaling.scale, limits::SCALE_BITS), ("bias", &scaling.bias, limits::BIAS_BITS)];
            for (parameter, values, bits) in parameters {
                if let Some((neuron, got)) = first(values, |value| !(least(bits)..=greatest(bits)).contains(&value)) {
                    return Err(NetworkError::Scaling { layer, timestep, neuron, parameter, got, bits });
                }
            }
        }
        Ok(())
    }

    fn synapse(&self) -> Result<(), NetworkError> {
        let neurons = &self.layer.neurons;
        let Some(synapse) = &neurons.synapse else { return Ok(()) };
        let (layer, one) = (self.title.clone(), 1u32 << neurons.beta_bits);
        let (got, expected) = (synapse.decays.len(), neurons.threshold.len());
        if got != 1 && got != expected {
            return Err(NetworkError::ParameterCount { layer, parameter: "synaptic decay", expected, got });
        }
        if let Some((neuron, got)) = first(&synapse.decays, |decay| decay >= one) {
            return Err(NetworkError::SynapseDecay { layer, neuron, got, one });
        }
        let needed = range::synapse_bits(self.layer);
        match needed {
            Some(needed) if (needed..=limits::MEMBRANE_BITS).contains(&synapse.bits) => Ok(()),
            _ => Err(NetworkError::SynapseBits { layer, needed, got: synapse.bits }),
        }
    }

    fn parameters(&self) -> Result<(), NetworkError> {
        let neurons = &self.layer.neurons;
        let layer = self.title.clone();
        if neurons.reset == Reset::SubtractAhead && neurons.reset_delay {
            return Err(NetworkError::LateAhead { layer });
        }
        let is_reset = neurons.reset != Reset::None || neurons.reset_delay;
        if neurons.fires == Fires::Never && (is_reset || neurons.threshold.iter().any(|&threshold| threshold != 0)) {
            return Err(NetworkError::Silent { layer });
        }
        let (membrane_bits, beta_bits) = (neurons.membrane_bits, neurons.beta_bits);
        let one = 1u32 << beta_bits;
        let lowest = neurons.fires.lowest_threshold();
        let highest = greatest(membrane_bits);
        let bias_range = least(limits::BIAS_BITS)..=greatest(limits::BIAS_BITS);
        let error = if let Some((neuron, got)) = first(&neurons.beta, |beta| beta > one) {
            NetworkError::Beta { layer, neuron, got, one, beta_bits }
        } else if let Some((neuron, got)) = first(&neurons.threshold, |theta| theta < lowest) {
            NetworkError::ThresholdLow { layer, neuron, got, lowest }
        } else if let Some((neuron, got)) = first(&neurons.threshold, |theta| theta > highest) {
            NetworkError::ThresholdHigh { layer, neuron, got, highest, membrane_bits }
        } else if let Some((neuron, got)) = first(&neurons.bias, |bias| !bias_range.contains(&bias)) {
            NetworkError::Bias { layer, neuron, got }
        } else {
            return Ok(());
        };
        Err(error)
    }
}

/// The first element that breaks a rule, and where it is.
fn first<T: Copy>(values: &[T], broken: impl Fn(T) -> bool) -> Option<(usize, T)> {
    values.iter().copied().enumerate().find(|&(_, value)| broken(value))
}
