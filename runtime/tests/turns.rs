//! Layers that take turns on one stage, with two, four and eight banks of spikes between them: the Verilated design equals the
//! reference, in as many cycles as are predicted.

#![allow(clippy::unwrap_used)]

use std::process::Command;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, Design};
use spikeforge_compiler::cost::Cost;
use spikeforge_compiler::fold::{candidates, Wish};
use spikeforge_compiler::pack::pack;
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_hdl::arch::Arch;
use spikeforge_hdl::board::{system_clock::ClockSource, top::Pins};
use spikeforge_hdl::emit::emit;
use spikeforge_runtime::verilated::Verilated;
use spikeforge_sim::{lockstep, random, Compare, Device, Network, Neurons, Reference, Spikes};

const N_TIMESTEPS: usize = 11;

/// Inputs and neurons, lanes, and the banks before each layer but the first.
type Case = (&'static [usize], usize, &'static [usize]);

/// A wide layer before a narrow one and the other way round, groups that are not full, layers of one group and of many; three
/// layers whose buffers differ; inputs that come no faster than they are read.
const CASES: [Case; 10] = [
    (&[784, 100, 10], 26, &[2]),
    (&[784, 100, 10], 50, &[8]),
    (&[100, 20, 128], 7, &[4]),
    (&[64, 127, 9], 16, &[4]),
    (&[600, 13, 20], 13, &[4]),
    (&[130, 90, 40, 10], 20, &[4, 4]),
    (&[520, 33, 65, 7], 11, &[4, 2]),
    (&[520, 33, 65, 7], 11, &[2, 4]),
    (&[200, 40, 65, 20], 20, &[8, 4]),
    (&[90, 40, 20, 30, 10], 10, &[4, 8, 2]),
];

#[test]
fn random_networks() {
    for (seed, case) in (0..).zip(CASES) {
        let (sizes, lanes, banks) = case;
        let network = with_one_pipeline(random::network_of(sizes, seed));
        let design = designed(&network, lanes, banks);
        let mut dut = simulated(&design);
        for train in 0..4 {
            let train = random::train(train, sizes[0], N_TIMESTEPS);
            let comparison = lockstep(&mut Reference::new(&network), &mut dut, &train, Compare::States).unwrap();
            assert_eq!(comparison.mismatch, None, "{case:?}");
        }
        assert_eq!(pace(&mut dut, sizes[0]), Cost::of(&design.arch, &design.board).cycles_per_timestep as u64, "{case:?}");
    }
}

/// The network with what layers on one LIF pipeline have in common, that of the first.
fn with_one_pipeline(mut network: Network) -> Network {
    let first = network.layers[0].neurons.clone();
    let (beta, most) = (first.beta[0], *first.threshold.iter().max().unwrap());
    for layer in &mut network.layers {
        let n = layer.n_neurons();
        layer.neurons = Neurons {
            beta: vec![beta; n],
            threshold: layer.neurons.threshold.iter().map(|&threshold| threshold.clamp(1, most.max(1))).collect(),
            bias: vec![first.bias[0]; n],
            ..first.clone()
        };
    }
    network.validate().unwrap();
    network
}

/// All layers on one stage.
fn designed(network: &Network, lanes: usize, banks: &[usize]) -> Design {
    let board = Board::load("hx8k-breakout").unwrap();
    let quantized = Quantized { network: network.clone(), roundings: vec![], warnings: vec![] };
    let mut design = design(quantized, &board, Clock::Oscillator).unwrap();
    let folded = candidates(network, &board, &Wish::fastest(board.clock.hz)).unwrap();
    let in_turns = folded.into_iter().find(|candidate| candidate.arch.turns().count() == 1).unwrap();
    design.arch = with_banks(in_turns.arch, lanes, banks);
    design.images = pack(network, &design.arch);
    let pins = Pins { clock: ClockSource::Oscillator, uart_divisor: 4, led_active_low: false };
    let emitted = emit(&design.arch, &design.images, &pins).unwrap();
    Design { accelerator: emitted.accelerator, memories: emitted.memories, ..design }
}

fn with_banks(mut arch: Arch, lanes: usize, banks: &[usize]) -> Arch {
    arch.stages.iter_mut().for_each(|stage| stage.lanes = lanes);
    arch.stages[1..].iter_mut().zip(banks).for_each(|(stage, &banks)| stage.banks = banks);
    arch
}

fn simulated(design: &Design) -> Verilated {
    let sources = SimulationSources::rtl(&design.accelerator_files(), spikeforge_hdl::emit::ACCELERATOR);
    let (options, tools) = (VerilateOptions::for_short_runs(), Tools::from_environment());
    let program = verilate(&sources, &design.accelerator_harness(), &options, &tools, &mut |_| ()).unwrap();
    Verilated::open(Command::new(program), design.arch.host_map()).unwrap()
}

/// Cycles between two timesteps in which every input fires, over whole rounds of turns.
fn pace(dut: &mut Verilated, n_inputs: usize) -> u64 {
    let written = dut.trace(&vec![Spikes::repeat(true, n_inputs); 40]).unwrap().cycle.unwrap();
    let end = |t: usize| *written[t].last().unwrap().last().unwrap();
    (end(31) - end(15)).div_ceil(16)
}
