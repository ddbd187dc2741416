//! Neurons that never fire, whatever the input, leave.
//!
//! ```text
//! before  layer l:    a, d, b      d: the highest membrane that its weights, bias and leak allow is below its threshold
//!         layer l+1:  w[k][a] a + w[k][d] d + w[k][b] b,    d = 0 at every timestep
//! after   layer l:    a, b
//!         layer l+1:  w[k][a] a + w[k][b] b
//! ```
//!
//! The proof is `range::may_fire`: an interval of membranes that no timestep leaves. The next layer's currents lose
//! nothing, so they, and every membrane behind them, stay what they are; where they lose reach, more neurons may be dead.

use spikeforge_sim::{range, Network};

use super::is_open;

/// The neurons of a layer that never fire, but for one when none would be left.
pub(super) fn find(network: &Network, layer: usize) -> Vec<usize> {
    if !is_open(network, layer) {
        return vec![];
    }
    let here = &network.layers[layer];
    let mut dead: Vec<usize> =
        (0..here.n_neurons()).filter(|&j| !range::may_fire(&here.weights, &here.neurons, j)).collect();
    if dead.len() == here.n_neurons() {
        dead.remove(0);
    }
    dead
}
