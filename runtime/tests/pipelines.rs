//! Layers with several LIF pipelines: the Verilated design equals the reference, whatever is asked of it beside.

#![allow(clippy::unwrap_used)]

use std::process::Command;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, Design, HardwareOptions};
use spikeforge_compiler::cost::Cost;
use spikeforge_compiler::pack::pack;
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::readback::read_back;
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_hdl::arch::HostOptions;
use spikeforge_hdl::contents::contents;
use spikeforge_runtime::verilated::Verilated;
use spikeforge_sim::{lockstep, random, Compare, Device, Network, Reference, Spikes};

const BOARD: &str = "ulx3s-85f";
const N_TIMESTEPS: usize = 8;

fn designed(network: &Network, hardware: HardwareOptions) -> Design {
    let quantized = Quantized { network: network.clone(), roundings: vec![], warnings: vec![] };
    design(quantized, &Board::load(BOARD).unwrap(), hardware).unwrap()
}

fn simulated(design: &Design) -> Verilated {
    let sources = SimulationSources::rtl(&design.accelerator_files(), spikeforge_hdl::emit::ACCELERATOR);
    let (options, tools) = (VerilateOptions::for_short_runs(), Tools::from_environment());
    let program = verilate(&sources, &design.accelerator_harness(), &options, &tools, &mut |_| ()).unwrap();
    Verilated::open(Command::new(program), design.arch.host_map()).unwrap()
}

fn pipelines(design: &Design) -> Vec<usize> {
    design.arch.stages.iter().map(|stage| stage.pipelines).collect()
}

fn compare(network: &Network, dut: &mut Verilated, train: &[Spikes]) {
    let comparison = lockstep(&mut Reference::new(network), dut, train, Compare::States).unwrap();
    assert_eq!(comparison.mismatch, None);
    let n_neurons: usize = network.layers.iter().map(|layer| layer.n_neurons()).sum();
    assert_eq!(comparison.membranes_compared, u64::try_from(n_neurons * train.len()).unwrap());
}

/// Layers that four, two and one pipeline serve, lanes that fill no word, several groups and one: resets, widths and
/// comparisons by seed.
#[test]
fn random_networks() {
    let mut seen = vec![];
    for (seed, sizes) in [(1, vec![40, 96, 20, 6]), (2, vec![130, 64, 12]), (3, vec![20, 128, 7]), (4, vec![64, 36]), (5, vec![16, 130, 4])] {
        let network = random::network_of(&sizes, seed);
        let design = designed(&network, Clock::Oscillator.into());
        seen.extend(pipelines(&design));
        let mut dut = simulated(&design);
        for train in 0..4 {
            compare(&network, &mut dut, &random::train(train, sizes[0], N_TIMESTEPS));
        }
        let files: Vec<(String, String)> = design.memories.iter().map(|file| (file.name.clone(), file.text.clone())).collect();
        read_back(&files, &design.arch, &network).unwrap();
        assert_eq!(pace(&mut dut, sizes[0]), Cost::of(&design.arch, &design.board).cycles_per_timestep as u64, "{sizes:?}");
    }
    assert!([1, 2, 4].iter().all(|n| seen.contains(n)), "pipelines: {seen:?}");
}

/// Cycles between two timesteps in which every input fires.
fn pace(dut: &mut Verilated, n_inputs: usize) -> u64 {
    let written = dut.trace(&vec![Spikes::repeat(true, n_inputs); 3 * N_TIMESTEPS]).unwrap().cycle.unwrap();
    let end = |t: usize| *written[t].last().unwrap().last().unwrap();
    (end(2 * N_TIMESTEPS) - end(N_TIMESTEPS)) / N_TIMESTEPS as u64
}

/// The currents of an input that repeats are kept by each pipeline.
#[test]
fn an_input_that_repeats() {
    let network = random::network_of(&[60, 96, 8], 7);
    let design = designed(&network, HardwareOptions { repeat_input: true, ..Clock::Oscillator.into() });
    assert!(design.arch.stages[0].keeps_currents && pipelines(&design)[0] == 4, "{:?}", pipelines(&design));
    let mut dut = simulated(&design);
    let trains = random::train(7, 60, 4);
    for (input, n_timesteps) in trains.iter().zip([1, 2, 9, 40]) {
        compare(&network, &mut dut, &vec![input.clone(); n_timesteps]);
        compare(&network, &mut dut, &trains);
    }
}

/// What the host writes goes to the pipeline whose neuron it is; the layer that tells the class has one.
#[test]
fn what_the_host_writes() {
    let host = HostOptions { writes: true, counters: true, argmax: None };
    let network = random::network_of(&[48, 72, 8], 11);
    let mut other = network.clone();
    for layer in &mut other.layers {
        layer.neurons.threshold.rotate_left(1);
        layer.neurons.bias.rotate_left(1);
        layer.neurons.beta.rotate_left(1);
        (0..layer.weights.n_neurons()).for_each(|j| layer.weights.set(j, j % 48, j % 3 == 0));
    }
    let design = designed(&network, HardwareOptions { host, argmax: true, ..Clock::Oscillator.into() });
    assert!(pipelines(&design)[0] > 1 && pipelines(&design)[1] == 1, "{:?}", pipelines(&design));
    let mut dut = simulated(&design);
    for now in [&network, &other, &network] {
        dut.write(&contents(&design.arch, &pack(now, &design.arch))).unwrap();
        for train in 0..3 {
            compare(now, &mut dut, &random::train(train, 48, N_TIMESTEPS));
        }
    }
}
