//! Backpropagation on membranes (Lee, Delbruck and Pfeiffer 2016, "Training deep spiking neural networks using
//! backpropagation"): what a neuron's membrane has low-passed is taken for its activity, and what spikes do to membranes is
//! left out as noise.
//!
//! ```text
//! traces     x[t] = beta x[t-1] + s[t],  one[t] = beta one[t-1] + 1        their equations 3 and 5, at the last timestep
//! membrane   V = k sign(w) x + b one - theta a,  a: the neuron's own trace
//! so that    da/d(k sign(w) x + b one) = 1 / theta where it fired, else 0  their equation 8
//! error      e = a / one - (the label ? 1 : 0),  at the output
//! hidden     d[l] = gate[l] (k sign(w[l+1]))^T d[l+1],  gate: it fired;  then each layer's errors to a mean square of 1 a
//!            neuron that fired, their equation 18, so that deep layers learn as fast
//! steps      dw = k d x^T,  db = d one
//! ```
//! theta is 1. Nothing runs backward through time, and no gradient of the library is asked for.

use std::str::FromStr;

use candle_core::{Tensor, Var};
use spikeforge_compiler::model::Model;

use crate::adam::Adam;
use crate::export;
use crate::net::{Mode, Net};
use crate::neurons::Lif;
use crate::samples::Batch;
use crate::shape::{Kind, NetShape};
use crate::spike::{binarize, Surrogate};
use crate::system::{Options, System, SystemName};
use crate::TrainError;

pub struct MembraneBackprop {
    net: Net,
    /// The latent weights of each layer, then its shift.
    parameters: Vec<Var>,
    adam: Adam,
}

/// Traces of what entered each layer and of what left the last, (n, neurons), and the trace of a neuron that always fires.
#[derive(Clone, Debug)]
pub struct Traces {
    pub all: Vec<Tensor>,
    pub one: f64,
}

impl MembraneBackprop {
    pub fn new(options: &Options, shape: &NetShape, n_classes: usize) -> Result<Self, TrainError> {
        let refused = |why| Err(TrainError::Option { system: SystemName::MembraneBackprop.name(), why });
        if shape.layers.iter().any(|layer| layer.kind != Kind::Dense || layer.pool != 1) {
            return refused("takes dense layers, as in 784-256-10");
        }
        if shape.n_outputs() != n_classes {
            return refused("has one output a class");
        }
        let lif = Lif { beta: options.beta, surrogate: Surrogate::from_str(&options.surrogate)? };
        let net = Net::new(shape, lif, options.seed)?;
        let parameters = net.without_norm()?;
        Ok(MembraneBackprop { adam: Adam::new(&parameters, 0.0)?, net, parameters })
    }
}

/// What a batch leaves behind.
pub fn traces(net: &Net, batch: &Batch) -> Result<Traces, TrainError> {
    let courses = net.run(&batch.spikes, batch.n_timesteps, Mode::Infer)?;
    let of = |spikes: &Tensor| -> Result<Tensor, TrainError> {
        let timesteps = spikes.detach().reshape((batch.n_timesteps, batch.n(), ()))?;
        let mut trace = timesteps.get(0)?;
        for t in 1..batch.n_timesteps {
            trace = ((trace * net.lif.beta)? + timesteps.get(t)?)?;
        }
        Ok(trace)
    };
    let one = (0..batch.n_timesteps).fold(0.0, |one, _| net.lif.beta * one + 1.0);
    let all = std::iter::once(of(&batch.spikes)).chain(courses.iter().map(|course| of(&course.spikes))).collect::<Result<_, _>>()?;
    Ok(Traces { all, one })
}

/// The errors at the currents of each layer, (n, neurons), before they are evened out, and the loss, half their square at the
/// output.
pub fn errors(net: &Net, traces: &Traces, batch: &Batch) -> Result<(Vec<Tensor>, f64), TrainError> {
    let mut errors: Vec<Tensor> = Vec::new();
    let mut loss = 0.0;
    for i in (0..net.layers.len()).rev() {
        let activity = &traces.all[i + 1];
        let above = match errors.last() {
            Some(above) => {
                let next = &net.layers[i + 1];
                let (scale, _) = next.norm.folded()?;
                above.broadcast_mul(&scale.detach())?.matmul(&binarize(next.latent.as_tensor())?.detach())?
            }
            None => {
                let error = activity.affine(1.0 / traces.one, 0.0)?.sub(&batch.one_hot()?)?;
                loss = f64::from(error.sqr()?.sum(1)?.mean_all()?.to_scalar::<f32>()?) / 2.0;
                error
            }
        };
        // A silent output is in error all the same, or it would never speak.
        let gated = if errors.is_empty() { above } else { above.mul(&activity.gt(0f32)?.to_dtype(above.dtype())?)? };
        errors.push(gated);
    }
    errors.reverse();
    Ok((errors, loss))
}

/// To a mean square of 1 over what is not 0.
fn evened(errors: &Tensor) -> Result<Tensor, TrainError> {
    let n = errors.ne(0f32)?.to_dtype(errors.dtype())?.sum_all()?.to_scalar::<f32>()?;
    let squares = errors.sqr()?.sum_all()?.to_scalar::<f32>()?;
    let size = f64::from(squares / n.max(1.0)).sqrt();
    Ok(if size > 0.0 { errors.affine(1.0 / size, 0.0)? } else { errors.clone() })
}

impl System for MembraneBackprop {
    fn step(&mut self, batch: &Batch, rate: f64, _: u64) -> Result<f64, TrainError> {
        let traces = traces(&self.net, batch)?;
        let (errors, loss) = errors(&self.net, &traces, batch)?;
        let mut gradients = Vec::new();
        for ((layer, error), source) in self.net.layers.iter().zip(&errors).zip(&traces.all) {
            let error = evened(error)?.affine(1.0 / batch.n() as f64, 0.0)?;
            let (scale, _) = layer.norm.folded()?;
            let by_weight = error.broadcast_mul(&scale.detach())?.t()?.matmul(source)?;
            gradients.extend([Some(by_weight), Some(error.sum_keepdim(0)?.affine(traces.one, 0.0)?)]);
        }
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
