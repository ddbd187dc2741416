//! The one way through a graph from its input to its output, with what adds to a node beside it.
//!
//! ```text
//! source --> fc --> neurons --> ...          a step for fc and one for the neurons
//!        \-> beside -/   ^  \
//!                        back (recurrent)    weights from the neurons' own spikes
//! ```

use super::error::GraphError;
use super::graph::list;
use super::node::NodeKind;
use super::Model;

/// A node on the way, by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub node: usize,
    /// The node before it.
    pub source: usize,
    /// Linear nodes with the same source and the same target, which add to this one.
    pub beside: Vec<usize>,
    /// Linear nodes from this node's spikes of the timestep before back to itself.
    pub back: Vec<usize>,
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
        let nodes = step.beside.iter().chain(&step.back);
        nodes.chain([&step.node]).for_each(|&node| seen[node] = true);
        source = step.node;
        steps.push(step);
    }
    let lost = seen.iter().position(|&seen| !seen);
    match lost.or((source != output).then_some(output)) {
        Some(index) => {
            let lost = &model.nodes[index];
            Err(GraphError::Unconnected {
                node: lost.name.clone(),
                kind: lost.kind.type_name().to_string(),
            })
        }
        None => Ok((input, steps)),
    }
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

/// The step behind `node`, none at the end.
fn follow(model: &Model, node: usize) -> Result<Option<Step>, GraphError> {
    let targets: Vec<usize> = forward(model, node);
    let Some((&next, beside)) = targets.split_first() else {
        return Ok(None);
    };
    if !beside.is_empty() && !are_parallel(model, &targets) {
        return Err(GraphError::SeveralTargets {
            node: model.nodes[node].name.clone(),
            n_edges: targets.len(),
            targets: names(model, &targets),
        });
    }
    let back = back(model, next);
    let sources: Vec<usize> = model.sources(next).filter(|source| !back.contains(source)).collect();
    if sources.len() > 1 && !are_parallel(model, &sources) {
        return Err(GraphError::SeveralSources {
            node: model.nodes[next].name.clone(),
            n_edges: sources.len(),
            sources: names(model, &sources),
        });
    }
    Ok(Some(Step {
        node: next,
        source: node,
        beside: beside.to_vec(),
        back,
    }))
}

/// The targets of a node within a timestep.
fn forward(model: &Model, node: usize) -> Vec<usize> {
    let edges = model.edges.iter().filter(|edge| edge.from == node && !edge.recurrent);
    edges.map(|edge| edge.to).collect()
}

/// Whether linear nodes have one source and one target in common, so that their weights add.
fn are_parallel(model: &Model, nodes: &[usize]) -> bool {
    let ends = |node: usize| {
        let (sources, targets) = (model.sources(node).collect::<Vec<_>>(), forward(model, node));
        match (&sources[..], &targets[..]) {
            ([source], [target]) => Some((*source, *target)),
            _ => None,
        }
    };
    let is_linear = |&node: &usize| matches!(model.nodes[node].kind, NodeKind::Linear(_));
    let first = ends(nodes[0]);
    first.is_some() && nodes.iter().all(|node| is_linear(node) && ends(*node) == first)
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
