//! Networks at the edges, compared the hard way: from random states, with a host that hesitates, and in Icarus.

#![allow(clippy::unwrap_used)]

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock};
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::simulation::{Conditions, Level, Simulator};
use spikeforge_sim::random::{convolutional_network, network_within, recurrent_network, scaled_network, synaptic_network, train, value_network, Bounds};
use spikeforge_sim::{lockstep, Compare, Device, Layer, Network, Reference, Reset, ScaledBy};

const N_TIMESTEPS: usize = 6;
const N_TRAINS: u64 = 3;
/// Random first states, of registers and memories; 20 in all over the networks, and 20 for one of them by `verify`.
const N_STARTS: u32 = 4;

fn compiled(network: &Network, board: &str) -> Compiled {
    let quantized = Quantized { network: network.clone(), roundings: vec![], warnings: vec![] };
    let design = design(quantized, &Board::load(board).unwrap(), Clock::Oscillator).unwrap();
    for line in design.accelerator_files().iter().flat_map(|(_, text)| text.lines()) {
        assert!(!never_wakes(line), "nothing wakes this block in an event-driven simulator: {line}");
    }
    Compiled::of(&design, "random").unwrap()
}

/// Whether a line of Verilog is a combinational block that reads no signal.
fn never_wakes(line: &str) -> bool {
    let Some((_, value)) = line.trim().strip_prefix("always @(*) ").and_then(|rest| rest.split_once(" = ")) else { return false };
    value.split_once('\'').is_some_and(|(width, digits)| {
        let is_number = |text: &str| text.chars().all(|digit| digit.is_ascii_hexdigit());
        is_number(width) && is_number(digits[1..].trim_end_matches(';'))
    })
}

fn check_under(compiled: &Compiled, level: Level, conditions: Conditions) {
    let mut simulator = Simulator { tools: &Tools::from_environment(), waveform: None, progress: &mut |_| () };
    let mut dut = simulator.open_under(compiled, level, conditions).unwrap();
    let network = &compiled.network;
    for seed in 0..N_TRAINS {
        let train = train(seed, network.input.n(), N_TIMESTEPS);
        let compared = lockstep(&mut Reference::new(network), &mut dut, &train, Compare::States).unwrap();
        assert_eq!(compared.mismatch, None, "train {seed} at {level:?} under {conditions:?}");
        let n_neurons: usize = network.layers.iter().map(Layer::n_neurons).sum();
        assert_eq!(compared.membranes_compared, (n_neurons * N_TIMESTEPS) as u64);
    }
}

/// The first random network that is as asked.
fn check(what: &str, board: &str, is_asked: impl Fn(&Network) -> bool) {
    let bounds = Bounds { max_layers: 2, max_size: 40, max_fraction_bits: 6 };
    check_of(what, board, |seed| network_within(bounds, seed), is_asked);
}

fn check_of(what: &str, board: &str, random: impl Fn(u64) -> Network, is_asked: impl Fn(&Network) -> bool) {
    let found = (0..20_000).map(random).find(is_asked);
    let compiled = compiled(&found.unwrap_or_else(|| panic!("no random network: {what}")), board);
    check_under(&compiled, Level::SecondSimulator, Conditions::default());
    for seed in 1..=N_STARTS {
        let conditions = Conditions { random_start: Some(seed), pressure: Some(u64::from(seed) << 32 | 77), trace_from: 0 };
        check_under(&compiled, Level::Rtl, conditions);
    }
}

fn sizes(network: &Network) -> Vec<usize> {
    let neurons = network.layers.iter().map(|layer| layer.weights.n_neurons());
    std::iter::once(network.input.n()).chain(neurons).collect()
}

fn saturates(network: &Network, layer_reset: (Reset, bool)) -> bool {
    let at_limit = |layer: &Layer, membranes: &[i64]| {
        let most = (1_i64 << (layer.neurons.membrane_bits - 1)) - 1;
        membranes.contains(&most) || membranes.contains(&(-most - 1))
    };
    let trains = (0..N_TRAINS).map(|seed| train(seed, network.input.n(), N_TIMESTEPS));
    network.layers.iter().all(|layer| (layer.neurons.reset, layer.neurons.reset_delay) == layer_reset)
        && trains.into_iter().all(|train| {
            let trace = Reference::new(network).trace(&train).unwrap();
            trace.timesteps.iter().any(|layers| {
                layers.iter().zip(&network.layers).all(|(state, layer)| at_limit(layer, &state.membranes))
            })
        })
}

#[test]
fn one_neuron_behind_one_input() {
    check("1-1", "hx8k-breakout", |network| sizes(network) == [1, 1]);
}

#[test]
fn prime_sizes() {
    let is_prime = |n: &usize| *n > 6 && (2..*n).all(|divisor| n % divisor != 0);
    check("prime sizes", "icebreaker", |network| network.layers.len() == 2 && sizes(network).iter().all(is_prime));
}

#[test]
fn every_layer_saturates_under_each_reset() {
    check("saturation, no reset", "ulx3s-25f", |network| saturates(network, (Reset::None, false)));
    check("saturation, late subtraction", "hx8k-breakout", |network| saturates(network, (Reset::Subtract, true)));
    check("saturation, zero at once", "tang-nano-9k", |network| saturates(network, (Reset::Zero, false)));
}

fn is_small(network: &Network) -> bool {
    network.layers.len() == 2 && sizes(network).iter().all(|n| (3..=60).contains(n))
}

/// The host hesitates between the timesteps of a layer that waits for its own spikes.
#[test]
fn a_first_layer_that_hears_itself() {
    check_of("recurrent", "hx8k-breakout", recurrent_network, |network| is_small(network) && network.layers[0].recurrent);
}

fn has_few_neurons(network: &Network) -> bool {
    network.input.n() <= 400 && network.layers.iter().map(Layer::n_neurons).sum::<usize>() <= 120
}

/// From random currents too, which the first timestep of a presentation must not see.
#[test]
fn synaptic_currents() {
    check_of("synapses", "hx8k-breakout", synaptic_network, |network| {
        is_small(network) && network.layers.iter().all(|layer| layer.neurons.synapse.as_ref().is_some_and(|synapse| synapse.decays[0] > 0))
    });
}

/// A presentation begins with the factors of its first timestep, however the one before ended.
#[test]
fn currents_that_the_timestep_scales() {
    let has_factors = |network: &Network| network.layers.iter().all(|layer| layer.neurons.scaling.len() > 1);
    let counts = |layer: &Layer| layer.neurons.scaled_by != ScaledBy::Timestep;
    check_of("scaling by count and timestep", "hx8k-breakout", scaled_network, |network| {
        is_small(network) && has_factors(network) && counts(&network.layers[0]) && !counts(&network.layers[1]) && network.layers[0].window.is_none()
    });
    check_of("scaling of channels", "ulx3s-25f", scaled_network, |network| {
        has_few_neurons(network) && has_factors(network) && network.layers.iter().any(|layer| layer.window.is_some())
    });
}

#[test]
fn convolutions() {
    let is_asked = |network: &Network| has_few_neurons(network) && network.layers.len() == 3;
    check_of("convolutions", "hx8k-breakout", convolutional_network, is_asked);
    check_of("convolutions with pools", "ulx3s-25f", |seed| convolutional_network(seed + 1000), |network| {
        is_asked(network) && network.layers[0].window.as_ref().is_some_and(|window| window.y.n_kernel > 2)
    });
}

#[test]
fn inputs_of_several_bits() {
    let is_flat = |network: &Network| network.layers[0].window.as_ref().is_some_and(|window| window.y.n_inputs == 1 && window.y.n_kernel == 1);
    check_of("values into a dense layer", "hx8k-breakout", value_network, |network| has_few_neurons(network) && is_flat(network));
    check_of("values into a convolution", "ulx3s-25f", value_network, |network| has_few_neurons(network) && !is_flat(network));
}

#[test]
fn blocks_that_never_wake_are_told_from_others() {
    assert!(never_wakes("    always @(*) shift = 1'b0;"));
    assert!(never_wakes("always @(*) counts = 12'hfe;"));
    assert!(!never_wakes("always @(*) shift = wide[0] & 1'b0;"));
    assert!(!never_wakes("always @(*) to = from;"));
}
