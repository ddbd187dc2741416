//! What no folding can mend.

use spikeforge_sim::Network;

use super::FoldError;

/// Addresses and lengths on the wire have 16 bits.
pub(super) fn check_addresses(network: &Network) -> Result<(), FoldError> {
    const MOST: usize = 65_536;
    for layer in &network.layers {
        for (n, what) in [(layer.n_inputs(), "inputs"), (layer.n_neurons(), "neurons")] {
            if n > MOST {
                return Err(FoldError::TooLarge { layer: layer.name.clone(), n, what, most: MOST });
            }
        }
    }
    check_frames(network)
}

/// A window takes its frame in the order in which the layer before it gives its spikes.
fn check_frames(network: &Network) -> Result<(), FoldError> {
    for pair in network.layers.windows(2) {
        let Some(window) = &pair[1].window else { continue };
        let got = pair[0].weights.n_neurons();
        let expected = window.n_inputs() / window.n_frame().max(1);
        let is_vector = pair[0].window.is_none() && (expected == 1 || window.n_frame() == 1);
        if got != expected && !is_vector {
            return Err(FoldError::Frame { layer: pair[1].name.clone(), expected, got });
        }
    }
    Ok(())
}
