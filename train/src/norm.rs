//! Batch norm over samples and timesteps (Ioffe and Szegedy 2015), which folds into thresholds and biases.

use candle_core::{CpuStorage, CustomOp3, Device, Layout, Result, Shape, Tensor, Var};

use crate::net::Mode;
use crate::spike::floats;

const EPS: f64 = 1e-5;
/// Of the new batch in the running statistics.
const MOMENTUM: f64 = 0.1;

/// `gamma (x - mean) / sqrt(variance + eps) + shift`, one of each a channel; shapes (1, channels).
#[derive(Clone, Debug)]
pub struct Norm {
    pub gamma: Var,
    pub shift: Var,
    /// Running statistics, which no gradient reaches.
    pub mean: Var,
    pub variance: Var,
}

impl Norm {
    pub fn new(n_channels: usize) -> Result<Self> {
        let full = |value: f32| Var::from_tensor(&Tensor::full(value, (1, n_channels), &Device::Cpu)?);
        Ok(Norm { gamma: full(1.0)?, shift: full(0.0)?, mean: full(0.0)?, variance: full(1.0)? })
    }

    pub fn run(&self, x: &Tensor, mode: Mode) -> Result<Tensor> {
        match mode {
            Mode::Train => self.train(x),
            Mode::Infer => self.infer(x),
        }
    }

    /// All that it is, by name.
    pub fn state(&self, prefix: &str) -> [(String, Var); 4] {
        let parts = [("gamma", &self.gamma), ("shift", &self.shift), ("mean", &self.mean), ("variance", &self.variance)];
        parts.map(|(name, var)| (format!("{prefix}.{name}"), var.clone()))
    }

    /// On (rows, channels), by the statistics of these rows, which the running ones follow.
    pub fn train(&self, x: &Tensor) -> Result<Tensor> {
        let mean = row_mean(x)?;
        let centred = affine(x, &mean.ones_like()?, &mean.neg()?)?;
        let variance = row_mean(&centred.sqr()?)?;
        self.move_to(&mean, &variance)?;
        let scale = self.gamma.as_tensor().div(&(variance + EPS)?.sqrt()?)?;
        affine(&centred, &scale, self.shift.as_tensor())
    }

    /// Lets the running statistics follow those of (rows, channels), for who goes by them in training too.
    pub fn follow(&self, x: &Tensor) -> Result<()> {
        let mean = row_mean(x)?;
        let centred = affine(x, &mean.ones_like()?, &mean.neg()?)?;
        self.move_to(&mean, &row_mean(&centred.sqr()?)?)
    }

    fn move_to(&self, mean: &Tensor, variance: &Tensor) -> Result<()> {
        let follow = |running: &Var, now: &Tensor| running.set(&((running.as_tensor() * (1.0 - MOMENTUM))? + (now.detach() * MOMENTUM)?)?);
        follow(&self.mean, mean)?;
        follow(&self.variance, variance)
    }

    /// By the running statistics.
    pub fn infer(&self, x: &Tensor) -> Result<Tensor> {
        let (scale, shift) = self.folded()?;
        affine(x, &scale, &shift)
    }

    /// (scale, shift) of the running statistics: norm(x) = scale x + shift.
    pub fn folded(&self) -> Result<(Tensor, Tensor)> {
        let scale = self.gamma.as_tensor().div(&(self.variance.as_tensor() + EPS)?.sqrt()?)?;
        let shift = self.shift.as_tensor().sub(&self.mean.as_tensor().mul(&scale)?)?;
        Ok((scale, shift))
    }
}

/// The mean over rows, (1, channels): a product, because sums over a first dimension are slow here.
pub fn row_mean(x: &Tensor) -> Result<Tensor> {
    let n = x.dim(0)?;
    let share = 1.0 / f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    Tensor::ones((1, n), x.dtype(), x.device())?.matmul(x)?.affine(share, 0.0)
}

/// `x * scale + shift` for (rows, channels) and (1, channels) each.
fn affine(x: &Tensor, scale: &Tensor, shift: &Tensor) -> Result<Tensor> {
    x.contiguous()?.apply_op3(&scale.contiguous()?, &shift.contiguous()?, Affine)
}

struct Affine;

impl CustomOp3 for Affine {
    fn name(&self) -> &'static str {
        "affine"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        scale: &CpuStorage,
        scale_layout: &Layout,
        shift: &CpuStorage,
        shift_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (scale, shift) = (floats(scale, scale_layout)?, floats(shift, shift_layout)?);
        let mut values = Vec::with_capacity(x_layout.shape().elem_count());
        for row in floats(x, x_layout)?.chunks_exact(scale.len()) {
            values.extend(row.iter().zip(scale).zip(shift).map(|((x, scale), shift)| x * scale + shift));
        }
        Ok((CpuStorage::F32(values), x_layout.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        scale: &Tensor,
        shift: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let rows = f64::from(u32::try_from(x.dim(0)?).unwrap_or(u32::MAX));
        let sum = |values: &Tensor| row_mean(values)?.affine(rows, 0.0);
        let to_x = affine(gradient, scale, &shift.zeros_like()?)?;
        Ok((Some(to_x), Some(sum(&gradient.mul(x)?)?), Some(sum(gradient)?)))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor, Var};

    use super::Norm;

    /// Against candle's own operations, values and gradients.
    #[test]
    fn it_is_the_norm_of_its_formula() -> candle_core::Result<()> {
        let norm = Norm::new(3)?;
        norm.gamma.set(&Tensor::new(&[[0.5f32, -2.0, 1.0]], &Device::Cpu)?)?;
        norm.shift.set(&Tensor::new(&[[0.1f32, 0.2, 0.3]], &Device::Cpu)?)?;
        let x = Var::from_tensor(&Tensor::new(&[[1f32, 2.0, 3.0], [2.0, 0.0, 1.0], [5.0, 1.0, 0.0], [0.0, 7.0, 2.0]], &Device::Cpu)?)?;
        let weights = Tensor::arange(0f32, 12.0, &Device::Cpu)?.reshape((4, 3))?;
        let mean = x.mean_keepdim(0)?;
        let centred = x.broadcast_sub(&mean)?;
        let deviation = (centred.sqr()?.mean_keepdim(0)? + 1e-5)?.sqrt()?;
        let plain = centred.broadcast_div(&deviation)?.broadcast_mul(norm.gamma.as_tensor())?.broadcast_add(norm.shift.as_tensor())?;
        let ours = norm.train(&x)?;
        let far = |a: &Tensor, b: &Tensor| a.sub(b)?.abs()?.max_all()?.to_scalar::<f32>();
        assert!(far(&ours, &plain)? < 1e-5);
        let (a, b) = ((ours * &weights)?.sum_all()?.backward()?, (plain * &weights)?.sum_all()?.backward()?);
        for var in [&x, &norm.gamma, &norm.shift] {
            let pair = (a.get(var).expect("a gradient"), b.get(var).expect("a gradient"));
            assert!(far(pair.0, pair.1)? < 1e-4, "{} {}", pair.0, pair.1);
        }
        Ok(())
    }
}
