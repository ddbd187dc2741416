//! Less work for the same spikes: exact rewrites of a network, one a file, each optional.
//!
//! Surviving neurons keep their membranes, widths and order, and the last layer keeps all of its neurons. What a rewrite
//! removes is not stored: neither its weights, nor its state and parameters. There is no rewrite for neurons to which
//! nobody listens, because with weights of -1 and +1 the whole next layer listens to each.
//!
//! Convolutions and layers next to them are left as they are.

mod constant_inputs;
mod dead_neurons;
mod duplicate_neurons;

use serde::{Deserialize, Serialize};
use spikeforge_sim::{Input, Layer, Network};

pub use constant_inputs::{Constant, InputMap};

/// A rewrite by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rewrite {
    ConstantInputs,
    DeadNeurons,
    DuplicateNeurons,
}

impl Rewrite {
    /// Those that are exact on every input.
    pub const EXACT: [Rewrite; 2] = [Rewrite::DeadNeurons, Rewrite::DuplicateNeurons];

    pub fn name(self) -> &'static str {
        match self {
            Rewrite::ConstantInputs => "constant-inputs",
            Rewrite::DeadNeurons => "dead-neurons",
            Rewrite::DuplicateNeurons => "duplicate-neurons",
        }
    }
}

/// The rewrites that are asked for, and the inputs that are known to be constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrites {
    pub wanted: Vec<Rewrite>,
    /// In ascending order of inputs.
    pub constants: Vec<Constant>,
}

impl Default for Rewrites {
    fn default() -> Self {
        Rewrites { wanted: Rewrite::EXACT.to_vec(), constants: vec![] }
    }
}

impl Rewrites {
    pub fn none() -> Self {
        Rewrites { wanted: vec![], constants: vec![] }
    }

    fn wants(&self, rewrite: Rewrite) -> bool {
        self.wanted.contains(&rewrite)
    }
}

/// A network with less work, and where its inputs and neurons were before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    pub network: Network,
    pub inputs: InputMap,
    /// `kept[layer][neuron]`: its index before the rewrites.
    pub kept: Vec<Vec<usize>>,
    pub removals: Vec<Removal>,
}

/// What a rewrite removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    pub rewrite: Rewrite,
    /// The layer whose inputs or neurons they were.
    pub layer: String,
    pub n: usize,
}

impl std::fmt::Display for Removal {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let of = if self.rewrite == Rewrite::ConstantInputs { "inputs" } else { "neurons" };
        write!(f, "{}: {} {of} of {} left out", self.rewrite.name(), self.n, self.layer)
    }
}

/// Applies the rewrites that are wanted, until none finds anything more.
pub fn rewrite(network: Network, rewrites: &Rewrites) -> Rewritten {
    let kept = network.layers.iter().map(|layer| (0..layer.n_neurons()).collect()).collect();
    let inputs = InputMap::all(network.input.n());
    let mut rewritten = Rewritten { network, inputs, kept, removals: vec![] };
    if rewrites.wants(Rewrite::ConstantInputs) {
        constant_inputs::apply(&mut rewritten, &rewrites.constants);
    }
    loop {
        let n_removals = rewritten.removals.len();
        // A removal narrows what can arrive at the layers behind it.
        for layer in 0..rewritten.network.layers.len().saturating_sub(1) {
            if rewrites.wants(Rewrite::DeadNeurons) {
                let dead = dead_neurons::find(&rewritten.network, layer);
                rewritten.remove_neurons(Rewrite::DeadNeurons, layer, &dead);
            }
            if rewrites.wants(Rewrite::DuplicateNeurons) {
                let pairs = duplicate_neurons::find(&rewritten.network, layer);
                rewritten.remove_neurons(Rewrite::DuplicateNeurons, layer, &pairs);
            }
        }
        if rewritten.removals.len() == n_removals {
            return rewritten;
        }
    }
}

impl Rewritten {
    /// Removes neurons whose spikes change no current of the next layer.
    fn remove_neurons(&mut self, rewrite: Rewrite, layer: usize, gone: &[usize]) {
        if gone.is_empty() {
            return;
        }
        let layers = &mut self.network.layers;
        let (n, name) = (layers[layer].n_neurons(), layers[layer].name.clone());
        let left: Vec<usize> = (0..n).filter(|j| !gone.contains(j)).collect();
        let here = &mut layers[layer];
        here.weights = here.weights.part(&left, &all(here.weights.n_inputs()));
        here.neurons = here.neurons.part(&left);
        let next = &mut layers[layer + 1];
        next.weights = next.weights.part(&all(next.weights.n_neurons()), &left);
        self.kept[layer] = left.iter().map(|&j| self.kept[layer][j]).collect();
        self.removals.push(Removal { rewrite, layer: name, n: gone.len() });
    }

    /// Makes `left` the inputs of the network.
    fn keep_inputs(&mut self, left: &[usize]) {
        let first = &mut self.network.layers[0];
        first.weights = first.weights.part(&all(first.weights.n_neurons()), left);
        self.network.input = Input { shape: vec![u32::try_from(left.len()).unwrap_or(u32::MAX)] };
    }
}

fn all(n: usize) -> Vec<usize> {
    (0..n).collect()
}

/// Whether a row of the weights is one neuron, a column one input, and a weight its sign.
fn is_dense(layer: &Layer) -> bool {
    layer.window.is_none() && layer.lower.is_empty() && !layer.recurrent
}

/// Whether neurons may leave the layer `layer` of the network: it is not the last, and no convolution is involved.
fn is_open(network: &Network, layer: usize) -> bool {
    layer + 1 < network.layers.len() && network.layers[layer..=layer + 1].iter().all(is_dense)
}
