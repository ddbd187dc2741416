//! The one way through a graph from its input to its output.

use super::error::GraphError;
use super::graph::list;
use super::Model;

/// The nodes from the input to the output, by index.
pub(super) fn chain(model: &Model) -> Result<Vec<usize>, GraphError> {
    let input = only(model, "Input", "put one before the first layer")?;
    let output = only(model, "Output", "put one behind the last layer")?;
    let mut chain = vec![input];
    let mut node = input;
    while let Some(next) = follow(model, node)? {
        chain.push(next);
        node = next;
    }
    let is_outside = |index: &usize| !chain.contains(index);
    match (0..model.nodes.len())
        .find(is_outside)
        .or((node != output).then_some(output))
    {
        Some(index) => {
            let lost = &model.nodes[index];
            Err(GraphError::Unconnected {
                node: lost.name.clone(),
                kind: lost.kind.type_name().to_string(),
            })
        }
        None => Ok(chain),
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

/// The one node behind `node`, which has no other source.
fn follow(model: &Model, node: usize) -> Result<Option<usize>, GraphError> {
    let name = |index: usize| model.nodes[index].name.as_str();
    let targets: Vec<usize> = model.targets(node).collect();
    let next = match targets[..] {
        [] => return Ok(None),
        [next] => next,
        _ => {
            let (node, n_edges) = (name(node).to_string(), targets.len());
            return Err(GraphError::SeveralTargets {
                node,
                n_edges,
                targets: list(targets.into_iter().map(name)),
            });
        }
    };
    let sources: Vec<usize> = model.sources(next).collect();
    match sources.len() {
        0 | 1 => Ok(Some(next)),
        n_edges => {
            let node = name(next).to_string();
            Err(GraphError::SeveralSources {
                node,
                n_edges,
                sources: list(sources.into_iter().map(name)),
            })
        }
    }
}
