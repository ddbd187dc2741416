//! A binarized spiking network by backpropagation through time (Eshraghian et al. 2021; Neftci, Mostafa and Zenke 2019).
//!
//! ```text
//! forward   c[t] = norm(sign(w) s[t]),  m[t] = beta m[t-1] + c[t] - s[t-1],  s[t] = m[t] > 1
//! backward  ds/dm = the surrogate's,  dsign(w)/dw = 1,  the reset passes nothing
//! ```
//! With batch norm through time (Kim and Panda 2021, "Revisiting batch normalization for training low-latency deep spiking
//! neural networks from scratch") each timestep has a norm of its own, without a shift:
//!
//! ```text
//! norm[t](c) = gamma[t] (c - mean[t]) / sqrt(variance[t] + eps)     an average and a gamma a channel and timestep
//! ```
//! With attention the currents of hidden layers are weighed: see [`crate::attention`] and [`crate::causal`].
//!
//! ```text
//! loss + sparsity * sum over hidden layers of mean s[t]       fewer spikes, which the chip need not add up
//! ```
//!
//! Latent weights w are kept within +-1 (Courbariaux et al. 2016), the norm is over samples and timesteps and folds.

use std::str::FromStr;

use candle_core::{Tensor, Var};
use spikeforge_compiler::model::Model;

use crate::adam::Adam;
use crate::attention::Attention;
use crate::course::check_finite;
use crate::export;
use crate::loss::{Decoding, Loss};
use crate::net::{Mode, Net};
use crate::neurons::Lif;
use crate::samples::{Batch, Samples};
use crate::shape::{Kind, NetShape};
use crate::spike::Surrogate;
use crate::system::{Options, System, SystemName};
use crate::{Coding, TrainError};

/// Samples over which the factors of attention are averaged, at most, and at once.
const MOST_MEASURED: usize = 5000;
const CHUNK: usize = 250;
/// The share of a training after which early folded attention is folded.
const FOLDED_AFTER: f64 = 0.5;

pub struct Bptt {
    net: Net,
    parameters: Vec<Var>,
    adam: Adam,
    loss: Loss,
    decoding: Decoding,
    coding: Coding,
    n_timesteps: usize,
    folds_early: bool,
    sparsity: f64,
}

impl Bptt {
    pub fn new(options: &Options, shape: &NetShape) -> Result<Self, TrainError> {
        let lif = Lif { beta: options.beta, surrogate: Surrogate::from_str(&options.surrogate)? };
        let net = Net::new(shape, lif, options.seed)?;
        let net = match SystemName::from_str(&options.system)? {
            SystemName::Bntt => net.normed_by_timestep(options.n_timesteps)?,
            SystemName::Attention | SystemName::FoldedAttention => net.attentive(options.n_timesteps, options.seed)?,
            SystemName::CausalAttention if shape.layers.iter().any(|layer| layer.kind != Kind::Dense || layer.pool != 1) => {
                let why = "counts what enters a layer, and takes dense layers, as in 784-256-10";
                return Err(TrainError::Option { system: SystemName::CausalAttention.name(), why });
            }
            SystemName::CausalAttention => net.causally_attentive(options.n_timesteps)?,
            _ => net,
        };
        let (loss, decoding) = (Loss::from_str(&options.loss)?, Decoding::from_str(&options.decoding)?);
        let net = if decoding == Decoding::Membrane { net.read_by_membranes() } else { net };
        if decoding == Decoding::Membrane && loss == Loss::MseCount {
            let why = "has no counts where --decode membrane reads membranes; use --loss ce-count, ce-membrane or mse-membrane";
            return Err(TrainError::Option { system: SystemName::Bptt.name(), why });
        }
        let parameters = net.parameters();
        Ok(Bptt {
            adam: Adam::new(&parameters, 0.0)?,
            parameters,
            net,
            loss,
            decoding,
            coding: options.coding()?,
            n_timesteps: options.n_timesteps,
            folds_early: options.system == SystemName::FoldedAttention.name(),
            sparsity: options.sparsity,
        })
    }
}

impl Bptt {
    /// Nothing is left to fold.
    fn is_folded(&self) -> Result<bool, TrainError> {
        let mut attentions = self.net.layers.iter().flat_map(|layer| &layer.attention);
        Ok(attentions.try_fold(true, |all, attention| attention.is_folded().map(|folded| all && folded))?)
    }
}

impl System for Bptt {
    fn begin_epoch(&mut self, passed: f64, training: &Samples) -> Result<bool, TrainError> {
        if !self.folds_early || passed < FOLDED_AFTER || self.is_folded()? {
            return Ok(false);
        }
        self.settle(training)?;
        self.net.layers.iter().flat_map(|layer| &layer.attention).try_for_each(Attention::fold)?;
        Ok(true)
    }

    fn step(&mut self, batch: &Batch, rate: f64, _: u64) -> Result<f64, TrainError> {
        let courses = self.net.run(&batch.spikes, batch.n_timesteps, Mode::Train)?;
        let names: Vec<String> = (1..=courses.len()).map(|layer| format!("the membranes of layer {layer}")).collect();
        check_finite(names.iter().map(String::as_str).zip(courses.iter().map(|course| &course.membranes)))?;
        let Some(output) = courses.last() else { return Ok(0.0) };
        let mut loss = self.loss.of(output, self.decoding, batch)?;
        if self.sparsity > 0.0 {
            let hidden = &courses[..courses.len() - 1];
            loss = hidden.iter().try_fold(loss, |loss, course| loss + (course.spikes.mean_all()? * self.sparsity)?)?;
        }
        let mut gradients = loss.backward()?;
        let gradients: Vec<Option<Tensor>> = self.parameters.iter().map(|var| gradients.remove(var)).collect();
        self.adam.step(&self.parameters, &gradients, rate)?;
        self.net.clip()?;
        Ok(f64::from(loss.to_scalar::<f32>()?))
    }

    fn scores(&self, batch: &Batch) -> Result<Tensor, TrainError> {
        let courses = self.net.run(&batch.spikes, batch.n_timesteps, Mode::Infer)?;
        match courses.last() {
            Some(output) => Ok(self.decoding.scores(output, batch.n_timesteps, batch.n_classes)?.detach()),
            None => Ok(batch.one_hot()?),
        }
    }

    fn state(&self) -> Vec<(String, Var)> {
        self.net.state().into_iter().chain(self.adam.state()).collect()
    }

    /// The mean factors of attention over the samples that were learned.
    #[allow(clippy::cast_precision_loss)]
    fn settle(&mut self, samples: &Samples) -> Result<(), TrainError> {
        if self.is_folded()? {
            return Ok(());
        }
        let mut sums: Vec<Option<Tensor>> = vec![None; self.net.layers.len()];
        let numbers: Vec<usize> = (0..samples.len().min(MOST_MEASURED)).collect();
        for chunk in numbers.chunks(CHUNK) {
            let batch = samples.batch(chunk, self.coding, self.n_timesteps)?;
            self.net.add_factors(&batch.spikes, batch.n_timesteps, &mut sums)?;
        }
        for (layer, sum) in self.net.layers.iter().zip(sums) {
            if let (Some(attention), Some(sum)) = (&layer.attention, sum) {
                attention.mean.set(&sum.affine(1.0 / numbers.len() as f64, 0.0)?)?;
            }
        }
        Ok(())
    }

    fn model(&self) -> Result<Model, TrainError> {
        export::model_for(&self.net, self.coding)
    }
}
