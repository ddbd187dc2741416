//! Why a learner does not become a design.

use spikeforge_sim::plasticity::LearningError;
use thiserror::Error;

/// What stops a learning design.
#[derive(Debug, Error)]
pub enum LearningDesignError {
    #[error(transparent)]
    Learning(#[from] LearningError),
    #[error("the network has {got} {what}, hardware that learns has at most {most}")]
    TooLarge { what: &'static str, got: usize, most: usize },
    #[error("the network needs {needed} block RAMs to learn, {board} has {available}; use fewer neurons, fewer latent bits, or a larger board")]
    BlockRams { board: String, needed: u32, available: u32 },
    #[error("the network needs about {needed} logic cells to learn, {board} has {available}; use fewer neurons or classes, or a larger board")]
    LogicCells { board: String, needed: u32, available: u32 },
    #[error("the design was folded without layers that learn")]
    NotLearning,
}
