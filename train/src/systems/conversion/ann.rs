//! Dense layers of rectified units.

use candle_core::{Result, Tensor, Var};
use spikeforge_sim::random::SplitMix64;

use crate::random::uniform;
use crate::shape::{LayerShape, NetShape};

/// Weights (neurons, inputs) and biases (1, neurons) of each layer.
pub struct Ann {
    pub layers: Vec<(Var, Var)>,
}

impl Ann {
    /// Weights uniform within +-sqrt(6 / inputs), which keeps the variance through rectifiers (He et al. 2015); no biases.
    pub fn new(shape: &NetShape, seed: u64) -> Result<Self> {
        let mut random = SplitMix64::new(seed);
        let mut layer = |layer: &LayerShape| -> Result<(Var, Var)> {
            let fan_in = u16::try_from(layer.fan_in()).unwrap_or(u16::MAX);
            let weights = uniform(&mut random, (layer.n_channels, layer.fan_in()), (6.0 / f32::from(fan_in)).sqrt())?;
            let biases = Tensor::zeros((1, layer.n_channels), weights.dtype(), weights.device())?;
            Ok((Var::from_tensor(&weights)?, Var::from_tensor(&biases)?))
        };
        Ok(Ann { layers: shape.layers.iter().map(&mut layer).collect::<Result<_>>()? })
    }

    /// What the last layer sums up, (n, outputs), of inputs (n, inputs) within 0 and 1.
    pub fn sums(&self, inputs: &Tensor) -> Result<Tensor> {
        let mut sums = inputs.clone();
        for (number, layer) in self.layers.iter().enumerate() {
            let rates = if number == 0 { sums } else { sums.relu()? };
            sums = through(&rates, layer)?;
        }
        Ok(sums)
    }

    /// max(0, sum) of every layer, (n, neurons) each.
    pub fn activations(&self, inputs: &Tensor) -> Result<Vec<Tensor>> {
        let mut all: Vec<Tensor> = Vec::new();
        for layer in &self.layers {
            all.push(through(all.last().unwrap_or(inputs), layer)?.relu()?.detach());
        }
        Ok(all)
    }

    pub fn parameters(&self) -> Vec<Var> {
        self.layers.iter().flat_map(|(weights, biases)| [weights.clone(), biases.clone()]).collect()
    }

    pub fn state(&self) -> Vec<(String, Var)> {
        let named = |(i, (weights, biases)): (usize, &(Var, Var))| {
            [(format!("layer{}.weights", i + 1), weights.clone()), (format!("layer{}.biases", i + 1), biases.clone())]
        };
        self.layers.iter().enumerate().flat_map(named).collect()
    }
}

fn through(inputs: &Tensor, (weights, biases): &(Var, Var)) -> Result<Tensor> {
    inputs.matmul(&weights.t()?)?.broadcast_add(biases)
}
