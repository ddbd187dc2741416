//! Inputs that are constant, over given data or by declaration, leave; those that always spike become bias.
//!
//! ```text
//! before  drive[j] = ((w[j][x] x + w[j][s] s + w[j][o] o) << fraction_bits) + bias[j]      s = 0, o = 1 at every timestep
//! after   drive[j] = ((w[j][x] x) << fraction_bits) + bias[j] + (w[j][o] << fraction_bits)
//! ```
//!
//! Exact for the presentations in which they are constant, and those only: whoever presents others must refuse them,
//! by the [`InputMap`].

use serde::{Deserialize, Serialize};
use spikeforge_sim::limits;

use super::{is_dense, Removal, Rewrite, Rewritten};

/// An input that has the same spike at every timestep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Constant {
    pub input: usize,
    pub spikes: bool,
}

/// Which inputs of a presentation the network still takes, and what the others must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputMap {
    /// Inputs of a presentation.
    pub n_inputs: usize,
    /// `kept[i]` is the presentation's input that is input `i` of the network; ascending.
    pub kept: Vec<usize>,
    /// Removed inputs that spike at every timestep; all other removed ones never do. Ascending.
    pub always: Vec<usize>,
}

impl InputMap {
    pub fn all(n_inputs: usize) -> Self {
        InputMap { n_inputs, kept: (0..n_inputs).collect(), always: vec![] }
    }

    pub fn keeps_all(&self) -> bool {
        self.kept.len() == self.n_inputs
    }
}

pub(super) fn apply(rewritten: &mut Rewritten, constants: &[Constant]) {
    let n_inputs = rewritten.network.input.n();
    let mut gone: Vec<Constant> = constants.iter().copied().filter(|constant| constant.input < n_inputs).collect();
    if gone.len() == n_inputs {
        gone.remove(0);
    }
    let first = &rewritten.network.layers[0];
    if gone.is_empty() || !is_dense(first) || !first.neurons.scaling.is_empty() {
        return;
    }
    let always: Vec<usize> = gone.iter().filter(|constant| constant.spikes).map(|constant| constant.input).collect();
    let Some(biases) = biases(rewritten, &always) else { return };
    let left: Vec<usize> = (0..n_inputs).filter(|&i| gone.iter().all(|constant| constant.input != i)).collect();
    let first = &mut rewritten.network.layers[0];
    first.neurons.bias = biases;
    rewritten.removals.push(Removal { rewrite: Rewrite::ConstantInputs, layer: first.name.clone(), n: gone.len() });
    rewritten.keep_inputs(&left);
    rewritten.inputs = InputMap { n_inputs, kept: left, always };
}

/// The biases of the first layer with the current of the inputs that always spike; none where one would not fit.
fn biases(rewritten: &Rewritten, always: &[usize]) -> Option<Vec<i64>> {
    let first = &rewritten.network.layers[0];
    let most = 1i64 << (limits::BIAS_BITS - 1);
    let bias = |j: usize| {
        let current: i64 = always.iter().map(|&i| if first.weights.get(j, i) { 1 } else { -1 }).sum();
        let bias = first.neurons.bias[j] + (current << first.neurons.fraction_bits);
        (-most..most).contains(&bias).then_some(bias)
    };
    (0..first.n_neurons()).map(bias).collect()
}
