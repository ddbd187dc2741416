//! Weights and parameters written into the Verilated hardware: it then is the other network, membrane for membrane.

#![allow(clippy::unwrap_used)]

use std::process::Command;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, Design, HardwareOptions};
use spikeforge_compiler::pack::pack;
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_hdl::arch::{cycles_per_timestep, Field, HostOptions};
use spikeforge_hdl::contents::{contents, Contents};
use spikeforge_runtime::verilated::Verilated;
use spikeforge_sim::random::{Bounds, SplitMix64};
use spikeforge_sim::{lockstep, random, Compare, Mismatch, Network, Reference};

fn design_of(network: &Network, board: &str) -> Design {
    let quantized = Quantized { network: network.clone(), roundings: vec![], warnings: vec![] };
    let hardware = HardwareOptions { host: HostOptions { writes: true, counters: true, argmax: None }, ..Clock::Oscillator.into() };
    design(quantized, &Board::load(board).unwrap(), hardware).unwrap()
}

fn simulated(design: &Design) -> Verilated {
    let sources = SimulationSources::rtl(&design.accelerator_files(), spikeforge_hdl::emit::ACCELERATOR);
    let (options, tools) = (VerilateOptions::from_environment(), Tools::from_environment());
    let program = verilate(&sources, &design.accelerator_harness(), &options, &tools, &mut |_| ()).unwrap();
    Verilated::open(Command::new(program), design.arch.host_map()).unwrap()
}

/// Every weight drawn anew; thresholds, biases and betas handed on from neuron to neuron, so that they fit the fields.
fn other(network: &Network, seed: u64) -> Network {
    let mut random = SplitMix64::new(seed);
    let mut other = network.clone();
    for layer in &mut other.layers {
        for j in 0..layer.weights.n_neurons() {
            for i in 0..layer.weights.n_inputs() {
                layer.weights.set(j, i, random.below(2) == 1);
            }
        }
        layer.neurons.threshold.rotate_left(1);
        layer.neurons.bias.rotate_left(1);
        layer.neurons.beta.rotate_left(1);
    }
    other
}

fn small(seed: u64) -> Network {
    random::network_within(Bounds { max_layers: 2, max_size: 60, ..Bounds::default() }, seed)
}

fn memories(design: &Design, network: &Network) -> Vec<Contents> {
    contents(&design.arch, &pack(network, &design.arch))
}

fn mismatch(network: &Network, dut: &mut Verilated, seed: u64) -> Option<Mismatch> {
    let train = random::train(seed, network.input.n(), 6);
    lockstep(&mut Reference::new(network), dut, &train, Compare::States).unwrap().mismatch
}

/// Sizes, widths, fields and foldings by seed and board; the old network, the other, and the old one again.
#[test]
fn a_written_network_is_the_network() {
    let mut n_stored = 0;
    let dense = (20..24).map(|seed| (seed, small(seed)));
    let networks = dense.chain([(3, random::convolutional_network(3))]);
    for ((seed, network), board) in networks.zip(["ulx3s-85f", "hx8k-breakout", "icebreaker"].into_iter().cycle()) {
        let design = design_of(&network, board);
        let other = other(&network, seed);
        let mut dut = simulated(&design);
        for (round, now) in [&network, &other, &network].into_iter().enumerate() {
            if round > 0 {
                dut.write(&memories(&design, now)).unwrap();
            }
            for train in 0..3 {
                assert_eq!(mismatch(now, &mut dut, train), None, "seed {seed} on {board}, round {round}");
            }
        }
        let fields = design.arch.stages.iter().flat_map(|stage| [stage.neuron.threshold, stage.neuron.bias, stage.neuron.beta]);
        n_stored += fields.filter(|field| matches!(field, Field::Stored { .. })).count();
    }
    assert!(n_stored > 3, "only {n_stored} parameters lie in memories");
}

/// Counted in the hardware and told by the reference.
#[test]
fn counters_tell_what_was_run() {
    let network = small(20);
    let design = design_of(&network, "hx8k-breakout");
    let mut dut = simulated(&design);
    let before = dut.counters().unwrap().unwrap();
    assert_eq!((before.timesteps, before.presentations, before.bad_frames, before.lost_bytes), (0, 0, 0, 0));
    for train in 0..3 {
        assert_eq!(mismatch(&network, &mut dut, train), None);
    }
    let counters = dut.counters().unwrap().unwrap();
    assert_eq!((counters.timesteps, counters.presentations, counters.bad_frames), (18, 3, 0));
    for (counted, stage) in counters.stages.iter().zip(&design.arch.stages) {
        let most = u32::try_from(18 * stage.weight_words()).unwrap();
        assert!(!stage.skip_zero_beats, "the number of beats is known only when none is skipped");
        assert_eq!(counted.beats, most);
        assert!(counted.busy_cycles >= counted.beats + counted.waited, "{counted:?}");
        assert!(counted.busy_cycles <= u32::try_from(18 * (cycles_per_timestep(std::slice::from_ref(stage)) + 20)).unwrap(), "{counted:?}");
    }
}

/// One wrong weight in what is written is found.
#[test]
fn a_planted_fault_is_found() {
    let network = small(21);
    let design = design_of(&network, "hx8k-breakout");
    let other = other(&network, 1);
    let mut written = memories(&design, &other);
    written[0].pieces[0] ^= 1;
    let mut dut = simulated(&design);
    dut.write(&written).unwrap();
    let found = (0..20).find_map(|train| mismatch(&other, &mut dut, train)).unwrap();
    assert_eq!((found.layer.0, found.neuron), (0, 0));
}
