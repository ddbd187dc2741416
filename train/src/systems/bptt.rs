//! A binarized spiking network by backpropagation through time (Eshraghian et al. 2021; Neftci, Mostafa and Zenke 2019).
//!
//! ```text
//! forward   c[t] = norm(sign(w) s[t]),  m[t] = beta m[t-1] + c[t] - s[t-1],  s[t] = m[t] > 1
//! backward  ds/dm = the surrogate's,  dsign(w)/dw = 1,  the reset passes nothing
//! ```
//! Latent weights w are kept within +-1 (Courbariaux et al. 2016), the norm is over samples and timesteps and folds.

use std::str::FromStr;

use candle_core::{Tensor, Var};
use spikeforge_compiler::model::Model;

use crate::adam::Adam;
use crate::course::check_finite;
use crate::export;
use crate::loss::{Decoding, Loss};
use crate::net::{Mode, Net};
use crate::neurons::Lif;
use crate::samples::Batch;
use crate::shape::NetShape;
use crate::spike::Surrogate;
use crate::system::{Options, System};
use crate::TrainError;

pub struct Bptt {
    net: Net,
    parameters: Vec<Var>,
    adam: Adam,
    loss: Loss,
    decoding: Decoding,
}

impl Bptt {
    pub fn new(options: &Options, shape: &NetShape) -> Result<Self, TrainError> {
        let lif = Lif { beta: options.beta, surrogate: Surrogate::from_str(&options.surrogate)? };
        let net = Net::new(shape, lif, options.seed)?;
        let parameters = net.parameters();
        Ok(Bptt {
            adam: Adam::new(&parameters, 0.0)?,
            parameters,
            net,
            loss: Loss::from_str(&options.loss)?,
            decoding: Decoding::from_str(&options.decoding)?,
        })
    }
}

impl System for Bptt {
    fn step(&mut self, batch: &Batch, rate: f64, _: u64) -> Result<f64, TrainError> {
        let courses = self.net.run(&batch.spikes, batch.n_timesteps, Mode::Train)?;
        let names: Vec<String> = (1..=courses.len()).map(|layer| format!("the membranes of layer {layer}")).collect();
        check_finite(names.iter().map(String::as_str).zip(courses.iter().map(|course| &course.membranes)))?;
        let Some(output) = courses.last() else { return Ok(0.0) };
        let loss = self.loss.of(output, self.decoding, batch)?;
        let mut gradients = loss.backward()?;
        let gradients: Vec<Option<Tensor>> = self.parameters.iter().map(|var| gradients.remove(var)).collect();
        self.adam.step(&self.parameters, &gradients, rate)?;
        self.net.clip()?;
        Ok(f64::from(loss.to_scalar::<f32>()?))
    }

    fn scores(&self, batch: &Batch) -> Result<Tensor, TrainError> {
        let courses = self.net.run(&batch.spikes, batch.n_timesteps, Mode::Infer)?;
        match courses.last() {
            Some(output) => Ok(self.decoding.scores(&output.spikes.detach(), batch.n_timesteps, batch.n_classes)?),
            None => Ok(batch.one_hot()?),
        }
    }

    fn state(&self) -> Vec<(String, Var)> {
        self.net.state().into_iter().chain(self.adam.state()).collect()
    }

    fn model(&self) -> Result<Model, TrainError> {
        export::model(&self.net)
    }
}
