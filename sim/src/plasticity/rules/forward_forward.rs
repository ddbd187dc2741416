//! Forward-forward (Hinton, 2022): the sample with its label raises the goodness of a layer, the sample with its rival's
//! label, the hardest negative there is, lowers it; each the more, the further it is from the right side. Each is shown for
//! half of the sample's timesteps.

use super::{first_half, update, LearningReference, Sample, MOST_STEPS};
use crate::arithmetic::{clamped, signed_count};

pub(super) fn learn(chip: &mut LearningReference, sample: &Sample) {
    let Some(last) = sample.verdicts.last() else {
        return;
    };
    for (class, direction) in [(last.label, 1), (last.rival, -1)] {
        let pass = chip.show(first_half(sample.train), Some(class));
        for layer in chip.learning_layers(sample) {
            let registers = &chip.registers[layer];
            let excess = clamped((pass.goodness(layer) - registers.goodness) >> registers.goodness_shift, 16);
            let strength = direction * 16 - excess;
            let modulator = |j| {
                if pass.gate(layer, j) {
                    strength * signed_count(pass.counts(layer)[j]).min(MOST_STEPS)
                } else {
                    0
                }
            };
            let update = update(layer, &pass, modulator);
            chip.update(layer, &pass, &update);
        }
    }
}
