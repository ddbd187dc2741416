//! Forward-Forward (Hinton 2022, "The forward-forward algorithm: some preliminary investigations") in float: a hidden layer
//! of sign weights learns to be lively at samples beside their label, and quiet at samples beside a wrong one.
//!
//! ```text
//! inputs      the sample's, and lines that spike at each timestep for the class that is shown
//! y           spikes of the hidden layer / T
//! goodness    G = sum_j y_j^2,   p = sigmoid(G - theta),   theta = THETA for each neuron
//! loss        -ln p beside the label,  -ln(1 - p) beside a wrong class
//! dloss/dy    -2 (1 - p) y             2 p y
//! dW = (dloss/dy * gate)^T x,   gate = 0 < y < 1,   forward by sign(W) behind a threshold that stays
//! ```
//! The wrong class is drawn by what the readout holds likely (the paper's hard negatives). The readout, on y with no class shown,
//! learns from the samples that it misses, as that of [`super::local`], and classifies in one presentation, as the paper's does
//! from a neutral label; its error does not reach the hidden layer. There is one hidden layer, so that the norm between layers
//! is left out. With no class shown the lines are silent: the model is the hidden layer without them.

use candle_core::{Device, Tensor, Var};
use spikeforge_compiler::model::Model;
use spikeforge_sim::random::SplitMix64;

use super::hidden::{fix_threshold, hidden_of, judge, present};
use crate::adam::Adam;
use crate::export;
use crate::loss::softmax;
use crate::net::Net;
use crate::neurons::Lif;
use crate::random::share;
use crate::samples::Batch;
use crate::shape::{LayerShape, NetShape};
use crate::spike::Surrogate;
use crate::system::{Options, System, SystemName};
use crate::TrainError;

/// Lines that spike for a class: one weight of +-1 would not be heard among all the others.
const LINES: usize = 8;
/// The mean square of a neuron's rate that divides right from wrong.
const THETA: f64 = 0.0366;
/// Wrong classes are drawn by the softmax of scores times this.
const HARDNESS: f64 = 16.0;
/// Further from theta a sample pulls no more or less.
const FAR: f32 = 16.0;

pub struct ForwardForward {
    /// The hidden layer with the lines of the classes behind its inputs.
    net: Net,
    /// The same without them.
    plain: NetShape,
    /// (classes, neurons).
    readout: Var,
    parameters: Vec<Var>,
    adam: Adam,
}

impl ForwardForward {
    pub fn new(options: &Options, shape: &NetShape, n_classes: usize) -> Result<Self, TrainError> {
        let hidden = hidden_of(SystemName::ForwardForward.name(), shape, n_classes)?;
        let one = |layer| NetShape { text: shape.text.clone(), layers: vec![layer] };
        let wide = LayerShape { source: [1, 1, hidden.fan_in() + LINES * n_classes], ..hidden };
        let lif = Lif { beta: options.beta, surrogate: Surrogate::Arctan };
        let (net, plain) = (Net::new(&one(wide), lif, options.seed)?, one(hidden));
        fix_threshold(&net)?;
        let readout = Var::from_tensor(&Tensor::zeros((n_classes, hidden.n_channels), candle_core::DType::F32, &Device::Cpu)?)?;
        let parameters = vec![net.layers[0].latent.clone(), readout.clone()];
        Ok(ForwardForward { adam: Adam::new(&parameters, 0.0)?, net, plain, readout, parameters })
    }

    /// The spikes of a batch with a class beside each sample, or with none: (timesteps * n, inputs and lines).
    fn beside(&self, batch: &Batch, classes: Option<&[usize]>) -> Result<Tensor, TrainError> {
        let n_lines = LINES * batch.n_classes;
        let mut lines = vec![0f32; batch.n() * n_lines];
        for (row, class) in lines.chunks_mut(n_lines).zip(classes.unwrap_or_default()) {
            row[class * LINES..(class + 1) * LINES].fill(1.0);
        }
        let lines = Tensor::from_vec(lines, (batch.n(), n_lines), &Device::Cpu)?.repeat((batch.n_timesteps, 1))?;
        Ok(Tensor::cat(&[&batch.spikes, &lines], 1)?)
    }

    /// The gradient of the latents on a batch beside these classes, which are the labels or wrong ones; the mean over samples.
    fn gradient(&self, batch: &Batch, classes: &[usize], side: Side) -> Result<Tensor, TrainError> {
        let spikes = self.beside(batch, Some(classes))?;
        let answer = present(&self.net, &spikes, batch.n_timesteps)?;
        let pull = side.pull(&answer.rates)?.mul(&answer.gate)?;
        let traces = spikes.reshape((batch.n_timesteps, batch.n(), ()))?.mean(0)?;
        Ok(pull.t()?.matmul(&traces)?.affine(batch.share(), 0.0)?.detach())
    }

    /// y V^T of (n, neurons).
    fn read(&self, rates: &Tensor) -> Result<Tensor, TrainError> {
        Ok(rates.matmul(&self.readout.t()?)?.detach())
    }
}

/// Whether the class beside a sample is its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Right,
    Wrong,
}

impl Side {
    /// dloss/dy for rates of (n, neurons).
    fn pull(self, rates: &Tensor) -> Result<Tensor, TrainError> {
        let theta = THETA * f64::from(u32::try_from(rates.dim(1)?).unwrap_or(u32::MAX));
        let excess = rates.sqr()?.sum_keepdim(1)?.affine(1.0, -theta)?.clamp(-FAR, FAR)?;
        let lively = (excess.neg()?.exp()? + 1.0)?.recip()?;
        let strength = match self {
            Side::Right => lively.affine(2.0, -2.0)?,
            Side::Wrong => lively.affine(2.0, 0.0)?,
        };
        Ok(rates.broadcast_mul(&strength)?)
    }
}

/// A class other than the label for each row of (n, classes), as likely as it is held to be.
fn wrong_classes(shares: &Tensor, labels: &[usize], seed: u64) -> Result<Vec<usize>, TrainError> {
    let mut random = SplitMix64::new(seed);
    let rows = shares.to_vec2::<f32>()?;
    let mut draw = |(row, &label): (&Vec<f32>, &usize)| {
        let others: Vec<usize> = (0..row.len()).filter(|&class| class != label).collect();
        let mut left = share(&mut random) * others.iter().map(|&class| row[class]).sum::<f32>();
        let reached = others.iter().position(|&class| {
            left -= row[class];
            left < 0.0
        });
        others[reached.unwrap_or(others.len() - 1)]
    };
    Ok(rows.iter().zip(labels).map(&mut draw).collect())
}

impl System for ForwardForward {
    fn step(&mut self, batch: &Batch, rate: f64, seed: u64) -> Result<f64, TrainError> {
        let neutral = present(&self.net, &self.beside(batch, None)?, batch.n_timesteps)?;
        let scores = self.read(&neutral.rates)?;
        let judged = judge(&scores, batch)?;
        let wrong = wrong_classes(&softmax(&scores.affine(HARDNESS, 0.0)?)?, &batch.labels, seed)?;
        let hidden = self.gradient(batch, &batch.labels, Side::Right)?.add(&self.gradient(batch, &wrong, Side::Wrong)?)?;
        let readout = judged.error.t()?.matmul(&neutral.rates)?.affine(batch.share(), 0.0)?;
        self.adam.step(&self.parameters, &[Some(hidden), Some(readout)], rate)?;
        self.net.clip()?;
        Ok(judged.loss)
    }

    fn scores(&self, batch: &Batch) -> Result<Tensor, TrainError> {
        self.read(&present(&self.net, &self.beside(batch, None)?, batch.n_timesteps)?.rates)
    }

    fn state(&self) -> Vec<(String, Var)> {
        let own = [("readout".to_owned(), self.readout.clone())];
        self.net.state().into_iter().chain(own).chain(self.adam.state()).collect()
    }

    fn model(&self) -> Result<Model, TrainError> {
        let (plain, wide) = (Net::new(&self.plain, self.net.lif, 0)?, &self.net.layers[0]);
        plain.layers[0].latent.set(&wide.latent.narrow(1, 0, plain.layers[0].shape.fan_in())?.contiguous()?)?;
        plain.layers[0].norm.gamma.set(wide.norm.gamma.as_tensor())?;
        export::model(&plain)
    }

    fn readout(&self, counts: &Tensor, _: usize) -> Result<Tensor, TrainError> {
        self.read(counts)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor, Var};

    use super::{present, wrong_classes, ForwardForward, Side, THETA};
    use crate::system::{Options, System, SystemName};
    use crate::{Coding, Samples};

    /// Against the derivative of the two losses by the library.
    #[test]
    fn pulls_are_the_derivatives_of_the_losses() -> candle_core::Result<()> {
        let rates = Var::from_tensor(&Tensor::new(&[[0.5f32, 0.25, 0.0, 1.0], [0.125, 0.0, 0.25, 0.0]], &Device::Cpu)?)?;
        let excess = (rates.sqr()?.sum(1)? - 4.0 * THETA)?;
        for (side, turn) in [(Side::Right, -1.0), (Side::Wrong, 1.0)] {
            // -ln sigmoid(z) = ln(1 + exp(-z))
            let loss = (excess.affine(turn, 0.0)?.exp()? + 1.0)?.log()?.sum_all()?;
            let expected = loss.backward()?.get(&rates).expect("a gradient").to_vec2::<f32>()?.concat();
            let got = side.pull(rates.as_tensor()).expect("whole tensors").to_vec2::<f32>()?.concat();
            assert!(got.iter().zip(&expected).all(|(got, expected)| (got - expected).abs() < 1e-5), "{side:?}: {got:?} {expected:?}");
        }
        Ok(())
    }

    #[test]
    fn wrong_classes_are_drawn_as_they_are_likely() {
        let shares = Tensor::new(&[[0.5f32, 0.1, 0.4]], &Device::Cpu).and_then(|row| row.repeat((2000, 1))).expect("rows");
        let drawn = wrong_classes(&shares, &[0; 2000], 3).expect("classes");
        let n_second = drawn.iter().filter(|&&class| class == 1).count();
        assert!(!drawn.contains(&0) && (320..480).contains(&n_second), "{n_second}");
    }

    /// Two patterns of 16 inputs: what is learned is the pair of a pattern and its label, not the pattern.
    #[test]
    fn goodness_comes_to_tell_right_labels_from_wrong_ones() {
        let pixels: Vec<u8> = (0..40usize).flat_map(|i| (0..16).map(move |input| if (input + i) % 2 == 0 { 250 } else { 0 })).collect();
        let samples = Samples::new(pixels, vec![16], (0..40).map(|i| i % 2).collect(), 2).expect("samples");
        let options = Options { beta: 0.875, ..Options::new(SystemName::ForwardForward, "16-32-2") };
        let shape = options.shape.parse().expect("a shape");
        let mut system = ForwardForward::new(&options, &shape, 2).expect("a system");
        let batch = samples.batch(&(0..40).collect::<Vec<_>>(), Coding::Ramp, 8).expect("a batch");
        let goodness = |system: &ForwardForward, classes: &[usize]| {
            let spikes = system.beside(&batch, Some(classes)).expect("spikes");
            let rates = present(&system.net, &spikes, 8).expect("rates").rates;
            rates.sqr().and_then(|squares| squares.sum(1)).and_then(|sums| sums.to_vec1::<f32>()).expect("sums")
        };
        for seed in 0..100 {
            system.step(&batch, 1e-2, seed).expect("a step");
        }
        let wrong: Vec<usize> = batch.labels.iter().map(|label| 1 - label).collect();
        let (right, wrong) = (goodness(&system, &batch.labels), goodness(&system, &wrong));
        assert!(right.iter().zip(&wrong).all(|(right, wrong)| *right > wrong + 1.0), "{right:?} {wrong:?}");
    }
}
