//! A learned network as a NIR file, which `compile` takes and every framework reads.
//!
//! The file holds the layers of spikes: their learned signs and their neurons. A readout of integers has no place in a
//! binarized network; it stays in the checkpoint.

mod hdf5;

use std::path::Path;

use spikeforge_sim::{Fires, Network, Reset};

use super::saved::write_whole;
use super::LearnError;
use hdf5::Item;

/// A timestep in seconds: with it a time constant is the number of timesteps.
const DT: f64 = 1.0;

/// Writes the layers of a network, whole or not at all.
pub fn write_nir(path: &Path, network: &Network) -> Result<(), LearnError> {
    write_whole(path, &hdf5::file(&root(network)))
}

fn root(network: &Network) -> Item {
    let shape = |n: usize| Item::Integers { shape: vec![1], values: vec![i64::try_from(n).unwrap_or(i64::MAX)] };
    let end = |kind: &str, n: usize| Item::folder([("type", Item::text(kind)), ("shape", shape(n))]);
    let mut nodes = vec![("input".to_owned(), end("Input", network.input.n()))];
    let mut chain = vec!["input".to_owned()];
    for layer in &network.layers {
        nodes.push((format!("{}_weights", layer.name), weights(layer)));
        nodes.push((layer.name.clone(), neurons(layer)));
        chain.extend([format!("{}_weights", layer.name), layer.name.clone()]);
    }
    nodes.push(("output".to_owned(), end("Output", network.n_outputs())));
    chain.push("output".to_owned());
    let edges: Vec<String> = chain.windows(2).flatten().cloned().collect();
    let shape = vec![edges.len() / 2, 2];
    Item::folder([
        ("version", Item::text("1.0")),
        (
            "node",
            Item::folder([
                ("type", Item::text("NIRGraph")),
                ("edges", Item::Texts { shape, values: edges }),
                ("nodes", Item::Folder(nodes)),
            ]),
        ),
    ])
}

/// Weights of -1 and +1, and the bias in units of a weight.
fn weights(layer: &spikeforge_sim::Layer) -> Item {
    let (n, n_inputs) = (layer.weights.n_neurons(), layer.weights.n_inputs());
    let sign = |j: usize, i: usize| if layer.weights.get(j, i) { 1.0 } else { -1.0 };
    let values = (0..n).flat_map(|j| (0..n_inputs).map(move |i| sign(j, i))).collect();
    let unit = unit(layer);
    let bias = layer.neurons.bias.iter().map(|&bias| exact(bias) / unit).collect();
    Item::folder([
        ("type", Item::text("Affine")),
        ("weight", Item::Numbers { shape: vec![n, n_inputs], values }),
        ("bias", Item::Numbers { shape: vec![n], values: bias }),
    ])
}

/// tau = dt / (1 - beta) and r = tau / dt, so that weights need no scaling.
fn neurons(layer: &spikeforge_sim::Layer) -> Item {
    let neurons = &layer.neurons;
    let n = neurons.threshold.len();
    let numbers = |values: Vec<f64>| Item::Numbers { shape: vec![n], values };
    let one = f64::from(1u32 << neurons.beta_bits);
    let kept: Vec<f64> = neurons.beta.iter().map(|&beta| f64::from(beta) / one).collect();
    let unit = unit(layer);
    let mut metadata = vec![
        ("dt", Item::number(DT)),
        ("reset", Item::text(match neurons.reset {
            Reset::None => "none",
            Reset::Zero => "zero",
            Reset::Subtract | Reset::SubtractAhead => "subtract",
        })),
        ("reset_delay", Item::text(if neurons.reset_delay { "on" } else { "off" })),
        ("fires", Item::text(if neurons.fires == Fires::At { "at" } else { "above" })),
    ];
    let mut parts = vec![
        ("r", numbers(kept.iter().map(|beta| DT / (1.0 - beta).max(f64::EPSILON)).collect())),
        ("v_threshold", numbers(neurons.threshold.iter().map(|&threshold| exact(threshold) / unit).collect())),
    ];
    if kept.iter().all(|&beta| beta < 1.0) {
        parts.push(("type", Item::text("LIF")));
        parts.push(("tau", numbers(kept.iter().map(|beta| DT / (1.0 - beta)).collect())));
        parts.push(("v_leak", numbers(vec![0.0; n])));
        metadata.push(("beta", Item::number(kept.first().copied().unwrap_or(0.0))));
    } else {
        parts.push(("type", Item::text("IF")));
        parts[0].1 = numbers(vec![1.0; n]);
    }
    parts.push(("metadata", Item::folder(metadata)));
    Item::folder(parts)
}

/// Thresholds and biases in a weight.
fn unit(layer: &spikeforge_sim::Layer) -> f64 {
    f64::from(1u32 << layer.neurons.fraction_bits)
}

/// Thresholds and biases are far below 2^53.
#[allow(clippy::cast_precision_loss)]
fn exact(value: i64) -> f64 {
    value as f64
}
