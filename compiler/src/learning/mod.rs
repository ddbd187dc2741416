//! Networks that learn on the chip: from what a learner holds to the design that goes on from there.

mod cost;
mod error;
mod fold;
mod image;

use spikeforge_hdl::plasticity::arch::RuleArch;
use spikeforge_hdl::plasticity::emit::emit_learning;
use spikeforge_sim::plasticity::{Checkpoint, LearningReference, Rule};

use crate::board::Board;
use crate::compile::{clocked, pins, Clock, Design};
use crate::quantize::Quantized;
use crate::rewrite::InputMap;
use crate::CompileError;

pub use cost::LearningCost;
pub use error::LearningDesignError;
pub use fold::{total_block_rams, MOST_LANES};
pub use image::{feedback_of_words, handicaps_of_words, images, latents_of_words, patterns_of_words, readout_of_words, registers_of_words};

/// A learner as hardware for a board, whose memories hold at power-on what `start` does; at most `most_lanes` (1 to
/// [`MOST_LANES`]) neurons of a layer learn at once.
///
/// # Errors
/// [`LearningDesignError`] where the network is larger than the board, or than what hardware learns.
pub fn learning_design(
    start: &Checkpoint,
    (max_timesteps, most_lanes): (usize, usize),
    board: &Board,
    clock: Clock,
) -> Result<Design, CompileError> {
    let learner = LearningReference::resume(start.clone()).map_err(LearningDesignError::from)?;
    let network = learner.forward();
    let rule = rule(start.network.rule);
    let pll = clocked(board, clock)?;
    let arch = fold::fold(&start.network, &network, (rule, max_timesteps, most_lanes), board)?;
    let images = images(start, &network, &arch);
    let learning = fold::learning(&arch)?;
    let emitted = emit_learning(&arch, learning, &images, &pins(board, pll.as_ref())?)?;
    Ok(Design {
        board: board.clone(),
        pll,
        inputs: InputMap::all(network.input.n()),
        removals: Vec::new(),
        swappable: false,
        quantized: Quantized { network, roundings: Vec::new(), warnings: Vec::new() },
        arch,
        images: Vec::new(),
        top: emitted.top,
        accelerator: emitted.accelerator,
        memories: emitted.memories,
    })
}

fn rule(rule: Rule) -> RuleArch {
    match rule {
        Rule::SignSymmetric => RuleArch::SignSymmetric,
        Rule::RandomFeedback => RuleArch::RandomFeedback,
        Rule::Drtp => RuleArch::Drtp,
        Rule::Sigprop => RuleArch::Sigprop,
        Rule::ForwardForward => RuleArch::ForwardForward,
        Rule::Symba => RuleArch::Symba,
        Rule::Pepita => RuleArch::Pepita,
        Rule::Stdp => RuleArch::Stdp,
    }
}
