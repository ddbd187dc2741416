//! A design that learns beside the reference, sample after sample.

use std::ops::ControlFlow;

use spikeforge_sim::plasticity::{Learner, LearningError, LearningReference, MemoryMismatch};
use spikeforge_sim::Spikes;
use thiserror::Error;

use crate::learn::Cost;
use crate::learner::DeviceLearner;
use crate::link::Link;

/// What was compared so far, and what it cost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LessonTally {
    pub samples: usize,
    /// Samples from which something was learned.
    pub learned: usize,
    /// Latent weights, readout weights, handicaps and states of random numbers.
    pub values_compared: u64,
    /// Clock cycles of all samples.
    pub cost: Cost,
    /// The first difference in words, and the sample in which it was found. Nothing is compared after it.
    pub mismatch: Option<(usize, String)>,
}

/// Why a comparison did not end.
#[derive(Debug, Error)]
#[error("sample {sample}: {source}")]
pub struct LearnCosimError {
    sample: usize,
    source: LearningError,
}

/// Teaches both, and compares all that they hold after each sample, until the first difference.
///
/// `seen` is told after each sample, and may break off.
pub fn learn_cosim<L: Link>(
    reference: &mut LearningReference,
    dut: &mut DeviceLearner<L>,
    samples: impl Iterator<Item = (Vec<Spikes>, usize)>,
    seen: &mut dyn FnMut(&LessonTally) -> ControlFlow<()>,
) -> Result<LessonTally, LearnCosimError> {
    let mut tally = LessonTally::default();
    for (sample, (train, label)) in samples.enumerate() {
        let failed = |source| LearnCosimError { sample, source };
        let expected = Learner::present(reference, &train, Some(label)).map_err(failed)?;
        let told = dut.present(&train, Some(label)).map_err(failed)?;
        let (held, got) = (reference.checkpoint(), dut.state().map_err(failed)?);
        tally.samples += 1;
        tally.learned += usize::from(expected.learned.contains(&true));
        let values = held.memories.iter().map(|memory| {
            memory.latents.values().len() + memory.readout.values().len() + memory.handicaps.len() + 2
        });
        tally.values_compared += values.sum::<usize>() as u64;
        if let Some(cycles) = dut.cycles() {
            tally.cost.add(cycles);
        }
        let difference = MemoryMismatch::first(&held.memories, &got.memories).map(|mismatch| mismatch.to_string());
        let difference = difference.or_else(|| (told != expected).then(|| format!("expected {expected:?}, got {told:?}")));
        let difference = difference.or_else(|| (got != held).then(|| "the registers differ".to_owned()));
        tally.mismatch = difference.map(|difference| (sample, difference));
        if seen(&tally).is_break() || tally.mismatch.is_some() {
            break;
        }
    }
    Ok(tally)
}
