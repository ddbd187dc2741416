//! How many spikes a network makes, which is what it costs on the chip: beats without a spike are skipped.

use spikeforge_sim::{Device, LayerId, Network, Reference};

use crate::{Coding, Samples, TrainError};

/// The spikes of each layer in a presentation of so many timesteps, on average over the samples.
#[allow(clippy::cast_precision_loss)]
pub fn spikes_by_layer(network: &Network, samples: &Samples, coding: Coding, n_timesteps: usize) -> Result<Vec<f64>, TrainError> {
    let mut reference = Reference::new(network);
    let mut totals = vec![0usize; network.layers.len()];
    for i in 0..samples.len() {
        reference.reset()?;
        for input in samples.train(i, coding, n_timesteps) {
            reference.step(&input)?;
            for (layer, total) in (0u16..).map(LayerId).zip(&mut totals) {
                *total += reference.state(layer)?.fired.count_ones();
            }
        }
    }
    Ok(totals.into_iter().map(|total| total as f64 / samples.len().max(1) as f64).collect())
}
