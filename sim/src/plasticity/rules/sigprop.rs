//! Signal propagation (Kohan, Rietman and Siegelmann, 2022): the feedback of a class is the layer's own response to a
//! target pattern of that class, presented as an input, against its response to every line at once.
//!
//! A target has one line in eight, so an eighth of what a neuron takes up of every line is what it would take up of a target
//! that says nothing. Both are shown for a quarter of the sample's timesteps: no sample costs three presentations.

use super::{LearningReference, Memory, Verdict};
use crate::plasticity::patterns::TARGET_SHARE;
use crate::Spikes;

/// Now and then presents every line, then the target of a sample's class, and keeps which neurons respond to the target more.
pub(super) fn prepare(chip: &mut LearningReference, label: usize, n_timesteps: usize) {
    if !chip.network.rule.shows_target(chip.n_samples) {
        return;
    }
    let n_shown = n_timesteps.div_ceil(4);
    let every = Spikes::repeat(true, chip.network.input.n());
    let to_every = chip.show(&vec![every; n_shown], None);
    let target = chip.patterns.target(label);
    let to_target = chip.show(&vec![target; n_shown], None);
    for (layer, memory) in chip.memories.iter_mut().enumerate() {
        for (j, (&charge, &of_every)) in to_target.charges(layer).iter().zip(to_every.charges(layer)).enumerate() {
            memory.feedback.set(label, j, i64::from(TARGET_SHARE) * charge >= of_every);
        }
    }
}

pub(super) fn modulator(memory: &Memory, verdict: Verdict, j: usize) -> i32 {
    memory.feedback(verdict.label, j) - memory.feedback(verdict.rival, j)
}
