//! The on-chip rules in float, as the upper bound of the integers: a hidden layer of sign weights that is taught by a
//! modulator a neuron, and a float readout of its spike counts. No gradient of the library is asked for.
//!
//! ```text
//! y = spikes of the hidden layer / T,   o = y V^T,   x = spikes of the inputs / T
//! e = -1 at the label, and 1 shared by its rivals, the classes over which it leads in o by less than the margin (`hidden`)
//! m = 1, or where there is no rival 0, as e is then: as on the chip, what the readout tells apart is left alone
//! dV = e^T y,   dW = (modulator * gate)^T x,   gate = 0 < y < 1,   forward by sign(W) behind a threshold that stays
//!
//! backprop             e V                                             the exact one, for comparison
//! feedback-alignment   e B, B random                                   Lillicrap et al. 2016
//! sign-symmetric       e sign(V)                                       Liao, Leibo and Poggio 2016
//! drtp                 m target B, with no error                       Frenkel, Lefebvre and Bol 2021
//! sigprop              e C, C = the layer's own answer to each target  Kohan, Rietman and Siegelmann 2022
//! pepita               sign(h(x) - h(x - e F)), inputs x - e F         Dellaferrera and Kreiman 2022
//! stdp                 -m for the winner, inputs x or, silent, -1      Diehl and Cook 2015
//! readout              0, the hidden layer stays random                the control that a rule must beat
//! ```
//! Forward-Forward is [`super::forward_forward`]. h is the count with what is left on the membrane, over T: the rate without
//! its rounding. Unlike the chip's, weights and errors are exact; the weights take Adam's steps.

use candle_core::{Tensor, Var};
use spikeforge_compiler::model::Model;
use spikeforge_sim::random::SplitMix64;

use super::hidden::{fix_threshold, hidden_of, judge, present, Answer, Judged};
use crate::adam::Adam;
use crate::export;
use crate::net::Net;
use crate::neurons::Lif;
use crate::random::uniform;
use crate::samples::Batch;
use crate::shape::NetShape;
use crate::spike::{binarize, Surrogate};
use crate::system::{Options, System, SystemName};
use crate::TrainError;

/// Of the inputs that PEPITA perturbs, as a share of a spike.
const PEPITA_SCALE: f32 = 0.02;

/// What a win adds to a handicap, as a rate: on the chip 16 of a charge, where all spikes of 8 timesteps have 8 times 24.
const HANDICAP: f64 = 0.08;

pub struct Local {
    rule: SystemName,
    /// The hidden layer alone.
    net: Net,
    /// V, (classes, neurons).
    readout: Var,
    /// B, (classes, neurons), or F, (classes, inputs).
    feedback: Tensor,
    /// What a neuron's charge counts less for having won, as rates: (1, neurons).
    handicap: Var,
    parameters: Vec<Var>,
    adam: Adam,
}

impl Local {
    pub fn new(rule: SystemName, options: &Options, shape: &NetShape, n_classes: usize) -> Result<Self, TrainError> {
        let hidden = hidden_of(rule.name(), shape, n_classes)?;
        let one = NetShape { text: shape.text.clone(), layers: vec![hidden] };
        let net = Net::new(&one, Lif { beta: options.beta, surrogate: Surrogate::Arctan }, options.seed)?;
        let (n_inputs, n) = (hidden.fan_in(), hidden.target().iter().product::<usize>());
        fix_threshold(&net)?;
        let mut random = SplitMix64::new(options.seed ^ 0xfeed);
        let feedback = match rule {
            SystemName::Pepita => uniform(&mut random, (n_classes, n_inputs), PEPITA_SCALE)?,
            SystemName::Sigprop => uniform(&mut random, (n_classes, n_inputs), 0.5)?.affine(1.0, 0.5)?,
            _ => binarize(&uniform(&mut random, (n_classes, n), 1.0)?)?,
        };
        let readout = Var::from_tensor(&feedback.zeros_like()?.narrow(1, 0, 1)?.repeat((1, n))?)?;
        let parameters = vec![net.layers[0].latent.clone(), readout.clone()];
        let handicap = Var::from_tensor(&net.layers[0].norm.mean.zeros_like()?)?;
        Ok(Local { rule, adam: Adam::new(&parameters, 0.0)?, net, readout, feedback, handicap, parameters })
    }

    fn present(&self, spikes: &Tensor, n_timesteps: usize) -> Result<Answer, TrainError> {
        present(&self.net, spikes, n_timesteps)
    }

    /// The gradient that the rule takes for that of the latent weights.
    fn gradient(&mut self, batch: &Batch, answer: &Answer, Judged { error, missed, .. }: &Judged) -> Result<Tensor, TrainError> {
        let gated = |modulator: Tensor| modulator.mul(&answer.gate);
        let modulator = match self.rule {
            SystemName::FeedbackAlignment => gated(error.matmul(&self.feedback)?)?,
            SystemName::SignSymmetric => gated(error.matmul(&binarize(self.readout.as_tensor())?.detach())?)?,
            SystemName::Drtp => gated(batch.one_hot()?.broadcast_mul(missed)?.matmul(&self.feedback)?)?,
            SystemName::Sigprop => gated(error.matmul(&self.target_answers(batch.n_timesteps)?)?)?,
            SystemName::Pepita => return self.pepita(batch, answer, error),
            SystemName::Stdp => return self.stdp(batch, answer, missed),
            SystemName::Readout => answer.gate.zeros_like()?,
            _ => gated(error.matmul(self.readout.as_tensor())?)?,
        };
        Ok(modulator.t()?.matmul(&batch.rates()?)?)
    }

    /// How much more each target excites a neuron than targets do on average: (classes, neurons).
    fn target_answers(&self, n_timesteps: usize) -> Result<Tensor, TrainError> {
        let every = Tensor::cat(&vec![self.feedback.clone(); n_timesteps], 0)?;
        let answers = self.present(&every, n_timesteps)?.smooth;
        Ok(answers.broadcast_sub(&answers.mean_keepdim(0)?)?.detach())
    }

    /// What is not missed has no error, and so no turn.
    fn pepita(&self, batch: &Batch, answer: &Answer, error: &Tensor) -> Result<Tensor, TrainError> {
        let change = error.matmul(&self.feedback)?;
        let every = Tensor::cat(&vec![change.clone(); batch.n_timesteps], 0)?;
        let modulated = self.present(&batch.spikes.sub(&every)?, batch.n_timesteps)?;
        let turned = answer.smooth.sub(&modulated.smooth)?.sign()?.mul(&answer.gate)?;
        Ok(turned.t()?.matmul(&batch.rates()?.sub(&change)?)?)
    }

    /// The winner moves towards its inputs, and wins less often after it.
    fn stdp(&mut self, batch: &Batch, answer: &Answer, missed: &Tensor) -> Result<Tensor, TrainError> {
        let keen = answer.smooth.broadcast_sub(self.handicap.as_tensor())?;
        let winner = keen.broadcast_ge(&keen.max_keepdim(1)?)?.to_dtype(keen.dtype())?.broadcast_mul(missed)?;
        let wins = winner.sum_keepdim(0)?;
        let more = wins.broadcast_sub(&wins.mean_keepdim(1)?)?;
        self.handicap.set(&self.handicap.as_tensor().add(&more.affine(HANDICAP, 0.0)?)?)?;
        let rates = batch.rates()?;
        let contrast = rates.sub(&rates.eq(0f32)?.to_dtype(rates.dtype())?)?;
        Ok(winner.neg()?.t()?.matmul(&contrast)?)
    }
}

impl System for Local {
    fn step(&mut self, batch: &Batch, rate: f64, _: u64) -> Result<f64, TrainError> {
        let answer = self.present(&batch.spikes, batch.n_timesteps)?;
        let judged = judge(&answer.rates.matmul(&self.readout.t()?)?.detach(), batch)?;
        if judged.loss == 0.0 {
            return Ok(0.0);
        }
        let hidden = self.gradient(batch, &answer, &judged)?.affine(batch.share(), 0.0)?.detach();
        let readout = judged.error.t()?.matmul(&answer.rates)?.affine(batch.share(), 0.0)?;
        self.adam.step(&self.parameters, &[Some(hidden), Some(readout)], rate)?;
        self.net.clip()?;
        Ok(judged.loss)
    }

    fn scores(&self, batch: &Batch) -> Result<Tensor, TrainError> {
        let answer = self.present(&batch.spikes, batch.n_timesteps)?;
        Ok(answer.rates.matmul(&self.readout.t()?)?.detach())
    }

    fn state(&self) -> Vec<(String, Var)> {
        let own = [("readout".to_owned(), self.readout.clone()), ("handicap".to_owned(), self.handicap.clone())];
        self.net.state().into_iter().chain(own).chain(self.adam.state()).collect()
    }

    fn model(&self) -> Result<Model, TrainError> {
        export::model(&self.net)
    }

    fn readout(&self, counts: &Tensor, _: usize) -> Result<Tensor, TrainError> {
        Ok(counts.matmul(&self.readout.t()?)?.detach())
    }
}

#[cfg(test)]
mod tests;
