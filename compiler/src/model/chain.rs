//! From the graph to layers, each a crossbar of binary weights and the neurons behind it.
//!
//! ```text
//! Input -> [Flatten] -> Linear -> [Scale] -> LIF -> Linear -> LIF -> ... -> Output
//!                       \_______ a layer _______/
//! ```

use std::borrow::Cow;

use ndarray::{ArrayD, Axis, Ix2};

use super::error::{GraphError, ModelError};
use super::neuron::{float_neurons, FloatNeurons};
use super::node::{Linear, NodeKind, Shape};
use super::semantics::Semantics;
use super::shape::{count, spread};
use super::warning::Warning;
use super::weights::{binary_weights, BinaryWeights};
use super::{assumptions, path, supported, Model, Node};
use crate::options::NeuronOptions;

/// A network in floats: every choice is made, nothing is rounded.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatNetwork {
    pub input_shape: Shape,
    pub layers: Vec<FloatLayer>,
    pub warnings: Vec<Warning>,
}

/// A layer: `current = scale * signs x + bias`, into the neurons.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatLayer {
    /// The name of the node that holds the weights.
    pub name: String,
    /// The name of the node that holds the neurons.
    pub neuron_name: String,
    pub weights: BinaryWeights,
    /// One element a neuron.
    pub bias: Vec<f64>,
    pub neurons: FloatNeurons,
    pub semantics: Semantics,
}

impl Model {
    /// The layers of the model, under the given options.
    ///
    /// # Errors
    /// [`ModelError`] where a node is not supported, the graph is no chain, a neuron's parameters make no sense, or
    /// weights are not binary.
    pub fn layers(&self, options: &NeuronOptions) -> Result<FloatNetwork, ModelError> {
        supported::check(self)?;
        let chain = path::chain(self)?;
        let mut building = Building {
            model: self,
            options,
            before: None,
            pending: None,
            layers: Vec::new(),
            warnings: Vec::new(),
        };
        for pair in chain.windows(2) {
            building.add(&self.nodes[pair[1]], &self.nodes[pair[0]])?;
        }
        let mut warnings = assumptions::warn(self, &building.layers);
        warnings.append(&mut building.warnings);
        let input_shape = self.nodes[chain[0]].shape.clone().unwrap_or_default();
        Ok(FloatNetwork {
            input_shape,
            layers: building.layers,
            warnings,
        })
    }
}

/// The layers so far, and the weights that wait for their neurons.
struct Building<'a> {
    model: &'a Model,
    options: &'a NeuronOptions,
    /// A scale on the inputs of the next weights.
    before: Option<Vec<f64>>,
    pending: Option<Pending<'a>>,
    layers: Vec<FloatLayer>,
    warnings: Vec<Warning>,
}

struct Pending<'a> {
    name: String,
    weight: Cow<'a, ArrayD<f64>>,
    bias: Vec<f64>,
}

impl<'a> Building<'a> {
    /// Adds the next node of the chain, which takes what `source` gives.
    fn add(&mut self, node: &'a Node, source: &Node) -> Result<(), ModelError> {
        match &node.kind {
            NodeKind::Linear(_) if self.pending.is_some() => Err(misplaced(
                node,
                source,
                "put a spiking neuron (LIF or IF) between them",
            )),
            NodeKind::Linear(linear) => {
                self.pending = Some(self.weights(node, linear));
                Ok(())
            }
            NodeKind::Scale { scale } => {
                self.scale(scale, source);
                Ok(())
            }
            NodeKind::Lif(_) | NodeKind::If(_) | NodeKind::Threshold { .. } => {
                self.neurons(node, source)
            }
            NodeKind::Output { .. } if self.pending.is_some() || self.layers.is_empty() => {
                Err(misplaced(
                    node,
                    source,
                    "the output must be the spikes of neurons (LIF or IF)",
                ))
            }
            _ => Ok(()),
        }
    }

    fn weights(&mut self, node: &Node, linear: &'a Linear) -> Pending<'a> {
        let mut weight = Cow::Borrowed(&linear.weight);
        if let Some(scale) = self.before.take() {
            for (mut column, scale) in weight.to_mut().axis_iter_mut(Axis(1)).zip(scale) {
                column *= scale;
            }
        }
        let n_neurons = linear.weight.shape()[0];
        let bias = linear.bias.as_ref().map_or_else(
            || vec![0.0; n_neurons],
            |bias| bias.iter().copied().collect(),
        );
        Pending {
            name: node.name.clone(),
            weight,
            bias,
        }
    }

    /// A scale behind weights multiplies their rows, one before weights their columns.
    fn scale(&mut self, scale: &ArrayD<f64>, source: &Node) {
        let scale = spread(scale, source.shape.as_deref().unwrap_or_default());
        match &mut self.pending {
            Some(pending) => {
                pending
                    .bias
                    .iter_mut()
                    .zip(&scale)
                    .for_each(|(bias, scale)| *bias *= scale);
                for (mut row, scale) in pending.weight.to_mut().axis_iter_mut(Axis(0)).zip(scale) {
                    row *= scale;
                }
            }
            None => self.before = Some(scale),
        }
    }

    fn neurons(&mut self, node: &Node, source: &Node) -> Result<(), ModelError> {
        let Some(pending) = self.pending.take().filter(|_| self.before.is_none()) else {
            return Err(misplaced(
                node,
                source,
                "put weights (Linear or Affine) before the neurons",
            ));
        };
        let semantics = Semantics::of(self.model, node, self.options)?;
        let n_neurons = node.shape.as_deref().map_or(pending.bias.len(), count);
        let (neurons, mut warnings) = float_neurons(node, n_neurons, &semantics, self.options)?;
        let weight = pending
            .weight
            .view()
            .into_dimensionality::<Ix2>()
            .map_err(|_| {
                misplaced(
                    node,
                    source,
                    "its weights must have the shape (outputs, inputs)",
                )
            })?;
        let (weights, warning) = binary_weights(&pending.name, weight, self.options.binarize)?;
        self.warnings.append(&mut warnings);
        self.warnings.extend(warning);
        let neuron_name = node.name.clone();
        self.layers.push(FloatLayer {
            name: pending.name,
            neuron_name,
            weights,
            bias: pending.bias,
            neurons,
            semantics,
        });
        Ok(())
    }
}

fn misplaced(node: &Node, source: &Node, hint: &'static str) -> ModelError {
    let after = format!("{} ({})", source.name, source.kind.type_name());
    let kind = node.kind.type_name().to_string();
    GraphError::NotALayer {
        node: node.name.clone(),
        kind,
        after,
        hint,
    }
    .into()
}
