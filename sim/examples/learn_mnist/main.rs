//! Teaches the reference a data set of IDX files (MNIST, Fashion-MNIST) and prints its test accuracy by epoch.
//!
//! ```text
//! cargo run --release -p spikeforge-sim --example learn_mnist -- FOLDER [rule=NAME] [sizes=256,..] [thresholds=24,..]
//!     [epochs=6] [seed=1] [timesteps=8] [bits=8] [readout=integer|sign] [code=ramp|rate] [samples=60000]
//!     [any register of all layers, as in latent_shift=9]
//! ```
//!
//! FOLDER holds `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and their `t10k-` twins, not compressed.

#![allow(clippy::print_stdout)]

mod idx;
mod settings;

use std::time::Instant;

use spikeforge_sim::plasticity::{LearningReference, Registers};
use spikeforge_sim::random::SplitMix64;
use spikeforge_sim::Spikes;

use idx::Samples;
use settings::Settings;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let folder = words.next().ok_or("the first word is a folder of IDX files")?;
    let settings = Settings::parse(words)?;
    let train = Samples::read(folder.as_ref(), "train")?;
    let test = Samples::read(folder.as_ref(), "t10k")?;
    let mut learner = settings.learner(train.shape.clone(), train.n_classes())?;
    let mut random = SplitMix64::new(settings.number("seed", 1)?);
    let n_samples = settings.number("samples", train.labels.len())?.min(train.labels.len());
    let n_epochs = settings.number("epochs", 6)?;
    for epoch in 0..n_epochs {
        let start = Instant::now();
        let mut learned = Tally::default();
        for (seen, i) in random.shuffled(n_samples).into_iter().enumerate() {
            // Every rate is halved after each third of the training.
            if epoch + seen > 0 && (3 * (epoch * n_samples + seen)) % (n_epochs * n_samples) < 3 {
                let mut registers = learner.registers().to_vec();
                registers.iter_mut().for_each(Registers::slow_down);
                learner.set_registers(&registers)?;
            }
            learned.add(&mut learner, &settings.code(&train.images[i])?, train.labels[i], true)?;
        }
        let seconds = start.elapsed().as_secs_f64();
        let mut tested = Tally::default();
        for (image, &label) in test.images.iter().zip(&test.labels) {
            tested.add(&mut learner, &settings.code(image)?, label, false)?;
        }
        let (train, test, effort) = (learned.accuracy(), tested.accuracy(), learned.effort());
        println!("epoch {}: train {train}, test {test} in {seconds:.1} s; {effort}", epoch + 1);
    }
    Ok(())
}

/// Samples presented, and what came of them.
#[derive(Default)]
struct Tally {
    n: u32,
    n_right: u32,
    n_learned: u32,
    n_passes: usize,
    n_rows: usize,
}

impl Tally {
    fn add(
        &mut self,
        learner: &mut LearningReference,
        train: &[Spikes],
        label: usize,
        learn: bool,
    ) -> Result<(), Failure> {
        let outcome = learner.present(train, learn.then_some(label))?;
        self.n += 1;
        self.n_right += u32::from(outcome.class == label);
        self.n_learned += u32::from(outcome.learned.contains(&true));
        self.n_passes += outcome.effort.n_passes;
        self.n_rows += outcome.effort.n_rows;
        Ok(())
    }

    fn accuracy(&self) -> String {
        format!("{:.2} %", 100.0 * f64::from(self.n_right) / f64::from(self.n.max(1)))
    }

    fn effort(&self) -> String {
        let share = 100.0 * f64::from(self.n_learned) / f64::from(self.n.max(1));
        format!("{share:.1} % learned from, {} passes, {} rows", self.n_passes, self.n_rows)
    }
}
