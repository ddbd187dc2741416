//! Nested graphs become part of the graph around them.
//!
//! ```text
//! before:  fc -> rnn{ input -> lif -> output } -> fc2
//! after:   fc -> rnn.lif -> fc2
//! ```

use super::error::GraphError;
use super::nir::{Content, FileGraph, MAX_EDGES};
use super::node::{Metadata, NodeKind};

/// Nodes and edges without graphs among them. Nodes have inherited the metadata of the graphs around them.
#[derive(Debug, Default)]
pub(super) struct FlatGraph {
    pub nodes: Vec<FlatNode>,
    pub edges: Vec<(String, String)>,
}

#[derive(Debug)]
pub(super) struct FlatNode {
    pub name: String,
    pub kind: NodeKind,
    pub metadata: Metadata,
}

pub(super) fn flatten(graph: FileGraph) -> Result<FlatGraph, GraphError> {
    let mut flat = FlatGraph::default();
    add_graph(&mut flat, graph, "", &Metadata::new())?;
    remove_passes(&mut flat)?;
    Ok(flat)
}

/// Adds the nodes and edges of a graph, names prefixed by where it is. Its ends become passes unless it is the outermost.
fn add_graph(
    flat: &mut FlatGraph,
    graph: FileGraph,
    prefix: &str,
    around: &Metadata,
) -> Result<(), GraphError> {
    let mut metadata = around.clone();
    metadata.extend(graph.metadata);
    let mut nested: Vec<(String, Ends)> = Vec::new();
    for node in graph.nodes {
        let name = format!("{prefix}{}", node.name);
        match node.content {
            Content::Node(kind) => {
                let mut own = metadata.clone();
                own.extend(node.metadata);
                let is_end = matches!(kind, NodeKind::Input { .. } | NodeKind::Output { .. });
                let kind = if is_end && !prefix.is_empty() {
                    NodeKind::Pass
                } else {
                    kind
                };
                flat.nodes.push(FlatNode {
                    name,
                    kind,
                    metadata: own,
                });
            }
            Content::Graph(inner) => {
                let inner_prefix = format!("{name}.");
                nested.push((node.name, Ends::of(&inner, &inner_prefix)));
                add_graph(flat, inner, &inner_prefix, &metadata)?;
            }
        }
    }
    for (from, to) in graph.edges {
        let from = resolve(&nested, &from, prefix, |ends| &ends.outputs, "Output")?;
        let to = resolve(&nested, &to, prefix, |ends| &ends.inputs, "Input")?;
        flat.edges.push((from, to));
    }
    Ok(())
}

/// Where a nested graph is entered and left.
struct Ends {
    inputs: Vec<String>,
    outputs: Vec<String>,
}

impl Ends {
    fn of(graph: &FileGraph, prefix: &str) -> Ends {
        let named = |wanted: fn(&NodeKind) -> bool| {
            let is_wanted =
                |content: &Content| matches!(content, Content::Node(kind) if wanted(kind));
            let nodes = graph.nodes.iter().filter(|node| is_wanted(&node.content));
            nodes.map(|node| format!("{prefix}{}", node.name)).collect()
        };
        Ends {
            inputs: named(|kind| matches!(kind, NodeKind::Input { .. })),
            outputs: named(|kind| matches!(kind, NodeKind::Output { .. })),
        }
    }
}

/// The full name of an edge's end: a node, or the one input or output of a nested graph.
fn resolve(
    nested: &[(String, Ends)],
    name: &str,
    prefix: &str,
    end: fn(&Ends) -> &Vec<String>,
    kind: &'static str,
) -> Result<String, GraphError> {
    let Some((_, ends)) = nested.iter().find(|(graph, _)| graph == name) else {
        return Ok(format!("{prefix}{name}"));
    };
    match &end(ends)[..] {
        [only] => Ok(only.clone()),
        several => {
            let hint = "a nested graph is entered at one Input and left at one Output";
            Err(GraphError::Ends {
                place: format!("graph {prefix}{name}"),
                kind,
                got: several.len(),
                hint,
            })
        }
    }
}

/// Joins every edge into a pass with every edge out of it.
fn remove_passes(flat: &mut FlatGraph) -> Result<(), GraphError> {
    let is_pass = |node: &&FlatNode| node.kind == NodeKind::Pass;
    let passes: Vec<String> = flat
        .nodes
        .iter()
        .filter(is_pass)
        .map(|node| node.name.clone())
        .collect();
    for pass in passes {
        let (into, rest): (Vec<_>, Vec<_>) = flat.edges.drain(..).partition(|edge| edge.1 == pass);
        let (out, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|edge| edge.0 == pass);
        if into.len() * out.len() + rest.len() > MAX_EDGES {
            return Err(GraphError::TooManyEdges { limit: MAX_EDGES });
        }
        flat.edges = rest;
        for (from, _) in into.iter().filter(|edge| edge.0 != pass) {
            flat.edges
                .extend(out.iter().map(|(_, to)| (from.clone(), to.clone())));
        }
        flat.nodes.retain(|node| node.name != pass);
    }
    Ok(())
}
