//! PEPITA (Dellaferrera and Kreiman, 2022): the error enters the input by fixed random patterns, and a neuron moves with
//! the sign of what the second presentation gave it more than the first.
//!
//! Counts of a few timesteps are too coarse to show that difference; the charge, which counts the rest of the membrane
//! too, is not. Patterns on few lines, and the trace of the second presentation, keep the weights from running away.

use super::{update, LearningReference, Sample};
use crate::arithmetic::sign;
use crate::Spikes;

/// The first timesteps, in which the patterns act.
const MODULATED: usize = 2;

pub(super) fn learn(chip: &mut LearningReference, sample: &Sample) {
    let Some(last) = sample.verdicts.last() else {
        return;
    };
    let differences: Vec<i32> =
        (0..chip.network.input.n()).map(|i| chip.patterns.difference(last.label, last.rival, i)).collect();
    let mut train: Vec<Spikes> = sample.train.to_vec();
    for spikes in train.iter_mut().take(MODULATED) {
        for (i, &difference) in differences.iter().enumerate().filter(|&(_, &difference)| difference != 0) {
            spikes.set(i, difference > 0);
        }
    }
    let modulated = chip.show(&train, None);
    for layer in chip.learning_layers(sample) {
        let (before, after) = (sample.plain.charges(layer), modulated.charges(layer));
        let modulator = |j| {
            if sample.plain.gate(layer, j) {
                super::ERROR * sign(after[j] - before[j])
            } else {
                0
            }
        };
        let update = update(layer, &modulated, modulator);
        chip.update(layer, &modulated, &update);
    }
}
