//! A trained model as its file tells it, in floats: a graph of nodes with their parameters.
//!
//! ```text
//! file --container, nir--> nodes and edges --flatten, graph, shape--> Model --chain--> FloatLayers --quantize-->
//! ```
//!
//! * [`Model`] holds what the file says and nothing else. It may hold nodes that no board can run yet.
//! * [`Model::layers`] says what it means: neuron semantics from options, metadata, file and defaults, weights as
//!   signs and scales; or the sentence why not.
//! * Sizes are checked before anything is allocated, and a damaged file is an error that says where.

mod assumptions;
mod branches;
mod chain;
mod container;
mod decay;
mod elements;
mod error;
mod fault;
mod flatten;
mod framework;
mod graph;
mod hdf5;
mod joined_windows;
mod layer;
mod leak;
mod linear_map;
mod max_pool;
mod neuron;
mod nir;
mod nir_node;
mod node;
mod path;
mod pending;
mod readout;
mod recurrent;
mod scales;
mod semantics;
mod shape;
mod state_dict;
mod supported;
mod told;
mod values;
mod warning;
mod weights;
mod window;
mod write;

use std::path::Path;

pub use error::{FileError, FileFault, GraphError, ModelError, NeuronError, WeightsGuess};
pub use layer::{FloatLayer, FloatNetwork, FloatScaling, Window};
pub use framework::{Discretization, Framework};
pub use neuron::FloatNeurons;
pub use node::{
    Conv, CubaLif, If, Li, Lif, Linear, Metadata, NodeKind, Padding, Pool, PoolKind, ScaleBy, Shape, Value,
};
pub use semantics::{Semantics, Source, Sourced};
pub use shape::describe as shape_text;
pub use supported::refusal;
pub use values::Values;
pub use warning::Warning;
pub use weights::{describe as describe_weights, LevelWeights};

use crate::options::NeuronOptions;
use nir::{Content, FileGraph, FileNode};

/// A network as a graph of nodes, each after those that it needs, but for edges marked as recurrent.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Where it comes from: the name of the file.
    pub origin: String,
    /// The version of nir that wrote it, if the file says so.
    pub nir_version: Option<String>,
    pub metadata: Metadata,
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// A node, its place in the graph being its index.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub name: String,
    pub kind: NodeKind,
    /// What the exporter wrote beside this node, or else beside the graphs around it.
    pub metadata: Metadata,
    /// The shape of its output; none behind a node whose type is not known.
    pub shape: Option<Shape>,
}

/// An edge between two nodes, by their index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    /// It carries the spikes of the timestep before, because it closes a cycle.
    pub recurrent: bool,
}

impl Model {
    /// Reads a .nir file.
    ///
    /// # Errors
    /// [`ModelError::File`] when it is not a whole NIR file, other errors when its graph makes no sense.
    pub fn read_nir(path: &Path) -> Result<Model, ModelError> {
        let origin = path.display().to_string();
        let bytes = read_bytes(path).map_err(|fault| FileError {
            file: origin.clone(),
            fault,
        })?;
        Model::from_nir_bytes(&origin, bytes)
    }

    /// Reads the bytes of a .nir file. `origin` is what errors call it.
    pub fn from_nir_bytes(origin: &str, bytes: Vec<u8>) -> Result<Model, ModelError> {
        let graph =
            container::open(bytes, |root| nir::read_file(&root)).map_err(|fault| FileError {
                file: origin.to_string(),
                fault,
            })?;
        graph::build(origin, graph)
    }

    /// A model from nodes by name and edges between names, checked as one from a file is.
    pub fn new(
        origin: &str,
        metadata: Metadata,
        nodes: Vec<(String, NodeKind)>,
        edges: Vec<(String, String)>,
    ) -> Result<Model, ModelError> {
        let node = |(name, kind)| FileNode {
            name,
            metadata: Metadata::new(),
            content: Content::Node(kind),
        };
        let nodes = nodes.into_iter().map(node).collect();
        graph::build(
            origin,
            FileGraph {
                version: None,
                metadata,
                nodes,
                edges,
            },
        )
    }

    /// The semantics of every neuron node, by the node's index.
    pub fn semantics(
        &self,
        options: &NeuronOptions,
    ) -> Result<Vec<(usize, Semantics)>, ModelError> {
        let neurons = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.kind.has_state());
        let semantics =
            neurons.map(|(index, node)| Ok((index, Semantics::of(self, node, options)?)));
        semantics.collect()
    }

    /// The nodes whose output goes into node `to`.
    pub fn sources(&self, to: usize) -> impl Iterator<Item = usize> + '_ {
        self.edges
            .iter()
            .filter(move |edge| edge.to == to)
            .map(|edge| edge.from)
    }

    /// The nodes that the output of node `from` goes to.
    pub fn targets(&self, from: usize) -> impl Iterator<Item = usize> + '_ {
        self.edges
            .iter()
            .filter(move |edge| edge.from == from)
            .map(|edge| edge.to)
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, FileFault> {
    let metadata = std::fs::metadata(path).map_err(FileFault::Unreadable)?;
    if metadata.is_dir() {
        return Err(FileFault::Folder);
    }
    if metadata.len() > container::MAX_FILE_BYTES {
        return Err(FileFault::TooLong {
            bytes: metadata.len(),
            limit: container::MAX_FILE_BYTES,
        });
    }
    std::fs::read(path).map_err(FileFault::Unreadable)
}
