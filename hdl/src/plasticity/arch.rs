//! What to draw of a design that learns, as plain values.

use super::standing::HANDICAP_HALF_BITS;
use super::word_memory::WordShape;
use crate::arch::{StageArch, Style};
use crate::protocol::{RegionMap, LATENTS, LEARNING, PATTERNS, READOUT, TABLE};
use crate::signal::bits_for;
use serde::{Deserialize, Serialize};

/// How the layers of a design learn. Their number is that of the stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearningArch {
    pub rule: RuleArch,
    pub n_classes: usize,
    /// Input lines a class, after those of the sample.
    #[serde(default)]
    pub label_lines: usize,
    /// The longest sample that can be presented.
    pub max_timesteps: usize,
    pub layers: Vec<PlasticArch>,
}

/// How a layer learns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlasticArch {
    pub latent_bits: u32,
    pub readout_bits: u32,
    /// The readout counts by the signs of its weights.
    pub readout_of_signs: bool,
    pub latents: Style,
    pub readout: Style,
}

/// Where the modulators come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleArch {
    /// The signs of the readout.
    SignSymmetric,
    /// A table of feedback, of the label and its rival.
    RandomFeedback,
    /// A table of feedback, of the label alone.
    Drtp,
    /// A table of feedback that the layer's own responses to the targets of the classes make.
    Sigprop,
    /// Goodness of the sample with its label and with its rival's, each against a threshold.
    ForwardForward,
    /// The one goodness against the other.
    Symba,
    /// The sample as the error modulates it against the sample alone, by charge.
    Pepita,
    /// The winner alone, by charge and handicap; what it learns of an input is by whether the input spiked.
    Stdp,
}

impl RuleArch {
    /// Whether each neuron has a word of the rule's own: its feedback, or its handicap.
    pub fn keeps_table(self) -> bool {
        matches!(self, RuleArch::RandomFeedback | RuleArch::Drtp | RuleArch::Sigprop | RuleArch::Stdp)
    }

    /// Whether it learns from presentations with a label on input lines, by steps.
    pub fn is_contrastive(self) -> bool {
        matches!(self, RuleArch::ForwardForward | RuleArch::Symba)
    }

    /// Whether it learns from presentations beside the sample alone.
    pub fn learns_beside(self) -> bool {
        self.is_contrastive() || self == RuleArch::Pepita
    }

    /// Whether the gate of a neuron is in its modulator, or not asked for.
    pub fn gates_itself(self) -> bool {
        self.learns_beside() || self == RuleArch::Stdp
    }

    /// Whether each class has a pattern on the input lines.
    pub fn keeps_patterns(self) -> bool {
        matches!(self, RuleArch::Sigprop | RuleArch::Pepita)
    }

    /// What is presented beside a sample lasts for its timesteps divided by 2 to the power of this, rounded up.
    pub fn beside_shift(self) -> u32 {
        match self {
            RuleArch::Sigprop => 2,
            RuleArch::ForwardForward | RuleArch::Symba => 1,
            _ => 0,
        }
    }

    /// How often a sample changes the latents of a layer.
    pub fn updates(self) -> usize {
        if self == RuleArch::ForwardForward { 2 } else { 1 }
    }

    /// Presentations that a sample takes at most beside the one that is judged.
    pub fn presentations_beside(self) -> usize {
        match self {
            RuleArch::Sigprop | RuleArch::ForwardForward | RuleArch::Symba => 2,
            RuleArch::Pepita => 1,
            _ => 0,
        }
    }
}

impl LearningArch {
    /// Bits of a count of spikes in a presentation.
    pub(crate) fn count_bits(&self) -> u32 {
        bits_for(self.max_timesteps)
    }

    /// Bits of the thresholds that a neuron has crossed in a presentation, sign included; kept where charges count.
    pub fn crossed_bits(&self, stage: &StageArch) -> u32 {
        stage.neuron.threshold.value_bits() + self.count_bits()
    }

    /// Bits of a score of a layer, sign included.
    pub(crate) fn score_bits(&self, layer: usize, stage: &StageArch) -> u32 {
        self.layers[layer].readout_bits + bits_for(stage.n_neurons * self.max_timesteps)
    }

    pub fn latents(&self, layer: usize, stage: &StageArch, piece_bits: u32) -> WordShape {
        let plastic = &self.layers[layer];
        WordShape {
            lanes: stage.lanes,
            bits: plastic.latent_bits,
            words: stage.n_inputs * stage.groups(),
            style: plastic.latents,
            piece_bits,
        }
    }

    pub fn readout(&self, layer: usize, stage: &StageArch, piece_bits: u32) -> WordShape {
        let plastic = &self.layers[layer];
        WordShape {
            lanes: self.n_classes,
            bits: plastic.readout_bits,
            words: stage.n_neurons,
            style: plastic.readout,
            piece_bits,
        }
    }

    /// The rule's own table, for the rules that keep one: a sign of feedback for each class, or a handicap in halves.
    pub fn table(&self, stage: &StageArch, piece_bits: u32) -> Option<WordShape> {
        let (lanes, bits) = if self.rule == RuleArch::Stdp { (2, HANDICAP_HALF_BITS) } else { (self.n_classes, 1) };
        self.rule.keeps_table().then(|| WordShape {
            lanes,
            bits,
            words: stage.n_neurons,
            style: stage.memories.state,
            piece_bits,
        })
    }

    /// Bits of a neuron's charge, sign included.
    pub fn charge_bits(&self, stage: &StageArch) -> u32 {
        self.crossed_bits(stage).max(stage.neuron.membrane_bits) + 1
    }

    /// The patterns of the classes, for the rules that keep them: a word a beat of the `first` stage, of the lines that
    /// take part, and by PEPITA of those that are up.
    pub fn patterns(&self, first: &StageArch, piece_bits: u32) -> Option<WordShape> {
        self.rule.keeps_patterns().then(|| WordShape {
            lanes: if self.rule == RuleArch::Pepita { 2 } else { 1 },
            bits: first.beat,
            words: self.n_classes * first.beats(),
            style: first.memories.spikes,
            piece_bits,
        })
    }

    /// What the host reads and writes of the layers.
    pub(crate) fn regions(&self, stages: &[StageArch], piece_bits: u32) -> Vec<RegionMap> {
        let of_layer = |(index, stage): (usize, &StageArch)| {
            let layer = u8::try_from(index).unwrap_or(u8::MAX);
            let rows = super::register_file::WORDS;
            let table = self.table(stage, piece_bits).map(|shape| shape.region(layer, TABLE));
            let others = [
                self.latents(index, stage, piece_bits).region(layer, LATENTS),
                self.readout(index, stage, piece_bits).region(layer, READOUT),
                RegionMap { layer, region: LEARNING, rows, row_bits: piece_bits, piece_bits, is_volatile: false },
            ];
            let patterns = self.patterns(stage, piece_bits).filter(|_| index == 0);
            others.into_iter().chain(table).chain(patterns.map(|shape| shape.region(layer, PATTERNS)))
        };
        stages.iter().enumerate().flat_map(of_layer).collect()
    }
}

impl StageArch {
    /// Bits of an input's number.
    pub(crate) fn input_index_bits(&self) -> u32 {
        bits_for(self.n_inputs - 1)
    }

    /// Bits of an input's number as a beat and its bit.
    pub(crate) fn spiking_bits(&self) -> u32 {
        self.beat.trailing_zeros() + self.beat_index_bits()
    }

    pub(crate) fn latent_address_bits(&self) -> u32 {
        bits_for(self.n_inputs * self.groups() - 1)
    }
}
