//! Networks that learn and registers from a seed, for the tests of every crate.

use super::{LearningLayer, LearningNetwork, ReadoutKind, Registers, Rule};
use crate::arithmetic::signed;
use crate::random::SplitMix64;
use crate::{limits, range, Fires, Input, Reset};

/// A small network for a rule: one to three layers, up to 40 inputs, every reset and width, thresholds low enough that
/// most neurons fire.
pub fn network(rule: Rule, seed: u64) -> LearningNetwork {
    let mut random = SplitMix64::new(seed);
    let n_inputs = 1 + random.below(40);
    let mut network = LearningNetwork {
        input: Input { shape: vec![u32::try_from(n_inputs).unwrap_or(1)] },
        n_classes: 2 + random.below(4),
        rule,
        label_lines: if rule.shows_labels() { 1 + random.below(4) } else { 0 },
        layers: Vec::new(),
    };
    let mut fan_in = network.n_lines();
    for position in 1..=1 + random.below(3) {
        let n_neurons = random.pick(&[1, 3, 8, 17, 64, 65]);
        network.layers.push(layer(&mut random, &format!("fc{position}"), fan_in, n_neurons));
        fan_in = n_neurons;
    }
    network
}

fn layer(random: &mut SplitMix64, name: &str, n_inputs: usize, n_neurons: usize) -> LearningLayer {
    let mut layer = LearningLayer::new(name, n_inputs, n_neurons, 1);
    let most = (signed(n_inputs) / 4).max(2);
    layer.neurons.threshold = (0..n_neurons).map(|_| random.within(1, most)).collect();
    layer.neurons.reset = random.pick(&[Reset::None, Reset::Zero, Reset::Subtract]);
    layer.neurons.reset_delay = random.chance(1, 4);
    layer.neurons.fires = random.pick(&[Fires::Above, Fires::At]);
    let proved = range::plastic_membrane_bits(n_inputs, &layer.neurons).unwrap_or(limits::MEMBRANE_BITS);
    layer.neurons.membrane_bits = if random.chance(1, 4) { proved.min(6) } else { proved };
    layer.latent_bits = random.pick(&[2, 3, 4, 5, 6, 8]);
    layer.readout = random.pick(&[
        ReadoutKind::Integer { bits: 12 },
        ReadoutKind::Integer { bits: 4 },
        ReadoutKind::Sign { bits: 10 },
    ]);
    layer
}

/// Registers that make a small network learn fast, each within what the hardware takes.
pub fn registers(network: &LearningNetwork, seed: u64) -> Vec<Registers> {
    let mut random = SplitMix64::new(seed);
    let mut registers = |layer: &LearningLayer| Registers {
        latents_learn: random.chance(7, 8),
        readout_learns: random.chance(7, 8),
        latent_shift: random.pick(&[0, 3, 6, 8, 12, 16]),
        readout_shift: random.pick(&[0, 2, 5, 8, 16]),
        margin: random.within(0, 200),
        dense_bits: random.pick(&[0, 4, 6, 31]),
        goodness: random.within(0, 4 * signed(layer.n_neurons())),
        goodness_shift: random.pick(&[0, 1, 3]),
        potentiation: random.pick(&[0, 1, 16, 255]),
        depression: random.pick(&[0, 1, 64, 255]),
    };
    network.layers.iter().map(&mut registers).collect()
}
