//! `spikeforge train`: trains a network by a system of `spikeforge-train`, and leaves its model.

use std::fmt;
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde::Serialize;
use spikeforge_runtime::learn::{Coding, Dataset, Samples as LearnSamples};
use spikeforge_train::activity::spikes_by_layer;
use spikeforge_train::checkpoint::write_whole;
use spikeforge_train::course::Training;
use spikeforge_train::export::{integer_accuracy, integer_classes, network, share_right};
use spikeforge_train::{Options, Samples, SystemName};

use super::exit::{Exit, Failure};
use super::{interrupt, print};

#[derive(clap::Args)]
pub struct Args {
    /// How: bptt (binarized, surrogate gradients through time), bntt (the same with a batch norm for each timestep), attention
    /// (the same with attention, whose mean factors the file takes), folded-attention (whose mean factors
    /// take its place half-way), causal-attention (by the spikes so far), membrane-backprop
    /// (through no time, on what membranes have low-passed), conv-lstm (a convolutional LSTM of spikes, --encode frames and --decode membrane),
    /// forward-gradient, backward-gradient (the same steps by a backward
    /// pass), conversion (a dense network of rectified units, whose 8-bit integer twin spikes at rates of its activations; of
    /// what follows, neither beta, surrogate nor loss is for it); or a hidden layer behind a float readout, by
    /// backprop, feedback-alignment, sign-symmetric, drtp, sigprop, forward-forward, pepita, stdp, or readout (the hidden layer stays random)
    #[arg(long, value_name = "NAME", default_value = "bptt")]
    system: String,
    /// mnist | fashion | blink | scp1 | seizure (EEG; got by scripts/datasets.sh) | digits | cancer (in the program)
    #[arg(long, value_name = "NAME")]
    dataset: String,
    /// Which split is tested: 0 to 4 of cancer [default: 0] or of digits [default: the last 360, of other writers], or 0 to 2,
    /// the seizure that is tested with the time about it, of seizure [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=4))]
    split: Option<u32>,
    /// Inputs, layers, classes: 784-256-10; or frames, kernels, pools: 28x28-c5x16-p2-c5x32-p2-10. Of conv-lstm the last
    /// convolution is its cells, whose frames are padded: 18x8-p2-c2x8-c3x2-2
    #[arg(long)]
    shape: String,
    /// How often all samples are learned, at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    epochs: u32,
    /// Epochs without a better validation after which it ends
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    patience: u32,
    /// Samples of a minibatch
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    batch: u32,
    /// The rate at the start, which falls to 0 along a cosine
    #[arg(long, default_value_t = 2e-3)]
    rate: f64,
    /// The share of a membrane that a timestep keeps
    #[arg(long, default_value_t = 0.5)]
    beta: f64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// rate | ramp | latency | delta | values (the highest four bits of pixels as numbers) | frames (the same of each
    /// frame of a sample in its time; bptt and conv-lstm)
    #[arg(long, default_value = "rate")]
    encode: String,
    /// rate | latency | population (then with a multiple of the classes as outputs) | membrane (of a last layer that never
    /// fires; bptt, conv-lstm)
    #[arg(long, default_value = "rate")]
    decode: String,
    /// ce-count | mse-count | ce-membrane | mse-membrane
    #[arg(long, default_value = "ce-count")]
    loss: String,
    /// arctan | fast-sigmoid | straight-through
    #[arg(long, default_value = "arctan")]
    surrogate: String,
    /// Timesteps that each image is shown for; conversion is tested at 1, 2, 4, 8, 16, 32 and 64 beside
    #[arg(long, value_name = "T", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=255))]
    timesteps: u32,
    /// Move each image by up to so many pixels, down or up and left or right, each time that it is learned
    #[arg(long, value_name = "PIXELS", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=64))]
    augment: u32,
    /// How much the activity of hidden layers (spikes a neuron and timestep) adds to the loss: fewer spikes are less
    /// work for the layers after, and less energy; 0.3 to 3 are worth trying (bptt, bntt, the systems with attention)
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0)]
    sparsity: f64,
    /// Learn from the first N samples only
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Test on the last sixth of what may be learned, and leave the test alone
    #[arg(long)]
    validate: bool,
    /// Leave the state here after every epoch
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Go on with --checkpoint where it is, to the same bits as without the interrupt; its options hold
    #[arg(long, requires = "checkpoint")]
    resume: bool,
    /// The NIR file to write
    #[arg(short, long, value_name = "TRAINED.nir")]
    output: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    options: Options,
    epochs: usize,
    best_epoch: usize,
    /// Shares of what is right, 0 to 1.
    validation: f64,
    test: f64,
    test_integers: f64,
    /// Of the samples of each class alone, which tells more where one of them is rare.
    test_integers_by_class: Vec<f64>,
    /// Spikes of each layer a sample, on average.
    spikes_by_layer: Vec<f64>,
    /// Of a conversion, which is trained without time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by_timesteps: Vec<AtTimesteps>,
}

/// What the integers get right when each image is shown for so long.
#[derive(Serialize)]
struct AtTimesteps {
    timesteps: usize,
    test_integers: f64,
}

const LADDER: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

pub fn run(args: &Args) -> Result<(), Failure> {
    let (train, test) = read_samples(&args.dataset, args.split.map(|split| split as usize), args.limit, args.validate)?;
    let resumed = args.checkpoint.as_ref().filter(|path| args.resume && path.is_file());
    let mut training = match resumed {
        Some(path) => Training::resume(path, &train)?,
        None => Training::new(&args.options()?, &train)?,
    };
    let is_done = training.run(&mut |training| {
        if let (number, Some(epoch)) = (training.progress.epochs.len(), training.progress.epochs.last()) {
            print::note(&format_args!("  epoch {number}: loss {:.4}, validation {:.2} %", epoch.loss, 100.0 * epoch.validation));
        }
        if let Some(path) = &args.checkpoint {
            training.save(path)?;
        }
        Ok(if interrupt::is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    if !is_done {
        let advice = match &args.checkpoint {
            Some(path) => format!("interrupted; go on with the same command and --resume ({})", path.display()),
            None => "interrupted; with --checkpoint it could go on".to_owned(),
        };
        return Err(Failure::new(Exit::Interrupted, advice));
    }
    let report = report(&training, &test)?;
    if let Some(path) = &args.output {
        write_whole(path, &training.system.model()?.nir_bytes()?)?;
    }
    print::result(args.json, &report, &report)
}

fn report(training: &Training, test: &Samples) -> Result<Report, Failure> {
    let (options, progress) = (&training.options, &training.progress);
    let at = |timesteps: usize| -> Result<AtTimesteps, Failure> {
        let test_integers = integer_accuracy(training.system.as_ref(), test, options.coding()?, timesteps)?;
        Ok(AtTimesteps { timesteps, test_integers })
    };
    let is_conversion = options.system == SystemName::Conversion.name();
    let by_timesteps = LADDER.into_iter().filter(|_| is_conversion).map(at).collect::<Result<_, _>>()?;
    let classes = integer_classes(training.system.as_ref(), test, options.coding()?, options.n_timesteps)?;
    let n_shown = training.system.n_chip_timesteps(options.n_timesteps);
    let best = progress.best.checked_sub(1).and_then(|best| progress.epochs.get(best));
    Ok(Report {
        options: options.clone(),
        epochs: progress.epochs.len(),
        best_epoch: progress.best,
        validation: best.map_or(0.0, |epoch| epoch.validation),
        test: training.accuracy(test)?,
        test_integers: share_right(&classes, test.labels(), |_| true),
        test_integers_by_class: (0..test.n_classes()).map(|class| share_right(&classes, test.labels(), |label| label == class)).collect(),
        spikes_by_layer: spikes_by_layer(&network(&training.system.model()?)?, test, options.coding()?, n_shown)?,
        by_timesteps,
    })
}

impl Args {
    fn options(&self) -> Result<Options, Failure> {
        let system: SystemName = self.system.parse()?;
        Ok(Options {
            coding: self.encode.clone(),
            decoding: self.decode.clone(),
            loss: self.loss.clone(),
            surrogate: self.surrogate.clone(),
            n_timesteps: self.timesteps as usize,
            n_epochs: self.epochs as usize,
            batch: self.batch as usize,
            rate: self.rate,
            beta: self.beta,
            patience: self.patience as usize,
            augment: self.augment as usize,
            sparsity: self.sparsity,
            seed: self.seed,
            ..Options::new(system, &self.shape)
        })
    }
}

/// The first samples of a data set, to learn from and validate on, and those that are tested; with `validate` the last sixth
/// of what may be learned is.
pub(super) fn read_samples(
    dataset: &str,
    split: Option<usize>,
    limit: Option<usize>,
    validate: bool,
) -> Result<(Samples, Samples), Failure> {
    let dataset: Dataset = dataset.parse()?;
    let coding = Coding::Rate { n_timesteps: 1 };
    let mut split = match split {
        Some(number) => dataset.fold(number, coding)?,
        None => dataset.read(coding)?,
    };
    if validate {
        split = Dataset::validation_of(&split.train)?;
    }
    let n_classes = split.train.n_classes().max(split.test.n_classes());
    let train = samples(&split.train, n_classes)?;
    let n = limit.unwrap_or(train.len()).min(train.len());
    Ok((train.select(&(0..n).collect::<Vec<_>>()), samples(&split.test, n_classes)?))
}

fn samples(of: &LearnSamples, n_classes: usize) -> Result<Samples, Failure> {
    let shape = of.shape().iter().map(|&size| size as usize).collect();
    Ok(Samples::new(of.pixels().to_vec(), shape, of.labels().to_vec(), n_classes)?)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}: {} epochs, the best is {}, validation {:.2} %", self.options.system, self.epochs, self.best_epoch, 100.0 * self.validation)?;
        write!(f, "test accuracy {:.2} % in floats, {:.2} % in the compiler's integers", 100.0 * self.test, 100.0 * self.test_integers)?;
        if !self.by_timesteps.is_empty() {
            write!(f, " at {} timesteps", self.options.n_timesteps)?;
        }
        let by_class: Vec<String> = self.test_integers_by_class.iter().map(|share| format!("{:.1}", 100.0 * share)).collect();
        write!(f, "\nright of each class in integers: {} %", by_class.join(", "))?;
        let spikes: Vec<String> = self.spikes_by_layer.iter().map(|spikes| format!("{spikes:.1}")).collect();
        write!(f, "\nspikes of each layer a sample: {}", spikes.join(", "))?;
        if !self.by_timesteps.is_empty() {
            write!(f, "\n\n{:>9}  {:>8}", "timesteps", "integers")?;
        }
        self.by_timesteps.iter().try_for_each(|at| write!(f, "\n{:>9}  {:>6.2} %", at.timesteps, 100.0 * at.test_integers))
    }
}
