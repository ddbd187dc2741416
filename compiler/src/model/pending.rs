//! Weights on their way to the neurons behind them.

use ndarray::{Array2, ArrayD, ArrayViewD, Axis};
use spikeforge_sim::ScaledBy;

use super::error::ModelError;
use super::layer::{FloatScaling, Window};
use super::linear_map::{Form, LinearMap, TooMany};
use super::node::{Conv, Linear, ScaleBy};
use super::scales::{per_channel, repeated};
use super::shape::spread;
use super::warning::Warning;
use super::weights::{level_weights, told_weights, LevelWeights};
use super::Node;

/// Weights of shape (rows, columns), what they add to each neuron, and the window that they slide in.
pub(super) struct Pending {
    pub name: String,
    pub window: Option<Window>,
    /// Pools behind the weights.
    pub sums: Vec<Window>,
    pub weight: Array2<f64>,
    /// One element a neuron.
    pub bias: Vec<f64>,
    /// A factor for each neuron on its whole current, where rows cannot take it.
    pub factor: Option<Vec<f64>>,
    /// What the timesteps make of the current.
    pub scaling: Vec<FloatScaling>,
    pub scaled_by: ScaledBy,
    /// Of the weights, where their node tells it.
    pub bits: Option<u32>,
    /// Of a sum of branches, each with the least and greatest magnitude of its weights for each row of its own.
    pub magnitudes: Vec<(String, Vec<(f64, f64)>)>,
}

impl Pending {
    /// Weights without a factor or scaling behind them.
    pub fn of(name: &str, window: Option<Window>, weight: Array2<f64>, bias: Vec<f64>) -> Pending {
        Pending {
            name: name.to_string(),
            window,
            sums: Vec::new(),
            weight,
            bias,
            factor: None,
            scaling: Vec::new(),
            scaled_by: ScaledBy::Timestep,
            bits: None,
            magnitudes: Vec::new(),
        }
    }

    pub fn linear(node: &Node, linear: &Linear) -> Pending {
        let weight = rows(&linear.weight);
        let bias = bias(linear.bias.as_ref(), weight.nrows(), 1);
        Pending::of(&node.name, None, weight, bias)
    }

    pub fn conv(node: &Node, conv: &Conv, window: Window) -> Pending {
        let weight = rows(&conv.weight);
        let n_places = window.output_shape.iter().skip(1).product();
        let bias = bias(conv.bias.as_ref(), weight.nrows(), n_places);
        Pending::of(&node.name, Some(window), weight, bias)
    }

    /// The weights as levels. A sum of branches has been binarized, branch by branch.
    pub fn levels(&self, binarize: bool) -> Result<(LevelWeights, Option<Warning>), ModelError> {
        if let Some(bits) = self.bits {
            return Ok((told_weights(&self.name, self.weight.view(), bits)?, None));
        }
        let is_sum = !self.magnitudes.is_empty();
        let levels = level_weights(&self.name, self.weight.view(), binarize && !is_sum);
        levels.map_err(|error| match error {
            ModelError::NotBinary { node, neuron, .. } if is_sum => {
                let n_rows = self.weight.nrows();
                let parts = self.magnitudes.iter().map(|(name, rows)| {
                    let (low, high) = rows[(neuron * rows.len() / n_rows.max(1)).min(rows.len() - 1)];
                    if low == high { format!("{name} {low}") } else { format!("{name} {low} to {high}") }
                });
                ModelError::BranchScales { node, neuron, parts: parts.collect::<Vec<_>>().join(", ") }
            }
            error => error,
        })
    }

    /// Sums the currents of a window, which take their biases with them.
    pub fn sum(&mut self, pool: Window) -> Result<(), &'static str> {
        let unpadded = pool.padding.iter().all(|&padding| padding == (0, 0));
        let Some(of_channels) = per_channel(&self.bias, pool.groups).filter(|_| unpadded) else {
            return Err("use no padding and one bias a channel, or put the pool behind the neurons");
        };
        let area: usize = pool.kernel.iter().product();
        let n_places = pool.output_shape.iter().skip(1).product();
        self.bias = repeated(of_channels.into_iter().map(|bias| bias * area as f64), n_places).collect();
        self.sums.push(pool);
        Ok(())
    }

    /// All weights of each neuron in place of a window over `source`.
    pub fn unroll(&mut self, source: &[usize]) -> Result<(), TooMany> {
        if let Some(window) = self.window.take() {
            let form = Form::Window(window, std::mem::take(&mut self.weight));
            self.weight = LinearMap { source: source.to_vec(), form, bias: self.bias.clone() }.matrix()?;
        }
        Ok(())
    }

    /// Multiplies what each input element meets. Behind a window that can differ between channels only.
    pub fn scale_columns(&mut self, scale: &[f64]) -> Result<(), &'static str> {
        let Some(window) = &self.window else {
            for (mut column, scale) in self.weight.axis_iter_mut(Axis(1)).zip(scale) {
                column *= *scale;
            }
            return Ok(());
        };
        let n_taps: usize = window.kernel.iter().product();
        let n_inputs = self.weight.ncols() / n_taps.max(1);
        let channels = per_channel(scale, n_inputs * window.groups)
            .ok_or("use one scale for each channel before a convolution")?;
        let rows_per_group = (self.weight.nrows() / window.groups.max(1)).max(1);
        for ((j, i), value) in self.weight.indexed_iter_mut() {
            *value *= channels[j / rows_per_group * n_inputs + i / n_taps];
        }
        Ok(())
    }

    /// Scales the current of each neuron by the timestep or count: a row each, of an element a neuron or a channel.
    pub fn scale_by_timestep(&mut self, by: &ScaleBy) {
        let n = self.bias.len();
        self.scaled_by = by.count_shift.map_or(ScaledBy::Timestep, |shift| ScaledBy::Count { shift });
        let rows = by.scale.axis_iter(Axis(0)).zip(by.bias.axis_iter(Axis(0)));
        let each = |row: ArrayViewD<f64>| spread(&row.to_owned(), &[n]);
        self.scaling = rows.map(|(scale, bias)| FloatScaling { scale: each(scale), bias: each(bias) }).collect();
    }

    /// Multiplies the current of each neuron.
    pub fn scale_rows(&mut self, scale: &[f64]) -> Result<(), &'static str> {
        let Some(of_rows) = per_channel(scale, self.weight.nrows()) else {
            if scale.iter().any(|&scale| scale <= 0.0) {
                return Err("make the scale of the neurons of a channel the same, or all of them above 0");
            }
            let factor = self.factor.get_or_insert_with(|| vec![1.0; scale.len()]);
            factor.iter_mut().zip(scale).for_each(|(factor, scale)| *factor *= scale);
            return Ok(());
        };
        self.bias.iter_mut().zip(scale).for_each(|(bias, scale)| *bias *= scale);
        for (mut row, scale) in self.weight.axis_iter_mut(Axis(0)).zip(of_rows) {
            row *= scale;
        }
        Ok(())
    }
}

/// Weights of shape (outputs, ...) as a row for each output.
pub(super) fn rows(weight: &ArrayD<f64>) -> Array2<f64> {
    let n_rows = weight.shape().first().copied().unwrap_or(0);
    let n_columns = weight.len() / n_rows.max(1);
    Array2::from_shape_fn((n_rows, n_columns), |(j, i)| {
        weight.as_slice().map_or(0.0, |values| values[j * n_columns + i])
    })
}

/// The bias of each output, 0 without one, for each of its places.
pub(super) fn bias(bias: Option<&ArrayD<f64>>, n_outputs: usize, n_places: usize) -> Vec<f64> {
    match bias {
        Some(bias) => repeated(bias.iter().copied(), n_places).collect(),
        None => vec![0.0; n_outputs * n_places],
    }
}
