//! Answers of an output layer, and how wrong they are.

use std::str::FromStr;

use candle_core::{Result, Tensor, D};

use crate::named::named;
use crate::neurons::Course;
use crate::samples::Batch;
use crate::TrainError;

/// How the output layer's spikes tell a class (Eshraghian et al. 2021, section III.B).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoding {
    /// The neuron that fires most often.
    Rate,
    /// The neuron that fires first: T - t for a first spike at t, 0 for none.
    Latency,
    /// The group of neurons that fires most often.
    Population,
    /// The neuron whose membrane is highest after the last timestep, of a last layer that integrates and never fires.
    Membrane,
}

named!(Decoding, "the decoding", [Rate => "rate", Latency => "latency", Population => "population", Membrane => "membrane"]);

/// snnTorch's losses on counts, or times, and on membranes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Cross entropy of the softmax of scores.
    CeCount,
    /// Square distance of scores from 80 % of the timesteps for the label, and 20 % for the others.
    MseCount,
    /// Cross entropy of the softmax of membranes, at every timestep.
    CeMembrane,
    /// Square distance of membranes from the threshold for the label, and 0 for the others, at every timestep.
    MseMembrane,
}

named!(Loss, "the loss", [CeCount => "ce-count", MseCount => "mse-count", CeMembrane => "ce-membrane", MseMembrane => "mse-membrane"]);

const RIGHT: f64 = 0.8;
const WRONG: f64 = 0.2;

impl Decoding {
    /// (n, classes), the more the likelier; gradients reach every spike that counts.
    pub fn scores(self, output: &Course, n_timesteps: usize, n_classes: usize) -> Result<Tensor> {
        let each = |all: &Tensor| all.reshape((n_timesteps, all.dim(0)? / n_timesteps, ()));
        let fired = each(&output.spikes)?;
        match self {
            Decoding::Membrane => classes(&each(&output.membranes)?.get(n_timesteps.saturating_sub(1))?, n_classes, true),
            Decoding::Rate | Decoding::Population => classes(&fired.sum(0)?, n_classes, true),
            Decoding::Latency => classes(&earliness(&fired)?, n_classes, true),
        }
    }
}

/// T - t of each neuron's first spike: sum_t (T - t) s_t prod_(u < t) (1 - s_u).
fn earliness(fired: &Tensor) -> Result<Tensor> {
    let n_timesteps = fired.dim(0)?;
    let mut silent = fired.get(0)?.ones_like()?;
    let mut score = fired.get(0)?.zeros_like()?;
    for t in 0..n_timesteps {
        let (spike, left) = (fired.get(t)?, f64::from(u32::try_from(n_timesteps - t).unwrap_or(u32::MAX)));
        score = (score + (spike.mul(&silent)? * left)?)?;
        silent = silent.mul(&spike.affine(-1.0, 1.0)?)?;
    }
    Ok(score)
}

/// Neighbouring outputs of a class, summed or averaged: (.., outputs) to (.., classes).
fn classes(outputs: &Tensor, n_classes: usize, sum: bool) -> Result<Tensor> {
    if outputs.dim(D::Minus1)? == n_classes {
        return Ok(outputs.clone());
    }
    let mut shape = outputs.dims().to_vec();
    shape.pop();
    shape.extend([n_classes, outputs.dim(D::Minus1)? / n_classes]);
    let groups = outputs.reshape(shape)?;
    if sum { groups.sum(D::Minus1) } else { groups.mean(D::Minus1) }
}

impl Loss {
    /// The mean over the batch, one number.
    pub fn of(self, output: &Course, decoding: Decoding, batch: &Batch) -> std::result::Result<Tensor, TrainError> {
        let targets = batch.one_hot()?;
        let n_timesteps = batch.n_timesteps;
        let membranes = || classes(&output.membranes, batch.n_classes, false);
        let every = |values: &Tensor| Tensor::cat(&vec![values.clone(); n_timesteps], 0);
        Ok(match self {
            Loss::CeCount => cross_entropy(&decoding.scores(output, n_timesteps, batch.n_classes)?, &targets)?,
            Loss::MseCount => {
                let most = f64::from(u32::try_from(n_timesteps).unwrap_or(u32::MAX));
                let group = output.spikes.dim(1)? / batch.n_classes;
                let most = most * f64::from(u32::try_from(group).unwrap_or(1));
                let shares = decoding.scores(output, n_timesteps, batch.n_classes)?.affine(1.0 / most, 0.0)?;
                shares.sub(&targets.affine(RIGHT - WRONG, WRONG)?)?.sqr()?.mean_all()?
            }
            Loss::CeMembrane => cross_entropy(&membranes()?, &every(&targets)?)?,
            Loss::MseMembrane => membranes()?.sub(&every(&targets)?)?.sqr()?.mean_all()?,
        })
    }
}

/// Of (rows, classes) and one-hot targets, the mean over rows.
pub fn cross_entropy(scores: &Tensor, targets: &Tensor) -> Result<Tensor> {
    let shifted = scores.broadcast_sub(&scores.max_keepdim(D::Minus1)?.detach())?;
    let total = shifted.exp()?.sum_keepdim(D::Minus1)?.log()?;
    let right = shifted.mul(targets)?.sum_keepdim(D::Minus1)?;
    total.sub(&right)?.mean_all()
}

/// The softmax of (rows, classes).
pub fn softmax(scores: &Tensor) -> Result<Tensor> {
    let grown = scores.broadcast_sub(&scores.max_keepdim(D::Minus1)?)?.exp()?;
    grown.broadcast_div(&grown.sum_keepdim(D::Minus1)?)
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};

    use super::{cross_entropy, Decoding};
    use crate::neurons::Course;

    #[test]
    fn the_first_spike_and_the_count_tell_different_classes() -> candle_core::Result<()> {
        // One sample, three timesteps, two neurons: the first fires at 0, the second at 1 and 2.
        let spikes = Tensor::new(&[[1f32, 0.0], [0.0, 1.0], [0.0, 1.0]], &Device::Cpu)?;
        let output = Course { membranes: spikes.affine(2.0, 1.0)?, spikes };
        assert_eq!(Decoding::Membrane.scores(&output, 3, 2)?.to_vec2::<f32>()?, [[1.0, 3.0]]);
        assert_eq!(Decoding::Rate.scores(&output, 3, 2)?.to_vec2::<f32>()?, [[1.0, 2.0]]);
        assert_eq!(Decoding::Latency.scores(&output, 3, 2)?.to_vec2::<f32>()?, [[3.0, 2.0]]);
        assert_eq!(Decoding::Population.scores(&output, 3, 1)?.to_vec2::<f32>()?, [[3.0]]);
        Ok(())
    }

    #[test]
    fn even_scores_cost_the_logarithm_of_the_classes() -> candle_core::Result<()> {
        let loss = cross_entropy(&Tensor::zeros((2, 4), candle_core::DType::F32, &Device::Cpu)?, &Tensor::new(&[[1f32, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]], &Device::Cpu)?)?;
        assert!((loss.to_scalar::<f32>()? - 4f32.ln()).abs() < 1e-6);
        Ok(())
    }
}
