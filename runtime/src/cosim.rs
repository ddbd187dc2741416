//! A device against the reference, presentation after presentation.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use spikeforge_sim::{lockstep, Compare, Device, DeviceError, Encoded, LayerId, LockstepError, Mismatch, Network, Readout, Reference, Spikes, Verdict};
use thiserror::Error;

use crate::inputs::{InputError, Inputs};
use crate::judge::Judge;

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
    /// Classes that the device told.
    pub verdicts_compared: u64,
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
    #[error("presentation {sample}: the class that the design tells: expected {} with score {}, got {} with score {}", expected.class, expected.score, got.class, got.score)]
    Verdict { sample: usize, expected: Verdict, got: Verdict },
}

/// Compares every spike and membrane of every layer at every timestep, and the class where the device tells it, until the
/// first difference.
///
/// `seen` is told after each presentation, and may break off.
pub fn cosim(
    network: &Network,
    dut: &mut dyn Judge,
    inputs: &Inputs,
    extent: Extent,
    seen: &mut dyn FnMut(&Tally) -> ControlFlow<()>,
) -> Result<Tally, CosimError> {
    check_features(network, inputs)?;
    let start = Instant::now();
    let mut reference = Encoded::new(Reference::new(network), inputs.on_chip());
    let mut tally = Tally::default();
    for sample in 0..inputs.n_samples() {
        let train = inputs.train(sample);
        let compared = lockstep(&mut reference, dut, &train, Compare::States)
            .map_err(|source| CosimError::Lockstep { sample, source })?;
        tally.samples += 1;
        tally.spikes_compared += compared.spikes_compared;
        tally.membranes_compared += compared.membranes_compared;
        tally.mismatch = compared
            .mismatch
            .map(|mismatch| (sample, mismatch.named(network)));
        if tally.mismatch.is_none() {
            tally.verdicts_compared += u64::from(same_verdict(reference.device_mut(), dut, (sample, inputs))?);
        }
        tally.elapsed = start.elapsed();
        let is_over = extent.time.is_some_and(|time| tally.elapsed > time);
        if seen(&tally).is_break() || tally.mismatch.is_some() || is_over {
            break;
        }
    }
    Ok(tally)
}

/// Whether the device told the class, which then is that of the reference.
fn same_verdict(reference: &mut Reference, dut: &mut dyn Judge, (sample, inputs): (usize, &Inputs)) -> Result<bool, CosimError> {
    let failed = |source| CosimError::Lockstep { sample, source };
    let Some(got) = dut.verdict().map_err(|error| failed(LockstepError::Dut(error)))? else { return Ok(false) };
    let expected = verdict(reference, &inputs.spikes(sample)).map_err(|error| failed(LockstepError::Reference(error)))?;
    if got == expected { Ok(true) } else { Err(CosimError::Verdict { sample, expected, got }) }
}

/// What a design tells of a presentation that tells the class of a network: by its own readout.
pub fn verdict(reference: &mut Reference, train: &[Spikes]) -> Result<Verdict, DeviceError> {
    let readout = Readout::of(reference.network());
    let last = u16::try_from(reference.network().layers.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let spikes = reference.run(train)?;
    let membranes = reference.state(LayerId(last))?.membranes;
    Ok(Verdict::of(readout, &readout.scores(&spikes, &membranes)))
}

/// Inputs must have a feature for each input of the network.
pub fn check_features(network: &Network, inputs: &Inputs) -> Result<(), InputError> {
    inputs.check_features(network.input.n())
}
