//! Where learning begins from a network that was trained elsewhere, or exported by a learner.

use spikeforge_sim::plasticity::{LearningNetwork, LearningReference, Readout, ReadoutKind};
use spikeforge_sim::Network;

use super::LearnError;

/// The learner of `network`'s hidden layers, latents half their range from 0. A last layer of integers, as `export` writes it, is
/// the readout, to the bit where it fits; one of signs is where the readout begins.
pub fn begin(learning: &LearningNetwork, network: &Network, seed: u64) -> Result<LearningReference, LearnError> {
    let weights: Vec<_> = network.layers.iter().map(|layer| layer.weights.clone()).collect();
    let started = LearningReference::from_weights(learning, &weights, seed)?;
    let mut state = started.checkpoint();
    let last = network.layers.last().filter(|layer| network.layers.len() > learning.layers.len() && layer.weight_bits() > 1);
    if let (Some(layer), Some(memory)) = (last, state.memories.last_mut()) {
        let (kind, n) = (memory.readout.kind(), layer.n_inputs());
        let limit = match kind {
            ReadoutKind::Integer { bits } | ReadoutKind::Sign { bits } => (1i64 << (bits - 1)) - 1,
        };
        let all = (0..layer.n_neurons()).flat_map(|class| (0..n).map(move |j| layer.weight(class, j)));
        let values = all.map(|value| i16::try_from(value.clamp(-limit - 1, limit)).unwrap_or_default()).collect();
        memory.readout = Readout::new(kind, n, values, memory.readout.lfsr())?;
    }
    Ok(LearningReference::resume(state)?)
}
