//! The Verilated accelerator against the reference: every spike and membrane of every layer and timestep, while all
//! layers run at once.

use std::path::Path;
use std::process::Command;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, HardwareOptions};
use spikeforge_compiler::model::Model;
use spikeforge_compiler::quantize::{quantize, Quantized};
use spikeforge_compiler::cost::Cost;
use spikeforge_compiler::Goal;
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_runtime::verilated::Verilated;
use spikeforge_hdl::arch::Arch;
use spikeforge_sim::{lockstep, random, Compare, Device, LayerId, Network, Reference, Spikes};

const N_TIMESTEPS: usize = 6;

/// The network's accelerator as it is folded for `board`, simulated.
fn simulated(network: &Network, board: &str, goal: Goal) -> (Verilated, Arch) {
    let board = Board::load(board).expect("a board");
    let quantized = Quantized { network: network.clone(), roundings: vec![], warnings: vec![] };
    let design = design(quantized, &board, HardwareOptions { goal, ..Clock::Oscillator.into() }).expect("a design");
    let sources = SimulationSources::rtl(&design.accelerator_files(), spikeforge_hdl::emit::ACCELERATOR);
    let (options, tools) = (VerilateOptions::for_short_runs(), Tools::from_environment());
    let program = verilate(&sources, &design.accelerator_harness(), &options, &tools, &mut |_| ()).expect("a simulation");
    let dut = Verilated::open(Command::new(program), design.arch.host_map()).expect("a device");
    (dut, design.arch)
}

fn check(network: &Network, board: &str, goal: Goal, n_trains: u64) {
    let (mut dut, arch) = simulated(network, board, goal);
    let mut reference = Reference::new(network);
    let n_neurons: usize = network.layers.iter().map(|layer| layer.n_neurons()).sum();
    for seed in 0..n_trains {
        let train = random::train(seed, network.input.n(), N_TIMESTEPS);
        let comparison = lockstep(&mut reference, &mut dut, &train, Compare::States).expect("two runs");
        assert_eq!(comparison.mismatch, None, "train {seed} on {board}");
        let compared = u64::try_from(n_neurons * N_TIMESTEPS).expect("a count");
        assert_eq!(comparison.membranes_compared, compared);
    }
    // A layer that hears itself waits for its own spikes, which is not predicted.
    if !network.layers.iter().any(|layer| layer.recurrent) {
        cycles_are_as_predicted(&mut dut, network, &arch, board);
    }
}

/// Every input fires, so that no beat is skipped.
fn cycles_are_as_predicted(dut: &mut Verilated, network: &Network, arch: &Arch, board: &str) {
    let train = vec![Spikes::repeat(true, network.input.n()); 20];
    let written = dut.trace(&train).expect("a run").cycle.expect("cycles");
    let end = |t: usize| written[t].last().and_then(|layer| layer.last()).copied().expect("a neuron");
    // Layers that take turns run up to four timesteps each in a row, the last ones out of step; on average to the cycle.
    let eight = end(15) - end(7);
    let cost = Cost::of(arch, &Board::load(board).expect("a board"));
    let predicted = u64::try_from(cost.cycles_per_timestep).expect("a count");
    assert!((8 * predicted).abs_diff(eight) < 8, "{predicted} cycles a timestep predicted, {eight} taken for eight on {board}; stages {}, input {}", arch.cycles_per_timestep(), arch.host_map().input_bytes);
}

/// Sizes, widths, reset modes, delays, betas, saturation: by seed. The board decides lanes, beat and memory styles.
#[test]
fn random_networks() {
    for (seed, board) in (0..9).zip(["ulx3s-85f", "hx8k-breakout", "icebreaker"].into_iter().cycle()) {
        check(&random::network(seed), board, Goal::Fastest, 4);
    }
}

/// Strides, dilations, paddings, pools before and behind the weights, one dimension and two, channels that fill no word:
/// by seed.
#[test]
fn random_convolutions() {
    for (seed, board) in (0..6).zip(["ulx3s-85f", "hx8k-breakout"].into_iter().cycle()) {
        check(&random::convolutional_network(seed), board, Goal::Fastest, 3);
    }
}

/// What came after the first kinds: subtraction ahead, by seed.
#[test]
fn later_networks() {
    for (seed, board) in (0..4).zip(["ulx3s-85f", "hx8k-breakout"].into_iter().cycle()) {
        check(&random::later_network(seed), board, Goal::Fastest, 3);
    }
}

/// Currents that the timestep scales: by either sign, for fewer timesteps than there are and for more, of neurons and channels.
#[test]
fn scaled_currents() {
    for (seed, board) in (0..4).zip(["ulx3s-85f", "hx8k-breakout"].into_iter().cycle()) {
        check(&random::scaled_network(seed), board, Goal::Fastest, 3);
    }
}

/// Last layers that never fire: their membranes alone answer.
#[test]
fn readouts_by_membranes() {
    for (seed, board) in (0..2).zip(["ulx3s-85f", "hx8k-breakout"]) {
        for goal in [Goal::Fastest, Goal::Logic { percent: 45 }] {
            check(&random::readout_network(seed), board, goal, 3);
        }
    }
}

/// Values of 2 to 8 bits, into convolutions and into dense layers, met by weights of one bit and of more: by seed.
#[test]
fn inputs_of_several_bits() {
    for (seed, board) in (0..5).zip(["ulx3s-85f", "hx8k-breakout"].into_iter().cycle()) {
        check(&random::value_network(seed), board, Goal::Fastest, 3);
    }
}

/// Drives that pass through currents which decay by themselves, all alike or each in its own way, into dense layers and
/// convolutions: by seed.
#[test]
fn synaptic_networks() {
    for (seed, board) in (0..4).zip(["ulx3s-85f", "hx8k-breakout"].into_iter().cycle()) {
        check(&random::synaptic_network(seed), board, Goal::Fastest, 3);
    }
    for (seed, board) in (0..3).zip(["ulx3s-85f", "hx8k-breakout"].into_iter().cycle()) {
        check(&random::own_synapses_network(seed), board, Goal::Fastest, 3);
    }
}

/// Layers that hear their own spikes a timestep later: by seed.
#[test]
fn recurrent_networks() {
    for (seed, board) in (0..4).zip(["ulx3s-85f", "hx8k-breakout"].into_iter().cycle()) {
        check(&random::recurrent_network(seed), board, Goal::Fastest, 3);
    }
}

#[test]
#[ignore = "twenty minutes; run by make verify-full"]
fn many_random_convolutions() {
    for (seed, board) in (6..60).zip(["ulx3s-85f", "hx8k-breakout", "icebreaker", "tang-nano-9k"].into_iter().cycle()) {
        println!("seed {seed} on {board}");
        check(&random::convolutional_network(seed), board, Goal::Fastest, 3);
    }
}

#[test]
fn snntorch_mnist_model() {
    let network = mnist();
    for board in ["ulx3s-85f", "hx8k-breakout"] {
        check(&network, board, Goal::Fastest, 20);
    }
}

/// Layers that take turns on one stage, as on a board with little logic.
#[test]
fn layers_that_take_turns() {
    check(&mnist(), "hx8k-breakout", Goal::Logic { percent: 39 }, 20);
}

/// One weight of 101 632 is enough.
#[test]
fn a_planted_fault_is_found_where_it_is() {
    let network = mnist();
    let mut faulty = network.clone();
    let weights = &mut faulty.layers[0].weights;
    weights.set(77, 400, !weights.get(77, 400));
    let (mut dut, _) = simulated(&network, "ulx3s-85f", Goal::Fastest);
    let train = random::train(1, network.input.n(), N_TIMESTEPS);
    let comparison = lockstep(&mut Reference::new(&faulty), &mut dut, &train, Compare::States).expect("two runs");
    let mismatch = comparison.mismatch.expect("the fault");
    assert_eq!((mismatch.layer, mismatch.neuron), (LayerId(0), 77));
}

fn mnist() -> Network {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/snntorch/mnist_784_128_10.nir");
    quantize(&Model::read_nir(&path).expect("the model"), &Default::default()).expect("a network").network
}
