//! A learned network as a NIR file, which `compile` takes and every framework reads.
//!
//! The file holds the layers of spikes: their learned signs and their neurons. A readout of integers has no place in a
//! binarized network; it stays in the checkpoint.

use std::path::Path;

use ndarray::ArrayD;
use spikeforge_compiler::model::{If, Lif, Linear, Metadata, Model, NodeKind, Value};
use spikeforge_sim::{Fires, Layer, Network, Reset};

use super::saved::write_whole;
use super::LearnError;

/// A timestep in seconds: with it a time constant is the number of timesteps.
const DT: f64 = 1.0;

/// Writes the layers of a network, whole or not at all.
pub fn write_nir(path: &Path, network: &Network) -> Result<(), LearnError> {
    write_whole(path, &model(network)?.nir_bytes()?)
}

fn model(network: &Network) -> Result<Model, LearnError> {
    let mut nodes = vec![("input".to_owned(), NodeKind::Input { shape: vec![network.input.n()] })];
    for layer in &network.layers {
        nodes.push((format!("{}_weights", layer.name), weights(layer)));
        nodes.push((layer.name.clone(), neurons(layer)));
    }
    nodes.push(("output".to_owned(), NodeKind::Output { shape: vec![network.n_outputs()] }));
    let names: Vec<String> = nodes.iter().map(|(name, _)| name.clone()).collect();
    let edges = names.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
    let mut model = Model::new("learned", Metadata::new(), nodes, edges)?;
    for node in &mut model.nodes {
        if let Some(layer) = network.layers.iter().find(|layer| layer.name == node.name) {
            node.metadata = metadata(layer);
        }
    }
    Ok(model)
}

/// Weights of -1 and +1, and the bias in units of a weight.
fn weights(layer: &Layer) -> NodeKind {
    let (n, n_inputs) = (layer.weights.n_neurons(), layer.weights.n_inputs());
    let sign = |j: usize, i: usize| if layer.weights.get(j, i) { 1.0 } else { -1.0 };
    let unit = unit(layer);
    NodeKind::Linear(Linear {
        weight: ArrayD::from_shape_fn(vec![n, n_inputs], |place| sign(place[0], place[1])),
        bias: Some(each(layer.neurons.bias.iter().map(|&bias| exact(bias) / unit))),
    })
}

/// The share of the membrane that each neuron keeps.
fn kept(layer: &Layer) -> Vec<f64> {
    let one = f64::from(1u32 << layer.neurons.beta_bits);
    layer.neurons.beta.iter().map(|&beta| f64::from(beta) / one).collect()
}

/// tau = dt / (1 - beta) and r = tau / dt, so that weights need no scaling.
fn neurons(layer: &Layer) -> NodeKind {
    let (kept, unit) = (kept(layer), unit(layer));
    let tau = || kept.iter().map(|beta| DT / (1.0 - beta));
    let v_threshold = each(layer.neurons.threshold.iter().map(|&threshold| exact(threshold) / unit));
    let n = kept.len();
    match kept.iter().all(|&beta| beta < 1.0) {
        true => NodeKind::Lif(Lif {
            tau: each(tau()),
            r: each(tau().map(|tau| tau / DT)),
            v_leak: each(std::iter::repeat_n(0.0, n)),
            v_threshold,
            v_reset: None,
        }),
        false => NodeKind::If(If { r: each(std::iter::repeat_n(1.0, n)), v_threshold, v_reset: None }),
    }
}

fn metadata(layer: &Layer) -> Metadata {
    let neurons = &layer.neurons;
    let reset = match neurons.reset {
        Reset::None => "none",
        Reset::Zero => "zero",
        Reset::Subtract | Reset::SubtractAhead => "subtract",
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let mut metadata = Metadata::from([
        ("dt".to_owned(), Value::Number(DT)),
        ("reset".to_owned(), text(reset)),
        ("reset_delay".to_owned(), text(if neurons.reset_delay { "on" } else { "off" })),
        ("fires".to_owned(), text(if neurons.fires == Fires::At { "at" } else { "above" })),
    ]);
    if let Some(&beta) = kept(layer).first().filter(|&&beta| beta < 1.0) {
        metadata.insert("beta".to_owned(), Value::Number(beta));
    }
    metadata
}

fn each(values: impl Iterator<Item = f64>) -> ArrayD<f64> {
    values.collect::<ndarray::Array1<f64>>().into_dyn()
}

/// Thresholds and biases in a weight.
fn unit(layer: &Layer) -> f64 {
    f64::from(1u32 << layer.neurons.fraction_bits)
}

/// Thresholds and biases are far below 2^53.
#[allow(clippy::cast_precision_loss)]
fn exact(value: i64) -> f64 {
    value as f64
}
