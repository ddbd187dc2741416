//! A learned network as a NIR file, which `compile` takes and every framework reads.
//!
//! The file holds the layers of spikes, their learned signs and their neurons, and the last readout as integrators that keep
//! all: the membrane of a class is its score, the sum of weight times spike count, and the greatest, the first of equals, is what
//! the learner tells. The lines on which a rule shows labels stay out of it; without a label nothing is on them.

use std::path::Path;

use ndarray::ArrayD;
use spikeforge_compiler::model::{If, Li, Lif, Linear, Metadata, Model, NodeKind, Value};
use spikeforge_sim::plasticity::{LearningReference, Readout, ReadoutKind};
use spikeforge_sim::{Fires, Layer, Reset};

use super::saved::write_whole;
use super::LearnError;

/// A timestep in seconds: with it a time constant is the number of timesteps.
const DT: f64 = 1.0;

/// The name of the readout's weights, whose metadata tells their bits.
const READOUT: &str = "readout_weights";

/// Writes what a learner tells classes by, whole or not at all.
pub fn write_nir(path: &Path, learner: &LearningReference) -> Result<(), LearnError> {
    write_whole(path, &learned_model(learner)?.nir_bytes()?)
}

/// The model of what a learner tells classes by.
pub fn learned_model(learner: &LearningReference) -> Result<Model, LearnError> {
    let (network, n_inputs) = (learner.forward(), learner.network().input.n());
    let mut nodes = vec![("input".to_owned(), NodeKind::Input { shape: vec![n_inputs] })];
    for layer in &network.layers {
        // The first one sees label lines behind the sample's.
        let n = layer.weights.n_inputs();
        nodes.push((format!("{}_weights", layer.name), weights(layer, if nodes.len() == 1 { n_inputs } else { n })));
        nodes.push((layer.name.clone(), neurons(layer)));
    }
    let n_classes = learner.network().n_classes;
    let readout = learner.memories().last().map(|memory| &memory.readout);
    nodes.extend(readout.iter().flat_map(|readout| scores(readout, n_classes)));
    nodes.push(("output".to_owned(), NodeKind::Output { shape: vec![n_classes] }));
    let names: Vec<String> = nodes.iter().map(|(name, _)| name.clone()).collect();
    let edges = names.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
    let mut model = Model::new("learned", Metadata::new(), nodes, edges)?;
    for node in &mut model.nodes {
        if let Some(layer) = network.layers.iter().find(|layer| layer.name == node.name) {
            node.metadata = metadata(layer);
        }
        if let (READOUT, Some(ReadoutKind::Integer { bits })) = (node.name.as_str(), readout.map(Readout::kind)) {
            node.metadata = Metadata::from([("weight_bits".to_owned(), Value::Number(f64::from(bits)))]);
        }
    }
    Ok(model)
}

/// Weights of integers, or their signs, and integrators that keep all that comes.
fn scores(readout: &Readout, n_classes: usize) -> [(String, NodeKind); 2] {
    let n = readout.n_neurons();
    let weight = |class: usize, j: usize| match (readout.kind(), readout.values()[class * n + j]) {
        (ReadoutKind::Integer { .. }, value) => f64::from(value),
        (ReadoutKind::Sign { .. }, value) => if value >= 0 { 1.0 } else { -1.0 },
    };
    let weight = ArrayD::from_shape_fn(vec![n_classes, n], |place| weight(place[0], place[1]));
    let all = |value: f64| each(std::iter::repeat_n(value, n_classes));
    let keeps = Li { tau: all(f64::INFINITY), r: all(f64::INFINITY), v_leak: all(0.0) };
    [(READOUT.to_owned(), NodeKind::Linear(Linear { weight, bias: None })), ("readout".to_owned(), NodeKind::Li(keeps))]
}

/// Weights of -1 and +1 from the first inputs, and the bias in units of a weight.
fn weights(layer: &Layer, n_inputs: usize) -> NodeKind {
    let n = layer.weights.n_neurons();
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
