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
    /// The splits that are tested, as `spikeforge train --split` takes them, with each seed; none has the data set's own test.
    pub splits: &'static [Option<usize>],
    /// Whether it is one of the table of codings, decodings, losses and surrogates.
    pub is_coding: bool,
}

/// For data sets with a test of their own.
const WHOLE: &[Option<usize>] = &[None];

/// The outputs of a class where a population tells it.
const POPULATION: usize = 5;

impl Recipe {
    /// The command line that trains it once.
    pub fn command(&self, seed: u64, split: Option<usize>) -> String {
        let options = &self.options;
        let asked = |name: &str, value: usize, usual: usize| if value == usual { String::new() } else { format!(" --{name} {value}") };
        let usual = Options::new(SystemName::Bptt, "");
        let augment = asked("augment", options.augment, usual.augment);
        let sparsity = if options.sparsity > 0.0 { format!(" --sparsity {}", options.sparsity) } else { String::new() };
        let patience = asked("patience", options.patience, usual.patience);
        let split = split.map_or(String::new(), |split| format!(" --split {split}"));
        format!(
            "spikeforge train --system {} --dataset {} --limit {} --shape {} --encode {} --decode {} --loss {} --surrogate {} \
             --timesteps {} --epochs {} --batch {} --rate {} --beta {}{augment}{sparsity}{patience}{split} --seed {seed}",
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
    let mut all = vec![at_its_best(DENSE, 8, 20), at_its_best(CONVOLUTIONS, 4, 14), fashion(), cancer(), by_membranes()];
    all.extend(RULES.iter().map(|&system| on_mnist(system)));
    all.push(converted());
    all.extend(GRADIENTS.iter().map(|&system| on_digits(system)));
    all.extend(WEIGHERS.iter().map(|&system| weighed(system, "64-64-10")));
    all.extend(WEIGHERS.iter().filter(|&&system| system != SystemName::CausalAttention).map(|&system| weighed(system, "8x8-c3x8-p2-10")));
    let sparse = [SystemName::Bptt, SystemName::CausalAttention].map(|system| weighed_mnist(system, 0.3));
    all.extend(WEIGHERS.iter().map(|&system| weighed_mnist(system, 0.0)).chain(sparse).chain([weighed_mnist(SystemName::Bptt, 3.0)]));
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

/// What weighs currents by timestep, channel or place, behind what does not.
const WEIGHERS: [SystemName; 5] =
    [SystemName::Bptt, SystemName::Bntt, SystemName::Attention, SystemName::FoldedAttention, SystemName::CausalAttention];

const DENSE: &str = "784-256-10";
/// 12C5-MP2-64C5-MP2-1024FC10 of Eshraghian et al. 2021, with means for maxima in its pools.
const CONVOLUTIONS: &str = "28x28-c5x12-p2-c5x64-p2-10";

/// All of MNIST, each image moved by up to a pixel whenever it is learned.
fn at_its_best(shape: &str, n_timesteps: usize, n_epochs: usize) -> Recipe {
    Recipe {
        row: format!("MNIST {shape}, bptt, images moved by a pixel"),
        dataset: "mnist",
        limit: 60_000,
        options: Options { n_epochs, n_timesteps, rate: 4e-3, augment: 1, ..Options::new(SystemName::Bptt, shape) },
        seeds: &[1, 2, 3],
        splits: WHOLE,
        is_coding: false,
    }
}

/// Of Fashion-MNIST pixels as numbers, and an answer by membranes.
fn fashion() -> Recipe {
    Recipe {
        row: "Fashion-MNIST 784-512-10, bptt, 4-bit pixels".to_owned(),
        dataset: "fashion",
        limit: 60_000,
        options: Options {
            coding: Coding::Values.name().to_owned(),
            decoding: Decoding::Membrane.name().to_owned(),
            n_epochs: 10,
            n_timesteps: 4,
            ..Options::new(SystemName::Bptt, "784-512-10")
        },
        seeds: &[1, 2, 3],
        splits: WHOLE,
        is_coding: false,
    }
}

fn cancer() -> Recipe {
    Recipe {
        row: "breast cancer 60-64-2, bptt, 5 splits".to_owned(),
        dataset: "cancer",
        limit: 569,
        options: Options { n_epochs: 60, batch: 32, rate: 5e-3, patience: 60, ..Options::new(SystemName::Bptt, "60-64-2") },
        seeds: &[1, 2, 3],
        splits: &[Some(0), Some(1), Some(2), Some(3), Some(4)],
        is_coding: false,
    }
}

fn by_membranes() -> Recipe {
    let shape = "64-64-32-10";
    Recipe {
        row: format!("digits {shape}, membrane-backprop"),
        options: Options { n_epochs: 30, batch: 32, rate: 5e-3, beta: 0.875, ..Options::new(SystemName::MembraneBackprop, shape) },
        ..on_digits(SystemName::MembraneBackprop)
    }
}

fn weighed(system: SystemName, shape: &str) -> Recipe {
    Recipe {
        row: format!("digits {shape}, {system}, 4 timesteps"),
        options: Options { n_epochs: 30, batch: 50, rate: 5e-3, n_timesteps: 4, ..Options::new(system, shape) },
        ..on_digits(system)
    }
}

fn weighed_mnist(system: SystemName, sparsity: f64) -> Recipe {
    let asked = if sparsity > 0.0 { format!(", sparsity {sparsity}") } else { String::new() };
    Recipe {
        row: format!("MNIST 784-128-10, {system}{asked}, 4 timesteps, 20 000 samples"),
        dataset: "mnist",
        limit: 20_000,
        options: Options { n_epochs: 12, rate: 4e-3, n_timesteps: 4, sparsity, ..Options::new(system, "784-128-10") },
        seeds: &[1, 2, 3],
        splits: WHOLE,
        is_coding: false,
    }
}

fn on_mnist(system: SystemName) -> Recipe {
    let is_gradient = GRADIENTS.contains(&system);
    let (coding, beta, n_timesteps) = if is_gradient { (Coding::Rate, 0.75, 5) } else { (Coding::Ramp, 0.875, 8) };
    let (batch, rate) = if is_gradient { (100, 5e-3) } else { (10, 2e-3) };
    Recipe {
        row: format!("MNIST 784-256-10, {system}, 20 000 samples"),
        dataset: "mnist",
        limit: 20_000,
        options: Options {
            coding: coding.name().to_owned(),
            beta,
            n_epochs: 4,
            n_timesteps,
            batch,
            rate,
            ..Options::new(system, "784-256-10")
        },
        seeds: &[1, 2, 3],
        splits: WHOLE,
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
        splits: WHOLE,
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
        splits: WHOLE,
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
        seeds: &[1, 2, 3],
        splits: WHOLE,
        is_coding: true,
    }
}

/// The name of a row of the codings.
pub(super) fn row(coding: Coding, surrogate: Surrogate, decoding: Decoding, loss: Loss) -> String {
    format!("digits, {coding} code, {surrogate}, {decoding} decoding, {loss}")
}
