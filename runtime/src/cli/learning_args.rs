//! A design that learns, as a user asks for it.

use std::path::Path;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::learning::{learning_design, MOST_LANES};
use spikeforge_compiler::model::Model;
use spikeforge_compiler::quantize::quantize;
use spikeforge_compiler::{Clock, CompileError};
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::learn::{begin, network, LearnOptions, Saved};
use spikeforge_sim::plasticity::{LearningReference, Rule};

use super::exit::{Exit, Failure};
use super::learn::of_bundle;
use super::neuron_args::NeuronArgs;

const FORM: &str = "RULE[,bits=8,threshold=24,readout=binary,seed=1,timesteps=8,lanes=64]";

/// `RULE,name=value,..`
struct Asked {
    options: LearnOptions,
    seed: u64,
    timesteps: usize,
    /// Neurons that learn at once, at most.
    lanes: usize,
}

impl Asked {
    fn parse(text: &str) -> Result<Self, Failure> {
        let mut words = text.split(',').map(str::trim);
        let rule: Rule = words.next().unwrap_or_default().parse()?;
        let mut asked = Asked { options: LearnOptions::new(rule), seed: 1, timesteps: 8, lanes: MOST_LANES };
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
                "lanes" if number()? > 0 => asked.lanes = number()? as usize,
                _ => return Err(wrong()),
            }
        }
        Ok(asked)
    }
}

/// What a design that learns begins as.
#[derive(Clone, Copy)]
pub enum Start<'a> {
    /// A network from nothing.
    Shape(&'a str),
    /// A model with its weights.
    Model(&'a Path),
    /// What was learned so far.
    Checkpoint(&'a Path),
}

impl Start<'_> {
    fn learner(self, asked: &Asked, neurons: &NeuronArgs) -> Result<LearningReference, Failure> {
        match self {
            Start::Shape(shape) => Ok(LearningReference::new(&network(shape, &asked.options)?, asked.seed)?),
            Start::Model(model) => {
                let quantized = quantize(&Model::read_nir(model)?, &neurons.options()).map_err(CompileError::from)?;
                Ok(begin(&of_bundle(&quantized.network, &asked.options)?, &quantized.network, asked.seed)?)
            }
            Start::Checkpoint(path) => {
                let saved = Saved::read(path)?.checkpoint;
                let rule = saved.network.rule;
                if asked.options != LearnOptions::new(rule) {
                    let why = format!("the checkpoint learned by {rule}, and its bits, thresholds and readout are given: say --learn {rule}, with timesteps= at most");
                    return Err(Failure::new(Exit::Usage, why));
                }
                Ok(LearningReference::resume(saved)?)
            }
        }
    }

    fn name(self) -> String {
        match self {
            Start::Shape(shape) => shape.to_owned(),
            Start::Model(path) | Start::Checkpoint(path) => path.display().to_string(),
        }
    }
}

/// The compiled design of `--learn text`.
pub fn compiled(text: &str, start: Start, neurons: &NeuronArgs, board: &Board, clock: Clock) -> Result<Compiled, Failure> {
    let asked = Asked::parse(text)?;
    let state = start.learner(&asked, neurons)?.checkpoint();
    let design = learning_design(&state, (asked.timesteps, asked.lanes), board, clock)?;
    Ok(Compiled::of(&design, &start.name())?.with_learning(&state))
}
