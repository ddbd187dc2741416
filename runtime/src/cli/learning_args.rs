//! A design that learns, as a user asks for it.

use std::path::Path;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::learning::learning_design;
use spikeforge_compiler::model::Model;
use spikeforge_compiler::quantize::quantize;
use spikeforge_compiler::{Clock, CompileError};
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::learn::{network, LearnOptions};
use spikeforge_sim::plasticity::{LearningReference, Rule};

use super::exit::{Exit, Failure};
use super::learn::of_bundle;
use super::neuron_args::NeuronArgs;

const FORM: &str = "RULE[,bits=8,threshold=24,readout=binary,seed=1,timesteps=8]";

/// `RULE,name=value,..`
struct Asked {
    options: LearnOptions,
    seed: u64,
    timesteps: usize,
}

impl Asked {
    fn parse(text: &str) -> Result<Self, Failure> {
        let mut words = text.split(',').map(str::trim);
        let rule: Rule = words.next().unwrap_or_default().parse()?;
        let mut asked = Asked { options: LearnOptions::new(rule), seed: 1, timesteps: 8 };
        for word in words {
            let wrong = || Failure::new(Exit::Usage, format!("--learn does not know {word:?}; it is {FORM}"));
            let (name, value) = word.split_once('=').ok_or_else(wrong)?;
            let number = || value.parse::<u32>().map_err(|_| wrong());
            match name {
                "bits" => asked.options.latent_bits = number()?,
                "threshold" => asked.options.thresholds.push(i64::from(number()?)),
                "readout" if value == "binary" => asked.options.binary_readout = true,
                "seed" => asked.seed = u64::from(number()?),
                "timesteps" => asked.timesteps = number()? as usize,
                _ => return Err(wrong()),
            }
        }
        Ok(asked)
    }
}

/// The learner that a design begins as: of a shape from nothing, or of a model with its weights.
fn start(asked: &Asked, shape: Option<&str>, model: Option<&Path>, neurons: &NeuronArgs) -> Result<LearningReference, Failure> {
    match (shape, model) {
        (Some(shape), _) => Ok(LearningReference::new(&network(shape, &asked.options)?, asked.seed)?),
        (None, Some(model)) => {
            let quantized = quantize(&Model::read_nir(model)?, &neurons.options()).map_err(CompileError::from)?;
            let network = of_bundle(&quantized.network, &asked.options)?;
            let weights: Vec<_> = quantized.network.layers.iter().map(|layer| layer.weights.clone()).collect();
            Ok(LearningReference::from_weights(&network, &weights, asked.seed)?)
        }
        (None, None) => Err(Failure::new(Exit::Usage, "say what learns: a model, or --shape such as 784-256-10")),
    }
}

/// The compiled design of `--learn text`.
pub fn compiled(
    text: &str,
    (shape, model): (Option<&str>, Option<&Path>),
    neurons: &NeuronArgs,
    board: &Board,
    clock: Clock,
) -> Result<Compiled, Failure> {
    let asked = Asked::parse(text)?;
    let start = start(&asked, shape, model, neurons)?.checkpoint();
    let design = learning_design(&start, asked.timesteps, board, clock)?;
    let name = shape.map_or_else(|| model.map(|path| path.display().to_string()).unwrap_or_default(), str::to_owned);
    Ok(Compiled::of(&design, &name)?.with_learning(&start))
}
