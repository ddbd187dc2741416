//! What learns.

use std::path::{Path, PathBuf};

use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::learn::{network, LearnOptions, Saved};
use spikeforge_sim::plasticity::{LearningLayer, LearningNetwork, LearningReference, ReadoutKind, Rule};
use spikeforge_sim::Network;

use crate::cli::exit::{Exit, Failure};

#[derive(clap::Args)]
pub struct NetArgs {
    /// A compiled network, whose weights are where learning starts; its last layer gives way to the readout
    bundle: Option<PathBuf>,
    /// A network to be taught from nothing: inputs, neurons of each layer, classes, as in 784-256-10
    #[arg(long, value_name = "N-N-N", conflicts_with = "bundle")]
    shape: Option<String>,
    /// sign-symmetric | random-feedback | drtp | sigprop | forward-forward | symba | pepita | stdp
    /// [default: sign-symmetric, or that of the checkpoint]
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// The threshold of each layer's neurons, the last for those beyond [default: 24, or 12 with few inputs]
    #[arg(long, value_name = "N,..", value_delimiter = ',', value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
    thresholds: Vec<i64>,
    /// Bits of a latent weight
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(2..=8))]
    latent_bits: u32,
    /// The readout scores by the signs of its weights
    #[arg(long)]
    binary_readout: bool,
    /// Input lines a class for the rules that show labels
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=4096))]
    label_lines: u32,
    /// Of the first latents and of the random numbers
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    /// reference: the software that the hardware is proven equal to
    #[arg(long, value_name = "DEVICE", default_value = "reference", value_parser = ["reference"])]
    device: String,
    /// Start a new course from the state of a checkpoint
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

impl NetArgs {
    /// The learner at its start, or where a checkpoint left it.
    pub fn learner(&self, resumed: Option<&Saved>) -> Result<LearningReference, Failure> {
        let from = self.from.as_deref().map(Saved::read).transpose()?;
        match resumed.or(from.as_ref()) {
            Some(saved) => {
                self.check(saved)?;
                Ok(LearningReference::resume(saved.checkpoint.clone())?)
            }
            None => self.fresh(),
        }
    }

    fn fresh(&self) -> Result<LearningReference, Failure> {
        if let Some(shape) = &self.shape {
            return Ok(LearningReference::new(&network(shape, &self.options(None)?)?, self.seed)?);
        }
        let Some(bundle) = &self.bundle else {
            return Err(Failure::new(Exit::Usage, "say what learns: a bundle, --shape such as 784-256-10, or --from or --resume a checkpoint"));
        };
        let compiled = Compiled::load(bundle)?;
        let network = of_bundle(&compiled.network, &self.options(None)?)?;
        let weights: Vec<_> =
            compiled.network.layers.iter().take(network.layers.len()).map(|layer| layer.weights.clone()).collect();
        Ok(LearningReference::from_weights(&network, &weights, self.seed)?)
    }

    /// Refuses a checkpoint of another network than a shape, bundle or rule that was asked for.
    fn check(&self, saved: &Saved) -> Result<(), Failure> {
        let saved_rule = saved.checkpoint.network.rule;
        let options = self.options(Some(saved_rule))?;
        if let Some(shape) = &self.shape {
            saved.check_network(&network(shape, &options)?)?;
        } else if let Some(bundle) = &self.bundle {
            saved.check_network(&of_bundle(&Compiled::load(bundle)?.network, &options)?)?;
        } else if options.rule != saved_rule {
            let mut asked = saved.checkpoint.network.clone();
            asked.rule = options.rule;
            saved.check_network(&asked)?;
        }
        Ok(())
    }

    fn options(&self, otherwise: Option<Rule>) -> Result<LearnOptions, Failure> {
        let named = self.rule.as_deref().map(str::parse).transpose()?;
        Ok(LearnOptions {
            rule: named.or(otherwise).unwrap_or(Rule::SignSymmetric),
            thresholds: self.thresholds.clone(),
            latent_bits: self.latent_bits,
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
        let mut options = LearnOptions::new(saved.checkpoint.network.rule);
        if let Some(layer) = saved.checkpoint.network.layers.first() {
            options.latent_bits = layer.latent_bits;
            options.binary_readout = matches!(layer.readout, ReadoutKind::Sign { .. });
        }
        saved.check_network(&of_bundle(&compiled.network, &options)?)?;
    }
    Ok(saved)
}
