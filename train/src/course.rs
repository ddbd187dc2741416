//! Minibatches, epochs, validation and early stopping: the same for every system.

use std::ops::ControlFlow;

use candle_core::{Tensor, Var};
use serde::{Deserialize, Serialize};
use spikeforge_sim::random::SplitMix64;

use crate::system::{Options, System};
use crate::{Batch, Coding, Samples, TrainError};

/// Samples that are scored at once.
const CHUNK: usize = 500;

/// How far a training is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    pub epochs: Vec<Epoch>,
    /// The number of the epoch whose state is kept, from 1.
    pub best: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Epoch {
    pub loss: f64,
    /// 0 to 1.
    pub validation: f64,
}

/// A training that can be left after any epoch.
pub struct Training {
    pub system: Box<dyn System>,
    pub options: Options,
    pub progress: Progress,
    /// The state of the best epoch, in the order of [`System::state`].
    pub best: Vec<Tensor>,
    coding: Coding,
    training: Samples,
    validation: Samples,
}

impl Training {
    pub fn new(options: &Options, samples: &Samples) -> Result<Self, TrainError> {
        let (training, validation) = samples.parted(options.seed)?;
        let system = options.build(samples)?;
        let best = copies(&system.state())?;
        let coding = options.coding()?;
        Ok(Training { system, options: options.clone(), progress: Progress::default(), best, coding, training, validation })
    }

    /// Trains to the end, or until `watch`, asked after every epoch, breaks off. Then the system is at its best epoch, and
    /// true is returned.
    pub fn run(&mut self, watch: &mut dyn FnMut(&Training) -> Result<ControlFlow<()>, TrainError>) -> Result<bool, TrainError> {
        while !self.is_over() {
            self.epoch()?;
            if watch(self)?.is_break() && !self.is_over() {
                return Ok(false);
            }
        }
        for ((_, var), best) in self.system.state().iter().zip(&self.best) {
            var.set(best)?;
        }
        self.system.settle(&self.training)?;
        Ok(true)
    }

    fn is_over(&self) -> bool {
        let done = self.progress.epochs.len();
        done >= self.options.n_epochs || done - self.progress.best >= self.options.patience.max(1)
    }

    #[allow(clippy::cast_precision_loss)]
    fn epoch(&mut self) -> Result<(), TrainError> {
        let (done, options) = (self.progress.epochs.len(), self.options.clone());
        let begins_anew = self.system.begin_epoch(done as f64 / options.n_epochs.max(1) as f64, &self.training)?;
        // Chance is a function of the seed and the epoch: nothing of it needs saving.
        let mut random = SplitMix64::new(options.seed.wrapping_mul(0x9E37_79B9).wrapping_add(done as u64));
        let order = random.shuffled(self.training.len());
        let n_batches = (self.training.len() / options.batch).max(1);
        let mut total = 0.0;
        for number in 0..n_batches {
            let chosen = &order[number * options.batch..order.len().min((number + 1) * options.batch)];
            let batch = self.batch(chosen, &mut random)?;
            let passed = (done as f64 + number as f64 / n_batches as f64) / options.n_epochs.max(1) as f64;
            let rate = options.rate * (1.0 + (std::f64::consts::PI * passed).cos()) / 2.0;
            let stopped = |loss, place| TrainError::NotFinite { epoch: done + 1, batch: number + 1, loss, place, rate: options.rate };
            let loss = self.system.step(&batch, rate, random.next_word()).map_err(|error| match error {
                TrainError::NoNumber { place } => stopped(f64::NAN, place),
                error => error,
            })?;
            // A membrane that is no number does not fire, so the loss alone would not tell.
            check_finite(self.system.state().iter().map(|(name, var)| (name.as_str(), var.as_tensor()))).map_err(|error| match error {
                TrainError::NoNumber { place } => stopped(loss, place),
                error => error,
            })?;
            if !loss.is_finite() {
                return Err(stopped(loss, "the output of the last layer".to_owned()));
            }
            total += loss;
        }
        let validation = self.accuracy(&self.validation)?;
        let best = self.progress.best.checked_sub(1).filter(|_| !begins_anew);
        let best = best.map_or(-1.0, |best| self.progress.epochs[best].validation);
        self.progress.epochs.push(Epoch { loss: total / n_batches as f64, validation });
        if validation > best {
            self.progress.best = self.progress.epochs.len();
            self.best = copies(&self.system.state())?;
        }
        Ok(())
    }

    /// These samples as they are learned.
    fn batch(&self, chosen: &[usize], random: &mut SplitMix64) -> Result<Batch, TrainError> {
        let n_timesteps = self.options.n_learned_timesteps();
        match self.options.augment {
            0 => self.training.batch(chosen, self.coding, n_timesteps),
            reach => {
                let all: Vec<usize> = (0..chosen.len()).collect();
                self.training.moved(chosen, reach, random).batch(&all, self.coding, n_timesteps)
            }
        }
    }

    /// The share of samples whose best score is at their label.
    pub fn accuracy(&self, samples: &Samples) -> Result<f64, TrainError> {
        accuracy(self.system.as_ref(), samples, self.coding, self.options.n_learned_timesteps())
    }

    /// The sha256 of what is learned and validated.
    pub fn digest(&self) -> String {
        format!("{}{}", self.training.digest(), self.validation.digest())
    }
}

#[allow(clippy::cast_precision_loss)]
fn accuracy(system: &dyn System, samples: &Samples, coding: Coding, n_timesteps: usize) -> Result<f64, TrainError> {
    let numbers: Vec<usize> = (0..samples.len()).collect();
    let mut n_right = 0;
    for chunk in numbers.chunks(CHUNK) {
        let batch = samples.batch(chunk, coding, n_timesteps)?;
        n_right += right(&system.scores(&batch)?, &batch.labels)?;
    }
    Ok(n_right as f64 / samples.len().max(1) as f64)
}

/// How many rows have their greatest score, the first of equals, at the label.
pub(crate) fn right(scores: &Tensor, labels: &[usize]) -> Result<usize, TrainError> {
    let rows = scores.to_vec2::<f32>()?;
    Ok(rows.iter().zip(labels).filter(|(row, &label)| spikeforge_sim::argmax(row) == label).count())
}

fn copies(state: &[(String, Var)]) -> Result<Vec<Tensor>, TrainError> {
    state.iter().map(|(_, var)| Ok(var.as_tensor().copy()?.detach())).collect()
}

/// Refuses the first tensor that holds a number that is none.
pub(crate) fn check_finite<'a>(tensors: impl Iterator<Item = (&'a str, &'a Tensor)>) -> Result<(), TrainError> {
    for (name, tensor) in tensors {
        // A sum of squares is infinite or no number where any part is.
        if !tensor.detach().sqr()?.sum_all()?.to_scalar::<f32>()?.is_finite() {
            return Err(TrainError::NoNumber { place: name.to_owned() });
        }
    }
    Ok(())
}
