//! A network in floats: every choice is made, nothing is rounded. This is what `quantize` takes.
//!
//! ```text
//! what enters -> [pools] -> weights: all to all, or a window that slides -> [sums] -> + bias -> neurons
//!                             own spikes of the timestep before -> recurrent weights _/
//! ```

use spikeforge_sim::ScaledBy;

use super::neuron::FloatNeurons;
use super::node::Shape;
use super::semantics::Semantics;
use super::shape::count;
use super::warning::Warning;
use super::weights::LevelWeights;

/// Layers, each fed by the one before it, the first by the input.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatNetwork {
    pub input_shape: Shape,
    pub layers: Vec<FloatLayer>,
    pub warnings: Vec<Warning>,
}

/// A layer. `current[j] = scale[row(j)] * (sum of levels times what they meet) + bias[j]`, into neuron `j`.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatLayer {
    /// The name of the node that holds the weights.
    pub name: String,
    /// The name of the node that holds the neurons.
    pub neuron_name: String,
    /// Bits of the unsigned values that enter; 1 for spikes. What they are worth is in the scale of the weights.
    pub value_bits: u32,
    /// The shape of what enters, as the layer before (or the input) gives it.
    pub input_shape: Shape,
    /// Sums of windows, in this order, of what enters; an average's divisor is in the scale of the weights.
    pub pools: Vec<Window>,
    /// How the weights slide over what enters or leaves the pools; without it every neuron sees all of it.
    pub window: Option<Window>,
    /// A row for each neuron; behind a window a row for each channel, its columns (input channel, kernel...).
    pub weights: LevelWeights,
    /// Sums of windows, in this order, of what leaves a window of weights.
    pub sums: Vec<Window>,
    /// From the layer's own spikes of the timestep before: a row and a column for each neuron, scales as in `weights`.
    pub recurrent: Option<LevelWeights>,
    /// One element a neuron.
    pub bias: Vec<f64>,
    /// What each timestep makes of the current, bias included; empty where it stays as it is.
    pub scaling: Vec<FloatScaling>,
    /// What says which of them holds.
    pub scaled_by: ScaledBy,
    pub neurons: FloatNeurons,
    /// A max pool of spikes: weights of 0 and 1 count them, and one is enough. No scale, no fraction, no memory.
    pub is_max_pool: bool,
    /// The shape of the neurons: (neurons), or (channels, sizes...) behind a window.
    pub shape: Shape,
    pub semantics: Semantics,
}

impl FloatLayer {
    pub fn n_neurons(&self) -> usize {
        self.bias.len()
    }

    /// The row of weights of neuron `j`.
    pub fn row(&self, j: usize) -> usize {
        j / (self.n_neurons() / self.weights.scale.len().max(1)).max(1)
    }

    /// The scale of the weights of neuron `j`.
    pub fn scale(&self, j: usize) -> f64 {
        self.weights.scale[self.row(j)]
    }

    /// The number of elements that enter.
    pub fn n_inputs(&self) -> usize {
        count(&self.input_shape)
    }
}

/// `scale[j] * current + bias[j]` of each neuron, at one timestep or level.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatScaling {
    pub scale: Vec<f64>,
    pub bias: Vec<f64>,
}

/// A window that slides over the dimensions behind the first, which counts channels. One element a dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    pub kernel: Vec<usize>,
    pub stride: Vec<usize>,
    /// Zeros (before, behind).
    pub padding: Vec<(usize, usize)>,
    pub dilation: Vec<usize>,
    /// Each output channel sees the input channels of its group only. A pool has as many groups as channels.
    pub groups: usize,
    /// (channels, sizes...) of what comes out.
    pub output_shape: Shape,
}
