//! A network: a chain of layers, each taking the spikes of the one before it.

use serde::{Deserialize, Serialize};

use crate::arithmetic::index;
use crate::{NetworkError, Neurons, SignMatrix, Window};

/// A chain of layers behind an input of spikes. See the crate documentation for what it computes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Network {
    pub input: Input,
    pub layers: Vec<Layer>,
}

impl Network {
    /// A network that keeps every rule of [`Network::validate`].
    pub fn new(input: Input, layers: Vec<Layer>) -> Result<Self, NetworkError> {
        let network = Network { input, layers };
        network.validate()?;
        Ok(network)
    }

    /// Bits of the values that the input is made of: 1 for spikes.
    pub fn value_bits(&self) -> u32 {
        self.layers.first().and_then(|first| first.window.as_ref()).map_or(1, |window| window.planes)
    }

    /// The number of neurons of the last layer, 0 without layers.
    pub fn n_outputs(&self) -> usize {
        self.layers.last().map_or(0, Layer::n_neurons)
    }
}

/// The input of a network: one spike a timestep for each element of a shape, row-major. Values of several bits come as
/// their bits, as the first layer's window says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    pub shape: Vec<u32>,
}

impl Input {
    /// The number of input lines: the product of the shape, as far as this machine can count.
    pub fn n(&self) -> usize {
        self.shape.iter().fold(1usize, |n, &size| n.saturating_mul(index(size)))
    }
}

/// A crossbar of binary weights and the neurons it drives.
///
/// With a window it is a convolution: a row of the weights is an output channel, its columns are (input channel, kernel
/// row, kernel column), and neurons are numbered (channel, row, column), all row-major as in the frameworks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    pub name: String,
    /// Whether each weight is at least 0: +1, or -1, without bits below.
    pub weights: SignMatrix,
    /// The bits below the sign of wider weights in two's complement, bit 0 first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lower: Vec<SignMatrix>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// Its own spikes of the timestep before are inputs too: the last columns of the weights, one a neuron.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recurrent: bool,
    pub neurons: Neurons,
}

impl Layer {
    pub fn n_inputs(&self) -> usize {
        self.window.as_ref().map_or(self.weights.n_inputs().saturating_sub(self.n_own()), Window::n_inputs)
    }

    /// Own spikes among the inputs.
    pub fn n_own(&self) -> usize {
        if self.recurrent { self.weights.n_neurons() } else { 0 }
    }

    pub fn n_neurons(&self) -> usize {
        self.weights.n_neurons().saturating_mul(self.n_positions())
    }

    /// Neurons that share a row of the weights: 1 without a window.
    pub fn n_positions(&self) -> usize {
        self.window.as_ref().map_or(1, Window::n_positions)
    }

    /// The bits of a weight: 1 for -1 and +1, else those of two's complement.
    pub fn weight_bits(&self) -> usize {
        1 + self.lower.len()
    }

    /// The weight in a row and a column. Panics outside of the matrix.
    pub fn weight(&self, row: usize, column: usize) -> i64 {
        let is_positive = self.weights.get(row, column);
        if self.lower.is_empty() {
            return if is_positive { 1 } else { -1 };
        }
        let bit = |(p, plane): (usize, &SignMatrix)| i64::from(plane.get(row, column)) << p;
        let lower: i64 = self.lower.iter().enumerate().map(bit).sum();
        if is_positive { lower } else { lower - (1 << self.lower.len()) }
    }

    /// The most input spikes, its layer's own among them, that one neuron can meet.
    pub fn fan_in(&self) -> usize {
        self.window.as_ref().map_or(self.weights.n_inputs(), Window::fan_in)
    }

    /// The element of the neurons' parameters that is neuron `j`'s: its own, or that of its channel.
    pub fn parameter(&self, j: usize) -> usize {
        if self.neurons.threshold.len() == self.n_neurons() {
            j
        } else {
            j / self.n_positions()
        }
    }
}

/// The position of a layer in its network, 0 next to the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LayerId(pub u16);

impl LayerId {
    /// The layer's place in [`Network::layers`].
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl std::fmt::Display for LayerId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "layer {}", self.0)
    }
}

/// A network as it is read, before its rules are checked.
#[derive(Deserialize)]
#[serde(rename = "Network", deny_unknown_fields)]
struct Unchecked {
    input: Input,
    layers: Vec<Layer>,
}

impl TryFrom<Unchecked> for Network {
    type Error = NetworkError;

    fn try_from(unchecked: Unchecked) -> Result<Self, NetworkError> {
        Network::new(unchecked.input, unchecked.layers)
    }
}
