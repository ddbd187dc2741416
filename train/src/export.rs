//! From a trained network to a model that says everything, and its integers on the reference.
//!
//! ```text
//! scale c + shift, fires above 1   -->   sign(scale) c + shift / |scale|, fires above 1 / |scale|
//! ```
//! which changes no spike; the signs of a channel with a negative scale turn over. Norms of the timesteps become a node of
//! factors and biases, and the threshold stays 1.

use candle_core::{Device, Tensor};
use ndarray::ArrayD;
use spikeforge_compiler::model::{Conv, If, Li, Lif, Linear, Metadata, Model, NodeKind, Padding, Pool, PoolKind, ScaleBy, Value};
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::quantize::quantize;
use spikeforge_sim::{argmax, scores, Network, Readout};

use crate::net::{Layer, Net};
use crate::neurons::READOUT_BETA;
use crate::norm::Norm;
use crate::samples::Samples;
use crate::shape::{Kind, LayerShape};
use crate::system::System;
use crate::{Coding, TrainError};

/// A timestep in seconds, as the Python exporter has it.
const DT: f64 = 1e-4;
/// A channel that its norm silences stays silent.
const LEAST_SCALE: f64 = 1e-6;

/// A layer of whole weights, (channels, fan-in) in the order of [`Layer`], bias and threshold a channel.
pub struct Folded {
    pub shape: LayerShape,
    pub weights: Vec<Vec<f64>>,
    pub bias: Vec<f64>,
    pub threshold: Vec<f64>,
    /// (scale, bias) of each timestep, if they differ: an element a channel, or a neuron, channels first.
    pub scaling: Vec<(Vec<f64>, Vec<f64>)>,
    /// Where those are of levels of 2^shift spikes.
    pub count_shift: Option<u32>,
    /// (channels, channels), on its own spikes of the timestep before; empty where none are.
    pub recurrent: Vec<Vec<f64>>,
    pub neuron: Neuron,
}

/// What its neurons do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Neuron {
    /// Leaks to `beta`, fires above its threshold, which is subtracted a timestep later.
    Lif { beta: f64 },
    /// Has no memory, fires where the current is above its threshold.
    Step,
    /// Leaks to `beta` and never fires: it is read by its membrane.
    Li { beta: f64 },
    /// Keeps all, fires at its threshold, which is subtracted at once.
    If,
}

impl Neuron {
    fn name(self) -> &'static str {
        match self {
            Neuron::Lif { .. } => "lif",
            Neuron::Step => "step",
            Neuron::Li { .. } => "li",
            Neuron::If => "if",
        }
    }
}

impl Folded {
    /// Thresholds of 1, and nothing that a layer may have beside.
    pub fn plain(shape: LayerShape, weights: Vec<Vec<f64>>, bias: Vec<f64>, neuron: Neuron) -> Self {
        Folded { threshold: vec![1.0; bias.len()], shape, weights, bias, scaling: Vec::new(), count_shift: None, recurrent: Vec::new(), neuron }
    }

    fn of(layer: &Layer, beta: f64) -> Result<Self, TrainError> {
        if layer.is_readout {
            // The unit of membranes that are only compared is free: that of the weights.
            let shift = layer.norm.shift.flatten_all()?.to_vec1::<f32>()?;
            let bias = shift.into_iter().map(|shift| f64::from(shift) / layer.unit()).collect();
            let plain = Folded::by_timestep(layer, beta, Vec::new())?;
            return Ok(Folded { bias, neuron: Neuron::Li { beta: READOUT_BETA }, ..plain });
        }
        if !layer.norms.is_empty() {
            return Folded::by_timestep(layer, beta, layer.norms.iter().map(rows).collect::<Result<_, _>>()?);
        }
        if let Some(attention) = &layer.attention {
            return Folded::by_timestep(layer, beta, weighed(&layer.norm, attention.mean.as_tensor())?);
        }
        if let Some(causal) = &layer.causal {
            let folded = Folded::by_timestep(layer, beta, weighed(&layer.norm, &causal.by_level()?)?)?;
            return Ok(Folded { count_shift: Some(causal.shift), ..folded });
        }
        let (scale, shift) = rows(&layer.norm)?;
        let size: Vec<f64> = scale.iter().map(|scale| scale.abs().max(LEAST_SCALE)).collect();
        let turn = |scale: f64| if scale < 0.0 { -1.0 } else { 1.0 };
        let latent = layer.latent.to_vec2::<f32>()?;
        let signs = |(latents, &scale): (&Vec<f32>, &f64)| {
            latents.iter().map(|&latent| turn(scale) * if latent < 0.0 { -1.0 } else { 1.0 }).collect()
        };
        let weights = latent.iter().zip(&scale).map(signs).collect();
        let bias = shift.iter().zip(&size).map(|(shift, size)| shift / size).collect();
        let threshold = size.iter().map(|size| 1.0 / size).collect();
        Ok(Folded { threshold, ..Folded::plain(layer.shape, weights, bias, Neuron::Lif { beta }) })
    }

    fn by_timestep(layer: &Layer, beta: f64, scaling: Vec<(Vec<f64>, Vec<f64>)>) -> Result<Self, TrainError> {
        let signs = |latents: &Vec<f32>| latents.iter().map(|&latent| if latent < 0.0 { -1.0 } else { 1.0 }).collect();
        let weights = layer.latent.to_vec2::<f32>()?.iter().map(signs).collect();
        let bias = vec![0.0; layer.shape.n_channels];
        Ok(Folded { scaling, ..Folded::plain(layer.shape, weights, bias, Neuron::Lif { beta }) })
    }
}

/// The norm times the factors of each timestep or level, for each neuron, channels first as NIR has them.
fn weighed(norm: &Norm, factors: &Tensor) -> Result<Vec<(Vec<f64>, Vec<f64>)>, TrainError> {
    let (scale, shift) = rows(norm)?;
    let n_channels = scale.len();
    let each = |factors: &Vec<f32>| {
        let n_places = factors.len() / n_channels;
        let of = |values: &[f64]| -> Vec<f64> {
            let neuron = |j: usize| values[j / n_places] * f64::from(factors[j % n_places * n_channels + j / n_places]);
            (0..factors.len()).map(neuron).collect()
        };
        (of(&scale), of(&shift))
    };
    Ok(factors.to_vec2::<f32>()?.iter().map(each).collect())
}

/// (scale, shift) of each channel.
fn rows(norm: &Norm) -> Result<(Vec<f64>, Vec<f64>), TrainError> {
    let row = |values: Tensor| -> Result<Vec<f64>, TrainError> {
        Ok(values.flatten_all()?.to_vec1::<f32>()?.into_iter().map(f64::from).collect())
    };
    let (scale, shift) = norm.folded()?;
    Ok((row(scale)?, row(shift)?))
}

/// The model of a network whose norms are folded.
pub fn model(net: &Net) -> Result<Model, TrainError> {
    let layers = net.layers.iter().map(|layer| Folded::of(layer, net.lif.beta)).collect::<Result<Vec<_>, _>>()?;
    model_of(&layers)
}

/// The layers of a network whose neurons have no memory, on inputs that are whole numbers, or means of them in a pool. A sum
/// is a whole number of parts of its pool then, so that rounding the threshold down to such a number changes no spike.
pub fn without_memory(net: &Net) -> Result<Vec<Folded>, TrainError> {
    let each = |layer: &Layer| -> Result<Folded, TrainError> {
        let folded = Folded::of(layer, 0.0)?;
        let parts = f64::from(u32::try_from(layer.shape.pool * layer.shape.pool).unwrap_or(u32::MAX));
        let whole = |(threshold, bias): (&f64, &f64)| 1.0 - (parts * (threshold - bias)).floor() / parts;
        let bias = folded.threshold.iter().zip(&folded.bias).map(whole).collect();
        Ok(Folded::plain(folded.shape, folded.weights, bias, Neuron::Step))
    };
    net.layers.iter().map(each).collect()
}

/// The same of one that takes what a coding makes of pixels.
pub fn model_for(net: &Net, coding: Coding) -> Result<Model, TrainError> {
    with_values(model(net)?, coding)
}

/// A model that says what its inputs are, where they are no spikes.
pub fn with_values(mut model: Model, coding: Coding) -> Result<Model, TrainError> {
    if let Some(bits) = coding.value_bits() {
        model.metadata.extend([("input_bits".to_owned(), Value::Number(f64::from(bits))), ("input_scale".to_owned(), Value::Number(1.0))]);
    }
    Ok(model)
}

/// The model of layers, each behind the other.
pub fn model_of(layers: &[Folded]) -> Result<Model, TrainError> {
    let frame = |[height, width, channels]: [usize; 3]| match height * width {
        1 => vec![channels],
        _ => vec![channels, height, width],
    };
    let first = layers.first().map_or(vec![], |layer| frame(layer.shape.source));
    let mut nodes = vec![("input".to_owned(), NodeKind::Input { shape: first })];
    let mut back = Vec::new();
    for (i, layer) in layers.iter().enumerate() {
        let shape = &layer.shape;
        if shape.pool > 1 {
            let each = vec![shape.pool; 2];
            let pool = Pool { kind: PoolKind::Average, kernel: each.clone(), stride: each, padding: vec![0; 2] };
            nodes.push((format!("pool{}", i + 1), NodeKind::Pool(pool)));
        }
        if shape.kind == Kind::Dense && frame(shape.source).len() > 1 {
            nodes.push((format!("flatten{}", i + 1), NodeKind::Flatten { start_dim: 0, end_dim: -1 }));
        }
        nodes.push((format!("weights{}", i + 1), weights(layer)));
        if !layer.scaling.is_empty() {
            nodes.push((format!("norms{}", i + 1), scaling(layer)));
        }
        let name = format!("{}{}", layer.neuron.name(), i + 1);
        if !layer.recurrent.is_empty() {
            back.push((format!("back{}", i + 1), name.clone(), square(&layer.recurrent)));
        }
        nodes.push((name, neurons(layer, &frame(shape.target()))));
    }
    let last = layers.last().map_or(vec![], |layer| frame(layer.shape.target()));
    nodes.push(("output".to_owned(), NodeKind::Output { shape: last }));
    let names: Vec<String> = nodes.iter().map(|(name, _)| name.clone()).collect();
    let mut edges: Vec<(String, String)> = names.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
    for (name, neurons, weights) in back {
        edges.extend([(neurons.clone(), name.clone()), (name.clone(), neurons)]);
        nodes.push((name, weights));
    }
    let text = |text: &str| Value::Text(text.to_owned());
    let told = Metadata::from([("exporter".to_owned(), text("spikeforge train")), ("dt".to_owned(), Value::Number(DT))]);
    let mut model = Model::new("trained", told, nodes, edges)?;
    let stateful = model.nodes.iter_mut().filter(|node| node.kind.has_state());
    for (node, layer) in stateful.zip(layers) {
        node.metadata.extend(semantics(layer.neuron));
    }
    Ok(model)
}

/// What NIR leaves open about neurons.
fn semantics(neuron: Neuron) -> Vec<(String, Value)> {
    let text = |text: &str| Value::Text(text.to_owned());
    let (delay, fires, beta) = match neuron {
        Neuron::Lif { beta } => ("on", "above", Some(("beta".to_owned(), Value::Number(beta)))),
        Neuron::If => ("off", "at", None),
        Neuron::Step => {
            let told = [("reset", text("none")), ("reset_delay", text("off")), ("fires", text("above")), ("dt", Value::Number(DT)), ("beta", Value::Number(0.0))];
            return told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        }
        Neuron::Li { .. } => return vec![("dt".to_owned(), Value::Number(DT))],
    };
    let told = [("reset", text("subtract")), ("reset_delay", text(delay)), ("fires", text(fires)), ("dt", Value::Number(DT))];
    told.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(beta).collect()
}

/// Weights in NIR's order: channels before rows and columns.
fn weights(layer: &Folded) -> NodeKind {
    let [height, width, channels] = layer.shape.pooled();
    let n = layer.weights.len();
    let bias = Some(ndarray::Array1::from(layer.bias.clone()).into_dyn());
    match layer.shape.kind {
        Kind::Dense => {
            let at = |input: usize| {
                let (channel, position) = (input / (height * width), input % (height * width));
                position * channels + channel
            };
            let weight = ArrayD::from_shape_fn(vec![n, height * width * channels], |place| layer.weights[place[0]][at(place[1])]);
            NodeKind::Linear(Linear { weight, bias })
        }
        Kind::Conv { kernel } => {
            let weight = ArrayD::from_shape_fn(vec![n, channels, kernel, kernel], |place| {
                layer.weights[place[0]][(place[2] * kernel + place[3]) * channels + place[1]]
            });
            let each = |size: usize| vec![size; 2];
            NodeKind::Conv(Conv { weight, bias, stride: each(1), padding: Padding::Each(each(0)), dilation: each(1), groups: 1 })
        }
    }
}

/// Weights from a layer's spikes to itself.
fn square(weights: &[Vec<f64>]) -> NodeKind {
    NodeKind::Linear(Linear { weight: ArrayD::from_shape_fn(vec![weights.len(); 2], |place| weights[place[0]][place[1]]), bias: None })
}

/// A row a timestep, of an element a channel or a neuron.
fn scaling(layer: &Folded) -> NodeKind {
    let shape = vec![layer.scaling.len(), layer.scaling[0].0.len()];
    let table = |of: fn(&(Vec<f64>, Vec<f64>)) -> &Vec<f64>| ArrayD::from_shape_fn(shape.clone(), |place| of(&layer.scaling[place[0]])[place[1]]);
    NodeKind::ScaleBy(ScaleBy { scale: table(|rows| &rows.0), bias: table(|rows| &rows.1), count_shift: layer.count_shift })
}

/// LIF: tau = dt / (1 - beta) and r = tau / dt; IF: r = 1 / dt, so that weights are not scaled.
fn neurons(layer: &Folded, frame: &[usize]) -> NodeKind {
    let full = |value: f64| ArrayD::from_elem(frame.to_vec(), value);
    let v_threshold = ArrayD::from_shape_fn(frame.to_vec(), |place| layer.threshold[place[0]]);
    match layer.neuron {
        Neuron::Step => NodeKind::Lif(Lif { tau: full(DT), r: full(1.0), v_leak: full(0.0), v_threshold, v_reset: None }),
        Neuron::Lif { beta } => {
            let tau = DT / (1.0 - beta);
            NodeKind::Lif(Lif { tau: full(tau), r: full(tau / DT), v_leak: full(0.0), v_threshold, v_reset: None })
        }
        Neuron::Li { beta } => {
            let tau = DT / (1.0 - beta);
            NodeKind::Li(Li { tau: full(tau), r: full(tau / DT), v_leak: full(0.0) })
        }
        Neuron::If => NodeKind::If(If { r: full(1.0 / DT), v_threshold, v_reset: None }),
    }
}

/// The integers of a system's network, as the compiler makes them.
pub fn network(model: &Model) -> Result<Network, TrainError> {
    Ok(quantize(model, &NeuronOptions::default())?.network)
}

/// The class that the network tells of each sample, in integers.
#[allow(clippy::cast_precision_loss)]
pub fn integer_classes(system: &dyn System, samples: &Samples, coding: Coding, n_timesteps: usize) -> Result<Vec<usize>, TrainError> {
    let (network, n_timesteps) = (network(&system.model()?)?, system.n_chip_timesteps(n_timesteps));
    let shown = |i: usize| samples.train(i, coding, n_timesteps);
    let counts = scores(&network, Readout::of(&network), (samples.len(), 1), shown)?;
    let values: Vec<f32> = counts.iter().flatten().map(|&count| count as f32).collect();
    let counts = Tensor::from_vec(values, (samples.len(), network.n_outputs()), &Device::Cpu)?;
    let rows = system.readout(&counts, samples.n_classes())?.to_vec2::<f32>()?;
    Ok(rows.iter().map(|row| argmax(row)).collect())
}

/// The share of samples that the network gets right in integers.
pub fn integer_accuracy(system: &dyn System, samples: &Samples, coding: Coding, n_timesteps: usize) -> Result<f64, TrainError> {
    Ok(share_right(&integer_classes(system, samples, coding, n_timesteps)?, samples.labels(), |_| true))
}

/// Of the samples whose label is asked for, the share that is told to be what it is.
#[allow(clippy::cast_precision_loss)]
pub fn share_right(classes: &[usize], labels: &[usize], is_asked: impl Fn(usize) -> bool) -> f64 {
    let asked: Vec<bool> = classes.iter().zip(labels).filter(|(_, &label)| is_asked(label)).map(|(told, label)| told == label).collect();
    asked.iter().filter(|&&is_right| is_right).count() as f64 / asked.len().max(1) as f64
}
