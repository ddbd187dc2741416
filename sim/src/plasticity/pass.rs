//! What the layers saw of a presentation, which is all that they learn from.

use crate::arithmetic::signed_count;
use crate::reference::count_spikes;
use crate::{DeviceError, Reference, Spikes};

/// One presentation, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pass {
    n_timesteps: u32,
    /// `[layer][input]`, and after the last layer the counts of its neurons.
    spikes: Vec<Vec<u32>>,
    /// `[layer][neuron]`: the membrane at the end, and a threshold for each spike.
    charges: Vec<Vec<i64>>,
}

impl Pass {
    /// Presents a train to a network, from rest.
    pub fn run(forward: &mut Reference, train: &[Spikes]) -> Result<Self, DeviceError> {
        let network = forward.network();
        let n_layers = network.layers.len();
        let sizes = network.layers.iter().map(|layer| layer.n_neurons());
        let mut spikes: Vec<_> = std::iter::once(network.input.n()).chain(sizes).map(|n| vec![0; n]).collect();
        forward.rest();
        let mut n_timesteps = 0;
        for input in train {
            n_timesteps += 1;
            forward.advance(input)?;
            for (layer, counts) in spikes.iter_mut().enumerate() {
                count_spikes(forward.entered(layer), counts);
            }
        }
        let charges = (0..n_layers).map(|layer| charges(forward, layer, &spikes[layer + 1])).collect();
        Ok(Pass { n_timesteps, spikes, charges })
    }

    /// How often each input of a layer spiked.
    pub fn inputs(&self, layer: usize) -> &[u32] {
        &self.spikes[layer]
    }

    /// How often each neuron of a layer fired.
    pub fn counts(&self, layer: usize) -> &[u32] {
        &self.spikes[layer + 1]
    }

    /// What each neuron of a layer has taken up and not leaked: finer than its count, and in the same proportion.
    pub fn charges(&self, layer: usize) -> &[i64] {
        &self.charges[layer]
    }

    /// Whether a neuron fired at some timestep, but not at all: one that a small change of its weights may move.
    pub fn gate(&self, layer: usize, j: usize) -> bool {
        (1..self.n_timesteps).contains(&self.counts(layer)[j])
    }

    /// The sum of the squared counts of a layer.
    pub fn goodness(&self, layer: usize) -> i64 {
        self.counts(layer).iter().map(|&count| i64::from(count) * i64::from(count)).sum()
    }
}

fn charges(forward: &Reference, layer: usize, counts: &[u32]) -> Vec<i64> {
    let thresholds = &forward.network().layers[layer].neurons.threshold;
    let charge =
        |((membrane, threshold), &count): ((&i64, &i64), &u32)| membrane + threshold * i64::from(signed_count(count));
    forward.membranes(layer).iter().zip(thresholds).zip(counts).map(charge).collect()
}
