//! Signal propagation (Kohan, Rietman and Siegelmann, 2022): the feedback of a class is the layer's own response to a
//! target pattern of that class, presented as an input, against its response to the target of the class after it.
//!
//! What a neuron would take up of any target at all is in both, and drops out. Each is shown for a quarter of the sample's
//! timesteps: both have few lines, and no sample costs three presentations.

use super::{LearningReference, Memory, Verdict};

/// Now and then presents the target of another class, then that of a sample's own, and keeps which neurons respond to the
/// latter no less.
pub(super) fn prepare(chip: &mut LearningReference, label: usize, n_timesteps: usize) {
    if !chip.network.rule.shows_target(chip.n_samples) {
        return;
    }
    let n_shown = n_timesteps.div_ceil(4);
    let other = (label + 1) % chip.network.n_classes;
    let [to_other, to_own] = [other, label].map(|class| {
        let target = chip.patterns.target(class);
        chip.show(&vec![target; n_shown], None)
    });
    for (layer, memory) in chip.memories.iter_mut().enumerate() {
        for (j, (own, other)) in to_own.charges(layer).iter().zip(to_other.charges(layer)).enumerate() {
            memory.feedback.set(label, j, own >= other);
        }
    }
}

pub(super) fn modulator(memory: &Memory, verdict: Verdict, j: usize) -> i32 {
    memory.feedback(verdict.label, j) - memory.feedback(verdict.rival, j)
}
