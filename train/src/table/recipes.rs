//! What is trained for the tables, the surest and most wanted rows first.

use super::codings::{CODINGS, DECODINGS};
use crate::{Coding, Decoding, Loss, Options, Surrogate, SystemName};

/// A training but for its seed.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// Its name in the table.
    pub row: String,
    /// As `spikeforge train --dataset` takes it.
    pub dataset: &'static str,
    /// How many of the training samples it learns from.
    pub limit: usize,
    pub options: Options,
    pub seeds: &'static [u64],
    /// Whether it is one of the table of codings, decodings, losses and surrogates.
    pub is_coding: bool,
}

/// The outputs of a class where a population tells it.
const POPULATION: usize = 5;

impl Recipe {
    /// The command line that trains it once.
    pub fn command(&self, seed: u64) -> String {
        let options = &self.options;
        format!(
            "spikeforge train --system {} --dataset {} --limit {} --shape {} --encode {} --decode {} --loss {} --surrogate {} \
             --timesteps {} --epochs {} --batch {} --rate {} --beta {} --seed {seed}",
            options.system,
            self.dataset,
            self.limit,
            options.shape,
            options.coding,
            options.decoding,
            options.loss,
            options.surrogate,
            options.n_timesteps,
            options.n_epochs,
            options.batch,
            options.rate,
            options.beta,
        )
    }
}

/// All of them.
pub fn recipes() -> Vec<Recipe> {
    let mut all: Vec<Recipe> = RULES.iter().map(|&system| on_mnist(system)).collect();
    all.push(converted());
    all.extend(GRADIENTS.iter().map(|&system| on_digits(system)));
    for coding in CODINGS {
        for &surrogate in Surrogate::ALL {
            for decoding in DECODINGS {
                all.extend(Loss::ALL.iter().map(|&loss| of_codings(coding, surrogate, decoding, loss)));
            }
        }
    }
    all
}

/// The upper bound first, the control that a rule must beat last.
const RULES: [SystemName; 11] = [
    SystemName::Backprop,
    SystemName::SignSymmetric,
    SystemName::FeedbackAlignment,
    SystemName::Drtp,
    SystemName::Sigprop,
    SystemName::ForwardForward,
    SystemName::Pepita,
    SystemName::Stdp,
    SystemName::Readout,
    SystemName::BackwardGradient,
    SystemName::ForwardGradient,
];

const GRADIENTS: [SystemName; 2] = [SystemName::BackwardGradient, SystemName::ForwardGradient];

fn on_mnist(system: SystemName) -> Recipe {
    let is_gradient = GRADIENTS.contains(&system);
    let (coding, beta) = if is_gradient { (Coding::Rate, 0.75) } else { (Coding::Ramp, 0.875) };
    Recipe {
        row: format!("MNIST 784-256-10, {system}, 20 000 samples"),
        dataset: "mnist",
        limit: 20_000,
        options: Options {
            coding: coding.name().to_owned(),
            beta,
            n_epochs: 4,
            n_timesteps: if is_gradient { 5 } else { 8 },
            rate: 5e-3,
            ..Options::new(system, "784-256-10")
        },
        seeds: &[1, 2, 3],
        is_coding: false,
    }
}

/// Shown for as long as its rates need.
fn converted() -> Recipe {
    Recipe {
        row: "MNIST 784-256-10, conversion, 20 000 samples".to_owned(),
        dataset: "mnist",
        limit: 20_000,
        options: Options { n_epochs: 8, n_timesteps: 32, ..Options::new(SystemName::Conversion, "784-256-10") },
        seeds: &[1, 2, 3],
        is_coding: false,
    }
}

fn on_digits(system: SystemName) -> Recipe {
    Recipe {
        row: format!("digits 64-64-10, {system}"),
        dataset: "digits",
        limit: 1437,
        options: Options { n_epochs: 40, batch: 32, rate: 1e-2, n_timesteps: 5, beta: 0.75, ..Options::new(system, "64-64-10") },
        seeds: &[1, 2, 3],
        is_coding: false,
    }
}

fn of_codings(coding: Coding, surrogate: Surrogate, decoding: Decoding, loss: Loss) -> Recipe {
    let n_inputs = coding.n_inputs(&[8, 8]);
    let n_outputs = if decoding == Decoding::Population { 10 * POPULATION } else { 10 };
    Recipe {
        row: row(coding, surrogate, decoding, loss),
        dataset: "digits",
        limit: 1437,
        options: Options {
            coding: coding.name().to_owned(),
            surrogate: surrogate.name().to_owned(),
            decoding: decoding.name().to_owned(),
            loss: loss.name().to_owned(),
            n_epochs: 10,
            batch: 32,
            rate: 5e-3,
            ..Options::new(SystemName::Bptt, &format!("{n_inputs}-48-{n_outputs}"))
        },
        seeds: &[1],
        is_coding: true,
    }
}

/// The name of a row of the codings.
pub(super) fn row(coding: Coding, surrogate: Surrogate, decoding: Decoding, loss: Loss) -> String {
    format!("digits, {coding} code, {surrogate}, {decoding} decoding, {loss}")
}
