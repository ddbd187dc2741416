//! One hidden layer of sign weights behind a threshold that stays, as the on-chip rules have it, and what its float readout
//! makes of it.

use candle_core::Tensor;

use crate::net::{Mode, Net};
use crate::samples::Batch;
use crate::shape::{Kind, LayerShape, NetShape};
use crate::TrainError;

/// The least lead of a label's score with which nothing is learned, as the margin of the chip.
pub(super) const MARGIN: f32 = 0.25;

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

/// The hidden layer of a shape that has a dense one, and one output a class.
pub(super) fn hidden_of(system: &'static str, shape: &NetShape, n_classes: usize) -> Result<LayerShape, TrainError> {
    match shape.layers[..] {
        [hidden, _] if hidden.kind != Kind::Dense || hidden.pool != 1 => {
            Err(TrainError::Option { system, why: "takes a dense hidden layer, as in 784-256-10" })
        }
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

/// What scores of (n, classes) are worth, by the rivals of each sample: the classes over which its label leads by less than the
/// margin. As on the chip, a sample that has none teaches nothing, and all others teach as much.
pub(super) struct Judged {
    /// The mean over samples of what the leads over rivals lack of the margin, the rivals weighed as in the error.
    pub loss: f64,
    /// For each sample, (n, classes): -1 at the label, and 1 shared by its rivals, each by what the lead over it lacks. It is the
    /// derivative of a squared hinge loss (Weston and Watkins 1999) in direction.
    pub error: Tensor,
    /// 1 for samples that have rivals, else 0: (n, 1).
    pub missed: Tensor,
}

pub(super) fn judge(scores: &Tensor, batch: &Batch) -> Result<Judged, TrainError> {
    let labels = batch.one_hot()?;
    let behind = scores.broadcast_sub(&scores.mul(&labels)?.sum_keepdim(1)?)?;
    let lacking = behind.affine(1.0, f64::from(MARGIN))?.relu()?.mul(&labels.affine(-1.0, 1.0)?)?;
    let sum = lacking.sum_keepdim(1)?;
    let missed = sum.gt(0f32)?.to_dtype(scores.dtype())?;
    // Where nothing lacks, 0 is divided by 1.
    let shares = lacking.broadcast_div(&sum.add(&missed.affine(-1.0, 1.0)?)?)?;
    let loss = shares.mul(&lacking)?.sum(1)?.mean_all()?.to_scalar::<f32>()?;
    Ok(Judged { loss: f64::from(loss), error: shares.sub(&labels.broadcast_mul(&missed)?)?.detach(), missed: missed.detach() })
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};

    use super::judge;
    use crate::{Coding, Samples};

    /// A lead of just the margin, one of half of it, a sample that is wrong, one that lacks the margin over one class and three
    /// times that over the other, and one of which nothing is known.
    #[test]
    fn errors_are_shared_by_the_rivals_within_the_margin() {
        let scores = Tensor::new(&[[1f32, 0.75, 0.0], [0.0, 0.125, -1.0], [1.0, 3.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.0]], &Device::Cpu).expect("scores");
        let samples = Samples::new(vec![0; 5], vec![1], vec![0, 1, 0, 2, 2], 3).expect("samples");
        let batch = samples.batch(&[0, 1, 2, 3, 4], Coding::Rate, 1).expect("a batch");
        let judged = judge(&scores, &batch).expect("a judgement");
        let errors = [[0.0, 0.0, 0.0], [1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.25, 0.75, -1.0], [0.5, 0.5, -1.0]];
        assert_eq!(judged.error.to_vec2::<f32>().expect("rows"), errors);
        assert_eq!(judged.missed.to_vec2::<f32>().expect("rows"), [[0.0], [1.0], [1.0], [1.0], [1.0]]);
        assert!((judged.loss - (0.0 + 0.125 + 2.25 + (0.25 * 0.25 + 0.75 * 0.75) + 0.25) / 5.0).abs() < 1e-6, "{}", judged.loss);
    }
}
