//! The shape of every node's output, and the places where two nodes do not fit together.

use ndarray::ArrayD;
use spikeforge_sim::limits;

use super::error::GraphError;
use super::node::{Conv, Linear, NodeKind, Padding, Pool, Shape};
use super::Model;

/// Fills in the shapes, in the order of the nodes. What follows a node of unknown type stays unknown.
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
    Ok(())
}

/// The number of elements of a shape, as far as this machine can count.
pub(super) fn count(shape: &[usize]) -> usize {
    shape.iter().fold(1usize, |n, &size| n.saturating_mul(size))
}

/// A shape as Python writes it.
pub(super) fn describe(shape: &[usize]) -> String {
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
    let mut sources = model
        .edges
        .iter()
        .filter(|edge| edge.to == index && !edge.recurrent);
    let Some(source) = sources.next().map(|edge| &model.nodes[edge.from]) else {
        return Ok(None);
    };
    let Some(input) = &source.shape else {
        return Ok(None);
    };
    let joint = Joint {
        node: &node.name,
        source: &source.name,
        input,
    };
    joint.output(&node.kind).map(Some)
}

/// A node about to take what its source gives.
struct Joint<'a> {
    node: &'a str,
    source: &'a str,
    input: &'a Shape,
}

impl Joint<'_> {
    fn output(&self, kind: &NodeKind) -> Result<Shape, GraphError> {
        match kind {
            NodeKind::Linear(linear) => self.linear(linear),
            NodeKind::Conv(conv) => self.conv(conv),
            NodeKind::Pool(pool) => self.pool(pool),
            NodeKind::Flatten { start_dim, end_dim } => self.flatten(*start_dim, *end_dim),
            NodeKind::Output { shape } if count(shape) != count(self.input) => {
                Err(self.mismatch(describe(shape), "correct the output's shape"))
            }
            _ => {
                for (parameter, array) in kind.parameters() {
                    self.elementwise(parameter, array)?;
                }
                Ok(self.input.clone())
            }
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

    fn conv(&self, conv: &Conv) -> Result<Shape, GraphError> {
        let (kernel, groups) = (conv.weight.shape(), conv.groups.max(1));
        let n_dims = self.input.len().saturating_sub(1);
        let per_dim = [
            conv.stride.len(),
            conv.dilation.len(),
            n_dims,
            kernel.len().saturating_sub(2),
        ];
        if per_dim.iter().any(|&n| n != n_dims || n == 0) || conv.stride.contains(&0) {
            return Err(self.mismatch(
                "(channels, sizes...) as its weight has".to_string(),
                "check the input's shape",
            ));
        }
        if kernel[1].saturating_mul(groups) != self.input[0] {
            let expected = format!("{} channels", kernel[1].saturating_mul(groups));
            return Err(self.mismatch(
                expected,
                "the channels of the weight times the groups must match",
            ));
        }
        let mut shape = vec![kernel[0]];
        for dim in 0..n_dims {
            let (size, stride) = (self.input[dim + 1], conv.stride[dim]);
            let reach = conv.dilation[dim]
                .saturating_mul(kernel[dim + 2].saturating_sub(1))
                .saturating_add(1);
            let padded = match &conv.padding {
                Padding::Same => size.saturating_add(reach - 1),
                Padding::Each(each) => {
                    size.saturating_add(each.get(dim).copied().unwrap_or(0).saturating_mul(2))
                }
            };
            shape.push(self.window(padded, reach, stride)?);
        }
        Ok(shape)
    }

    fn pool(&self, pool: &Pool) -> Result<Shape, GraphError> {
        let sizes = [&pool.kernel, &pool.stride, &pool.padding];
        if self.input.len() != 3
            || sizes.iter().any(|sizes| sizes.len() != 2)
            || pool.stride.contains(&0)
        {
            return Err(self.mismatch(
                "(channels, height, width)".to_string(),
                "check the input's shape",
            ));
        }
        let size = |dim: usize| {
            let padded = self.input[dim + 1].saturating_add(pool.padding[dim].saturating_mul(2));
            self.window(padded, pool.kernel[dim], pool.stride[dim])
        };
        Ok(vec![self.input[0], size(0)?, size(1)?])
    }

    /// How often a window of `reach` elements fits.
    fn window(&self, padded: usize, reach: usize, stride: usize) -> Result<usize, GraphError> {
        match padded.checked_sub(reach) {
            Some(rest) if reach > 0 => Ok(rest / stride + 1),
            _ => Err(self.mismatch(
                format!("at least {reach} elements a dimension"),
                "use a smaller kernel",
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

    /// One value for all neurons, one for each, or one for each channel.
    fn elementwise(&self, parameter: &'static str, array: &ArrayD<f64>) -> Result<(), GraphError> {
        if fits(array.shape(), self.input) {
            return Ok(());
        }
        if parameter == "v_threshold" || parameter == "scale" || parameter == "threshold" {
            return Err(self.mismatch(describe(array.shape()), "the number of neurons must match"));
        }
        Err(self.parameter(
            parameter,
            array,
            format!("{} or one value", describe(self.input)),
        ))
    }

    fn mismatch(&self, expected: String, hint: &'static str) -> GraphError {
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
