//! Forward gradients (Baydin et al. 2022): one forward pass carries, beside every value, its derivative in a random
//! direction v of all weights; the estimate of the gradient is that derivative times v, without bias.
//!
//! ```text
//! c = k sign(w) s         dc = k (v s + sign(w) ds)           k: the norm's scale, straight through the sign
//! m = beta m + c - s      dm = beta dm + dc                   nothing passes the reset
//! s = m > 1               ds = surrogate(m - 1) dm
//! L = CE(sum_t s, label)  dL = (softmax - target) . sum_t ds
//! ```
//! The tangents are plain tensors: no graph is built and nothing runs backward.

use std::str::FromStr;

use candle_core::{Tensor, Var, D};
use spikeforge_compiler::model::Model;
use spikeforge_sim::random::SplitMix64;

use crate::adam::Adam;
use crate::export;
use crate::loss::softmax;
use crate::net::{Layer, Mode, Net};
use crate::neurons::Lif;
use crate::random::normal;
use crate::samples::Batch;
use crate::shape::{Kind, NetShape};
use crate::spike::{binarize, Surrogate};
use crate::system::{Options, System};
use crate::TrainError;

/// Directions of one step, whose estimates are summed: Adam takes no notice of their scale.
const N_DIRECTIONS: usize = 4;

pub struct ForwardGradient {
    net: Net,
    parameters: Vec<Var>,
    adam: Adam,
}

/// The loss of a batch and its derivative in a direction.
#[derive(Clone, Copy, Debug)]
pub struct Slope {
    pub loss: f64,
    pub derivative: f64,
}

impl ForwardGradient {
    pub fn new(options: &Options, shape: &NetShape) -> Result<Self, TrainError> {
        if shape.layers.iter().any(|layer| layer.kind != Kind::Dense || layer.pool != 1) {
            return Err(TrainError::Option { system: "forward-gradient", why: "takes dense layers, as in 784-256-10" });
        }
        let lif = Lif { beta: options.beta, surrogate: Surrogate::from_str(&options.surrogate)? };
        let net = Net::new(shape, lif, options.seed)?;
        for layer in &net.layers {
            let fan_in = f64::from(u32::try_from(layer.shape.fan_in()).unwrap_or(u32::MAX));
            layer.norm.gamma.set(&layer.norm.gamma.ones_like()?.affine(1.0 / fan_in.sqrt(), 0.0)?)?;
        }
        let parameters: Vec<Var> = net.layers.iter().map(|layer| layer.latent.clone()).collect();
        Ok(ForwardGradient { adam: Adam::new(&parameters, 0.0)?, net, parameters })
    }
}

/// The cross entropy of counts on a batch, and its derivative where the latent weights of each layer move along `directions`.
pub fn slope(net: &Net, directions: &[Tensor], batch: &Batch) -> Result<Slope, TrainError> {
    let n_timesteps = batch.n_timesteps;
    let (mut spikes, mut tangent) = (batch.spikes.clone(), None::<Tensor>);
    for (layer, direction) in net.layers.iter().zip(directions) {
        let (currents, moved) = currents(layer, direction, &spikes, tangent.as_ref())?;
        let course = net.lif.run(&currents, n_timesteps)?;
        tangent = Some(tangents(&net.lif, &course.membranes.detach(), &moved, n_timesteps)?);
        spikes = course.spikes.detach();
    }
    let count = |values: &Tensor| values.reshape((n_timesteps, batch.n(), ()))?.sum(0);
    let (scores, targets) = (count(&spikes)?, batch.one_hot()?);
    let moved = tangent.map_or_else(|| scores.zeros_like(), |tangent| count(&tangent))?;
    let shares = softmax(&scores)?;
    let loss = shares.mul(&targets)?.sum(D::Minus1)?.log()?.mean_all()?.neg()?;
    let derivative = shares.sub(&targets)?.mul(&moved)?.sum(D::Minus1)?.mean_all()?;
    Ok(Slope { loss: f64::from(loss.to_scalar::<f32>()?), derivative: f64::from(derivative.to_scalar::<f32>()?) })
}

/// (currents, their tangents) of spikes and theirs; the inputs of the network have none.
fn currents(layer: &Layer, direction: &Tensor, spikes: &Tensor, tangent: Option<&Tensor>) -> Result<(Tensor, Tensor), TrainError> {
    let signs = binarize(layer.latent.as_tensor())?.detach();
    let (scale, shift) = layer.norm.folded()?;
    let sums = spikes.matmul(&signs.t()?)?;
    let mut moved = spikes.matmul(&direction.t()?)?;
    if let Some(tangent) = tangent {
        moved = (moved + tangent.matmul(&signs.t()?)?)?;
    }
    let currents = sums.broadcast_mul(&scale)?.broadcast_add(&shift)?;
    Ok((currents.detach(), moved.broadcast_mul(&scale)?.detach()))
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
        let mut random = SplitMix64::new(seed);
        let mut sums: Vec<Option<Tensor>> = vec![None; self.parameters.len()];
        let mut loss = 0.0;
        for _ in 0..N_DIRECTIONS {
            let one = |var: &Var| normal(&mut random, var.dims2()?);
            let directions: Vec<Tensor> = self.parameters.iter().map(one).collect::<Result<_, _>>()?;
            let slope = slope(&self.net, &directions, batch)?;
            loss = slope.loss;
            for (sum, direction) in sums.iter_mut().zip(&directions) {
                let estimate = direction.affine(slope.derivative, 0.0)?;
                *sum = Some(match sum.take() {
                    Some(sum) => (sum + estimate)?,
                    None => estimate,
                });
            }
        }
        self.adam.step(&self.parameters, &sums, rate)?;
        self.net.clip()?;
        Ok(loss)
    }

    fn scores(&self, batch: &Batch) -> Result<Tensor, TrainError> {
        let courses = self.net.run(&batch.spikes, batch.n_timesteps, Mode::Infer)?;
        let spikes = courses.last().map_or(&batch.spikes, |output| &output.spikes).detach();
        Ok(spikes.reshape((batch.n_timesteps, batch.n(), ()))?.sum(0)?)
    }

    fn state(&self) -> Vec<(String, Var)> {
        self.net.state().into_iter().chain(self.adam.state()).collect()
    }

    fn model(&self) -> Result<Model, TrainError> {
        export::model(&self.net)
    }
}
