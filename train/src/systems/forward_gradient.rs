//! Forward gradients (Baydin et al. 2022) by perturbed activities (Ren et al. 2022): one forward pass carries, beside every
//! value, its derivative in a random direction v of all currents, each sample in a direction of its own. A sample's estimate
//! of the gradient by its currents is that derivative times v, without bias; what came in makes it one of the weights.
//!
//! ```text
//! c = k sign(w) s + b     dc = v + k sign(w) ds               k, b: the norm's scale and shift; v normal
//! m = beta m + c - s      dm = beta dm + dc                   nothing passes the reset
//! s = m > 1               ds = surrogate(m - 1) dm
//! L = CE(sum_t s, label)  dL = (softmax - target) . sum_t ds  one number a sample
//! g_w = mean over samples of sum_t k dL v[t] s_in[t]^T,   g_b = the same of sum_t dL v[t]
//! ```
//! The currents of a sample are far fewer than the weights, and each sample of a batch has its own direction, so that the
//! estimate has far less variance than one in a direction of the weights. The tangents are plain tensors: no graph is built
//! and nothing runs backward. [`Pass::Backward`] is the same network, parameters and steps by candle's gradients.

use std::str::FromStr;

use candle_core::{Tensor, Var, D};
use spikeforge_compiler::model::Model;
use spikeforge_sim::random::SplitMix64;

use crate::adam::Adam;
use crate::export;
use crate::loss::{softmax, Decoding, Loss};
use crate::net::{Layer, Mode, Net};
use crate::neurons::Lif;
use crate::random::normal;
use crate::samples::Batch;
use crate::shape::{Kind, NetShape};
use crate::spike::{binarize, Surrogate};
use crate::system::{Options, System};
use crate::TrainError;

/// Directions of one step, whose estimates are averaged.
const N_DIRECTIONS: usize = 4;

/// Where gradients come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    Forward,
    /// By candle, to compare with.
    Backward,
}

pub struct ForwardGradient {
    net: Net,
    pass: Pass,
    /// The latent weights of each layer, then its shift.
    parameters: Vec<Var>,
    adam: Adam,
}

/// What one pass tells.
#[derive(Clone, Debug)]
pub struct Slopes {
    /// The mean over samples.
    pub loss: f64,
    /// The derivative of each sample's loss in its direction, (n).
    pub derivatives: Tensor,
    /// What came into each layer, (timesteps * n, inputs).
    pub sources: Vec<Tensor>,
}

impl ForwardGradient {
    pub fn new(pass: Pass, options: &Options, shape: &NetShape) -> Result<Self, TrainError> {
        if shape.layers.iter().any(|layer| layer.kind != Kind::Dense || layer.pool != 1) {
            return Err(TrainError::Option { system: "forward-gradient", why: "takes dense layers, as in 784-256-10" });
        }
        let lif = Lif { beta: options.beta, surrogate: Surrogate::from_str(&options.surrogate)? };
        let net = Net::new(shape, lif, options.seed)?;
        let parameters = net.without_norm()?;
        Ok(ForwardGradient { adam: Adam::new(&parameters, 0.0)?, pass, net, parameters })
    }

    fn forward(&self, batch: &Batch, seed: u64) -> Result<(f64, Vec<Option<Tensor>>), TrainError> {
        let mut random = SplitMix64::new(seed);
        let mut means: Vec<Option<Tensor>> = vec![None; self.parameters.len()];
        let mut loss = 0.0;
        for _ in 0..N_DIRECTIONS {
            let rows = batch.n_timesteps * batch.n();
            let one = |layer: &Layer| normal(&mut random, (rows, layer.shape.n_channels));
            let directions: Vec<Tensor> = self.net.layers.iter().map(one).collect::<Result<_, _>>()?;
            let slopes = slopes(&self.net, &directions, batch)?;
            loss = slopes.loss;
            for (mean, estimate) in means.iter_mut().zip(estimates(&self.net, &directions, &slopes, batch)?) {
                let share = estimate.affine(1.0 / N_DIRECTIONS as f64, 0.0)?;
                *mean = Some(match mean.take() {
                    Some(mean) => (mean + share)?,
                    None => share,
                });
            }
        }
        Ok((loss, means))
    }

    fn backward(&self, batch: &Batch) -> Result<(f64, Vec<Option<Tensor>>), TrainError> {
        let courses = self.net.run(&batch.spikes, batch.n_timesteps, Mode::Infer)?;
        let Some(output) = courses.last() else { return Ok((0.0, vec![])) };
        let loss = Loss::CeCount.of(output, Decoding::Rate, batch)?;
        let mut gradients = loss.backward()?;
        Ok((f64::from(loss.to_scalar::<f32>()?), self.parameters.iter().map(|var| gradients.remove(var)).collect()))
    }
}

/// The cross entropy of counts, and its derivative where the currents of each layer, (timesteps * n, neurons), move along
/// `directions`.
pub fn slopes(net: &Net, directions: &[Tensor], batch: &Batch) -> Result<Slopes, TrainError> {
    let n_timesteps = batch.n_timesteps;
    let (mut spikes, mut tangent) = (batch.spikes.clone(), None::<Tensor>);
    let mut sources = Vec::new();
    for (layer, direction) in net.layers.iter().zip(directions) {
        let (currents, moved) = currents(layer, direction, &spikes, tangent.as_ref())?;
        let course = net.lif.run(&currents, n_timesteps)?;
        tangent = Some(tangents(&net.lif, &course.membranes.detach(), &moved, n_timesteps)?);
        sources.push(std::mem::replace(&mut spikes, course.spikes.detach()));
    }
    let count = |values: &Tensor| values.reshape((n_timesteps, batch.n(), ()))?.sum(0);
    let (scores, targets) = (count(&spikes)?, batch.one_hot()?);
    let moved = tangent.map_or_else(|| scores.zeros_like(), |tangent| count(&tangent))?;
    let shares = softmax(&scores)?;
    let loss = shares.mul(&targets)?.sum(D::Minus1)?.log()?.mean_all()?.neg()?;
    let derivatives = shares.sub(&targets)?.mul(&moved)?.sum(D::Minus1)?;
    Ok(Slopes { loss: f64::from(loss.to_scalar::<f32>()?), derivatives, sources })
}

/// Of the latent weights of each layer, then of its shift, in the order of the parameters.
pub fn estimates(net: &Net, directions: &[Tensor], slopes: &Slopes, batch: &Batch) -> Result<Vec<Tensor>, TrainError> {
    let each = slopes.derivatives.affine(1.0 / batch.n() as f64, 0.0)?.reshape((batch.n(), 1))?;
    let every = Tensor::cat(&vec![each; batch.n_timesteps], 0)?;
    let mut estimates = Vec::new();
    for ((layer, direction), source) in net.layers.iter().zip(directions).zip(&slopes.sources) {
        let by_current = direction.broadcast_mul(&every)?;
        let (scale, _) = layer.norm.folded()?;
        let by_weight = by_current.broadcast_mul(&scale.detach())?.t()?.matmul(source)?;
        estimates.extend([by_weight, by_current.sum_keepdim(0)?]);
    }
    Ok(estimates)
}

/// (currents, their tangents) of spikes and theirs; the inputs of the network have none.
fn currents(layer: &Layer, direction: &Tensor, spikes: &Tensor, tangent: Option<&Tensor>) -> Result<(Tensor, Tensor), TrainError> {
    let signs = binarize(layer.latent.as_tensor())?.detach();
    let (scale, shift) = layer.norm.folded()?;
    let weighed = |values: &Tensor| values.matmul(&signs.t()?)?.broadcast_mul(&scale);
    let moved = match tangent {
        Some(tangent) => direction.add(&weighed(tangent)?)?,
        None => direction.clone(),
    };
    Ok((weighed(spikes)?.broadcast_add(&shift)?.detach(), moved.detach()))
}

/// The tangents of spikes from those of currents, along the membranes that were.
fn tangents(lif: &Lif, membranes: &Tensor, currents: &Tensor, n_timesteps: usize) -> Result<Tensor, TrainError> {
    let n = currents.dim(0)? / n_timesteps.max(1);
    let mut spikes = Vec::new();
    let mut membrane = currents.narrow(0, 0, n)?.zeros_like()?;
    for t in 0..n_timesteps {
        membrane = ((membrane * lif.beta)? + currents.narrow(0, t * n, n)?)?;
        let derivative = lif.surrogate.derivative(&(membranes.narrow(0, t * n, n)? - 1.0)?)?;
        spikes.push(membrane.mul(&derivative)?);
    }
    Ok(Tensor::cat(&spikes, 0)?)
}

impl System for ForwardGradient {
    fn step(&mut self, batch: &Batch, rate: f64, seed: u64) -> Result<f64, TrainError> {
        let (loss, gradients) = match self.pass {
            Pass::Forward => self.forward(batch, seed)?,
            Pass::Backward => self.backward(batch)?,
        };
        self.adam.step(&self.parameters, &gradients, rate)?;
        self.net.clip()?;
        Ok(loss)
    }

    fn scores(&self, batch: &Batch) -> Result<Tensor, TrainError> {
        self.net.counts(batch)
    }

    fn state(&self) -> Vec<(String, Var)> {
        self.net.state().into_iter().chain(self.adam.state()).collect()
    }

    fn model(&self) -> Result<Model, TrainError> {
        export::model(&self.net)
    }
}
