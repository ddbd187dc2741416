//! A snnTorch state_dict as safetensors, and a small TOML file beside it that says how its modules follow each other.
//!
//! ```toml
//! weights = "net.safetensors"        # beside this file
//! input = [1, 28, 28]
//! # output = [10]                    # needed where the last weights are a convolution
//! modules = [
//!   { conv = "0", stride = 1, padding = 2 },     # "0.weight" and "0.bias"
//!   { neuron = "1" },                            # "1.beta", "1.threshold", "1.reset_mechanism_val"
//!   { average_pool = 2 },                        # or sum_pool, or of spikes max_pool
//!   { flatten = true },
//!   { linear = "4" },
//!   { neuron = "5", reset_delay = false },       # late, as snnTorch's default, where it is not said
//! ]
//! ```
//! Unlike NIR it keeps the reset mode. What a neuron does is then known, and comes to the model as metadata.

mod tensors;

use std::path::Path;

use ndarray::{ArrayD, IxDyn};
use serde::Deserialize;

use super::error::{FileError, FileFault, ModelError};
use super::framework::SNNTORCH_DT;
use super::nir::{Content, FileGraph, FileNode};
use super::node::{Conv, Lif, Linear, Metadata, NodeKind, Padding, Pool, PoolKind, Shape, Value};
use super::{graph, read_bytes, Model};
use tensors::Tensors;

/// A topology of more bytes than this is none.
const MAX_TOPOLOGY_BYTES: usize = 1 << 20;

/// The TOML file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Topology {
    weights: String,
    input: Shape,
    /// Of the last neurons; without it as many as the last weights have outputs.
    output: Option<Shape>,
    modules: Vec<Module>,
}

/// A module by its name in the state_dict, in the order in which they are run. Exactly one of the first seven is there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Module {
    linear: Option<String>,
    conv: Option<String>,
    neuron: Option<String>,
    average_pool: Option<usize>,
    sum_pool: Option<usize>,
    max_pool: Option<usize>,
    flatten: Option<bool>,
    #[serde(default = "one")]
    stride: usize,
    #[serde(default)]
    padding: usize,
    #[serde(default = "yes")]
    reset_delay: bool,
}

fn one() -> usize {
    1
}

fn yes() -> bool {
    true
}

impl Model {
    /// Reads a topology file (.toml) and the state_dict that it names, or else a .nir file.
    ///
    /// # Errors
    /// As [`Model::read_nir`].
    pub fn read(path: &Path) -> Result<Model, ModelError> {
        match path.extension().is_some_and(|extension| extension == "toml") {
            true => read_topology(path),
            false => Model::read_nir(path),
        }
    }

    /// A topology and its state_dict that are in memory; `origin` is their name in messages.
    ///
    /// # Errors
    /// As [`Model::read_nir`].
    pub fn from_state_dict_bytes(origin: &str, topology: Vec<u8>, weights: &[u8]) -> Result<Model, ModelError> {
        let graph = parse(topology).and_then(|topology| build(&topology, &Tensors::of(weights)?));
        let graph = graph.map_err(|fault| FileError { file: origin.to_owned(), fault })?;
        graph::build(origin, graph)
    }
}

fn read_topology(path: &Path) -> Result<Model, ModelError> {
    let origin = path.display().to_string();
    let at = |file: &Path| {
        let file = file.display().to_string();
        move |fault| FileError { file, fault }
    };
    let topology = read_bytes(path).and_then(parse).map_err(at(path))?;
    let weights = path.with_file_name(&topology.weights);
    let bytes = read_bytes(&weights).map_err(at(&weights))?;
    let graph = Tensors::of(&bytes).and_then(|tensors| build(&topology, &tensors)).map_err(at(&weights))?;
    graph::build(&origin, graph)
}

fn parse(bytes: Vec<u8>) -> Result<Topology, FileFault> {
    let wrong = |reason: String| FileFault::Topology { reason };
    let text = Some(bytes).filter(|bytes| bytes.len() <= MAX_TOPOLOGY_BYTES).and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.ok_or_else(|| wrong("it is no text of at most 1 MB".to_string()))?;
    toml::from_str(&text).map_err(|error| wrong(error.to_string().trim_end().to_string()))
}

/// The graph of the modules, one behind the other.
fn build(topology: &Topology, tensors: &Tensors) -> Result<FileGraph, FileFault> {
    let input = NodeKind::Input { shape: topology.input.clone() };
    let mut nodes = vec![node("input", input, Metadata::new())];
    let mut n_outputs = 0;
    for (index, module) in topology.modules.iter().enumerate() {
        let (kind, metadata) = module.kind(index, tensors)?;
        match &kind {
            NodeKind::Linear(Linear { weight, .. }) | NodeKind::Conv(Conv { weight, .. }) => {
                n_outputs = weight.shape().first().copied().unwrap_or(0);
            }
            _ => {}
        }
        let name = module.name().map_or_else(|| format!("module{index}"), String::from);
        nodes.push(node(&name, kind, metadata));
    }
    let shape = topology.output.clone().unwrap_or_else(|| vec![n_outputs]);
    nodes.push(node("output", NodeKind::Output { shape }, Metadata::new()));
    let edges = nodes.windows(2).map(|pair| (pair[0].name.clone(), pair[1].name.clone())).collect();
    let framework = [("framework".to_string(), Value::Text("snntorch".to_string()))];
    Ok(FileGraph { version: None, metadata: framework.into(), nodes, edges })
}

fn node(name: &str, kind: NodeKind, metadata: Metadata) -> FileNode {
    FileNode { name: name.to_string(), metadata, content: Content::Node(kind) }
}

impl Module {
    fn name(&self) -> Option<&str> {
        self.linear.as_deref().or(self.conv.as_deref()).or(self.neuron.as_deref())
    }

    /// What the module computes, and what its neurons do.
    fn kind(&self, index: usize, tensors: &Tensors) -> Result<(NodeKind, Metadata), FileFault> {
        let given = [
            self.linear.is_some(),
            self.conv.is_some(),
            self.neuron.is_some(),
            self.average_pool.is_some(),
            self.sum_pool.is_some(),
            self.max_pool.is_some(),
            self.flatten.is_some(),
        ];
        if given.into_iter().filter(|&given| given).count() != 1 {
            let reason = format!("module {index} must be one of linear, conv, neuron, average_pool, sum_pool, max_pool and flatten");
            return Err(FileFault::Topology { reason });
        }
        let plain = |kind| Ok((kind, Metadata::new()));
        if let Some(name) = &self.linear {
            let (weight, bias) = (tensors.get(name, "weight")?, tensors.optional(name, "bias")?);
            return plain(NodeKind::Linear(Linear { weight, bias }));
        }
        if let Some(name) = &self.conv {
            return plain(NodeKind::Conv(self.conv(name, tensors)?));
        }
        if let Some(name) = &self.neuron {
            return self.neuron(name, tensors);
        }
        let pool = |kind, size| {
            let pair = vec![size; 2];
            NodeKind::Pool(Pool { kind, kernel: pair.clone(), stride: pair, padding: vec![0; 2] })
        };
        let pools = [(PoolKind::Average, self.average_pool), (PoolKind::Sum, self.sum_pool), (PoolKind::Max, self.max_pool)];
        match pools.into_iter().find_map(|(kind, size)| Some((kind, size?))) {
            Some((kind, size)) => plain(pool(kind, size)),
            None => plain(NodeKind::Flatten { start_dim: 0, end_dim: -1 }),
        }
    }

    fn conv(&self, name: &str, tensors: &Tensors) -> Result<Conv, FileFault> {
        let weight = tensors.get(name, "weight")?;
        let n_dims = weight.ndim().saturating_sub(2);
        Ok(Conv {
            bias: tensors.optional(name, "bias")?,
            stride: vec![self.stride; n_dims],
            padding: Padding::Each(vec![self.padding; n_dims]),
            dilation: vec![1; n_dims],
            groups: 1,
            weight,
        })
    }

    /// snn.Leaky: `mem = beta mem + input`, as its own exporter has it: tau = dt / (1 - beta), r = tau / dt.
    fn neuron(&self, name: &str, tensors: &Tensors) -> Result<(NodeKind, Metadata), FileFault> {
        let graded = tensors.optional(name, "graded_spikes_factor")?;
        if let Some(factor) = graded.iter().flatten().find(|factor| **factor != 1.0) {
            let reason = format!("{name}.graded_spikes_factor is {factor}, and spikes are 0 or 1 here; multiply the next weights by it");
            return Err(FileFault::Topology { reason });
        }
        let beta = tensors.get(name, "beta")?;
        let threshold = tensors.get(name, "threshold")?;
        let tau = beta.mapv(|beta| SNNTORCH_DT / (1.0 - beta.clamp(0.0, 1.0)));
        let reset = match tensors.get(name, "reset_mechanism_val")?.first() {
            Some(&0.0) => "subtract",
            Some(&1.0) => "zero",
            _ => "none",
        };
        let mut metadata = Metadata::from([
            ("reset".to_string(), Value::Text(reset.to_string())),
            ("reset_delay".to_string(), Value::Flag(self.reset_delay)),
            ("fires".to_string(), Value::Text("above".to_string())),
            ("dt".to_string(), Value::Number(SNNTORCH_DT)),
        ]);
        if let (1, Some(&beta)) = (beta.len(), beta.first()) {
            metadata.insert("beta".to_string(), Value::Number(beta));
        }
        let each = |array: ArrayD<f64>| match array.len() {
            1 => ArrayD::from_elem(IxDyn(&[1]), array.first().copied().unwrap_or(0.0)),
            _ => array,
        };
        let r = tau.mapv(|tau| tau / SNNTORCH_DT);
        let lif = Lif { v_leak: ArrayD::zeros(IxDyn(&[1])), tau: each(tau), r: each(r), v_threshold: each(threshold), v_reset: None };
    
        Ok((NodeKind::Lif(lif), metadata))
    }
}
