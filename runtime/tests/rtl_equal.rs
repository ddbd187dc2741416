//! The Verilated accelerator against the reference: every spike and membrane of every layer and timestep, while all
//! layers run at once.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::design;
use spikeforge_compiler::model::Model;
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::quantize::{quantize, Quantized};
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_runtime::verilated::Verilated;
use spikeforge_sim::{lockstep, random, Compare, Network, Reference};

fn check(network: Network, board: &str, n_trains: u64, seed: u64) {
    let quantized = Quantized {
        network,
        roundings: vec![],
        warnings: vec![],
    };
    let design = design(quantized, &Board::load(board).unwrap()).unwrap();
    let sources = SimulationSources::rtl(
        &design.accelerator_files(),
        spikeforge_hdl::emit::ACCELERATOR,
    );
    let (options, tools) = (
        VerilateOptions::from_environment(),
        Tools::from_environment(),
    );
    let program = verilate(
        &sources,
        &design.accelerator_harness(),
        &options,
        &tools,
        &mut |_| (),
    )
    .unwrap();
    let mut dut = Verilated::open(Command::new(program), design.arch.host_map()).unwrap();
    let mut reference = Reference::new(design.network());
    let n_neurons: usize = design.arch.stages.iter().map(|stage| stage.n_neurons).sum();
    for index in 0..n_trains {
        let train = random::train(seed + index, design.network().input.n(), 6);
        let compared = lockstep(&mut reference, &mut dut, &train, Compare::States).unwrap();
        assert_eq!(
            compared.mismatch, None,
            "board {board}, network {seed}, train {index}"
        );
        assert_eq!(
            compared.membranes_compared,
            (n_neurons * train.len()) as u64
        );
    }
}

/// Sizes, widths, reset modes, delays, betas, saturation by seed; beats of 16 and of 32 by board.
#[test]
fn random_networks() {
    for seed in 0..8 {
        check(
            random::network(seed),
            ["ulx3s-85f", "hx8k-breakout"][seed as usize % 2],
            4,
            seed,
        );
    }
}

#[test]
fn snntorch_mnist_model() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/snntorch/mnist_784_128_10.nir");
    let quantized = quantize(&Model::read_nir(&path).unwrap(), &NeuronOptions::default()).unwrap();
    check(quantized.network, "hx8k-breakout", 20, 1);
}
