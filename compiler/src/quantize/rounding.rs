//! What quantization changed: for each parameter of a layer, how many neurons and by how much at worst.

use serde::{Deserialize, Serialize};

use super::width::MembraneWidth;

/// The integers of a layer beside the floats that were asked for. Thresholds and biases are in units of a weight, with
/// the scale of the weights divided out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerRounding {
    pub layer: String,
    pub n_neurons: usize,
    pub fraction_bits: u32,
    pub beta_bits: u32,
    pub membrane: MembraneWidth,
    /// The least and greatest scale of the weights that was divided out.
    pub scale: (f64, f64),
    pub threshold: Rounding,
    /// With factors and biases of the timesteps, of all of these.
    pub bias: Rounding,
    pub beta: Rounding,
}

/// The rounding of one parameter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rounding {
    /// Neurons that did not get what they asked for.
    pub n_inexact: usize,
    /// The one that got what is furthest from it.
    pub worst: Option<Rounded>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rounded {
    pub neuron: usize,
    pub asked: f64,
    pub got: f64,
}

impl Rounded {
    pub fn error(&self) -> f64 {
        (self.got - self.asked).abs()
    }
}

impl Rounding {
    /// From what each neuron asked for and got.
    pub(super) fn of(pairs: impl Iterator<Item = (f64, f64)>) -> Rounding {
        let mut rounding = Rounding::default();
        for (neuron, (asked, got)) in pairs.enumerate().filter(|(_, (asked, got))| asked != got) {
            let rounded = Rounded { neuron, asked, got };
            rounding.n_inexact += 1;
            if rounding
                .worst
                .is_none_or(|worst| rounded.error() > worst.error())
            {
                rounding.worst = Some(rounded);
            }
        }
        rounding
    }
}

impl std::fmt::Display for Rounding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self.worst {
            None => formatter.write_str("exact"),
            Some(worst) => write!(
                formatter,
                "{} rounded, worst by {:.2e} (neuron {}: {} became {})",
                self.n_inexact,
                worst.error(),
                worst.neuron,
                worst.asked,
                worst.got
            ),
        }
    }
}
