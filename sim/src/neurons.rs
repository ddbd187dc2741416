//! The leaky integrate-and-fire neurons of a layer.

use serde::{Deserialize, Serialize};

/// The neurons of a layer: their parameters, one element a neuron, and what they have in common.
///
/// Thresholds, biases and membranes are in units of 2^-`fraction_bits` of a weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neurons {
    pub fraction_bits: u32,
    pub beta_bits: u32,
    /// The share of the membrane that is kept, in units of 2^-`beta_bits`; `1 << beta_bits` never leaks.
    pub beta: Vec<u32>,
    pub threshold: Vec<i64>,
    pub bias: Vec<i64>,
    pub reset: Reset,
    /// The reset of a neuron that fires acts at the next timestep (snnTorch's default) instead of at once.
    pub reset_delay: bool,
    pub fires: Fires,
    /// The width of a membrane; what does not fit saturates.
    pub membrane_bits: u32,
}

/// What firing does to the membrane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reset {
    None,
    Zero,
    Subtract,
}

/// The side of the threshold on which a neuron fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fires {
    /// Fires when the membrane is above its threshold, which is at least 0.
    Above,
    /// Fires when the membrane has reached its threshold, which is at least 1.
    At,
}
