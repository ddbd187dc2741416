//! Branches from one node to another become weights of one layer.
//!
//! ```text
//! before:  lif1 -> conv3 --------> lif2        after:  lif1 -> "conv3 + conv1 + lif1" -> lif2
//!            | \-> pool -> conv1 -/ |
//!            \_____________________/
//! ```

use std::collections::BTreeMap;

use ndarray::{Array2, ArrayView1};

use super::error::{GraphError, ModelError};
use super::linear_map::{fitting, Form, LinearMap, TooMany, MOST_WEIGHTS};
use super::node::{Linear, NodeKind, Pool, PoolKind, Shape};
use super::path::{Branches, Step};
use super::pending::{bias, rows, Pending};
use super::scales::spread_scale;
use super::shape::describe;
use super::warning::Warning;
use super::weights::level_weights;
use super::window::{conv_window, pool_window};
use super::{Model, Node};
use crate::options::NeuronOptions;

/// A way from where the branches start, as far as it has been followed.
#[derive(Clone)]
struct Branch {
    /// Of its weights, or else of its last node.
    name: String,
    has_weights: bool,
    map: LinearMap,
}

/// The weights that stand for all branches into a step's node. What binarizing changes goes to `warnings`.
pub(super) fn join(
    (model, options): (&Model, &NeuronOptions),
    (step, branches): (&Step, &Branches),
    warnings: &mut Vec<Warning>,
) -> Result<Pending, ModelError> {
    let shape = model.nodes[branches.from].shape.clone().unwrap_or_default();
    let start = Branch { name: model.nodes[branches.from].name.clone(), has_weights: false, map: LinearMap::identity(&shape) };
    let mut ways = BTreeMap::from([(branches.from, start)]);
    for &node in &branches.between {
        let (sum, source) = sum(model, node, &ways)?;
        let way = follow((model, options), (node, source), &sum, warnings)?;
        ways.insert(node, way);
    }
    let (sum, _) = sum(model, step.node, &ways)?;
    let of_row = magnitudes(model, step.node, &ways);
    // A window slides over one or two dimensions behind the channels.
    let (window, weight) = match &sum.map.form {
        Form::Window(window, weight) if (2..=3).contains(&shape.len()) => (Some(window.clone()), weight.clone()),
        _ => (None, sum.map.matrix().map_err(|many| too_many(&sum.name, many))?),
    };
    Ok(Pending { magnitudes: of_row, ..Pending::of(&sum.name, window, weight, sum.map.bias) })
}

/// The sum of what enters a node, and the first node that gives a part of it.
fn sum(model: &Model, node: usize, ways: &BTreeMap<usize, Branch>) -> Result<(Branch, usize), ModelError> {
    let mut sources = model.sources(node).filter(|source| ways.contains_key(source));
    let first = sources.next().unwrap_or_default();
    let mut sum = ways[&first].clone();
    for source in sources {
        let (way, (a, b)) = (&ways[&source], (&model.nodes[first], &model.nodes[source]));
        if a.shape != b.shape {
            return Err(uneven_shapes(&model.nodes[node], a, b).into());
        }
        let name = format!("{} + {}", sum.name, way.name);
        let map = sum.map.add(&way.map).map_err(|many| too_many(&name, many))?;
        sum = Branch { name, has_weights: sum.has_weights || way.has_weights, map };
    }
    Ok((sum, first))
}

/// What a node makes of what enters it.
fn follow(
    (model, options): (&Model, &NeuronOptions),
    (index, source): (usize, usize),
    before: &Branch,
    warnings: &mut Vec<Warning>,
) -> Result<Branch, ModelError> {
    let (node, source) = (&model.nodes[index], &model.nodes[source]);
    let wrong = |hint| Err(super::chain::misplaced(node, source, hint));
    let shape: &[usize] = source.shape.as_deref().unwrap_or_default();
    let many = |many| too_many(&node.name, many);
    let map = match &node.kind {
        NodeKind::Linear(_) | NodeKind::Conv(_) if before.has_weights => return wrong("put a spiking neuron (LIF or IF) between them"),
        NodeKind::Linear(Linear { weight, bias: own }) => {
            let weight = leveled(node, rows(weight), options, warnings)?;
            let own = bias(own.as_ref(), weight.nrows(), 1);
            before.map.then(&Form::Matrix(weight), shape, &own)
        }
        NodeKind::Conv(conv) => {
            let (window, weight) = (conv_window(conv, shape), leveled(node, rows(&conv.weight), options, warnings)?);
            let own = bias(conv.bias.as_ref(), weight.nrows(), window.output_shape.iter().skip(1).product());
            before.map.then(&Form::Window(window, weight), shape, &own)
        }
        NodeKind::Pool(pool) => {
            let (form, n) = pooling(pool, shape).map_err(many)?;
            before.map.then(&form, shape, &vec![0.0; n])
        }
        NodeKind::Scale { scale } => before.map.scaled(&spread_scale(scale, source)),
        NodeKind::Flatten { .. } if node.shape != source.shape && node.shape.as_ref().is_none_or(|shape| shape.len() != 1) => {
            return wrong("flatten all dimensions into one within a branch");
        }
        _ => return Ok(before.clone()),
    };
    let is_weight = matches!(node.kind, NodeKind::Linear(_) | NodeKind::Conv(_));
    let name = if before.has_weights { before.name.clone() } else { node.name.clone() };
    Ok(Branch { name, has_weights: before.has_weights || is_weight, map: map.map_err(many)? })
}

/// The weights as they are, which have to have a scale of their own; with `binarize` their signs times it.
fn leveled(node: &Node, weight: Array2<f64>, options: &NeuronOptions, warnings: &mut Vec<Warning>) -> Result<Array2<f64>, ModelError> {
    let (levels, warning) = level_weights(&node.name, weight.view(), options.binarize)?;
    warnings.extend(warning);
    Ok(match options.binarize {
        true => Array2::from_shape_fn(weight.dim(), |(j, i)| f64::from(levels.levels[[j, i]]) * levels.scale[j]),
        false => weight,
    })
}

/// A pool as a window of its own weights for each channel, and how many elements it gives.
fn pooling(pool: &Pool, shape: &[usize]) -> Result<(Form, usize), TooMany> {
    let window = pool_window(pool, shape);
    let area = window.kernel.iter().fold(1usize, |area, &size| area.saturating_mul(size));
    let factor = if pool.kind == PoolKind::Average { 1.0 / area as f64 } else { 1.0 };
    let weight = Array2::from_elem(fitting(window.groups, area)?, factor);
    let n = window.output_shape.iter().product();
    Ok((Form::Window(window, weight), n))
}

/// The least and greatest magnitude of the weights that each branch has for each neuron, or channel of neurons, of a node.
fn magnitudes(model: &Model, node: usize, ways: &BTreeMap<usize, Branch>) -> Vec<(String, Vec<(f64, f64)>)> {
    let of_row = |row: ArrayView1<f64>| {
        let magnitudes = row.into_iter().map(|weight| weight.abs()).filter(|&magnitude| magnitude > 0.0);
        magnitudes.fold((f64::INFINITY, 0.0), |(low, high), magnitude| (magnitude.min(low), magnitude.max(high)))
    };
    let branches = model.sources(node).filter_map(|source| ways.get(&source));
    let of_rows = |branch: &Branch| {
        let (Form::Window(_, weight) | Form::Matrix(weight)) = &branch.map.form;
        (branch.name.clone(), weight.rows().into_iter().map(of_row).collect())
    };
    branches.map(of_rows).collect()
}

fn uneven_shapes(node: &Node, a: &Node, b: &Node) -> GraphError {
    let shape = |node: &Node| describe(node.shape.as_ref().unwrap_or(&Shape::new()));
    GraphError::BranchShapes { node: node.name.clone(), a: a.name.clone(), shape_a: shape(a), b: b.name.clone(), shape_b: shape(b) }
}

pub(super) fn too_many(branches: &str, TooMany(got): TooMany) -> ModelError {
    GraphError::BranchWeights { branches: branches.to_string(), got, limit: MOST_WEIGHTS }.into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
