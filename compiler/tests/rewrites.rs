//! A rewritten network is the network: the same output spikes, and the same membrane of every neuron that is left.

use proptest::prelude::*;
use spikeforge_compiler::rewrite::{rewrite, Constant, Rewrite, Rewrites, Rewritten};
use spikeforge_sim::random::{self, SplitMix64};
use spikeforge_sim::{Device, Network, Reference, ScaledBy, Scaling, Spikes};

const N_TIMESTEPS: usize = 12;

fn only(wanted: Rewrite) -> Rewrites {
    Rewrites { wanted: vec![wanted], constants: vec![] }
}

fn removed(rewritten: &Rewritten, rewrite: Rewrite) -> usize {
    rewritten.removals.iter().filter(|removal| removal.rewrite == rewrite).map(|removal| removal.n).sum()
}

/// Runs both on trains of which `presented` is what the original sees.
fn check(network: &Network, rewritten: &Rewritten, presented: &[Spikes]) {
    rewritten.network.validate().unwrap();
    let kept = |spikes: &Spikes| rewritten.inputs.kept.iter().map(|&i| spikes[i]).collect::<Spikes>();
    let expected = Reference::new(network).trace(presented).unwrap();
    let got = Reference::new(&rewritten.network).trace(&presented.iter().map(kept).collect::<Vec<_>>()).unwrap();
    for (t, (expected, got)) in expected.timesteps.iter().zip(&got.timesteps).enumerate() {
        assert_eq!(expected.last().unwrap(), got.last().unwrap(), "the last layer at timestep {t}");
        for (layer, kept) in rewritten.kept.iter().enumerate() {
            let membranes: Vec<i64> = kept.iter().map(|&j| expected[layer].membranes[j]).collect();
            assert_eq!(got[layer].membranes, membranes, "layer {layer} at timestep {t}");
            let fired: Spikes = kept.iter().map(|&j| expected[layer].fired[j]).collect();
            assert_eq!(got[layer].fired, fired, "layer {layer} at timestep {t}");
        }
    }
}

/// A random network of two layers or more, whose first has at least six neurons.
fn deep(seed: u64) -> Network {
    let mut seeds = SplitMix64::new(seed);
    loop {
        let network = random::network(seeds.next_word());
        if network.layers.len() > 1 && network.layers[0].n_neurons() >= 6 && network.layers.iter().all(|l| l.window.is_none()) {
            return network;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Neurons whose every weight is -1 and whose bias is not positive can never fire.
    #[test]
    fn dead_neurons_leave(seed: u64) {
        let mut network = deep(seed);
        let first = &mut network.layers[0];
        for j in [1, 4] {
            (0..first.weights.n_inputs()).for_each(|i| first.weights.set(j, i, false));
            first.neurons.bias[j] = first.neurons.bias[j].min(0);
        }
        let rewritten = rewrite(network.clone(), &only(Rewrite::DeadNeurons));
        let left = &rewritten.kept[0];
        prop_assert!(!(left.contains(&1) && left.contains(&4)));
        prop_assert!(left.len() == 1 || !(left.contains(&1) || left.contains(&4)));
        for seed in 0..4 {
            check(&network, &rewritten, &random::train(seed, network.input.n(), N_TIMESTEPS));
        }
    }

    /// Equal neurons leave in pairs that the next layer weighs oppositely, and stay otherwise.
    #[test]
    fn duplicate_neurons_leave(seed: u64) {
        let mut network = deep(seed);
        if seed.is_multiple_of(2) {
            scale(&mut network, 0, ScaledBy::Timestep, seed);
        }
        plant_pairs(&mut network);
        let rewritten = rewrite(network.clone(), &only(Rewrite::DuplicateNeurons));
        prop_assert!(removed(&rewritten, Rewrite::DuplicateNeurons) >= 2);
        prop_assert!(removed(&rewritten, Rewrite::DuplicateNeurons) % 2 == 0);
        for seed in 0..4 {
            check(&network, &rewritten, &random::train(seed, network.input.n(), N_TIMESTEPS));
        }
    }

    /// Where the next layer goes by how many spikes have entered it, those of a pair that it weighs oppositely count.
    #[test]
    fn duplicate_neurons_that_are_counted_stay(seed: u64) {
        let mut network = deep(seed);
        plant_pairs(&mut network);
        scale(&mut network, 1, ScaledBy::Count { shift: 2 }, seed);
        let rewritten = rewrite(network.clone(), &only(Rewrite::DuplicateNeurons));
        prop_assert_eq!(rewritten.kept[0].len(), network.layers[0].n_neurons());
        for seed in 0..4 {
            check(&network, &rewritten, &random::train(seed, network.input.n(), N_TIMESTEPS));
        }
    }

    /// Inputs that are silent or spike at every timestep leave; what they always add becomes bias.
    #[test]
    fn constant_inputs_leave(seed: u64, densities in prop::collection::vec(0..4u64, 130)) {
        let network = deep(seed);
        let n = network.input.n();
        let constants: Vec<Constant> =
            (0..n).filter(|&i| densities[i % 130] < 2).map(|i| Constant { input: i, spikes: densities[i % 130] == 1 }).collect();
        let wanted = Rewrites { wanted: vec![Rewrite::ConstantInputs], constants: constants.clone() };
        let rewritten = rewrite(network.clone(), &wanted);
        let n_removed = removed(&rewritten, Rewrite::ConstantInputs);
        prop_assert_eq!(n_removed, constants.len() - usize::from(constants.len() == n));
        prop_assert_eq!(rewritten.network.input.n() + n_removed, n);
        for seed in 0..4 {
            let mut train = random::train(seed, n, N_TIMESTEPS);
            for constant in &constants {
                train.iter_mut().for_each(|spikes| spikes.set(constant.input, constant.spikes));
            }
            check(&network, &rewritten, &train);
        }
    }

    #[test]
    fn all_together_on_whatever_comes(seed: u64) {
        let network = random::network(seed);
        let rewritten = rewrite(network.clone(), &Rewrites::default());
        check(&network, &rewritten, &random::train(seed, network.input.n(), N_TIMESTEPS));
        let again = rewrite(rewritten.network.clone(), &Rewrites::default());
        prop_assert_eq!(&again.network, &rewritten.network);
        prop_assert_eq!(rewrite(network.clone(), &Rewrites::none()).network, network);
    }
}

/// Two pairs of equal neurons, of which the next layer weighs the first oppositely and the second alike.
fn plant_pairs(network: &mut Network) {
    for (from, to) in [(0, 3), (2, 5)] {
        copy(network, from, to);
    }
    for k in 0..network.layers[1].n_neurons() {
        let next = &mut network.layers[1].weights;
        next.set(k, 3, !next.get(k, 0));
        next.set(k, 5, next.get(k, 2));
    }
}

/// Gives a layer random factors, in place of its biases.
fn scale(network: &mut Network, layer: usize, by: ScaledBy, seed: u64) {
    let mut random = SplitMix64::new(seed);
    let neurons = &mut network.layers[layer].neurons;
    let (n, most) = (neurons.threshold.len(), 2i64 << neurons.fraction_bits);
    let mut values = || (0..n).map(|_| random.within(-most, most)).collect();
    neurons.scaling = (0..4).map(|_| Scaling { scale: values(), bias: values() }).collect();
    neurons.scaled_by = by;
    neurons.bias.fill(0);
}

fn copy(network: &mut Network, from: usize, to: usize) {
    let first = &mut network.layers[0];
    (0..first.weights.n_inputs()).for_each(|i| first.weights.set(to, i, first.weights.get(from, i)));
    let neurons = &mut first.neurons;
    neurons.beta[to] = neurons.beta[from];
    neurons.threshold[to] = neurons.threshold[from];
    neurons.bias[to] = neurons.bias[from];
    for scaling in &mut neurons.scaling {
        scaling.scale[to] = scaling.scale[from];
        scaling.bias[to] = scaling.bias[from];
    }
}
