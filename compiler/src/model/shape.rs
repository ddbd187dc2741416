//! The shape of every node's output, and the places where two nodes do not fit together.

use ndarray::ArrayD;
use spikeforge_sim::limits;

use super::error::GraphError;
use super::node::{Linear, NodeKind, ScaleBy, Shape};
use super::Model;

/// Fills in the shapes, in the order of the nodes, then checks the edges that go back. What follows a node of unknown type stays unknown.
pub(super) fn infer(model: &mut Model) -> Result<(), GraphError> {
    for index in 0..model.nodes.len() {
        let shape = output_shape(model, index)?;
        if let Some(shape) = &shape {
            let (node, got) = (&model.nodes[index], count(shape));
            if !(1..=limits::NEURONS).contains(&got) {
                return Err(GraphError::TooLarge {
                    node: node.name.clone(),
                    got,
                    limit: limits::NEURONS,
                });
            }
        }
        model.nodes[index].shape = shape;
    }
    let mut recurrent = model.edges.iter().filter(|edge| edge.recurrent);
    recurrent.try_for_each(|edge| output_shape(model, edge.to).map(drop))
}

/// The number of elements of a shape, as far as this machine can count.
pub(super) fn count(shape: &[usize]) -> usize {
    shape.iter().fold(1usize, |n, &size| n.saturating_mul(size))
}

/// A shape as Python writes it.
pub fn describe(shape: &[usize]) -> String {
    match shape {
        [size] => format!("({size})"),
        _ => format!(
            "({})",
            shape
                .iter()
                .map(usize::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

fn output_shape(model: &Model, index: usize) -> Result<Option<Shape>, GraphError> {
    let node = &model.nodes[index];
    if let NodeKind::Input { shape } = &node.kind {
        return Ok(Some(shape.clone()));
    }
    let sources = model
        .edges
        .iter()
        .filter(|edge| edge.to == index)
        .map(|edge| &model.nodes[edge.from]);
    let known = sources.filter_map(|source| source.shape.as_ref().map(|shape| (source, shape)));
    let mut shape = None;
    for (source, input) in known {
        let joint = Joint {
            node: &node.name,
            source: &source.name,
            input,
        };
        shape = Some(joint.output(&node.kind)?);
    }
    // What goes into recurrent weights comes later; their own shape tells what comes out.
    Ok(shape.or_else(|| match &node.kind {
        NodeKind::Linear(linear) => linear
            .weight
            .shape()
            .first()
            .map(|&n_outputs| vec![n_outputs]),
        _ => None,
    }))
}

/// A node about to take what its source gives.
pub(super) struct Joint<'a> {
    pub node: &'a str,
    pub source: &'a str,
    pub input: &'a Shape,
}

impl Joint<'_> {
    pub(super) fn output(&self, kind: &NodeKind) -> Result<Shape, GraphError> {
        match kind {
            NodeKind::Linear(linear) => self.linear(linear),
            NodeKind::Conv(conv) => self.conv(conv),
            NodeKind::Pool(pool) => self.pool(pool),
            NodeKind::Flatten { start_dim, end_dim } => self.flatten(*start_dim, *end_dim),
            NodeKind::Output { shape } if count(shape) != count(self.input) => {
                Err(self.mismatch(describe(shape), "correct the output's shape"))
            }
            NodeKind::ScaleBy(by) => self.by_timestep(by),
            _ => self.elementwise(kind),
        }
    }

    /// A weight of shape (outputs, inputs) takes a vector, or what is one but for dimensions of size 1.
    fn linear(&self, linear: &Linear) -> Result<Shape, GraphError> {
        let &[n_outputs, n_inputs] = linear.weight.shape() else {
            return Err(self.parameter("weight", &linear.weight, "(outputs, inputs)".to_string()));
        };
        if let Some(bias) = linear
            .bias
            .as_ref()
            .filter(|bias| bias.shape() != [n_outputs])
        {
            return Err(self.parameter("bias", bias, format!("({n_outputs})")));
        }
        let is_vector = self.input.iter().filter(|&&size| size != 1).count() <= 1;
        match count(self.input) == n_inputs {
            true if is_vector => Ok(vec![n_outputs]),
            true => Err(self.mismatch(describe(&[n_inputs]), "put a Flatten node between them")),
            false => Err(self.mismatch(
                describe(&[n_inputs]),
                "the number of inputs of the weight must match",
            )),
        }
    }

    /// Joins the dimensions start..=end. An exporter that counts the batch, which is not there, starts at 1: a vector is
    /// flat already, and the rest shows at the next linear node.
    fn flatten(&self, start_dim: isize, end_dim: isize) -> Result<Shape, GraphError> {
        let n_dims = self.input.len();
        let index = |dim: isize| {
            if dim < 0 {
                n_dims.checked_add_signed(dim)
            } else {
                usize::try_from(dim).ok()
            }
        };
        match (index(start_dim), index(end_dim)) {
            (Some(start), Some(end)) if start <= end && end < n_dims => {
                let mut shape = self.input[..start].to_vec();
                shape.push(count(&self.input[start..=end]));
                shape.extend(&self.input[end + 1..]);
                Ok(shape)
            }
            _ if n_dims == 1 => Ok(self.input.clone()),
            _ => Err(self.mismatch(
                format!("dimensions {start_dim} to {end_dim}"),
                "correct start_dim and end_dim",
            )),
        }
    }

    /// A row for each timestep, of a value for each element or each channel.
    fn by_timestep(&self, by: &ScaleBy) -> Result<Shape, GraphError> {
        let (n, n_channels) = (count(self.input), self.input.first().copied().unwrap_or(0));
        let fits = |array: &ArrayD<f64>| matches!(*array.shape(), [rows, columns] if rows > 0 && (columns == n || columns == n_channels));
        let wrong = [("scale", &by.scale), ("bias", &by.bias)].into_iter();
        let mut wrong = wrong.filter(|(_, array)| !fits(array) || array.shape() != by.scale.shape());
        match wrong.next() {
            Some((name, array)) => Err(self.parameter(name, array, format!("(timesteps, {n}) for both scale and bias"))),
            None => Ok(self.input.clone()),
        }
    }

    /// Each parameter has one value for all neurons, one for each, or one for each channel.
    fn elementwise(&self, kind: &NodeKind) -> Result<Shape, GraphError> {
        let parameters = kind.parameters();
        let Some((parameter, array)) = parameters
            .iter()
            .find(|(_, array)| !fits(array.shape(), self.input))
        else {
            return Ok(self.input.clone());
        };
        let mut others = parameters.iter().filter(|(_, other)| other.len() > 1);
        if others.all(|(_, other)| other.shape() == array.shape()) {
            return Err(self.mismatch(describe(array.shape()), "the number of neurons must match"));
        }
        Err(self.parameter(
            parameter,
            array,
            format!("{} or one value", describe(self.input)),
        ))
    }

    pub(super) fn mismatch(&self, expected: String, hint: &'static str) -> GraphError {
        let (node, source_node) = (self.node.to_string(), self.source.to_string());
        GraphError::Mismatch {
            node,
            expected,
            source_node,
            got: describe(self.input),
            hint,
        }
    }

    fn parameter(
        &self,
        parameter: &'static str,
        array: &ArrayD<f64>,
        expected: String,
    ) -> GraphError {
        GraphError::ParameterShape {
            node: self.node.to_string(),
            parameter,
            got: array.shape().to_vec(),
            expected,
        }
    }
}

/// Whether a parameter has a value for each element of `shape`: all the same, its own, or that of its channel, the
/// first dimension.
fn fits(parameter: &[usize], shape: &[usize]) -> bool {
    let is_channels =
        parameter.first() == shape.first() && parameter.iter().skip(1).all(|&size| size == 1);
    let is_vector = count(shape) == count(parameter) && parameter.len() == 1;
    count(parameter) == 1
        || parameter == shape
        || is_vector
        || is_channels && parameter.len() == shape.len()
}

/// The values of a parameter that fits `shape`, one for each element.
pub(super) fn spread(array: &ArrayD<f64>, shape: &[usize]) -> Vec<f64> {
    let (values, n): (Vec<f64>, usize) = (array.iter().copied().collect(), count(shape));
    let repeat = n / values.len().max(1);
    values
        .iter()
        .flat_map(|&value| std::iter::repeat_n(value, repeat))
        .collect()
}
