//! Learning, against a second telling of its rules and against what may never happen.

mod checkpoints;
mod errors;
mod invariants;
mod mismatches;
mod naive;
mod primitives;

use spikeforge_sim::plasticity::{LearningNetwork, LearningReference, Rule};
use spikeforge_sim::random::SplitMix64;
use spikeforge_sim::{plasticity, Spikes};

/// A labelled sample.
type Sample = (Vec<Spikes>, usize);

/// Samples that a network can tell apart: each class has its own dense lines, the rest is noise.
fn samples(network: &LearningNetwork, seed: u64, n: usize) -> Vec<Sample> {
    let mut random = SplitMix64::new(seed);
    let n_timesteps = 2 + random.below(7);
    let mut sample = || {
        let label = random.below(network.n_classes);
        let mut dense = |i: usize| {
            let parts = if i % network.n_classes == label { 48 } else { 12 };
            random.chance(parts, 64)
        };
        let train = (0..n_timesteps).map(|_| (0..network.input.n()).map(&mut dense).collect()).collect();
        (train, label)
    };
    (0..n).map(|_| sample()).collect()
}

fn learner(rule: Rule, seed: u64) -> (LearningReference, Vec<Sample>) {
    let network = plasticity::random::network(rule, seed);
    let samples = samples(&network, seed, 12);
    (LearningReference::new(&network, seed).unwrap(), samples)
}

fn any_rule() -> impl proptest::strategy::Strategy<Value = Rule> {
    proptest::sample::select(Rule::ALL.to_vec())
}
