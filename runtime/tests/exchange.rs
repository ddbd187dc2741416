//! Other weights in the routed design: the bits of a full build, and the other network in the hardware that they make.

#![allow(clippy::unwrap_used)]

use std::fs;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, HardwareOptions};
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_compiler::Goal;
use spikeforge_runtime::built::Built;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_sim::random::{self, Bounds, SplitMix64};
use spikeforge_sim::Network;

/// Every weight drawn anew; thresholds, biases and betas handed on from neuron to neuron.
fn other(network: &Network) -> Network {
    let mut random = SplitMix64::new(5);
    let mut other = network.clone();
    for layer in &mut other.layers {
        for j in 0..layer.weights.n_neurons() {
            (0..layer.weights.n_inputs()).for_each(|i| layer.weights.set(j, i, random.chance(1, 2)));
        }
        layer.neurons.threshold.rotate_left(1);
        layer.neurons.bias.rotate_left(1);
        layer.neurons.beta.rotate_left(1);
    }
    other
}

#[test]
fn an_exchange_gives_the_bits_of_a_full_build() {
    let bounds = Bounds { max_layers: 1, max_size: 24, max_fraction_bits: 4 };
    let network = (0..).map(|seed| random::network_within(bounds, seed)).find(|network| network.layers[0].n_neurons() >= 8).unwrap();
    // The least logic, so that each memory has several words.
    let quantized = Quantized { network: network.clone(), roundings: vec![], warnings: vec![] };
    let options = HardwareOptions { swappable: true, goal: Goal::Rate { images_per_s: 1.0, n_timesteps: 1 }, ..Clock::Oscillator.into() };
    let design = design(quantized, &Board::load("hx8k-breakout").unwrap(), options).unwrap();
    let compiled = Compiled::of(&design, "one").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [one, two, whole] = ["one.bundle", "two.bundle", "whole.bundle"].map(|name| folder.path().join(name));
    let exchanged = compiled.clone().exchanged(other(&network), "two").unwrap();
    compiled.save(&one).unwrap();
    exchanged.save(&two).unwrap();
    exchanged.save(&whole).unwrap();

    let tools = Tools::from_environment();
    let first = Built::make(&one, &compiled, 1, &tools, &mut |_| ()).unwrap().bitstream;
    let swapped = Built::exchange(&one, (&two, &exchanged), &tools, &mut |_| ()).unwrap();
    let full = Built::make(&whole, &exchanged, 1, &tools, &mut |_| ()).unwrap().bitstream;
    let [first, swapped, full] = [first, swapped, full].map(|path| fs::read(path).unwrap());
    assert_ne!(first, swapped, "other weights are other bits");
    assert_eq!(swapped, full);
    let netlist = |bundle: &std::path::Path| fs::read(bundle.join("build/netlist.v")).unwrap();
    assert_eq!(netlist(&two), netlist(&whole));
    assert!(Built::find(&two, &exchanged).is_some(), "the exchanged bundle knows its build");
}
