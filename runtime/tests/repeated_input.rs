//! An input that repeats is sent once and its first-layer currents are computed once: the Verilated design equals the
//! reference as before, in fewer cycles.

use std::path::Path;
use std::process::Command;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, Design, HardwareOptions};
use spikeforge_compiler::model::Model;
use spikeforge_compiler::quantize::{quantize, Quantized};
use spikeforge_compiler::toolchain::{lint, verilate, Runner, SimulationSources, Tools, VerilateOptions};
use spikeforge_hdl::emit::{ACCELERATOR, TOP};
use spikeforge_runtime::verilated::Verilated;
use spikeforge_sim::{lockstep, random, Compare, Network, Reference, ScaledBy, Spikes};

const N_TIMESTEPS: usize = 16;

fn designed(network: &Network, board: &str, repeat_input: bool) -> Design {
    let quantized = Quantized { network: network.clone(), roundings: vec![], warnings: vec![] };
    let hardware = HardwareOptions { repeat_input, ..Clock::Oscillator.into() };
    design(quantized, &Board::load(board).expect("a board"), hardware).expect("a design")
}

fn simulated(design: &Design) -> Verilated {
    let sources = SimulationSources::rtl(&design.accelerator_files(), ACCELERATOR);
    let (options, tools) = (VerilateOptions::for_short_runs(), Tools::from_environment());
    let program = verilate(&sources, &design.accelerator_harness(), &options, &tools, &mut |_| ()).expect("a simulation");
    Verilated::open(Command::new(program), design.arch.host_map()).expect("a device")
}

/// Every spike and membrane of a presentation.
fn compare(network: &Network, dut: &mut Verilated, train: &[Spikes]) {
    let comparison = lockstep(&mut Reference::new(network), dut, train, Compare::States).expect("two runs");
    assert_eq!(comparison.mismatch, None);
    let n_neurons: usize = network.layers.iter().map(|layer| layer.n_neurons()).sum();
    assert_eq!(comparison.membranes_compared, u64::try_from(n_neurons * train.len()).expect("a count"));
}

/// Shown inputs of one timestep and of many, between presentations that do not repeat.
#[test]
fn random_networks() {
    for (seed, board) in [(0, "ulx3s-85f"), (1, "hx8k-breakout"), (2, "icebreaker")] {
        let network = random::network(seed);
        let design = designed(&network, board, true);
        assert!(design.arch.stages[0].keeps_currents);
        let mut dut = simulated(&design);
        let trains = random::train(seed, network.input.n(), 6);
        for (input, n_timesteps) in trains.iter().zip([1, 2, 3, 300, 5, 9]) {
            compare(&network, &mut dut, &vec![input.clone(); n_timesteps]);
            compare(&network, &mut dut, &trains);
        }
    }
}

/// The kept currents are those before their timestep scales them.
#[test]
fn currents_that_the_timestep_scales() {
    let is_asked = |network: &Network| {
        let first = &network.layers[0];
        let by_timestep = first.neurons.scaling.len() > 2 && first.neurons.scaled_by == ScaledBy::Timestep;
        by_timestep && first.window.is_none() && !first.recurrent && network.layers.iter().all(|layer| (3..=60).contains(&layer.n_neurons()))
    };
    let network = (0..1000).map(random::scaled_network).find(is_asked).expect("such a network");
    let design = designed(&network, "ulx3s-85f", true);
    assert!(design.arch.stages[0].keeps_currents);
    let mut dut = simulated(&design);
    let trains = random::train(5, network.input.n(), 6);
    for (input, n_timesteps) in trains.iter().zip([1, 2, 5, 12]) {
        compare(&network, &mut dut, &vec![input.clone(); n_timesteps]);
        compare(&network, &mut dut, &trains);
    }
}

#[test]
fn the_design_is_clean() {
    let design = designed(&random::network(0), "hx8k-breakout", true);
    for (files, top) in [(design.top_files(), TOP), (design.accelerator_files(), ACCELERATOR)] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut runner = Runner { tools: &Tools::from_environment(), folder: folder.path(), progress: &mut |_| () };
        lint(&SimulationSources::rtl(&files, top), &mut runner).expect("no fault");
    }
}

/// `cargo test --release -p spikeforge-runtime --test repeated_input -- --nocapture` prints the cycles.
#[test]
fn an_mnist_image_takes_fewer_cycles() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/snntorch/mnist_784_128_10.nir");
    let network = quantize(&Model::read_nir(&path).expect("the model"), &Default::default()).expect("a network").network;
    let pixels: Vec<u8> = (0..784).map(|i| if (i / 28 + i % 28) % 7 == 0 { 255 } else { 0 }).collect();
    let train = spikeforge_sim::coding::repeat(&pixels, N_TIMESTEPS);
    // Words of memories pass a register on the ECP5.
    for (board, besides_neurons) in [("hx8k-breakout", 6), ("ulx3s-85f", 8)] {
        let cycles = |repeat_input| {
            let design = designed(&network, board, repeat_input);
            let hidden = &design.arch.stages[0];
            assert_eq!(hidden.cycles_per_repeat(), 128 / hidden.pipelines + besides_neurons);
            let mut dut = simulated(&design);
            compare(&network, &mut dut, &train);
            dut.finish().expect("an end")
        };
        let (before, after) = (cycles(false), cycles(true));
        println!("{board}: {before} cycles for {N_TIMESTEPS} timesteps of one image, {after} with kept currents");
        assert!(after < before);
    }
}
