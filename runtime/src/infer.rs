//! Presentations through a device, counted.

use std::ops::ControlFlow;
use std::thread;
use std::time::{Duration, Instant};

use spikeforge_sim::{argmax, scores, DeviceError, LayerId, Network, Readout, Spikes};

use crate::driver::counters::Counters;
use crate::inputs::{InputError, Inputs};
use crate::judge::Judge;

/// Presentations that the reference runs between two looks at `seen`.
const CHUNK: usize = 500;

/// What came out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inference {
    /// Of each sample, the scores that the readout gives: one a neuron of the last layer, or one a class. No membranes
    /// where the device tells the class.
    pub scores: Vec<Vec<i64>>,
    /// The class of each sample.
    pub classes: Vec<usize>,
    /// How many of the classes the device told; the others are those of the greatest score.
    pub n_told: usize,
    /// Of each sample and timestep, the spikes of the layer that was asked for.
    pub spikes: Vec<Vec<Spikes>>,
    pub elapsed: Duration,
    /// What the hardware counted since its start.
    pub counters: Option<Counters>,
}

/// What of a presentation is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub readout: Readout,
    /// Whether the readout is the network's own, by which a device may tell the class itself.
    pub is_own: bool,
    /// The last layer.
    pub last: LayerId,
    /// Whether the spikes are kept, of the last layer or of another.
    pub keep: Option<Option<LayerId>>,
}

impl Wanted {
    /// The network's own readout, and no spikes.
    pub fn of(network: &Network) -> Wanted {
        let last = u16::try_from(network.layers.len().saturating_sub(1)).unwrap_or(u16::MAX);
        Wanted { readout: Readout::of(network), is_own: true, last: LayerId(last), keep: None }
    }

    /// The same by this readout.
    pub fn by(self, readout: Readout) -> Wanted {
        Wanted { readout, is_own: readout == self.readout, ..self }
    }
}

/// Runs every presentation on a device.
///
/// `seen` is told how many were run, and may break off.
pub fn infer(
    device: &mut dyn Judge,
    inputs: &Inputs,
    wanted: Wanted,
    seen: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<Inference, DeviceError> {
    let start = Instant::now();
    let mut inference = Inference::default();
    for sample in 0..inputs.n_samples() {
        let train = inputs.train(sample);
        let spikes = match wanted.keep {
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
        let told = if wanted.is_own { device.verdict()? } else { None };
        let membranes = match (wanted.readout, told) {
            (Readout::Membrane, None) => device.state(wanted.last)?.membranes,
            _ => vec![],
        };
        let scores = wanted.readout.scores(&spikes, &membranes);
        inference.n_told += usize::from(told.is_some());
        inference.classes.push(told.map_or_else(|| argmax(&scores), |told| told.class));
        inference.scores.push(scores);
        if wanted.keep == Some(None) {
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
    readout: Readout,
    seen: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<Inference, DeviceError> {
    let start = Instant::now();
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    let mut inference = Inference::default();
    for first in (0..inputs.n_samples()).step_by(CHUNK) {
        let n = CHUNK.min(inputs.n_samples() - first);
        inference
            .scores
            .extend(scores(network, readout, (n, n_threads), |sample| {
                inputs.spikes(first + sample)
            })?);
        if seen(first + n).is_break() {
            break;
        }
    }
    inference.classes = inference.scores.iter().map(|scores| argmax(scores)).collect();
    inference.elapsed = start.elapsed();
    Ok(inference)
}

/// The share of samples whose class is their label.
///
/// # Errors
/// [`InputError::LabelCount`] when there is not one label a sample.
pub fn accuracy(classes: &[usize], labels: &[usize]) -> Result<f64, InputError> {
    if labels.len() != classes.len() {
        return Err(InputError::LabelCount {
            labels: labels.len(),
            samples: classes.len(),
        });
    }
    let n_right = classes.iter().zip(labels).filter(|(class, label)| class == label).count();
    #[allow(clippy::cast_precision_loss)]
    Ok(n_right as f64 / classes.len().max(1) as f64)
}
