//! Spike-timing-dependent plasticity with winner-take-all and homeostasis (Diehl and Cook, 2015): the neuron with the
//! most charge, less its handicap, learns the sample: inputs that spiked before it are potentiated, silent ones depressed.
//! Samples that the readout already tells apart are left alone.
//!
//! Most inputs are silent, and a row takes the chip a cycle. So a sample depresses one silent input in eight, eight times as
//! much; which ones, the layer's random numbers say.

use super::{LearningReference, Sample, Update};
use crate::arithmetic::{limited, signed, signed_count};

/// The handicap's bits below those of a charge, and the width at which it saturates.
const HANDICAP_FRACTION: u32 = 4;
const HANDICAP_LIMIT: i64 = (1 << 23) - 1;

/// Of the silent inputs, those that a sample depresses: one in so many, whose numbers end in these bits of a random number.
const DEPRESSED_BITS: u32 = 3;

pub(super) fn learn(chip: &mut LearningReference, sample: &Sample) {
    for layer in chip.learning_layers(sample) {
        let charges = sample.plain.charges(layer);
        let handicaps = &mut chip.memories[layer].handicaps;
        let standing = |j: usize| charges[j] - i64::from(handicaps[j] >> HANDICAP_FRACTION);
        let ahead = |best: usize, j: usize| {
            if standing(j) > standing(best) {
                j
            } else {
                best
            }
        };
        let winner = (0..charges.len()).fold(0, ahead);
        let n_neurons = signed(handicaps.len());
        for (j, handicap) in handicaps.iter_mut().enumerate() {
            let gain = if j == winner { n_neurons - 1 } else { -1 };
            *handicap = limited(i64::from(*handicap) + gain, -HANDICAP_LIMIT - 1, HANDICAP_LIMIT);
        }
        let registers = &chip.registers[layer];
        let (gain, loss) = (signed_count(registers.potentiation), signed_count(registers.depression));
        let depressed = chip.memories[layer].lfsr.highest(DEPRESSED_BITS);
        let effect = |(i, &count): (usize, &u32)| {
            if count > 0 {
                signed_count(count) * gain
            } else if i % (1 << DEPRESSED_BITS) == depressed {
                -(loss << DEPRESSED_BITS)
            } else {
                0
            }
        };
        let trace = sample.plain.inputs(layer).iter().enumerate().map(effect).collect();
        let modulators = (0..charges.len()).map(|j| i32::from(j == winner)).collect();
        chip.update(layer, &sample.plain, &Update { trace, modulators });
    }
}
