//! What a presentation is and what it comes to.

use super::pass::Pass;
use super::Verdict;
use crate::Spikes;

/// What a presentation came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The class with the highest score of the last layer, the lowest of equals.
    pub class: usize,
    /// `[layer][class]`: the scores before anything was learned.
    pub scores: Vec<Vec<i64>>,
    /// The layers that learned.
    pub learned: Vec<bool>,
    pub effort: Effort,
}

/// What a sample has cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Presentations, the first one and those that the rule added.
    pub n_passes: usize,
    /// Rows of latents that were written, in all layers.
    pub n_rows: usize,
}

/// A labelled sample that at least one layer learns from, and what its first presentation came to.
pub(super) struct Sample<'a> {
    pub train: &'a [Spikes],
    pub plain: Pass,
    /// One a layer.
    pub verdicts: Vec<Verdict>,
}
