//! Signal propagation (Kohan, Rietman and Siegelmann, 2022): the feedback of a class is the layer's own response to a
//! target pattern of that class, presented as an input, against its mean response to all of them.

use super::{LearningReference, Memory, Verdict};
use crate::arithmetic::signed;

/// Presents the target of each class for as long as a sample, and keeps which neurons respond to it above their mean.
pub(super) fn prepare(chip: &mut LearningReference, n_timesteps: usize) {
    if !chip.network.rule.shows_targets(chip.n_samples) {
        return;
    }
    let n_classes = chip.network.n_classes;
    let target = |class| {
        let target = chip.patterns.target(class);
        chip.show(&vec![target; n_timesteps], None)
    };
    let responses = (0..n_classes).map(target).collect::<Vec<_>>();
    for (layer, memory) in chip.memories.iter_mut().enumerate() {
        for j in 0..memory.latents.n_neurons() {
            let of_all: i64 = responses.iter().map(|pass| pass.charges(layer)[j]).sum();
            for (class, pass) in responses.iter().enumerate() {
                memory.feedback.set(class, j, signed(n_classes) * pass.charges(layer)[j] >= of_all);
            }
        }
    }
}

pub(super) fn modulator(memory: &Memory, verdict: Verdict, j: usize) -> i32 {
    memory.feedback(verdict.label, j) - memory.feedback(verdict.rival, j)
}
