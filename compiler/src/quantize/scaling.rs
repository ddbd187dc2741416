//! Currents that the timestep scales: each factor in units of the greatest of its neuron.

use spikeforge_sim::{Neurons, Scaling};

use super::{fixed, Asked, QuantizeError, Rounding};
use crate::model::{FloatLayer, FloatScaling};

/// The greatest factor of neuron `j` over all timesteps, without its sign; 1 where none scales it.
pub(super) fn most(layer: &FloatLayer, j: usize) -> f64 {
    let most = layer.scaling.iter().map(|scaling| scaling.scale[j].abs()).fold(0.0, f64::max);
    if most > 0.0 { most } else { 1.0 }
}

impl Asked<'_> {
    /// The integers of each timestep, to the nearest.
    pub(super) fn scaling(&self) -> Result<Vec<Scaling>, QuantizeError> {
        let n_neurons = self.threshold.len();
        let of = |scaling: &FloatScaling| -> Result<Scaling, QuantizeError> {
            let factor = |j: usize| fixed::nearest(fixed::scaled(scaling.scale[j] / most(self.layer, j), self.fraction_bits));
            let bias = |j: usize| self.bias_at(scaling, j);
            Ok(Scaling {
                // At most 1 in size, and so in range.
                scale: (0..n_neurons).map(|j| factor(j).unwrap_or(0)).collect(),
                bias: (0..n_neurons).map(bias).collect::<Result<_, _>>()?,
            })
        };
        self.layer.scaling.iter().map(of).collect()
    }

    /// What the factors and biases of all timesteps lost, beside those that were asked for.
    pub(super) fn scaling_rounding(&self, neurons: &Neurons) -> Rounding {
        let bits = self.fraction_bits;
        let of = |(asked, got): (&FloatScaling, &Scaling)| -> Vec<(f64, f64)> {
            let factors = (0..got.scale.len()).map(|j| (asked.scale[j] / most(self.layer, j), fixed::worth(got.scale[j], bits)));
            let biases = (0..got.bias.len()).map(|j| (self.asked_bias(asked, j).0, fixed::worth(got.bias[j], bits)));
            factors.chain(biases).collect()
        };
        let mut rounding = Rounding::of(self.layer.scaling.iter().zip(&neurons.scaling).flat_map(of));
        if let Some(worst) = &mut rounding.worst {
            worst.neuron %= self.threshold.len();
        }
        rounding
    }

    /// (in units of a weight at its strongest, before that) of neuron `j`.
    fn asked_bias(&self, scaling: &FloatScaling, j: usize) -> (f64, f64) {
        let (layer, floats) = (self.layer, &self.layer.neurons);
        let added = scaling.scale[j] * layer.bias[j] + scaling.bias[j];
        ((floats.gain[j] * added + floats.constant[j]) / self.scale[j], added)
    }

    fn bias_at(&self, scaling: &FloatScaling, j: usize) -> Result<i64, QuantizeError> {
        let (asked, added) = self.asked_bias(scaling, j);
        let integer = fixed::nearest(fixed::scaled(asked, self.fraction_bits));
        self.fitting(j, "bias", asked, added, integer)
    }
}
