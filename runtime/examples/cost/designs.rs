//! Which designs are built: small and middle-sized networks over boards of three families, wide and narrow.

use std::error::Error;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{self, Clock, HardwareOptions};
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::{Design, Goal};
use spikeforge_hdl::arch::HostOptions;
use spikeforge_sim::random::SplitMix64;
use spikeforge_sim::{range, Fires, Input, Layer, Network, Neurons, Reset, SignMatrix};

/// Board, sizes of the layers from the inputs on, beta in 1/4096, percent of the logic, what the host can do beside.
pub type Point = (&'static str, &'static [usize], u32, u32, HostOptions);

const PLAIN: HostOptions = HostOptions { writes: false, counters: false, argmax: None };
const WRITES: HostOptions = HostOptions { writes: true, counters: false, argmax: None };
const COUNTS: HostOptions = HostOptions { writes: false, counters: true, argmax: None };
const BOTH: HostOptions = HostOptions { writes: true, counters: true, argmax: None };

pub const POINTS: [Point; 33] = [
    ("hx8k-breakout", &[64, 48, 10], 2048, 80, PLAIN),
    ("hx8k-breakout", &[64, 48, 10], 3686, 32, PLAIN),
    ("hx8k-breakout", &[128, 64, 10], 3072, 45, PLAIN),
    ("hx8k-breakout", &[256, 64, 10], 2048, 36, PLAIN),
    ("hx8k-breakout", &[784, 128, 10], 2048, 80, PLAIN),
    ("hx8k-breakout", &[784, 128, 10], 2048, 39, PLAIN),
    ("hx8k-breakout", &[784, 128, 10], 2048, 60, WRITES),
    ("hx8k-breakout", &[64, 48, 10], 2048, 60, COUNTS),
    ("icebreaker", &[784, 256, 10], 2048, 70, PLAIN),
    ("icebreaker", &[64, 32], 4096, 60, BOTH),
    ("icebreaker", &[64, 32], 4096, 30, PLAIN),
    ("icebreaker", &[256, 32, 4], 3584, 50, PLAIN),
    ("icebreaker", &[100, 40, 20, 5], 2048, 60, PLAIN),
    ("icebreaker", &[784, 64, 10], 3072, 70, PLAIN),
    ("ulx3s-12f", &[64, 32], 4096, 6, PLAIN),
    ("ulx3s-12f", &[64, 48, 10], 2048, 10, PLAIN),
    ("ulx3s-12f", &[128, 64, 10], 3686, 12, PLAIN),
    ("ulx3s-12f", &[100, 40, 20, 5], 3072, 16, PLAIN),
    ("colorlight-i5", &[256, 64, 10], 2048, 20, PLAIN),
    ("colorlight-i5", &[784, 128, 10], 2048, 12, PLAIN),
    ("ulx3s-25f", &[256, 128, 10], 3584, 24, PLAIN),
    ("ulx3s-25f", &[128, 64, 10], 2048, 24, WRITES),
    ("ulx3s-12f", &[128, 64, 10], 2048, 30, COUNTS),
    ("ulx3s-25f", &[784, 256, 10], 2048, 80, PLAIN),
    ("tang-nano-9k", &[64, 32], 4096, 20, PLAIN),
    ("tang-nano-9k", &[64, 48, 10], 2048, 30, PLAIN),
    ("tang-nano-9k", &[128, 64, 10], 3686, 35, PLAIN),
    ("tang-nano-9k", &[100, 40, 20, 5], 3072, 45, PLAIN),
    ("tang-nano-9k", &[256, 64, 10], 2048, 50, PLAIN),
    ("tang-nano-20k", &[784, 64, 10], 2048, 15, PLAIN),
    ("tang-nano-20k", &[128, 64, 10], 2048, 25, WRITES),
    ("tang-nano-9k", &[128, 64, 10], 2048, 60, COUNTS),
    ("tang-nano-20k", &[256, 128, 10], 3584, 25, PLAIN),
];

/// The point's network as it is folded for its board.
pub fn design((board, sizes, beta, percent, host): Point) -> Result<Design, Box<dyn Error>> {
    let quantized = Quantized { network: network(sizes, beta)?, roundings: vec![], warnings: vec![] };
    Ok(compile::design(quantized, &Board::load(board)?, HardwareOptions { goal: Goal::Logic { percent }, host, ..Clock::Oscillator.into() })?)
}

/// Random weights, and thresholds and biases as training leaves them: one a neuron.
fn network(sizes: &[usize], beta: u32) -> Result<Network, Box<dyn Error>> {
    let mut random = SplitMix64::new(1);
    let layer = |(index, pair): (usize, &[usize])| {
        let (n_inputs, n_neurons) = (pair[0], pair[1]);
        let mut weights = SignMatrix::new(n_neurons, n_inputs);
        for j in 0..n_neurons {
            (0..n_inputs).for_each(|i| weights.set(j, i, random.chance(1, 2)));
        }
        let neurons = Neurons {
            fraction_bits: 12,
            beta_bits: 12,
            beta: vec![beta; n_neurons],
            threshold: (0..n_neurons).map(|_| random.within(4096, 60_000)).collect(),
            bias: vec![0; n_neurons],
            reset: Reset::Subtract,
            reset_delay: true,
            fires: Fires::Above,
            membrane_bits: 24,
            synapse: None,
            scaling: vec![],
            scaled_by: spikeforge_sim::ScaledBy::Timestep,
        };
        let mut layer = Layer { name: format!("fc{}", index + 1), weights, lower: vec![], window: None, recurrent: false, neurons };
        layer.neurons.membrane_bits = range::layer_membrane_bits(&layer).unwrap_or(24);
        layer
    };
    let layers = sizes.windows(2).enumerate().map(layer).collect();
    let inputs = u32::try_from(sizes[0])?;
    Ok(Network::new(Input { shape: vec![inputs] }, layers)?)
}
