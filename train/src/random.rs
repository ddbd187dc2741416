//! Random tensors that are the same anywhere for the same seed.

use candle_core::{Device, Result, Tensor};
use spikeforge_sim::random::SplitMix64;

/// In [0, 1), 24 bits.
#[allow(clippy::cast_precision_loss)]
pub fn share(random: &mut SplitMix64) -> f32 {
    (random.next_word() >> 40) as f32 / 16_777_216.0
}

/// Uniform within +-`bound`.
pub fn uniform(random: &mut SplitMix64, (rows, columns): (usize, usize), bound: f32) -> Result<Tensor> {
    let values = (0..rows * columns).map(|_| (2.0 * share(random) - 1.0) * bound).collect();
    Tensor::from_vec(values, (rows, columns), &Device::Cpu)
}

/// Normal, of mean 0 and deviation 1 (Box and Muller 1958).
pub fn normal(random: &mut SplitMix64, (rows, columns): (usize, usize)) -> Result<Tensor> {
    let mut one = || (-2.0 * (1.0 - share(random)).ln()).sqrt() * (std::f32::consts::TAU * share(random)).cos();
    Tensor::from_vec((0..rows * columns).map(|_| one()).collect(), (rows, columns), &Device::Cpu)
}
