//! What is learned, and what is tested.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use spikeforge_runtime::inputs::{read_images, read_labels, Inputs};
use spikeforge_runtime::learn::{Coding, Dataset, LearnError, Samples, Shift, Split};
use spikeforge_sim::plasticity::LearningNetwork;

use crate::cli::exit::{Exit, Failure};

#[derive(clap::Args)]
pub struct SourceArgs {
    /// mnist | fashion | blink | scp1 | seizure (EEG; got by scripts/datasets.sh) | digits | cancer (in the program); with its own test
    #[arg(long, value_name = "NAME", conflicts_with_all = ["inputs", "labels", "test_inputs", "test_labels"])]
    dataset: Option<String>,
    /// Images to learn (IDX, gzipped or not, or .npy, uint8, (batch, features...)); spikes with --encode none: .npy of
    /// (timesteps, batch, features...)
    #[arg(long, value_name = "X", requires = "labels")]
    inputs: Option<PathBuf>,
    /// Their labels: .npy of integers, or IDX
    #[arg(long, value_name = "Y", requires = "inputs")]
    labels: Option<PathBuf>,
    /// Images or spikes to test on
    #[arg(long, value_name = "X", requires = "test_labels", requires = "inputs")]
    test_inputs: Option<PathBuf>,
    /// Their labels
    #[arg(long, value_name = "Y", requires = "test_inputs")]
    test_labels: Option<PathBuf>,
    /// How images become spikes: while a pixel is above a falling ramp, or at a rate in proportion to it
    #[arg(long, default_value = "ramp", value_parser = PossibleValuesParser::new(["ramp", "rate", "none"]))]
    encode: String,
    /// Timesteps that each image is shown for
    #[arg(long, value_name = "T", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=255))]
    timesteps: u32,
    /// Learn the first N samples only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Test on the last sixth of what may be learned, and leave the test alone
    #[arg(long)]
    validate: bool,
    /// Which of five splits is tested: of cancer [default: 0], or of digits, with even shares of each class [default: the
    /// last 360, of other writers]; or which of the three of seizure, 0 to 2 [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=4))]
    split: Option<u32>,
    /// Change the images or labels first: rotate=DEGREES, dead=PERCENT, noise=PERCENT, rename, invert; may be repeated
    #[arg(long, value_name = "SHIFT")]
    shift: Vec<String>,
}

impl SourceArgs {
    pub fn coding(&self) -> Coding {
        let n_timesteps = self.timesteps as usize;
        match self.encode.as_str() {
            "rate" => Coding::Rate { n_timesteps },
            _ => Coding::Ramp { n_timesteps },
        }
    }

    /// The samples, each of which the network can take; a test that is empty is none.
    pub fn read(&self, network: &LearningNetwork) -> Result<Split, Failure> {
        let mut split = self.unshifted()?;
        for shift in &self.shift {
            let shift: Shift = shift.parse()?;
            split.train = shift.apply(&split.train, network.n_classes, 1)?;
            if !split.test.is_empty() {
                split.test = shift.apply(&split.test, network.n_classes, 2)?;
            }
        }
        split.train.check(network.input.n(), network.n_classes)?;
        if !split.test.is_empty() {
            split.test.check(network.input.n(), network.n_classes)?;
        }
        Ok(split)
    }

    fn unshifted(&self) -> Result<Split, Failure> {
        let mut split = match (&self.dataset, &self.inputs, &self.labels) {
            (Some(name), ..) => {
                let dataset: Dataset = name.parse()?;
                match self.split {
                    Some(split) => dataset.fold(split as usize, self.coding())?,
                    None => dataset.read(self.coding())?,
                }
            }
            (None, Some(inputs), Some(labels)) => {
                let train = self.samples(inputs, labels)?;
                let test = match (&self.test_inputs, &self.test_labels) {
                    (Some(inputs), Some(labels)) => self.samples(inputs, labels)?,
                    _ => train.none(),
                };
                Split { train, test }
            }
            _ => return Err(Failure::new(Exit::Usage, "say what is learned: --dataset NAME, or --inputs X --labels Y, or --stream")),
        };
        if self.validate {
            split = Dataset::validation_of(&split.train)?;
        }
        Ok(self.limited(split)?)
    }

    fn limited(&self, split: Split) -> Result<Split, LearnError> {
        match self.limit.and_then(|limit| usize::try_from(limit).ok()) {
            Some(limit) if limit < split.train.len() => {
                Ok(Split { train: split.train.select(&(0..limit).collect::<Vec<_>>())?, ..split })
            }
            _ => Ok(split),
        }
    }

    fn samples(&self, inputs: &std::path::Path, labels: &std::path::Path) -> Result<Samples, LearnError> {
        let labels = read_labels(labels, None)?;
        match self.encode.as_str() {
            "none" => Samples::of_trains(Inputs::read(inputs, None, None)?, labels),
            _ => Samples::of_images(read_images(inputs)?, labels, self.coding()),
        }
    }
}
