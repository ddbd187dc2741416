//! Attention on the currents of a layer (Yao et al. 2023, "Attention spiking neural networks"): of timesteps, channels, places.
//!
//! ```text
//! x[t]: currents of one sample at timestep t, (places, channels);  2 sigma(v) = 1 + tanh(v / 2)
//! temporal   f[t]    = 2 sigma(W1 relu(W0 mean x) + W1 relu(W0 max x)),  of every timestep over places and channels
//! channel    g[t, c] = 2 sigma(V1 relu(V0 mean x[t]) + V1 relu(V0 max x[t])),            over places
//! spatial    h[t, p] = 2 sigma(K * [mean x[t], max x[t]]),  3 x 3 around each place,      over channels
//! current    f[t] g[t, c] h[t, p] x[t, p, c]
//! ```
//! Twice a sigmoid, so that weights of 0 change nothing. The factors depend on the sample, and f looks at timesteps that are
//! yet to come: no chip that answers timestep by timestep can do that. What it can do is the mean of their product over
//! training samples, a factor a timestep and neuron, measured when the training has ended: [`Attention::mean`]. Or they are
//! measured before, and take the place of what looks ahead, so that the rest of the training learns what the chip computes.

use candle_core::{DType, Device, Result, Tensor, Var, D};
use spikeforge_sim::random::SplitMix64;

use crate::random::uniform;
use crate::shape::LayerShape;
use crate::window::windows;

/// Of the inner layers.
const REDUCTION: usize = 4;
const KERNEL: usize = 3;

#[derive(Clone, Debug)]
pub struct Attention {
    /// (height, width, channels).
    frame: [usize; 3],
    /// W0, W1: (inner, timesteps), (timesteps, inner).
    pub temporal: [Var; 2],
    /// V0, V1: (inner, channels), (channels, inner).
    pub channel: [Var; 2],
    /// K, (1, 3 * 3 * 2); none where there is one place.
    pub spatial: Option<Var>,
    /// (timesteps, neurons): the mean of the factors over samples; 1 until it is measured.
    pub mean: Var,
    /// (1): 1 where the mean has taken the place of the factors, else 0.
    is_folded: Var,
}

impl Attention {
    pub fn new(shape: &LayerShape, n_timesteps: usize, random: &mut SplitMix64) -> Result<Self> {
        let frame @ [height, width, channels] = shape.target();
        let mut gate = |n: usize| -> Result<[Var; 2]> {
            let inner = n.div_ceil(REDUCTION);
            let first = Var::from_tensor(&uniform(random, (inner, n), 1.0)?)?;
            // Nothing is weighed before anything is learned.
            Ok([first, Var::zeros((n, inner), DType::F32, &Device::Cpu)?])
        };
        let (temporal, channel) = (gate(n_timesteps)?, gate(channels)?);
        let spatial = (height * width > 1).then(|| Var::zeros((1, KERNEL * KERNEL * 2), DType::F32, &Device::Cpu)).transpose()?;
        let mean = Var::ones((n_timesteps, height * width * channels), DType::F32, &Device::Cpu)?;
        let is_folded = Var::zeros(1, DType::F32, &Device::Cpu)?;
        Ok(Attention { frame, temporal, channel, spatial, mean, is_folded })
    }

    /// Currents (timesteps * n, neurons) times their factors, or times the mean where that has taken their place.
    pub fn weigh(&self, currents: &Tensor, n_timesteps: usize) -> Result<Tensor> {
        if !self.is_folded()? {
            return currents.mul(&self.factors(currents, n_timesteps)?);
        }
        let by_timestep = currents.reshape((n_timesteps, currents.dim(0)? / n_timesteps, ()))?;
        by_timestep.broadcast_mul(&self.mean.as_tensor().detach().unsqueeze(1)?)?.reshape(currents.shape())
    }

    pub fn is_folded(&self) -> Result<bool> {
        Ok(self.is_folded.to_vec1::<f32>()? == [1.0])
    }

    /// From here on the mean is what weighs.
    pub fn fold(&self) -> Result<()> {
        self.is_folded.set(&self.is_folded.ones_like()?)
    }

    /// The product of the factors of currents (timesteps * n, neurons), of their shape.
    pub fn factors(&self, currents: &Tensor, n_timesteps: usize) -> Result<Tensor> {
        let [height, width, channels] = self.frame;
        let (n, places) = (currents.dim(0)? / n_timesteps, height * width);
        let x = currents.reshape((n_timesteps, n, places, channels))?;
        let all = currents.reshape((n_timesteps, n, places * channels))?;
        let temporal = gated(&[all.mean(2)?.t()?, all.max(2)?.t()?], &self.temporal)?.t()?.reshape((n_timesteps, n, 1, 1))?;
        let over_places = [x.mean(2)?, x.max(2)?].map(|pooled| pooled.reshape((n_timesteps * n, channels)));
        let [mean, max] = over_places;
        let channel = gated(&[mean?, max?], &self.channel)?.reshape((n_timesteps, n, 1, channels))?;
        let mut factors = temporal.broadcast_mul(&channel)?;
        if let Some(kernel) = &self.spatial {
            let maps = Tensor::stack(&[x.mean(D::Minus1)?, x.max(D::Minus1)?], D::Minus1)?;
            let spatial = self.spatial_factors(&maps.reshape((n_timesteps * n, height, width, 2))?, kernel)?;
            factors = factors.broadcast_mul(&spatial.reshape((n_timesteps, n, places, 1))?)?;
        }
        factors.broadcast_as((n_timesteps, n, places, channels))?.reshape(currents.shape())
    }

    /// (rows, places) from two maps, (rows, height, width, 2), with zeros around them.
    fn spatial_factors(&self, maps: &Tensor, kernel: &Var) -> Result<Tensor> {
        let [height, width, _] = self.frame;
        let padded = maps.pad_with_zeros(1, 1, 1)?.pad_with_zeros(2, 1, 1)?;
        let met = windows(&padded.flatten_from(1)?, [height + 2, width + 2, 2], KERNEL)?;
        twice_sigmoid(&met.matmul(&kernel.as_tensor().t()?)?)
    }

    /// What a gradient moves.
    pub fn parameters(&self) -> Vec<Var> {
        self.temporal.iter().chain(&self.channel).chain(&self.spatial).cloned().collect()
    }

    /// All that it is, by name.
    pub fn state(&self, prefix: &str) -> Vec<(String, Var)> {
        let name = |(i, var): (usize, Var)| (format!("{prefix}.attention{i}"), var);
        let learned = self.parameters().into_iter().enumerate().map(name);
        let folded = [("mean", &self.mean), ("is_folded", &self.is_folded)];
        learned.chain(folded.map(|(name, var)| (format!("{prefix}.attention.{name}"), var.clone()))).collect()
    }
}

/// 2 sigma(second relu(first v) summed over the pooled v), each of (rows, values).
fn gated(pooled: &[Tensor; 2], [first, second]: &[Var; 2]) -> Result<Tensor> {
    let inner = |values: &Tensor| values.contiguous()?.matmul(&first.as_tensor().t()?)?.relu();
    let both = (inner(&pooled[0])? + inner(&pooled[1])?)?;
    twice_sigmoid(&both.matmul(&second.as_tensor().t()?)?)
}

/// 2 / (1 + exp(-value)).
pub(crate) fn twice_sigmoid(values: &Tensor) -> Result<Tensor> {
    values.affine(0.5, 0.0)?.tanh()?.affine(1.0, 1.0)
}
