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

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

use spikeforge_sim::plasticity::{
    LearningLayer, LearningNetwork, LearningReference, ReadoutKind, Registers,
};
use spikeforge_sim::random::SplitMix64;
use spikeforge_sim::{coding, Input, Spikes};

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let folder = words
        .next()
        .ok_or("the first word is a folder of IDX files")?;
    let settings = Settings::parse(words)?;
    let train = Samples::read(folder.as_ref(), "train")?;
    let test = Samples::read(folder.as_ref(), "t10k")?;
    let mut learner = learner(&settings, train.shape.clone())?;
    let n_epochs = settings.number("epochs", 6)?;
    let n_samples = settings
        .number("samples", train.labels.len())?
        .min(train.labels.len());
    let mut random = SplitMix64::new(settings.number("seed", 1)?);
    let mut slowed = 0;
    for epoch in 0..n_epochs {
        let start = Instant::now();
        let mut tally = Tally::default();
        for (seen, i) in random.shuffled(n_samples).into_iter().enumerate() {
            // Every rate is halved after each third of the training.
            let due = 3 * (epoch * n_samples + seen) / (n_epochs * n_samples);
            while slowed < due {
                slowed += 1;
                let mut registers = learner.registers().to_vec();
                registers.iter_mut().for_each(Registers::slow_down);
                learner.set_registers(&registers)?;
            }
            tally.add(
                &mut learner,
                &settings.code(&train.images[i])?,
                train.labels[i],
                true,
            )?;
        }
        let seconds = start.elapsed().as_secs_f64();
        let mut tested = Tally::default();
        for (image, &label) in test.images.iter().zip(&test.labels) {
            tested.add(&mut learner, &settings.code(image)?, label, false)?;
        }
        println!(
            "epoch {}: train {}, test {} in {seconds:.1} s; {}",
            epoch + 1,
            tally.accuracy(),
            tested.accuracy(),
            tally.effort()
        );
    }
    Ok(())
}

fn learner(settings: &Settings, shape: Vec<u32>) -> Result<LearningReference, Failure> {
    let rule = settings.text("rule", "sign-symmetric").parse()?;
    let sizes: Vec<usize> = settings.list("sizes", "256")?;
    let thresholds: Vec<i64> = settings.list("thresholds", "24")?;
    let label_lines = if Settings::shows_labels(rule) {
        settings.number("label_lines", 8)?
    } else {
        0
    };
    let mut network = LearningNetwork {
        input: Input { shape },
        n_classes: 10,
        rule,
        label_lines,
        layers: Vec::new(),
    };
    for (k, &n_neurons) in sizes.iter().enumerate() {
        let n_inputs = if k == 0 {
            network.n_lines()
        } else {
            sizes[k - 1]
        };
        let threshold = thresholds
            .get(k)
            .or(thresholds.last())
            .copied()
            .unwrap_or(24);
        let mut layer = LearningLayer::new(&format!("fc{}", k + 1), n_inputs, n_neurons, threshold);
        layer.latent_bits = settings.number("bits", 8)?;
        if settings.text("readout", "integer") == "sign" {
            layer.readout = ReadoutKind::Sign { bits: 10 };
        }
        network.layers.push(layer);
    }
    let mut learner = LearningReference::new(&network, settings.number("seed", 1)?)?;
    let mut registers = learner.registers().to_vec();
    for registers in &mut registers {
        settings.change(registers)?;
    }
    learner.set_registers(&registers)?;
    Ok(learner)
}

/// The words `name=value` of the command line.
struct Settings(BTreeMap<String, String>);

impl Settings {
    fn parse(words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let pair = |word: String| {
            let (name, value) = word
                .split_once('=')
                .ok_or_else(|| format!("{word} is not name=value"))?;
            Ok((name.to_string(), value.to_string()))
        };
        words
            .map(pair)
            .collect::<Result<_, Failure>>()
            .map(Settings)
    }

    fn text<'a>(&'a self, name: &str, otherwise: &'a str) -> &'a str {
        self.0.get(name).map_or(otherwise, String::as_str)
    }

    fn number<T: std::str::FromStr<Err: Error + 'static>>(
        &self,
        name: &str,
        otherwise: T,
    ) -> Result<T, Failure> {
        self.0
            .get(name)
            .map_or(Ok(otherwise), |text| Ok(text.parse()?))
    }

    fn list<T: std::str::FromStr<Err: Error + 'static>>(
        &self,
        name: &str,
        otherwise: &str,
    ) -> Result<Vec<T>, Failure> {
        self.text(name, otherwise)
            .split(',')
            .map(|text| Ok(text.parse()?))
            .collect()
    }

    fn code(&self, image: &[u8]) -> Result<Vec<Spikes>, Failure> {
        let n_timesteps = self.number("timesteps", 8)?;
        Ok(match self.text("code", "ramp") {
            "rate" => coding::rate(image, n_timesteps),
            _ => coding::ramp(image, n_timesteps),
        })
    }

    fn shows_labels(rule: spikeforge_sim::plasticity::Rule) -> bool {
        rule.shows_labels()
    }

    fn change(&self, registers: &mut Registers) -> Result<(), Failure> {
        registers.latent_shift = self.number("latent_shift", registers.latent_shift)?;
        registers.readout_shift = self.number("readout_shift", registers.readout_shift)?;
        registers.margin = self.number("margin", registers.margin)?;
        registers.dense_bits = self.number("dense_bits", registers.dense_bits)?;
        registers.goodness = self.number("goodness", registers.goodness)?;
        registers.goodness_shift = self.number("goodness_shift", registers.goodness_shift)?;
        registers.potentiation = self.number("potentiation", registers.potentiation)?;
        registers.depression = self.number("depression", registers.depression)?;
        registers.latents_learn = self.number("latents_learn", registers.latents_learn)?;
        Ok(())
    }
}

/// Images and labels of an IDX pair.
struct Samples {
    shape: Vec<u32>,
    images: Vec<Vec<u8>>,
    labels: Vec<usize>,
}

impl Samples {
    fn read(folder: &Path, prefix: &str) -> Result<Self, Failure> {
        let file = |what: &str| {
            let path = folder.join(format!("{prefix}-{what}-ubyte"));
            std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let (images, labels) = (file("images-idx3")?, file("labels-idx1")?);
        if images.len() < 16 || labels.len() < 8 {
            return Err("an IDX file ends before its header does".into());
        }
        let size = |at: usize| {
            u32::from_be_bytes([images[at], images[at + 1], images[at + 2], images[at + 3]])
        };
        let shape = vec![size(8), size(12)];
        let n_pixels = usize::try_from(shape[0] * shape[1])?;
        let images: Vec<_> = images[16..]
            .chunks_exact(n_pixels.max(1))
            .map(<[u8]>::to_vec)
            .collect();
        let labels: Vec<_> = labels[8..]
            .iter()
            .map(|&label| usize::from(label))
            .collect();
        if images.len() != labels.len() {
            return Err(format!(
                "there are {} {prefix} images and {} labels",
                images.len(),
                labels.len()
            )
            .into());
        }
        Ok(Samples {
            shape,
            images,
            labels,
        })
    }
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
        format!(
            "{:.2} %",
            100.0 * f64::from(self.n_right) / f64::from(self.n.max(1))
        )
    }

    fn effort(&self) -> String {
        let share = 100.0 * f64::from(self.n_learned) / f64::from(self.n.max(1));
        format!(
            "{share:.1} % learned from, {} passes, {} rows",
            self.n_passes, self.n_rows
        )
    }
}
