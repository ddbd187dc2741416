//! SymBa (Lee and Song, 2023): the sample with its label against the sample with its rival's, and only until the first
//! has the greater goodness by a margin. Each neuron moves by the difference of its counts.

use super::{first_half, update, LearningReference, Sample, MOST_STEPS};
use crate::arithmetic::{limited, signed_count};

pub(super) fn learn(chip: &mut LearningReference, sample: &Sample) {
    let Some(last) = sample.verdicts.last() else {
        return;
    };
    let half = first_half(sample.train);
    let positive = chip.show(half, Some(last.label));
    let negative = chip.show(half, Some(last.rival));
    for layer in chip.learning_layers(sample) {
        let registers = &chip.registers[layer];
        let missing = registers.goodness - (positive.goodness(layer) - negative.goodness(layer));
        if missing <= 0 {
            continue;
        }
        let strength = limited(missing >> registers.goodness_shift, 1, 16);
        let (high, low) = (positive.counts(layer), negative.counts(layer));
        let modulator = |j| {
            let open = positive.gate(layer, j) || negative.gate(layer, j);
            if open {
                8 * strength * (signed_count(high[j]) - signed_count(low[j])).clamp(-MOST_STEPS, MOST_STEPS)
            } else {
                0
            }
        };
        let update = update(layer, &positive, modulator);
        chip.update(layer, &positive, &update);
    }
}
