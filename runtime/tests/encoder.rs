//! Designs that code their inputs themselves, against the reference behind the same coding in software: shown an input once
//! and step by step, from random states behind a host that hesitates, in Icarus, and behind the board's serial pins.

#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, HardwareOptions};
use spikeforge_compiler::cost::Cost;
use spikeforge_compiler::fold::WeightStyle;
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_hdl::arch::HostOptions;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::cosim::{cosim, Extent};
use spikeforge_runtime::inputs::Inputs;
use spikeforge_runtime::simulation::{Conditions, Level, Simulation, Simulator};
use spikeforge_sim::coding::{self, Encoder};
use spikeforge_sim::random::{convolutional_network, network_within, value_network, Bounds};
use spikeforge_sim::{Device, Encoded, Layer, LayerId, Network, Reference};

const N_SAMPLES: usize = 4;
const BOUNDS: Bounds = Bounds { max_layers: 2, max_size: 40, max_fraction_bits: 6 };

fn compiled(network: &Network, board: &str, hardware: HardwareOptions) -> Result<Compiled, String> {
    let quantized = Quantized { network: network.clone(), roundings: vec![], warnings: vec![] };
    let design = design(quantized, &Board::load(board).unwrap(), hardware).map_err(|error| error.to_string())?;
    Ok(Compiled::of(&design, "random").unwrap())
}

fn coded(network: &Network, board: &str, encoder: Encoder) -> Compiled {
    let compiled = compiled(network, board, HardwareOptions { encoder: Some(encoder), ..Clock::Oscillator.into() }).unwrap();
    assert_eq!(compiled.encoder(), Some(encoder));
    compiled
}

fn opened(compiled: &Compiled, level: Level, conditions: Conditions) -> Simulation {
    let mut simulator = Simulator { tools: &Tools::from_environment(), waveform: None, progress: &mut |_| () };
    simulator.open_under(compiled, level, conditions).unwrap()
}

/// Every spike and membrane of presentations of each of these lengths.
fn compare(compiled: &Compiled, dut: &mut Simulation, lengths: &[usize]) {
    let n_neurons: usize = compiled.network.layers.iter().map(Layer::n_neurons).sum();
    for (seed, &n_timesteps) in (0..).zip(lengths) {
        let inputs = compiled.random_inputs(seed, N_SAMPLES, n_timesteps);
        let tally = cosim(&compiled.network, dut, &inputs, Extent::default(), &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(tally.mismatch, None, "{:?}, {n_timesteps} timesteps", compiled.encoder());
        assert_eq!(tally.membranes_compared, (n_neurons * n_timesteps * N_SAMPLES) as u64);
    }
}

/// What the inputs are changes from timestep to timestep, and a presentation breaks off.
fn compare_steps(compiled: &Compiled, dut: &mut Simulation) {
    let mut reference = Encoded::new(Reference::new(&compiled.network), compiled.encoder());
    let frames = Inputs::random_values(9, Encoder::Delta { threshold: 1 }, (1, 6, compiled.network.input.n())).train(0);
    for n_timesteps in [2, frames.len()] {
        dut.reset().unwrap();
        reference.reset().unwrap();
        for frame in &frames[..n_timesteps] {
            assert_eq!(dut.step(frame).unwrap(), reference.step(frame).unwrap());
            assert_eq!(dut.state(LayerId(0)).unwrap(), reference.state(LayerId(0)).unwrap());
        }
    }
}

fn hard_way(network: &Network, board: &str, encoder: Encoder) {
    let compiled = coded(network, board, encoder);
    let conditions = Conditions { random_start: Some(3), pressure: Some(77 << 32 | 5), trace_from: 0 };
    let mut dut = opened(&compiled, Level::Rtl, conditions);
    compare(&compiled, &mut dut, &[1, 7, 20]);
    compare_steps(&compiled, &mut dut);
}

fn found(random: impl Fn(u64) -> Network, is_asked: impl Fn(&Network) -> bool) -> Network {
    (0..20_000).map(random).find(is_asked).unwrap()
}

/// A last word that is not full, behind one or two that are.
fn of_odd_size(network: &Network) -> bool {
    network.layers.len() == 2 && network.input.n() > 16 && network.input.n() % 8 > 0 && network.n_outputs() > 2
}

#[test]
fn by_chance_and_by_latency() {
    let network = found(|seed| network_within(BOUNDS, seed), of_odd_size);
    hard_way(&network, "hx8k-breakout", Encoder::Lfsr { seed: 0xBEEF });
    hard_way(&network, "icebreaker", Encoder::Latency { n_timesteps: 7 });
}

#[test]
fn one_input_that_changes() {
    let network = found(|seed| network_within(BOUNDS, seed), |network| network.input.n() == 1 && network.n_outputs() > 2);
    hard_way(&network, "hx8k-breakout", Encoder::Delta { threshold: 60 });
}

/// The values of a frame of several channels go over the wire place by place.
#[test]
fn phases_before_a_convolution() {
    let channels = |network: &Network| network.layers[0].window.as_ref().map_or(1, |window| window.n_inputs() / window.n_frame());
    let network = found(convolutional_network, |network| channels(network) == 3 && network.input.n() < 300);
    hard_way(&network, "ulx3s-25f", Encoder::Accumulator);
    let refused = compiled(&network, "ulx3s-25f", HardwareOptions { encoder: Some(Encoder::Lfsr { seed: 1 }), ..Clock::Oscillator.into() });
    assert!(refused.unwrap_err().contains("use --encoder accumulator"));
}

/// Kept values start unknown there.
#[test]
fn in_the_second_simulator_and_behind_serial_pins() {
    let network = found(|seed| network_within(BOUNDS, seed), of_odd_size);
    let compiled = coded(&network, "hx8k-breakout", Encoder::Accumulator);
    for level in [Level::SecondSimulator, Level::Board] {
        compare(&compiled, &mut opened(&compiled, level, Conditions::default()), &[3]);
    }
}

/// More inputs than cycles of the layer: the encoder sets the pace.
#[test]
fn a_value_a_cycle() {
    let bounds = Bounds { max_layers: 1, max_size: 130, max_fraction_bits: 2 };
    let network = found(|seed| network_within(bounds, seed), |network| network.input.n() > 100 && network.n_outputs() < 9);
    let compiled = coded(&network, "hx8k-breakout", Encoder::Accumulator);
    let cost = Cost::of(compiled.arch(), &compiled.board);
    assert_eq!(cost.cycles_per_timestep, network.input.n() + 3);
    let mut dut = opened(&compiled, Level::Rtl, Conditions::default());
    // Every input spikes at every timestep, so that the layer skips no beat.
    let brightest = coding::lines(&vec![255; network.input.n()]);
    let trace = dut.trace(&vec![brightest; 12]).unwrap();
    let ends: Vec<u64> = trace.cycle.unwrap().iter().map(|layers| *layers[0].last().unwrap()).collect();
    assert!(ends.windows(2).all(|pair| pair[1] - pair[0] == cost.cycles_per_timestep as u64), "{ends:?}");
}

#[test]
fn what_does_not_go_with_an_encoder_is_refused() {
    let network = network_within(BOUNDS, 1);
    let hardware = || HardwareOptions { encoder: Some(Encoder::Accumulator), ..Clock::Oscillator.into() };
    let refused = |network: &Network, hardware: HardwareOptions, why: &str| {
        let error = compiled(network, "icebreaker", hardware).unwrap_err();
        assert!(error.contains(why), "{error}");
    };
    refused(&network, HardwareOptions { repeat_input: true, ..hardware() }, "--repeat-input");
    refused(&network, HardwareOptions { host: HostOptions { writes: true, ..HostOptions::default() }, ..hardware() }, "--host-writes");
    refused(&network, HardwareOptions { weights: WeightStyle::Spram, ..hardware() }, "--weights block");
    refused(&value_network(0), hardware(), "leave out --input-bits");
    let with = |encoder| HardwareOptions { encoder: Some(encoder), ..hardware() };
    refused(&network, with(Encoder::Latency { n_timesteps: 0 }), "1 to 65535 timesteps, not 0");
    refused(&network, with(Encoder::Delta { threshold: 0 }), "a threshold of 1 to 255");
    refused(&network, with(Encoder::Lfsr { seed: 0 }), "a seed of 1 to 65535");
}
