//! What to draw of a design that learns, as plain values.

use super::standing::HANDICAP_HALF_BITS;
use super::word_memory::WordShape;
use crate::arch::{StageArch, Style};
use crate::protocol::{RegionMap, LATENTS, LEARNING, READOUT, TABLE};
use crate::signal::bits_for;
use serde::{Deserialize, Serialize};

/// How the layers of a design learn. Their number is that of the stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearningArch {
    pub rule: RuleArch,
    pub n_classes: usize,
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
    /// The winner alone, by charge and handicap; what it learns of an input is by whether the input spiked.
    Stdp,
}

impl RuleArch {
    /// Whether each neuron has a word of the rule's own: its feedback, or its handicap.
    pub fn keeps_table(self) -> bool {
        self != RuleArch::SignSymmetric
    }
}

impl LearningArch {
    /// Bits of a count of spikes in a presentation.
    pub(crate) fn count_bits(&self) -> u32 {
        bits_for(self.max_timesteps)
    }

    /// Bits of the thresholds that a neuron has crossed in a presentation, sign included; kept by STDP.
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
            others.into_iter().chain(table)
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
