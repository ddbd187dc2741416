//! The Verilated accelerator against the reference: every spike and membrane of every layer and timestep, while all
//! layers run at once.

use std::process::Command;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::design;
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_runtime::driver::{Driver, Patience};
use spikeforge_runtime::link::process::ProcessLink;
use spikeforge_sim::{random, Device, Network, Reference};

fn check(network: Network, n_trains: u64, seed: u64) {
    let board = Board::load("ulx3s-85f").unwrap();
    let design = design(Quantized { network, roundings: vec![], warnings: vec![] }, &board).unwrap();
    let sources = SimulationSources::rtl(&design.accelerator_files(), spikeforge_hdl::emit::ACCELERATOR);
    let options = VerilateOptions::from_environment();
    let program = verilate(&sources, &design.accelerator_harness(), &options, &Tools::from_environment(), &mut |_| ()).unwrap();
    let mut command = Command::new(program);
    command.arg("--taps");
    let mut driver = Driver::open(ProcessLink::spawn(command).unwrap(), design.arch.host_map(), Patience::SIMULATION).unwrap();
    let mut reference = Reference::new(design.network());
    for index in 0..n_trains {
        let train = random::train(seed + index, design.network().input.n(), 6);
        let expected = reference.trace(&train).unwrap();
        driver.run(&train).unwrap();
        let mut seen = vec![0; design.arch.stages.len()];
        for tap in driver.link_mut().take_taps() {
            let layer = usize::from(tap.layer);
            let n = design.arch.stages[layer].n_neurons;
            let (t, j) = (seen[layer] / n, seen[layer] % n);
            seen[layer] += 1;
            let state = &expected.timesteps[t][layer];
            assert_eq!(tap.neuron as usize, j, "layer {layer} timestep {t}");
            assert_eq!((i64::from(tap.membrane), tap.fired), (state.membranes[j], state.fired[j]), "layer {layer} timestep {t} neuron {j}");
        }
        for (layer, seen) in seen.iter().enumerate() {
            assert_eq!(*seen, design.arch.stages[layer].n_neurons * train.len());
        }
    }
}

/// Sizes, widths, reset modes, delays, betas, saturation: by seed.
#[test]
fn random_networks() {
    for seed in 0..6 {
        check(random::network(seed), 4, seed);
    }
}

#[test]
fn snntorch_mnist_model() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/snntorch/mnist_784_128_10.nir");
    let model = spikeforge_compiler::model::Model::read_nir(&path).unwrap();
    let quantized = spikeforge_compiler::quantize::quantize(&model, &Default::default()).unwrap();
    check(quantized.network, 20, 1);
}
