//! The spike and its surrogate derivatives.

use std::f32::consts::PI;
use std::str::FromStr;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Storage, Tensor};

use crate::named::named;
use crate::TrainError;

/// What stands in for the derivative of the step function (Eshraghian et al. 2021, section IV; Neftci et al. 2019).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surrogate {
    /// 1 / (1 + k |x|)^2, k = 5 (Zenke and Ganguli 2018).
    FastSigmoid,
    /// (a / 2) / (1 + (pi a x / 2)^2), a = 2 (Fang et al. 2021).
    Arctan,
    /// 1 (Bengio et al. 2013).
    StraightThrough,
}

named!(Surrogate, "the surrogate", [FastSigmoid => "fast-sigmoid", Arctan => "arctan", StraightThrough => "straight-through"]);

const SLOPE: f32 = 5.0;
const ALPHA: f32 = 2.0;

impl Surrogate {
    /// The derivative at `x`, the membrane less the threshold.
    pub fn derivative(self, x: &Tensor) -> Result<Tensor> {
        let mut values = x.flatten_all()?.to_vec1::<f32>()?;
        values.iter_mut().for_each(|x| *x = self.at(*x));
        Tensor::from_vec(values, x.shape(), x.device())
    }

    fn at(self, x: f32) -> f32 {
        let square = |x: f32| x * x;
        match self {
            Surrogate::FastSigmoid => square(x.abs() * SLOPE + 1.0).recip(),
            Surrogate::Arctan => (square(x * (PI / 2.0 * ALPHA)) + 1.0).recip() * (ALPHA / 2.0),
            Surrogate::StraightThrough => 1.0,
        }
    }
}

/// 1 where `x` is above 0, else 0.
pub fn spike(x: &Tensor, surrogate: Surrogate) -> Result<Tensor> {
    x.apply_op1(Step(surrogate))
}

/// -1 where the latent weight is below 0, else +1; the gradient passes straight through (Courbariaux et al. 2016).
pub fn binarize(latent: &Tensor) -> Result<Tensor> {
    latent.apply_op1(Sign)
}

struct Step(Surrogate);
struct Sign;

impl CustomOp1 for Step {
    fn name(&self) -> &'static str {
        "spike"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        each(storage, layout, |x| if x > 0.0 { 1.0 } else { 0.0 })
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(match self.0 {
            Surrogate::StraightThrough => gradient.clone(),
            surrogate => gradient.mul(&surrogate.derivative(x)?)?,
        }))
    }
}

impl CustomOp1 for Sign {
    fn name(&self) -> &'static str {
        "binarize"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        each(storage, layout, |x| if x < 0.0 { -1.0 } else { 1.0 })
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(gradient.clone()))
    }
}

fn each(storage: &CpuStorage, layout: &Layout, f: impl Fn(f32) -> f32) -> Result<(CpuStorage, Shape)> {
    let values = floats(storage, layout)?.iter().map(|&x| f(x)).collect();
    Ok((CpuStorage::F32(values), layout.shape().clone()))
}

/// The values of a tensor without gaps.
pub(crate) fn floats<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => Err(candle_core::Error::Msg("the values are not contiguous".to_owned())),
    }
}

/// What `f` makes of the values of a tensor without gaps, where they lie.
pub(crate) fn with_floats<T>(x: &Tensor, f: impl FnOnce(&[f32]) -> Result<T>) -> Result<T> {
    let (storage, layout) = x.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => f(floats(storage, layout)?),
        _ => Err(candle_core::Error::Msg("the values are not in memory".to_owned())),
    }
}
