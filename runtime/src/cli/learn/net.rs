//! What learns.

use std::path::{Path, PathBuf};

use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::learn::{begin, network, LearnOptions, Saved, LABEL_LINES};
use spikeforge_sim::plasticity::{
    Checkpoint, Learner, LearningLayer, LearningNetwork, LearningReference, ReadoutKind, Rule,
};
use spikeforge_sim::Network;

use crate::cli::device::DeviceName;
use crate::cli::exit::{Exit, Failure};

#[derive(clap::Args)]
pub struct NetArgs {
    /// A design that learns (compile --learn), or a compiled network, whose weights are where learning starts; the
    /// readout takes the place of the last layer
    bundle: Option<PathBuf>,
    /// A network to be taught from nothing: inputs, neurons of each layer, classes, as in 784-256-10
    #[arg(long, value_name = "N-N-N", conflicts_with = "bundle")]
    shape: Option<String>,
    /// sign-symmetric | random-feedback | drtp | sigprop | forward-forward | symba | pepita | stdp
    /// [default: sign-symmetric, or that of the checkpoint or design]
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// The threshold of each layer's neurons, the last for those beyond [default: 24, or 12 with few inputs]
    #[arg(long, value_name = "N,..", value_delimiter = ',', value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
    thresholds: Vec<i64>,
    /// Bits of a latent weight [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=8))]
    latent_bits: Option<u32>,
    /// The readout scores by the signs of its weights
    #[arg(long)]
    binary_readout: bool,
    /// Input lines a class for the rules that show labels
    #[arg(long, value_name = "N", default_value_t = LABEL_LINES, value_parser = clap::value_parser!(u32).range(1..=4096))]
    label_lines: u32,
    /// Of the first latents and of the random numbers [default: 1, or what the design was built with]
    #[arg(long, value_name = "SEED")]
    seed: Option<u64>,
    /// reference | verilated | simulated-board | the serial port of a board, such as /dev/ttyUSB1; what the board holds
    /// gives way to the start of the course
    #[arg(long, value_name = "DEVICE", default_value = "reference", value_parser = DeviceName::parse)]
    device: DeviceName,
    /// Bits a second of the serial port [default: the board's]
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(300..))]
    baud: Option<u32>,
    /// Start a new course from the state of a checkpoint
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

impl NetArgs {
    /// What is learned from the start, or from where a checkpoint left it.
    pub fn start(&self, resumed: Option<&Saved>) -> Result<Checkpoint, Failure> {
        let from = self.from.as_deref().map(Saved::read).transpose()?;
        match resumed.or(from.as_ref()) {
            Some(saved) => {
                self.check(saved)?;
                Ok(saved.checkpoint.clone())
            }
            None => self.fresh(),
        }
    }

    /// The device, holding `start`.
    pub fn open(&self, start: &Checkpoint) -> Result<Box<dyn Learner>, Failure> {
        let compiled = self.bundle.as_deref().map(Compiled::load).transpose()?;
        self.device.learner(self.baud, compiled.as_ref(), start)
    }

    pub fn device(&self) -> &DeviceName {
        &self.device
    }

    fn fresh(&self) -> Result<Checkpoint, Failure> {
        let seed = self.seed.unwrap_or(1);
        if let Some(shape) = &self.shape {
            return Ok(LearningReference::new(&network(shape, &self.options(None)?)?, seed)?.checkpoint());
        }
        let Some(bundle) = &self.bundle else {
            return Err(Failure::new(Exit::Usage, "say what learns: a bundle, --shape such as 784-256-10, or --from or --resume a checkpoint"));
        };
        let compiled = Compiled::load(bundle)?;
        if let Some(start) = compiled.learning() {
            self.built_for(&start.network)?;
            return match self.seed {
                Some(seed) => Ok(LearningReference::new(&start.network, seed)?.checkpoint()),
                None => Ok(start),
            };
        }
        let network = of_bundle(&compiled.network, &self.options(None)?)?;
        Ok(begin(&network, &compiled.network, seed)?.checkpoint())
    }

    /// Refuses a checkpoint of another network than a shape, bundle or rule that was asked for.
    fn check(&self, saved: &Saved) -> Result<(), Failure> {
        let saved_rule = saved.checkpoint.network.rule;
        let options = self.options(Some(saved_rule))?;
        if let Some(shape) = &self.shape {
            saved.check_network(&network(shape, &options)?)?;
        } else if let Some(bundle) = &self.bundle {
            let compiled = Compiled::load(bundle)?;
            match compiled.learning() {
                Some(start) => {
                    self.built_for(&start.network)?;
                    saved.check_network(&start.network)?;
                }
                None => saved.check_network(&of_bundle(&compiled.network, &options)?)?,
            }
        } else if options.rule != saved_rule {
            let mut asked = saved.checkpoint.network.clone();
            asked.rule = options.rule;
            saved.check_network(&asked)?;
        }
        Ok(())
    }

    /// Refuses what a design that learns was not built for.
    fn built_for(&self, built: &LearningNetwork) -> Result<(), Failure> {
        let refuse = |what: String, words: String| {
            let why = format!("this bundle was built {what}; make another by `spikeforge compile --learn {words}`");
            Err(Failure::new(Exit::Unsupported, why))
        };
        let asked: Option<Rule> = self.rule.as_deref().map(str::parse).transpose()?;
        if let Some(asked) = asked.filter(|&asked| asked != built.rule) {
            return refuse(format!("for {}", built.rule), asked.to_string());
        }
        let has = |threshold: i64| built.layers.iter().all(|layer| layer.neurons.threshold.contains(&threshold));
        if let Some(threshold) = self.thresholds.first().filter(|&&threshold| !has(threshold)) {
            return refuse("with other thresholds".to_owned(), format!("{},threshold={threshold}", built.rule));
        }
        let bits = built.layers.first().map_or(0, |layer| layer.latent_bits);
        match self.latent_bits.filter(|&asked| asked != bits) {
            Some(asked) => refuse(format!("with latents of {bits} bits"), format!("{},bits={asked}", built.rule)),
            None => Ok(()),
        }
    }

    fn options(&self, otherwise: Option<Rule>) -> Result<LearnOptions, Failure> {
        let named = self.rule.as_deref().map(str::parse).transpose()?;
        Ok(LearnOptions {
            rule: named.or(otherwise).unwrap_or(Rule::SignSymmetric),
            thresholds: self.thresholds.clone(),
            latent_bits: self.latent_bits.unwrap_or(8),
            binary_readout: self.binary_readout,
            label_lines: self.label_lines as usize,
        })
    }
}

/// The hidden layers of a compiled network as they are, with latents and readouts; its outputs are the classes.
pub fn of_bundle(compiled: &Network, options: &LearnOptions) -> Result<LearningNetwork, Failure> {
    let refuse = |why: String| Err(Failure::new(Exit::Unsupported, why));
    if options.rule.shows_labels() {
        return refuse(format!(
            "{} shows labels on input lines that this bundle was not built with; teach from nothing with --shape",
            options.rule
        ));
    }
    let n_hidden = compiled.layers.len().saturating_sub(1);
    if n_hidden == 0 {
        return refuse("this bundle has one layer, which gives way to the readout, and nothing is left to learn; compile a network with a hidden layer".to_owned());
    }
    if let Some(layer) = compiled.layers.iter().find(|layer| layer.window.is_some()) {
        return refuse(format!("layer {} is a convolution, whose weights are shared; only dense layers learn", layer.name));
    }
    let readout = match options.binary_readout {
        true => ReadoutKind::Sign { bits: 10 },
        false => ReadoutKind::Integer { bits: 12 },
    };
    let layer = |layer: &spikeforge_sim::Layer| {
        let mut neurons = layer.neurons.clone();
        // The width was proved for the weights as they were.
        if let Some(bits) = spikeforge_sim::range::plastic_membrane_bits(layer.weights.n_inputs(), &neurons) {
            neurons.membrane_bits = neurons.membrane_bits.max(bits);
        }
        LearningLayer { name: layer.name.clone(), neurons, latent_bits: options.latent_bits, readout }
    };
    Ok(LearningNetwork {
        input: compiled.input.clone(),
        n_classes: compiled.n_outputs(),
        rule: options.rule,
        label_lines: 0,
        layers: compiled.layers.iter().take(n_hidden).map(layer).collect(),
    })
}

/// A checkpoint, and where a bundle is named, only one of its network.
pub fn open_checkpoint(path: &Path, bundle: Option<&Path>) -> Result<Saved, Failure> {
    let saved = Saved::read(path)?;
    if let Some(bundle) = bundle {
        let compiled = Compiled::load(bundle)?;
        if let Some(start) = compiled.learning() {
            saved.check_network(&start.network)?;
            return Ok(saved);
        }
        let mut options = LearnOptions::new(saved.checkpoint.network.rule);
        if let Some(layer) = saved.checkpoint.network.layers.first() {
            options.latent_bits = layer.latent_bits;
            options.binary_readout = matches!(layer.readout, ReadoutKind::Sign { .. });
        }
        saved.check_network(&of_bundle(&compiled.network, &options)?)?;
    }
    Ok(saved)
}
