//! A device against the reference, presentation after presentation.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use spikeforge_sim::{lockstep, Compare, Device, LockstepError, Mismatch, Network, Reference};
use thiserror::Error;

use crate::inputs::{InputError, Inputs};

/// How far a comparison goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// No presentation begins after this time.
    pub time: Option<Duration>,
}

/// What was compared so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    pub samples: usize,
    pub spikes_compared: u64,
    pub membranes_compared: u64,
    /// The first difference, and the sample in which it was found. Nothing is compared after it.
    pub mismatch: Option<(usize, Mismatch)>,
    pub elapsed: Duration,
}

/// Why a comparison did not end.
#[derive(Debug, Error)]
pub enum CosimError {
    #[error(transparent)]
    Inputs(#[from] InputError),
    #[error("presentation {sample}: {source}")]
    Lockstep {
        sample: usize,
        source: LockstepError,
    },
}

/// Compares every spike and membrane of every layer at every timestep, until the first difference.
///
/// `seen` is told after each presentation, and may break off.
pub fn cosim(
    network: &Network,
    dut: &mut dyn Device,
    inputs: &Inputs,
    extent: Extent,
    seen: &mut dyn FnMut(&Tally) -> ControlFlow<()>,
) -> Result<Tally, CosimError> {
    check_features(network, inputs)?;
    let start = Instant::now();
    let mut reference = Reference::new(network);
    let mut tally = Tally::default();
    for sample in 0..inputs.n_samples() {
        let compared = lockstep(&mut reference, dut, &inputs.train(sample), Compare::States)
            .map_err(|source| CosimError::Lockstep { sample, source })?;
        tally.samples += 1;
        tally.spikes_compared += compared.spikes_compared;
        tally.membranes_compared += compared.membranes_compared;
        tally.mismatch = compared
            .mismatch
            .map(|mismatch| (sample, mismatch.named(network)));
        tally.elapsed = start.elapsed();
        let is_over = extent.time.is_some_and(|time| tally.elapsed > time);
        if seen(&tally).is_break() || tally.mismatch.is_some() || is_over {
            break;
        }
    }
    Ok(tally)
}

/// Inputs must have a feature for each input of the network.
pub fn check_features(network: &Network, inputs: &Inputs) -> Result<(), InputError> {
    let (expected, got) = (network.input.n(), inputs.n_features());
    if expected == got {
        Ok(())
    } else {
        Err(InputError::Features { expected, got })
    }
}
