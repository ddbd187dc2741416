//! What every training system is to the course that trains it.

use std::str::FromStr;

use candle_core::{Tensor, Var};
use serde::{Deserialize, Serialize};
use spikeforge_compiler::model::Model;

use crate::named::named;
use crate::samples::{Batch, Samples};
use crate::systems;
use crate::{Coding, Decoding, Loss, Surrogate, TrainError};

/// The systems by name, each in a file of [`crate::systems`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemName {
    Bptt,
    /// Batch norm through time.
    Bntt,
    /// Temporal, channel and spatial attention, folded to its mean.
    Attention,
    /// The same, whose mean is folded half-way and learned on with.
    FoldedAttention,
    /// Attention by the spikes so far.
    CausalAttention,
    MembraneBackprop,
    /// A convolutional LSTM of spikes.
    ConvLstm,
    Conversion,
    ForwardGradient,
    Backprop,
    FeedbackAlignment,
    SignSymmetric,
    Drtp,
    Sigprop,
    ForwardForward,
    Pepita,
    Stdp,
    Readout,
    /// What [`SystemName::ForwardGradient`] is compared with: the same steps by a backward pass.
    BackwardGradient,
}

named!(SystemName, "the system", [
    Bptt => "bptt",
    Bntt => "bntt",
    Attention => "attention",
    FoldedAttention => "folded-attention",
    CausalAttention => "causal-attention",
    MembraneBackprop => "membrane-backprop",
    ConvLstm => "conv-lstm",
    Conversion => "conversion",
    ForwardGradient => "forward-gradient",
    Backprop => "backprop",
    FeedbackAlignment => "feedback-alignment",
    SignSymmetric => "sign-symmetric",
    Drtp => "drtp",
    Sigprop => "sigprop",
    ForwardForward => "forward-forward",
    Pepita => "pepita",
    Stdp => "stdp",
    Readout => "readout",
    BackwardGradient => "backward-gradient",
]);

/// Everything that decides what is trained, beside the samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    pub system: String,
    pub shape: String,
    pub coding: String,
    pub decoding: String,
    pub loss: String,
    pub surrogate: String,
    pub n_timesteps: usize,
    pub n_epochs: usize,
    /// Samples of a minibatch.
    pub batch: usize,
    /// The first rate; it falls to 0 along a cosine.
    pub rate: f64,
    /// The share of a membrane that a timestep keeps.
    pub beta: f64,
    /// Epochs without a better validation after which the training ends.
    pub patience: usize,
    /// Pixels by which an image is moved each time that it is learned, at most, down or up and left or right.
    #[serde(default)]
    pub augment: usize,
    /// How much the mean activity of each hidden layer, spikes a neuron and timestep, adds to the loss (after Zenke and Vogels
    /// 2021, "The remarkable robustness of surrogate gradient learning").
    #[serde(default)]
    pub sparsity: f64,
    pub seed: u64,
}

impl SystemName {
    /// Whether it is backpropagation through time on a net of LIF neurons.
    pub(crate) fn is_bptt(self) -> bool {
        use SystemName::{Attention, Bntt, Bptt, CausalAttention, FoldedAttention};
        matches!(self, Bptt | Bntt | Attention | FoldedAttention | CausalAttention)
    }
}

impl Options {
    pub fn new(system: SystemName, shape: &str) -> Self {
        Options {
            system: system.name().to_owned(),
            shape: shape.to_owned(),
            coding: Coding::Rate.name().to_owned(),
            decoding: Decoding::Rate.name().to_owned(),
            loss: Loss::CeCount.name().to_owned(),
            surrogate: Surrogate::Arctan.name().to_owned(),
            n_timesteps: 8,
            n_epochs: 20,
            batch: 100,
            rate: 2e-3,
            beta: 0.5,
            patience: 20,
            augment: 0,
            sparsity: 0.0,
            seed: 1,
        }
    }

    pub fn coding(&self) -> Result<Coding, TrainError> {
        Coding::from_str(&self.coding)
    }

    /// The timesteps that minibatches are coded in: a system that is trained without time looks at none of their spikes.
    pub fn n_learned_timesteps(&self) -> usize {
        if self.system == SystemName::Conversion.name() { 1 } else { self.n_timesteps }
    }

    /// The system that they name, untrained, which takes these samples.
    pub fn build(&self, samples: &Samples) -> Result<Box<dyn System>, TrainError> {
        let shape: crate::shape::NetShape = self.shape.parse()?;
        let got = self.coding()?.n_inputs(samples.shape());
        if got != shape.n_inputs() {
            return Err(TrainError::Inputs { expected: shape.n_inputs(), got, shape: self.shape.clone() });
        }
        if self.augment > 0 && samples.shape().len() < 2 {
            let why = "takes --augment for images alone, of two dimensions or more";
            return Err(TrainError::Option { system: SystemName::from_str(&self.system)?.name(), why });
        }
        if shape.n_outputs() % samples.n_classes() != 0 {
            let why = "takes as many outputs as classes, or a multiple with --decoding population";
            return Err(TrainError::Option { system: SystemName::from_str(&self.system)?.name(), why });
        }
        let system = SystemName::from_str(&self.system)?;
        if !(0.0..=1000.0).contains(&self.sparsity) || (self.sparsity > 0.0 && !system.is_bptt()) {
            let why = "takes --sparsity from 0 to 1000, above 0 for bptt, bntt and the systems with attention alone";
            return Err(TrainError::Option { system: system.name(), why });
        }
        let is_free = matches!(system, SystemName::Bptt | SystemName::ConvLstm);
        if !is_free && (self.coding()?.value_bits().is_some() || Decoding::from_str(&self.decoding)? == Decoding::Membrane) {
            let why = "takes spikes and counts spikes; --encode values or frames and --decode membrane are for --system bptt and conv-lstm";
            return Err(TrainError::Option { system: system.name(), why });
        }
        systems::build(self, &shape, samples.n_classes())
    }
}

/// A network and the rule that trains it. All that it knows is in [`System::state`]; chance comes from the seed that a
/// step is given, so that a training resumes to the same bits.
pub trait System {
    /// Before an epoch of training on these samples, of which a share (0 to 1) has passed: whether the network is another one
    /// from here on, so that how well it did before says nothing.
    fn begin_epoch(&mut self, _passed: f64, _: &Samples) -> Result<bool, TrainError> {
        Ok(false)
    }

    /// Learns a minibatch and returns its mean loss.
    fn step(&mut self, batch: &Batch, rate: f64, seed: u64) -> Result<f64, TrainError>;

    /// (n, classes), the more the likelier.
    fn scores(&self, batch: &Batch) -> Result<Tensor, TrainError>;

    /// Everything that is trained, and the state of its optimizer, by name.
    fn state(&self) -> Vec<(String, Var)>;

    /// Timesteps of the model in which it does what the system does in `n_timesteps`.
    fn n_chip_timesteps(&self, n_timesteps: usize) -> usize {
        n_timesteps
    }

    /// Measures what the model needs, once the training has ended, on the samples that were learned.
    fn settle(&mut self, _: &Samples) -> Result<(), TrainError> {
        Ok(())
    }

    /// The spiking network, as far as it is one.
    fn model(&self) -> Result<Model, TrainError>;

    /// Scores from the spike counts of the model's last layer, (n, outputs); by default they are [`Decoding::Rate`]'s.
    fn readout(&self, counts: &Tensor, n_classes: usize) -> Result<Tensor, TrainError> {
        Ok(counts.reshape((counts.dim(0)?, n_classes, ()))?.sum(2)?)
    }
}
