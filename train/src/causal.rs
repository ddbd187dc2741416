//! Attention that looks at nothing but what was: its squeeze is how many spikes have entered the layer so far, its
//! excitation a table that is learned (after Yao et al. 2023, whose temporal attention looks ahead).
//!
//! ```text
//! level   l[t]    = min(levels - 1, sum_(u <= t) sum_i s[u, i] >> shift)
//! current f[l[t], c] x[t, c],   f = 2 sigma(table)
//! ```
//! The chip counts the spikes in integers and holds the table, so that nothing is lost on the way there.

use candle_core::{DType, Device, Result, Tensor, Var};

use crate::attention::twice_sigmoid;
use crate::shape::LayerShape;

const LEVELS: usize = 8;

#[derive(Clone, Debug)]
pub struct CausalAttention {
    /// (levels, channels), 0 before anything is learned.
    pub table: Var,
    /// A level is 2^shift spikes.
    pub shift: u32,
}

impl CausalAttention {
    /// The last level begins where at least a quarter of all inputs have spiked at all timesteps.
    pub fn new(shape: &LayerShape, n_timesteps: usize) -> Result<Self> {
        let unit = (shape.fan_in() * n_timesteps / 4 / (LEVELS - 1)).max(1);
        Ok(CausalAttention { table: Var::zeros((LEVELS, shape.n_channels), DType::F32, &Device::Cpu)?, shift: unit.ilog2() })
    }

    /// The factors of currents, (timesteps * n, channels), behind spikes of (timesteps * n, inputs).
    pub fn factors(&self, spikes: &Tensor, n_timesteps: usize) -> Result<Tensor> {
        let levels = one_hot(&self.levels(spikes, n_timesteps)?)?;
        levels.matmul(&self.by_level()?)
    }

    /// (levels, channels).
    pub fn by_level(&self) -> Result<Tensor> {
        twice_sigmoid(self.table.as_tensor())
    }

    /// Of each timestep and sample, in the order of the spikes.
    fn levels(&self, spikes: &Tensor, n_timesteps: usize) -> Result<Vec<usize>> {
        let counts = spikes.detach().sum(1)?.to_vec1::<f32>()?;
        let n = counts.len() / n_timesteps.max(1);
        let mut so_far = vec![0u64; n];
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole numbers of spikes
        let level = |(i, count): (usize, f32)| {
            so_far[i % n] += count as u64;
            usize::try_from(so_far[i % n] >> self.shift).unwrap_or(LEVELS).min(LEVELS - 1)
        };
        Ok(counts.into_iter().enumerate().map(level).collect())
    }
}

fn one_hot(levels: &[usize]) -> Result<Tensor> {
    let mut values = vec![0f32; levels.len() * LEVELS];
    levels.iter().enumerate().for_each(|(row, level)| values[row * LEVELS + level] = 1.0);
    Tensor::from_vec(values, (levels.len(), LEVELS), &Device::Cpu)
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};

    use super::CausalAttention;
    use crate::shape::NetShape;

    #[test]
    fn levels_rise_with_the_spikes_of_each_sample() -> candle_core::Result<()> {
        let shape: NetShape = "4-2".parse().expect("a shape");
        let attention = CausalAttention { shift: 1, ..CausalAttention::new(&shape.layers[0], 3)? };
        // Three timesteps of two samples.
        let spikes = Tensor::new(&[[1f32, 0.0, 0.0, 0.0], [1.0; 4], [1.0, 0.0, 0.0, 0.0], [1.0; 4], [1.0; 4], [1.0; 4]], &Device::Cpu)?;
        assert_eq!(attention.levels(&spikes, 3)?, [0, 2, 1, 4, 3, 6]);
        let table: Vec<f32> = (0..16u8).map(f32::from).collect();
        attention.table.set(&Tensor::from_vec(table, (8, 2), &Device::Cpu)?)?;
        let got = attention.factors(&spikes, 3)?.to_vec2::<f32>()?;
        let factor = |value: f32| 2.0 / (1.0 + (-value).exp());
        for (row, level) in got.iter().zip([0f32, 2.0, 1.0, 4.0, 3.0, 6.0]) {
            assert!((row[0] - factor(2.0 * level)).abs() < 1e-5 && (row[1] - factor(2.0 * level + 1.0)).abs() < 1e-5, "{row:?}");
        }
        Ok(())
    }
}
