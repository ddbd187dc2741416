//! Presentations through a device, counted.

use std::ops::ControlFlow;
use std::thread;
use std::time::{Duration, Instant};

use spikeforge_sim::{argmax, evaluate, Device, DeviceError, LayerId, Network, Spikes};

use crate::driver::counters::Counters;
use crate::inputs::{InputError, Inputs};

/// Presentations that the reference runs between two looks at `seen`.
const CHUNK: usize = 500;

/// What came out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inference {
    /// Of each sample, how often each neuron of the last layer fired.
    pub counts: Vec<Vec<u32>>,
    /// Of each sample and timestep, the spikes of the layer that was asked for.
    pub spikes: Vec<Vec<Spikes>>,
    pub elapsed: Duration,
    /// What the hardware counted since its start.
    pub counters: Option<Counters>,
}

/// Runs every presentation on a device. With `keep`, its spikes are kept; with a layer, of that one.
///
/// `seen` is told how many were run, and may break off.
pub fn infer(
    device: &mut dyn Device,
    inputs: &Inputs,
    keep: Option<Option<LayerId>>,
    seen: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<Inference, DeviceError> {
    let start = Instant::now();
    let mut inference = Inference::default();
    for sample in 0..inputs.n_samples() {
        let train = inputs.train(sample);
        let spikes = match keep {
            Some(Some(layer)) => {
                let trace = device.trace(&train)?;
                let last = trace
                    .timesteps
                    .iter()
                    .filter_map(|layers| layers.last())
                    .map(|state| state.fired.clone());
                inference.spikes.push(
                    trace
                        .spikes(layer)
                        .map(|spikes| spikes.to_bitvec())
                        .collect(),
                );
                last.collect()
            }
            _ => device.run(&train)?,
        };
        inference.counts.push(counts(&spikes));
        if keep == Some(None) {
            inference.spikes.push(spikes);
        }
        if seen(sample + 1).is_break() {
            break;
        }
    }
    inference.elapsed = start.elapsed();
    Ok(inference)
}

/// Runs every presentation on the reference, on every core, and keeps no spikes.
pub fn infer_reference(
    network: &Network,
    inputs: &Inputs,
    seen: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<Inference, DeviceError> {
    let start = Instant::now();
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    let mut inference = Inference::default();
    for first in (0..inputs.n_samples()).step_by(CHUNK) {
        let n = CHUNK.min(inputs.n_samples() - first);
        inference
            .counts
            .extend(evaluate(network, n, n_threads, |sample| {
                inputs.train(first + sample)
            })?);
        if seen(first + n).is_break() {
            break;
        }
    }
    inference.elapsed = start.elapsed();
    Ok(inference)
}

/// The share of samples whose most frequent output is their label.
///
/// # Errors
/// [`InputError::LabelCount`] when there is not one label a sample.
pub fn accuracy(counts: &[Vec<u32>], labels: &[usize]) -> Result<f64, InputError> {
    if labels.len() != counts.len() {
        return Err(InputError::LabelCount {
            labels: labels.len(),
            samples: counts.len(),
        });
    }
    let n_right = counts
        .iter()
        .zip(labels)
        .filter(|(counts, label)| argmax(counts) == **label)
        .count();
    #[allow(clippy::cast_precision_loss)]
    Ok(n_right as f64 / counts.len().max(1) as f64)
}

fn counts(spikes: &[Spikes]) -> Vec<u32> {
    let n_neurons = spikes.first().map_or(0, |spikes| spikes.len());
    (0..n_neurons)
        .map(|neuron| spikes.iter().map(|spikes| u32::from(spikes[neuron])).sum())
        .collect()
}
