//! From nodes and edges by name to a model: every edge ends at a node, and every node comes after its sources.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{GraphError, ModelError};
use super::flatten::{flatten, FlatGraph, FlatNode};
use super::nir::FileGraph;
use super::node::find;
use super::{shape, Edge, Model, Node};

/// Builds a model out of what a file says.
pub(super) fn build(origin: &str, mut graph: FileGraph) -> Result<Model, ModelError> {
    let (nir_version, metadata) = (graph.version.take(), graph.metadata.clone());
    let flat = flatten(graph)?;
    check_finite(&flat.nodes)?;
    let edges = index_edges(&flat)?;
    let (order, edges) = sort(&flat.nodes, edges)?;
    let mut place = vec![0; order.len()];
    order
        .iter()
        .enumerate()
        .for_each(|(position, &node)| place[node] = position);
    let edges = edges
        .into_iter()
        .map(|edge| Edge {
            from: place[edge.from],
            to: place[edge.to],
            recurrent: edge.recurrent,
        })
        .collect();
    let mut nodes: Vec<(usize, FlatNode)> = flat.nodes.into_iter().enumerate().collect();
    nodes.sort_by_key(|&(node, _)| place[node]);
    let nodes = nodes.into_iter().map(|(_, node)| Node {
        name: node.name,
        kind: node.kind,
        metadata: node.metadata,
        shape: None,
    });
    let mut model = Model {
        origin: origin.to_string(),
        nir_version,
        metadata,
        nodes: nodes.collect(),
        edges,
    };
    shape::infer(&mut model)?;
    Ok(model)
}

/// Every parameter is a finite number, but that an integrator has tau and r infinite.
fn check_finite(nodes: &[FlatNode]) -> Result<(), ModelError> {
    for node in nodes {
        for (parameter, array) in node.kind.parameters() {
            let may_be_infinite = matches!(parameter, "tau" | "r");
            let wrong =
                |value: f64| !(value.is_finite() || may_be_infinite && value == f64::INFINITY);
            if let Some((index, value)) = find(array, wrong) {
                let node = node.name.clone();
                return Err(ModelError::NotFinite {
                    node,
                    parameter,
                    index,
                    value,
                });
            }
        }
    }
    Ok(())
}

/// Edges by the index of their nodes.
fn index_edges(flat: &FlatGraph) -> Result<Vec<Edge>, GraphError> {
    let mut index = BTreeMap::new();
    for (position, node) in flat.nodes.iter().enumerate() {
        if index.insert(node.name.as_str(), position).is_some() {
            return Err(GraphError::DuplicateNode {
                node: node.name.clone(),
            });
        }
    }
    let mut edges: Vec<Edge> = Vec::new();
    for (from_name, to_name) in &flat.edges {
        let find = |name: &String| {
            index
                .get(name.as_str())
                .copied()
                .ok_or_else(|| GraphError::DanglingEdge {
                    from: from_name.clone(),
                    to: to_name.clone(),
                    missing: name.clone(),
                    nodes: list(flat.nodes.iter().map(|node| node.name.as_str())),
                })
        };
        let edge = Edge {
            from: find(from_name)?,
            to: find(to_name)?,
            recurrent: false,
        };
        if edges.contains(&edge) {
            return Err(GraphError::DuplicateEdge {
                from: from_name.clone(),
                to: to_name.clone(),
            });
        }
        edges.push(edge);
    }
    Ok(edges)
}

/// An order in which every node comes after its sources. A cycle through a neuron is cut behind the neuron: what it
/// sends around the cycle arrives at the next timestep.
fn sort(nodes: &[FlatNode], mut edges: Vec<Edge>) -> Result<(Vec<usize>, Vec<Edge>), GraphError> {
    let mut order = Vec::new();
    let mut placed = vec![false; nodes.len()];
    while order.len() < nodes.len() {
        place_ready(&edges, &mut placed, &mut order);
        if order.len() == nodes.len() {
            break;
        }
        let cycle = find_cycle(&edges, &placed);
        let Some(neuron) = cycle.iter().position(|&node| nodes[node].kind.has_state()) else {
            let names = cycle.iter().map(|&node| nodes[node].name.as_str());
            return Err(GraphError::Cycle { nodes: list(names) });
        };
        let (from, to) = (cycle[neuron], cycle[(neuron + 1) % cycle.len()]);
        edges
            .iter_mut()
            .filter(|edge| edge.from == from && edge.to == to)
            .for_each(|edge| edge.recurrent = true);
    }
    Ok((order, edges))
}

/// Places every node that waits for no other, the first of them in the file first.
fn place_ready(edges: &[Edge], placed: &mut [bool], order: &mut Vec<usize>) {
    let mut n_waited = vec![0usize; placed.len()];
    edges
        .iter()
        .filter(|edge| waits(edge, placed))
        .for_each(|edge| n_waited[edge.to] += 1);
    let mut ready: BTreeSet<usize> = (0..placed.len())
        .filter(|&node| !placed[node] && n_waited[node] == 0)
        .collect();
    while let Some(node) = ready.pop_first() {
        for edge in edges
            .iter()
            .filter(|edge| edge.from == node && waits(edge, placed))
        {
            n_waited[edge.to] -= 1;
            if n_waited[edge.to] == 0 {
                ready.insert(edge.to);
            }
        }
        placed[node] = true;
        order.push(node);
    }
}

/// Whether the edge's target has to come after a source that is not placed yet.
fn waits(edge: &Edge, placed: &[bool]) -> bool {
    !edge.recurrent && !placed[edge.from] && !placed[edge.to]
}

/// A cycle among the nodes that are not placed, each of which waits for another of them. In the order of its edges.
fn find_cycle(edges: &[Edge], placed: &[bool]) -> Vec<usize> {
    let mut source = vec![None; placed.len()];
    edges
        .iter()
        .filter(|edge| waits(edge, placed))
        .for_each(|edge| source[edge.to] = Some(edge.from));
    let mut walk: Vec<usize> = Vec::new();
    let mut seen = vec![None; placed.len()];
    let mut next = placed.iter().position(|&placed| !placed);
    while let Some(node) = next {
        if let Some(start) = seen[node] {
            walk.drain(..start);
            break;
        }
        seen[node] = Some(walk.len());
        walk.push(node);
        next = source[node];
    }
    walk.reverse();
    walk
}

/// Names for a message, the first few of them.
pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const LONGEST: usize = 12;
    let names: Vec<&str> = names.collect();
    match names.len() {
        0..=LONGEST => names.join(", "),
        n => format!("{} and {} more", names[..LONGEST].join(", "), n - LONGEST),
    }
}
