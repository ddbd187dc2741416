//! One hidden layer of sign weights behind a threshold that stays, as the on-chip rules have it, and what its float readout
//! makes of it.

use candle_core::{Tensor, D};

use crate::loss::softmax;
use crate::net::{Mode, Net};
use crate::samples::Batch;
use crate::shape::{LayerShape, NetShape};
use crate::TrainError;

/// Of one presentation of a batch, (n, neurons) each.
pub(super) struct Answer {
    pub rates: Tensor,
    /// 1 for the neurons that fired, but not at every timestep.
    pub gate: Tensor,
    /// The rates with what is left on the membranes.
    pub smooth: Tensor,
}

/// What the hidden layer does on spikes of (timesteps * n, inputs).
pub(super) fn present(net: &Net, spikes: &Tensor, n_timesteps: usize) -> Result<Answer, TrainError> {
    let course = net.run(spikes, n_timesteps, Mode::Infer)?.remove(0);
    let n = spikes.dim(0)? / n_timesteps;
    let share = 1.0 / f64::from(u32::try_from(n_timesteps).unwrap_or(u32::MAX));
    let rates = course.spikes.detach().reshape((n_timesteps, n, ()))?.sum(0)?.affine(share, 0.0)?;
    let left = course.membranes.detach().narrow(0, (n_timesteps - 1) * n, n)?.affine(share, 0.0)?;
    let gate = rates.gt(0f32)?.mul(&rates.lt(0.999f32)?)?.to_dtype(rates.dtype())?;
    Ok(Answer { smooth: (&rates + left)?, gate, rates })
}

/// The hidden layer of a shape that has one, and one output a class.
pub(super) fn hidden_of(system: &'static str, shape: &NetShape, n_classes: usize) -> Result<LayerShape, TrainError> {
    match shape.layers[..] {
        [hidden, output] if output.n_channels == n_classes && output.pool == 1 => Ok(hidden),
        [_, _] => Err(TrainError::Option { system, why: "has one output a class" }),
        _ => Err(TrainError::Option { system, why: "takes one hidden layer, as in 784-256-10" }),
    }
}

/// The threshold is a number that stays, as on the chip: about 24 for 784 inputs, 9 for 64.
pub(super) fn fix_threshold(net: &Net) -> Result<(), TrainError> {
    for layer in &net.layers {
        let fan_in = f64::from(u32::try_from(layer.shape.fan_in()).unwrap_or(u32::MAX));
        layer.norm.gamma.set(&layer.norm.gamma.ones_like()?.affine(1.0 / (8.0 + 0.02 * fan_in).round(), 0.0)?)?;
    }
    Ok(())
}

/// What scores of (n, classes) are worth.
pub(super) struct Judged {
    /// The mean cross entropy.
    pub loss: f64,
    /// softmax(scores), (n, classes).
    pub shares: Tensor,
    /// The shares less the targets, the derivative of the cross entropy.
    pub error: Tensor,
}

pub(super) fn judge(scores: &Tensor, batch: &Batch) -> Result<Judged, TrainError> {
    let targets = batch.one_hot()?;
    let shares = softmax(scores)?.detach();
    let loss = shares.mul(&targets)?.sum(D::Minus1)?.log()?.mean_all()?.neg()?.to_scalar::<f32>()?;
    Ok(Judged { loss: f64::from(loss), error: shares.sub(&targets)?.detach(), shares })
}
