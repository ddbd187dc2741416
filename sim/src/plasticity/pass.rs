//! What the layers saw of a presentation, which is all that they learn from.

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
    pub fn new(n_timesteps: usize, spikes: Vec<Vec<u32>>, charges: Vec<Vec<i64>>) -> Self {
        Pass { n_timesteps: u32::try_from(n_timesteps).unwrap_or(u32::MAX), spikes, charges }
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
