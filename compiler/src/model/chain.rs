//! From the graph to layers, each weights and the neurons behind them.
//!
//! ```text
//! Input -> [MaxPool] -> [SumPool, AvgPool] -> [Flatten] -> Linear or Conv -> [Scale, ScaleByTimestep] -> LIF -> Linear -> LIF -> ... -> Output
//!           a layer      \____________________________________ a layer ____________________________________/
//! ```

use super::error::{GraphError, ModelError};
use super::layer::{FloatLayer, FloatNetwork, Window};
use super::neuron::float_neurons;
use super::node::{NodeKind, Pool, PoolKind, Shape};
use super::path::{walk, Branches, Step};
use super::pending::Pending;
use super::scales::{per_channel, spread_scale};
use super::semantics::Semantics;
use super::told::Told;
use super::values::Values;
use super::warning::Warning;
use super::window::{conv_window, pool_window};
use super::{assumptions, branches, max_pool, readout, recurrent, supported, Model, Node};
use crate::options::NeuronOptions;

impl Model {
    /// The layers of the model, under the given options.
    ///
    /// # Errors
    /// [`ModelError`] where a node is not supported, the graph is no chain, a neuron's parameters make no sense, or
    /// weights are not whole numbers times a scale.
    pub fn layers(&self, options: &NeuronOptions) -> Result<FloatNetwork, ModelError> {
        supported::check(self)?;
        let (input, steps) = walk(self)?;
        let input_shape = self.nodes[input].shape.clone().unwrap_or_default();
        let mut building = Building {
            model: self,
            options,
            entry: Entry::of(&input_shape),
            pending: None,
            layers: Vec::new(),
            warnings: Vec::new(),
            values: self.values(options)?,
        };
        for step in &steps {
            building.add(step)?;
        }
        let mut warnings = assumptions::warn(self, &building.layers);
        warnings.append(&mut building.warnings);
        Ok(FloatNetwork {
            input_shape,
            layers: building.layers,
            warnings,
        })
    }
}

/// The layers so far, what enters the next weights, and the weights that wait for their neurons.
struct Building<'a> {
    model: &'a Model,
    options: &'a NeuronOptions,
    entry: Entry,
    pending: Option<Pending>,
    layers: Vec<FloatLayer>,
    warnings: Vec<Warning>,
    values: Values,
}

/// The spikes of a layer on their way to the next weights.
#[derive(Default)]
struct Entry {
    shape: Shape,
    pools: Vec<Window>,
    /// A factor for each element behind the pools.
    scale: Option<Vec<f64>>,
}

impl Entry {
    fn of(shape: &Shape) -> Entry {
        Entry {
            shape: shape.clone(),
            ..Entry::default()
        }
    }
}

impl Building<'_> {
    /// Adds the next node of the way, behind the branches into it.
    fn add(&mut self, step: &Step) -> Result<(), ModelError> {
        if let Some(branches) = &step.branches {
            self.join(step, branches)?;
        }
        let (node, source) = (&self.model.nodes[step.node], &self.model.nodes[step.source]);
        let wrong = |hint| Err(misplaced(node, source, hint));
        let is_read_out = self.layers.last().is_some_and(|layer| !layer.neurons.spikes);
        match &node.kind {
            NodeKind::Output { .. } | NodeKind::Flatten { .. } if is_read_out => Ok(()),
            _ if is_read_out => wrong("a readout (LI) gives no spikes; put it last, or put spiking neurons (LIF or IF) in its place"),
            kind if self.is_scaled() && !kind.has_state() && !matches!(kind, NodeKind::Threshold { .. } | NodeKind::Flatten { .. }) => {
                wrong("put spiking neurons (LIF or IF) directly behind what scales by the timestep")
            }
            NodeKind::Li(_) if self.is_scaled() => wrong("the membranes of a readout (LI) are compared in one unit; put spiking neurons (LIF or IF) in its place"),
            NodeKind::Linear(_) | NodeKind::Conv(_) if self.pending.is_some() => {
                wrong("put a spiking neuron (LIF or IF) between them")
            }
            NodeKind::Linear(linear) => {
                let bits = Told { node: &node.name, metadata: &node.metadata }.weight_bits()?;
                self.enter(Pending { bits, ..Pending::linear(node, linear) }, node)
            }
            NodeKind::Conv(conv) => {
                let window = conv_window(conv, source.shape.as_deref().unwrap_or_default());
                self.enter(Pending::conv(node, conv, window), node)
            }
            NodeKind::Pool(pool) if pool.kind == PoolKind::Max => self.max_pool(pool, step),
            NodeKind::Pool(pool) => self.pool(pool, node, source),
            NodeKind::Scale { scale } => self.scale(node, spread_scale(scale, source)),
            NodeKind::ScaleBy(by) => match &mut self.pending {
                Some(pending) => {
                    pending.scale_by_timestep(by);
                    Ok(())
                }
                None => wrong("put it between weights (Linear, Affine or Conv) and their neurons"),
            },
            NodeKind::Lif(_)
            | NodeKind::If(_)
            | NodeKind::Threshold { .. }
            | NodeKind::Li(_)
            | NodeKind::CubaLif(_) => self.neurons(step),
            NodeKind::Output { .. } if step.branches.is_some() => {
                wrong("the output must be the spikes of neurons (LIF or IF); an exporter that traces modules loses what is behind a sum written as a + b, so export with one that traces operations (nirtorch.torch_to_nir), or add the edges by hand")
            }
            NodeKind::Output { .. } if self.pending.is_some() || self.layers.is_empty() => {
                wrong("the output must be the spikes of neurons (LIF or IF), or the membranes of a readout (LI)")
            }
            NodeKind::Output { .. } if !self.entry.pools.is_empty() || self.entry.scale.is_some() => {
                wrong("put weights and neurons behind it, or remove it")
            }
            _ => Ok(()),
        }
    }

    /// Branches become weights that wait for their neurons.
    fn join(&mut self, step: &Step, branches: &Branches) -> Result<(), ModelError> {
        let (node, from) = (&self.model.nodes[step.node], &self.model.nodes[branches.from]);
        let is_read_out = self.layers.last().is_some_and(|layer| !layer.neurons.spikes);
        if is_read_out || self.pending.is_some() {
            return Err(misplaced(node, from, "branches that add up start at spikes: put spiking neurons (LIF or IF) before them"));
        }
        let mut pending = branches::join((self.model, self.options), (step, branches), &mut self.warnings)?;
        // A window slides over what the pools leave; dimensions that were flattened before are gone.
        let left = self.entry.pools.last().map_or(&self.entry.shape, |pool| &pool.output_shape);
        if from.shape.as_ref() != Some(left) {
            pending.unroll(from.shape.as_deref().unwrap_or_default()).map_err(|many| branches::too_many(&pending.name, many))?;
        }
        self.enter(pending, node)
    }

    /// Whether the weights that wait for their neurons are scaled by the timestep.
    fn is_scaled(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| !pending.scaling.is_empty())
    }

    /// Weights wait for their neurons, with the scale of what enters in their columns.
    fn enter(&mut self, mut pending: Pending, node: &Node) -> Result<(), ModelError> {
        if let Some(scale) = self.entry.scale.take() {
            pending.scale_columns(&scale).map_err(|hint| uneven(node, hint))?;
        }
        self.pending = Some(pending);
        Ok(())
    }

    /// A pool of what enters. An average is a sum with its divisor as a scale.
    fn pool(&mut self, pool: &Pool, node: &Node, source: &Node) -> Result<(), ModelError> {
        let window = pool_window(pool, source.shape.as_deref().unwrap_or_default());
        let area: usize = window.kernel.iter().product();
        let divisor = match pool.kind {
            PoolKind::Average => area as f64,
            PoolKind::Sum | PoolKind::Max => 1.0,
        };
        if let Some(pending) = &mut self.pending {
            let n_outputs: usize = window.output_shape.iter().product();
            pending.sum(window).map_err(|hint| uneven(node, hint))?;
            return pending
                .scale_rows(&vec![1.0 / divisor; n_outputs])
                .map_err(|hint| uneven(node, hint));
        }
        let before = match self.entry.scale.take() {
            Some(scale) => per_channel(&scale, window.groups)
                .ok_or_else(|| uneven(node, "use one scale for each channel before a pool"))?,
            None => vec![1.0; window.groups],
        };
        if divisor != 1.0 || before.iter().any(|&scale| scale != 1.0) {
            let n = window.output_shape.iter().skip(1).product();
            let each = before.iter().flat_map(|scale| std::iter::repeat_n(scale / divisor, n));
            self.entry.scale = Some(each.collect());
        }
        self.entry.pools.push(window);
        Ok(())
    }

    /// A max pool of spikes is a layer of its own. Of sums and currents it would be none of spikes.
    fn max_pool(&mut self, pool: &Pool, step: &Step) -> Result<(), ModelError> {
        let (node, source) = (&self.model.nodes[step.node], &self.model.nodes[step.source]);
        let hint = if self.pending.is_some() {
            "the maximum of currents is none of spikes: put the pool behind the neurons (LIF or IF), and train it there"
        } else if self.layers.is_empty() && self.values.bits.value > 1 {
            "the input is values, not spikes: put weights and neurons before the pool"
        } else if !self.entry.pools.is_empty() || self.entry.scale.is_some() {
            "a max pool takes spikes, not sums or scaled ones: put it directly behind the neurons"
        } else {
            let semantics = Semantics::of(self.model, node, self.options)?;
            let window = pool_window(pool, &self.entry.shape);
            let layer = max_pool::layer(&node.name, std::mem::take(&mut self.entry.shape), window, semantics);
            self.entry = Entry::of(&layer.shape);
            self.layers.push(layer);
            return Ok(());
        };
        Err(misplaced(node, source, hint))
    }

    /// A scale behind weights multiplies their rows, one before weights their columns.
    fn scale(&mut self, node: &Node, scale: Vec<f64>) -> Result<(), ModelError> {
        match (&mut self.pending, &mut self.entry.scale) {
            (Some(pending), _) => pending.scale_rows(&scale).map_err(|hint| uneven(node, hint))?,
            (None, Some(before)) => before.iter_mut().zip(scale).for_each(|(before, scale)| *before *= scale),
            (None, before) => *before = Some(scale),
        }
        Ok(())
    }

    fn neurons(&mut self, step: &Step) -> Result<(), ModelError> {
        let (node, source) = (&self.model.nodes[step.node], &self.model.nodes[step.source]);
        let Some(pending) = self.pending.take() else {
            let hint = "put weights (Linear or Affine) before the neurons";
            return Err(misplaced(node, source, hint));
        };
        let semantics = Semantics::of(self.model, node, self.options)?;
        let n_neurons = pending.bias.len();
        let (mut neurons, mut warnings) = float_neurons(node, n_neurons, &semantics, self.options)?;
        self.warnings.append(&mut warnings);
        if let Some(factor) = &pending.factor {
            neurons.gain.iter_mut().zip(factor).for_each(|(gain, factor)| *gain *= factor);
        }
        let (mut weights, warning) = pending.levels(self.options.binarize)?;
        self.warnings.extend(warning);
        let value_bits = if self.layers.is_empty() { self.values.bits.value } else { 1 };
        if value_bits > 1 {
            weights.scale.iter_mut().for_each(|scale| *scale *= self.values.scale.value);
            self.warnings.push(Warning::WideInputs { bits: value_bits });
        }
        let back = step.back.iter().map(|&node| &self.model.nodes[node]);
        let mut layer = FloatLayer {
            name: pending.name,
            neuron_name: node.name.clone(),
            value_bits,
            input_shape: std::mem::take(&mut self.entry.shape),
            pools: std::mem::take(&mut self.entry.pools),
            window: pending.window,
            sums: pending.sums,
            weights,
            recurrent: None,
            bias: pending.bias,
            scaling: pending.scaling,
            scaled_by: pending.scaled_by,
            neurons,
            is_max_pool: false,
            shape: node.shape.clone().unwrap_or_else(|| vec![n_neurons]),
            semantics,
        };
        recurrent::add(&mut layer, back, self.options, &mut self.warnings)?;
        if !layer.neurons.spikes {
            readout::unify(&mut layer)?;
        }
        self.entry = Entry::of(&layer.shape);
        self.layers.push(layer);
        Ok(())
    }
}

fn uneven(node: &Node, hint: &'static str) -> ModelError {
    GraphError::UnevenScale {
        node: node.name.clone(),
        hint,
    }
    .into()
}

pub(super) fn misplaced(node: &Node, source: &Node, hint: &'static str) -> ModelError {
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
