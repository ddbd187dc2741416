//! Batch norm over samples and timesteps (Ioffe and Szegedy 2015), which folds into thresholds and biases.

use candle_core::{CpuStorage, CustomOp3, DType, Device, Layout, Result, Shape, Tensor, Var};

use crate::net::Mode;
use crate::spike::{floats, with_floats};

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
        let x = x.contiguous()?;
        let moments = Moments::of(&x)?;
        self.move_to(&moments)?;
        x.apply_op3(self.gamma.as_tensor(), self.shift.as_tensor(), moments)
    }

    /// Lets the running statistics follow those of (rows, channels), for who goes by them in training too.
    pub fn follow(&self, x: &Tensor) -> Result<()> {
        self.move_to(&Moments::of(&x.contiguous()?)?)
    }

    fn move_to(&self, moments: &Moments) -> Result<()> {
        let follow = |running: &Var, now: &[f32]| {
            let now = Tensor::from_slice(now, running.shape(), running.device())?;
            running.set(&((running.as_tensor() * (1.0 - MOMENTUM))? + (now * MOMENTUM)?)?)
        };
        follow(&self.mean, &moments.mean)?;
        follow(&self.variance, &moments.variance)
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

/// `x * scale + shift` for (rows, channels) and (1, channels) each.
fn affine(x: &Tensor, scale: &Tensor, shift: &Tensor) -> Result<Tensor> {
    x.contiguous()?.apply_op3(&scale.contiguous()?, &shift.contiguous()?, Affine)
}

/// The mean and variance over rows, one a channel: the norm by them, and its gradient, each in one pass over memory.
struct Moments {
    mean: Vec<f32>,
    variance: Vec<f32>,
}

impl Moments {
    fn of(x: &Tensor) -> Result<Self> {
        let (n_channels, share) = (x.dim(1)?, share_of(x)?);
        let [sums, squares] = with_floats(x, |values| Ok(channel_sums(values, values, n_channels, |x, _| [x, x * x])))?;
        let mean: Vec<f64> = sums.iter().map(|sum| sum * share).collect();
        let variance = squares.iter().zip(&mean).map(|(square, mean)| (square * share - mean * mean).max(0.0));
        Ok(Moments { variance: narrow(variance)?, mean: narrow(mean.into_iter())? })
    }

    /// 1 / sqrt(variance + eps), one a channel.
    fn inverse_deviation(&self) -> impl Iterator<Item = f64> + '_ {
        self.variance.iter().map(|&variance| (f64::from(variance) + EPS).sqrt().recip())
    }
}

impl CustomOp3 for Moments {
    fn name(&self) -> &'static str {
        "norm"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        gamma: &CpuStorage,
        gamma_layout: &Layout,
        shift: &CpuStorage,
        shift_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let gamma = floats(gamma, gamma_layout)?;
        let scale = narrow(self.inverse_deviation().zip(gamma).map(|(inverse, &gamma)| inverse * f64::from(gamma)))?;
        let shifts = floats(shift, shift_layout)?.iter().zip(&self.mean).zip(&scale);
        let shift: Vec<f32> = shifts.map(|((shift, mean), scale)| shift - mean * scale).collect();
        Ok((CpuStorage::F32(scaled(floats(x, x_layout)?, &scale, &shift)), x_layout.shape().clone()))
    }

    /// Ioffe and Szegedy 2015, section 3: to x goes `scale (g - sum(g) / n - y sum(g y) / n)`, y being what is normalized.
    fn bwd(
        &self,
        x: &Tensor,
        gamma: &Tensor,
        _: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (values, mut to_x) = (x.flatten_all()?.to_vec1::<f32>()?, gradient.flatten_all()?.to_vec1::<f32>()?);
        let (n_channels, share) = (x.dim(1)?, share_of(x)?);
        let [sums, products] = channel_sums(&to_x, &values, n_channels, |gradient, x| [gradient, gradient * x]);
        let (mut to_gamma, mut factors) = (Vec::new(), Vec::new());
        let gammas = gamma.flatten_all()?.to_vec1::<f32>()?;
        for (c, inverse) in self.inverse_deviation().enumerate() {
            let (mean, scale) = (f64::from(self.mean[c]), inverse * f64::from(gammas[c]));
            let met = inverse * (products[c] - mean * sums[c]);
            let of_x = -scale * inverse * met * share;
            to_gamma.push(met);
            factors.push([scale, of_x, -scale * sums[c] * share - of_x * mean]);
        }
        let factor = |at: usize| narrow(factors.iter().map(|factors| factors[at]));
        let (of_gradient, of_x, constant) = (factor(0)?, factor(1)?, factor(2)?);
        for (to_x, x) in to_x.chunks_exact_mut(n_channels).zip(values.chunks_exact(n_channels)) {
            for c in 0..n_channels {
                to_x[c] = to_x[c] * of_gradient[c] + x[c] * of_x[c] + constant[c];
            }
        }
        Ok((Some(Tensor::from_vec(to_x, x.shape(), &Device::Cpu)?), Some(channel_row(to_gamma)?), Some(channel_row(sums)?)))
    }
}

/// Rows whose sums single precision holds well enough.
const BLOCK: usize = 256;

/// Sums over rows of what `f` makes of the values of `a` and `b`, one a channel.
fn channel_sums(a: &[f32], b: &[f32], n_channels: usize, f: impl Fn(f32, f32) -> [f32; 2]) -> [Vec<f64>; 2] {
    let mut sums = [vec![0f64; n_channels], vec![0f64; n_channels]];
    for (a, b) in a.chunks(BLOCK * n_channels).zip(b.chunks(BLOCK * n_channels)) {
        let (mut first, mut second) = (vec![0f32; n_channels], vec![0f32; n_channels]);
        for (a, b) in a.chunks_exact(n_channels).zip(b.chunks_exact(n_channels)) {
            for c in 0..n_channels {
                let values = f(a[c], b[c]);
                first[c] += values[0];
                second[c] += values[1];
            }
        }
        for (sums, block) in sums.iter_mut().zip([first, second]) {
            sums.iter_mut().zip(block).for_each(|(sum, block)| *sum += f64::from(block));
        }
    }
    sums
}

/// One row's share of a mean.
fn share_of(x: &Tensor) -> Result<f64> {
    Ok(1.0 / f64::from(u32::try_from(x.dim(0)?).unwrap_or(u32::MAX)))
}

/// In single precision.
fn narrow(values: impl Iterator<Item = f64>) -> Result<Vec<f32>> {
    Tensor::from_iter(values, &Device::Cpu)?.to_dtype(DType::F32)?.to_vec1()
}

/// (1, channels).
fn channel_row(values: Vec<f64>) -> Result<Tensor> {
    Tensor::from_vec(narrow(values.into_iter())?, (1, ()), &Device::Cpu)
}

fn scaled(values: &[f32], scale: &[f32], shift: &[f32]) -> Vec<f32> {
    let mut all = Vec::with_capacity(values.len());
    for row in values.chunks_exact(scale.len()) {
        all.extend(row.iter().zip(scale).zip(shift).map(|((x, scale), shift)| x * scale + shift));
    }
    all
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
        Ok((CpuStorage::F32(scaled(floats(x, x_layout)?, scale, shift)), x_layout.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        scale: &Tensor,
        shift: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (gradient, n_channels) = (gradient.contiguous()?, x.dim(1)?);
        let [sums, products] = with_floats(x, |x| with_floats(&gradient, |gradient| Ok(channel_sums(gradient, x, n_channels, |gradient, x| [gradient, gradient * x]))))?;
        let to_x = affine(&gradient, scale, &shift.zeros_like()?)?;
        Ok((Some(to_x), Some(channel_row(products)?), Some(channel_row(sums)?)))
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
