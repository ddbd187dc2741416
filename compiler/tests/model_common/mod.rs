//! Models made in code, for the tests of reading and quantizing them.
#![allow(dead_code)] // each test binary uses its part

use ndarray::{ArrayD, IxDyn};
use spikeforge_compiler::model::{If, Lif, Linear, Metadata, Model, ModelError, NodeKind};

/// Nodes by name with edges from each to the next.
#[derive(Clone)]
pub struct Graph {
    pub metadata: Metadata,
    pub nodes: Vec<(String, NodeKind)>,
    pub edges: Vec<(String, String)>,
}

impl Graph {
    /// An input of `n_inputs`, the nodes, and an output of `n_outputs`.
    pub fn chain(n_inputs: usize, nodes: Vec<(&str, NodeKind)>, n_outputs: usize) -> Graph {
        let mut all = vec![("input".to_string(), NodeKind::Input { shape: vec![n_inputs] })];
        all.extend(nodes.into_iter().map(|(name, kind)| (name.to_string(), kind)));
        all.push(("output".to_string(), NodeKind::Output { shape: vec![n_outputs] }));
        let edges = all.windows(2).map(|pair| (pair[0].0.clone(), pair[1].0.clone())).collect();
        Graph { metadata: Metadata::new(), nodes: all, edges }
    }

    /// One layer of 3 inputs and 2 neurons: "fc" and "lif".
    pub fn layer() -> Graph {
        Graph::chain(3, vec![("fc", linear(&[[1.0, -1.0, 1.0], [1.0, 1.0, -1.0]])), ("lif", lif(2))], 2)
    }

    /// Replaces a node by name.
    pub fn with(mut self, name: &str, kind: NodeKind) -> Graph {
        self.nodes.iter_mut().filter(|(found, _)| found == name).for_each(|node| node.1 = kind.clone());
        self
    }

    pub fn edge(mut self, from: &str, to: &str) -> Graph {
        self.edges.push((from.to_string(), to.to_string()));
        self
    }

    pub fn node(mut self, name: &str, kind: NodeKind) -> Graph {
        self.nodes.push((name.to_string(), kind));
        self
    }

    pub fn model(self) -> Result<Model, ModelError> {
        Model::new("test", self.metadata, self.nodes, self.edges)
    }
}

pub fn vector(values: &[f64]) -> ArrayD<f64> {
    ArrayD::from_shape_vec(IxDyn(&[values.len()]), values.to_vec()).unwrap()
}

pub fn matrix<const N: usize>(rows: &[[f64; N]]) -> ArrayD<f64> {
    ArrayD::from_shape_vec(IxDyn(&[rows.len(), N]), rows.concat()).unwrap()
}

pub fn linear<const N: usize>(rows: &[[f64; N]]) -> NodeKind {
    NodeKind::Linear(Linear { weight: matrix(rows), bias: None })
}

pub fn affine<const N: usize>(rows: &[[f64; N]], bias: &[f64]) -> NodeKind {
    NodeKind::Linear(Linear { weight: matrix(rows), bias: Some(vector(bias)) })
}

/// Neurons of decay 0.5, gain 1 and threshold 1.5 in snnTorch's way.
pub fn lif_parameters(n: usize) -> Lif {
    let each = |value: f64| vector(&vec![value; n]);
    Lif { tau: each(2e-4), r: each(2.0), v_leak: each(0.0), v_threshold: each(1.5), v_reset: None }
}

pub fn lif(n: usize) -> NodeKind {
    NodeKind::Lif(lif_parameters(n))
}

pub fn integrator(n: usize, r: f64, threshold: f64) -> NodeKind {
    NodeKind::If(If { r: vector(&vec![r; n]), v_threshold: vector(&vec![threshold; n]), v_reset: None })
}
