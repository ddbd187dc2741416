//! The one way through a graph from its input to its output, with what adds to a node beside it.
//!
//! ```text
//! source --> conv3 --> neurons --> ...       a step for the neurons, with the branches conv3 and pool, conv1 before them
//!        \-> pool -> conv1 -/ ^  \
//!                            back (recurrent)     weights from the neurons' own spikes
//! ```

use std::collections::BTreeSet;

use super::error::GraphError;
use super::graph::list;
use super::node::{NodeKind, Pool, PoolKind};
use super::Model;

/// A node on the way, by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub node: usize,
    /// The node before it; of several, the first.
    pub source: usize,
    /// What adds up in front of it, unless one edge leads to it.
    pub branches: Option<Branches>,
    /// Linear nodes from this node's spikes of the timestep before back to itself.
    pub back: Vec<usize>,
}

/// Ways from one node to another that add up there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Branches {
    /// Where all of them start.
    pub from: usize,
    /// The nodes between, each after its sources.
    pub between: Vec<usize>,
}

/// The input, by index, and the nodes behind it to the output.
pub(super) fn walk(model: &Model) -> Result<(usize, Vec<Step>), GraphError> {
    let input = only(model, "Input", "put one before the first layer")?;
    let output = only(model, "Output", "put one behind the last layer")?;
    let mut steps: Vec<Step> = Vec::new();
    let mut seen = vec![false; model.nodes.len()];
    seen[input] = true;
    let mut source = input;
    while let Some(step) = follow(model, source)? {
        let between = step.branches.iter().flat_map(|branches| &branches.between);
        between.chain(&step.back).chain([&step.node]).for_each(|&node| seen[node] = true);
        source = step.node;
        steps.push(step);
    }
    let lost = seen.iter().position(|&seen| !seen);
    match lost.or((source != output).then_some(output)) {
        Some(lost) => Err(unconnected(model, lost)),
        None => Ok((input, steps)),
    }
}

fn unconnected(model: &Model, node: usize) -> GraphError {
    let node = &model.nodes[node];
    GraphError::Unconnected { node: node.name.clone(), kind: node.kind.type_name().to_string() }
}

fn only(model: &Model, kind: &'static str, hint: &'static str) -> Result<usize, GraphError> {
    let is_wanted = |&index: &usize| model.nodes[index].kind.type_name() == kind;
    let found: Vec<usize> = (0..model.nodes.len()).filter(is_wanted).collect();
    match found[..] {
        [only] => Ok(only),
        _ => Err(GraphError::Ends {
            place: "the graph".to_string(),
            kind,
            got: found.len(),
            hint,
        }),
    }
}

/// The step behind `from`, none at the end: where all ways out of it meet. Nodes come after their sources, so the first of
/// those that are open waits for none of the others.
fn follow(model: &Model, from: usize) -> Result<Option<Step>, GraphError> {
    let mut open: BTreeSet<usize> = forward(model, from).collect();
    let mut between = Vec::new();
    let node = loop {
        let Some(first) = open.pop_first() else { return Ok(None) };
        if open.is_empty() {
            break first;
        }
        if !is_passed(&model.nodes[first].kind) {
            return Err(parted(model, from, first));
        }
        check_sources(model, first, from, &between, &[])?;
        if forward(model, first).next().is_none() {
            return Err(unconnected(model, first));
        }
        open.extend(forward(model, first));
        between.push(first);
    };
    let back = back(model, node);
    check_sources(model, node, from, &between, &back)?;
    let mut sources = model.sources(node).filter(|source| !back.contains(source));
    let source = sources.next().unwrap_or(from);
    let branches = sources.next().is_some().then_some(Branches { from, between });
    Ok(Some(Step { node, source, branches, back }))
}

/// Whether what enters a node leaves it within the timestep, multiplied and added at most.
fn is_passed(kind: &NodeKind) -> bool {
    match kind {
        NodeKind::Pool(Pool { kind, .. }) => *kind != PoolKind::Max,
        NodeKind::Linear(_) | NodeKind::Conv(_) | NodeKind::Scale { .. } | NodeKind::Flatten { .. } => true,
        _ => false,
    }
}

/// All that enters `node` comes from the branches, or by weights of its own from its own spikes.
fn check_sources(model: &Model, node: usize, from: usize, between: &[usize], back: &[usize]) -> Result<(), GraphError> {
    let is_known = |source: &usize| *source == from || between.contains(source) || back.contains(source);
    let Some(foreign) = model.sources(node).find(|source| !is_known(source)) else { return Ok(()) };
    let is_late = model.edges.iter().any(|edge| edge.recurrent && (edge.to == foreign || edge.from == foreign && edge.to == node));
    let name = |node: usize| model.nodes[node].name.clone();
    let sources: Vec<usize> = model.sources(node).collect();
    Err(GraphError::SeveralSources {
        node: name(node),
        n_edges: sources.len(),
        sources: names(model, &sources),
        foreign: name(foreign),
        why: match is_late {
            true => "brings spikes of the timestep before, which have to come over a Linear or Affine node that leads from neurons to the same neurons and nowhere else; for one weight a neuron put a matrix with these on its diagonal",
            false => "does not start at the spikes that enter this layer, where all branches into it have to start; connect it to them, or remove it",
        },
    })
}

fn parted(model: &Model, from: usize, at: usize) -> GraphError {
    let targets: Vec<usize> = forward(model, from).collect();
    let (node, at) = (&model.nodes[from], &model.nodes[at]);
    GraphError::SeveralTargets {
        node: node.name.clone(),
        n_edges: targets.len(),
        targets: names(model, &targets),
        at: format!("{} ({})", at.name, at.kind.type_name()),
    }
}

/// The targets of a node within a timestep.
fn forward(model: &Model, node: usize) -> impl Iterator<Item = usize> + '_ {
    let edges = model.edges.iter().filter(move |edge| edge.from == node && !edge.recurrent);
    edges.map(|edge| edge.to)
}

/// The linear nodes that take a neuron's spikes back to it.
fn back(model: &Model, neuron: usize) -> Vec<usize> {
    let edges = model.edges.iter().filter(|edge| edge.from == neuron && edge.recurrent);
    let is_loop = |&node: &usize| {
        let is_linear = matches!(model.nodes[node].kind, NodeKind::Linear(_));
        is_linear && model.sources(node).eq([neuron]) && model.targets(node).eq([neuron])
    };
    edges.map(|edge| edge.to).filter(is_loop).collect()
}

fn names(model: &Model, nodes: &[usize]) -> String {
    list(nodes.iter().map(|&node| model.nodes[node].name.as_str()))
}
