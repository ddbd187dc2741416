//! What learns: a network whose weights are learned, its rule, and the registers that may change while it does.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::LearningError;
use crate::{range, Fires, Input, Layer, Network, Neurons, Reset, SignMatrix};

/// A network whose forward weights are the signs of latent integers, and the rule that teaches it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningNetwork {
    /// The spikes of a sample.
    pub input: Input,
    pub n_classes: usize,
    pub rule: Rule,
    /// Input lines a class, after those of the sample, that tell a contrastive rule the label; 0 for the other rules.
    pub label_lines: usize,
    pub layers: Vec<LearningLayer>,
}

/// A layer that learns, with a readout of its own that tells the classes apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningLayer {
    pub name: String,
    pub neurons: Neurons,
    pub latent_bits: u32,
    pub readout: ReadoutKind,
}

/// How a readout weighs the spikes of its layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadoutKind {
    /// By signed integers of so many bits.
    Integer { bits: u32 },
    /// By the signs of such integers, +1 where they are 0 or more.
    Sign { bits: u32 },
}

/// The rules, which differ in what they present and in how they make the modulators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    SignSymmetric,
    RandomFeedback,
    Drtp,
    Sigprop,
    ForwardForward,
    Symba,
    Pepita,
    Stdp,
}

/// Samples learned between two presentations of a target.
const TARGET_PERIOD: u64 = 16;

impl Rule {
    pub const ALL: [Rule; 8] = [
        Rule::SignSymmetric,
        Rule::RandomFeedback,
        Rule::Drtp,
        Rule::Sigprop,
        Rule::ForwardForward,
        Rule::Symba,
        Rule::Pepita,
        Rule::Stdp,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Rule::SignSymmetric => "sign-symmetric",
            Rule::RandomFeedback => "random-feedback",
            Rule::Drtp => "drtp",
            Rule::Sigprop => "sigprop",
            Rule::ForwardForward => "forward-forward",
            Rule::Symba => "symba",
            Rule::Pepita => "pepita",
            Rule::Stdp => "stdp",
        }
    }

    /// Whether the rule shows labels on input lines of their own.
    pub fn shows_labels(self) -> bool {
        matches!(self, Rule::ForwardForward | Rule::Symba)
    }

    /// Whether the target of its class is presented before the next sample to learn, after `n_samples` of them.
    pub fn shows_target(self, n_samples: u64) -> bool {
        self == Rule::Sigprop && n_samples % TARGET_PERIOD == 0
    }

    /// Whether the rule keeps a table of feedback, a sign for each class and neuron.
    pub fn keeps_feedback(self) -> bool {
        matches!(self, Rule::RandomFeedback | Rule::Drtp | Rule::Sigprop)
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Rule {
    type Err = LearningError;

    fn from_str(name: &str) -> Result<Self, LearningError> {
        let rule = Rule::ALL.into_iter().find(|rule| rule.name() == name);
        rule.ok_or_else(|| LearningError::UnknownRule { name: name.to_string() })
    }
}

impl ReadoutKind {
    pub fn bits(self) -> u32 {
        match self {
            ReadoutKind::Integer { bits } | ReadoutKind::Sign { bits } => bits,
        }
    }
}

impl LearningLayer {
    /// A layer as the rules were tried on: a leak of an eighth, reset by subtraction at once, no fraction, a membrane
    /// that cannot overflow whatever the weights become, latents of 8 bits and a readout of 12.
    pub fn new(name: &str, n_inputs: usize, n_neurons: usize, threshold: i64) -> Self {
        let mut neurons = Neurons {
            fraction_bits: 0,
            beta_bits: 3,
            beta: vec![7; n_neurons],
            threshold: vec![threshold; n_neurons],
            bias: vec![0; n_neurons],
            reset: Reset::Subtract,
            reset_delay: false,
            fires: Fires::At,
            membrane_bits: crate::limits::MEMBRANE_BITS,
            synapse: None,
            scaling: vec![],
            scaled_by: crate::ScaledBy::Timestep,
        };
        if let Some(bits) = range::plastic_membrane_bits(n_inputs, &neurons) {
            neurons.membrane_bits = bits;
        }
        LearningLayer { name: name.to_string(), neurons, latent_bits: 8, readout: ReadoutKind::Integer { bits: 12 } }
    }

    pub fn n_neurons(&self) -> usize {
        self.neurons.threshold.len()
    }
}

impl LearningNetwork {
    /// The input lines of the first layer: those of a sample, and those of the labels.
    pub fn n_lines(&self) -> usize {
        self.input.n().saturating_add(self.n_classes.saturating_mul(self.label_lines))
    }

    /// The shape of the input lines: that of a sample, or where there are label lines a row.
    pub(crate) fn line_shape(&self) -> Vec<u32> {
        match self.label_lines {
            0 => self.input.shape.clone(),
            _ => vec![u32::try_from(self.n_lines()).unwrap_or(u32::MAX)],
        }
    }

    /// The number of inputs of each layer.
    pub fn fan_ins(&self) -> Vec<usize> {
        let sizes = self.layers.iter().map(LearningLayer::n_neurons);
        std::iter::once(self.n_lines()).chain(sizes).take(self.layers.len()).collect()
    }

    /// The network that it is with every weight -1, if each rule of [`Network::validate`] is kept, and those of learning:
    /// 2 to 256 classes, latents of 2 to 8 bits, readouts of 2 to 16, label lines if and only if the rule shows labels.
    pub(crate) fn forward(&self) -> Result<Network, LearningError> {
        self.validate_learning()?;
        let shape = self.line_shape();
        // The sizes are checked before anything is allocated by them.
        let empty = Network { input: Input { shape: shape.clone() }, layers: Vec::new() };
        if empty.input.n() > crate::limits::INPUTS {
            empty.validate()?;
        }
        let layer = |(layer, n_inputs): (&LearningLayer, usize)| Layer {
            name: layer.name.clone(),
            weights: SignMatrix::new(layer.n_neurons(), n_inputs),
            lower: Vec::new(),
            window: None,
            recurrent: false,
            neurons: layer.neurons.clone(),
        };
        let layers = self.layers.iter().zip(self.fan_ins()).map(layer).collect();
        Ok(Network::new(Input { shape }, layers)?)
    }

    fn validate_learning(&self) -> Result<(), LearningError> {
        if !(2..=256).contains(&self.n_classes) {
            return Err(LearningError::ClassCount { got: self.n_classes });
        }
        if self.rule.shows_labels() != (self.label_lines > 0) {
            return Err(LearningError::LabelLines { rule: self.rule, got: self.label_lines });
        }
        for layer in &self.layers {
            let widths = [("latent_bits", 8, layer.latent_bits), ("readout bits", 16, layer.readout.bits())];
            if let Some((parameter, highest, got)) =
                widths.into_iter().find(|&(_, most, got)| !(2..=most).contains(&got))
            {
                return Err(LearningError::Width { layer: layer.name.clone(), parameter, lowest: 2, highest, got });
            }
        }
        Ok(())
    }
}
