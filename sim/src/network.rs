//! A network: a chain of layers, each taking the spikes of the one before it.

use serde::{Deserialize, Serialize};

use crate::arithmetic::index;
use crate::{NetworkError, Neurons, SignMatrix};

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

    /// The number of neurons of the last layer, 0 without layers.
    pub fn n_outputs(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.weights.n_neurons())
    }
}

/// The input of a network: one spike a timestep for each element of a shape, row-major.
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    pub name: String,
    pub weights: SignMatrix,
    pub neurons: Neurons,
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
