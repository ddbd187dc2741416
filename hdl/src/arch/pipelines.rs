//! LIF pipelines side by side: neighbouring neurons go to neighbouring ones.
//!
//! ```text
//! neuron      0  1  2  3  4  5  6  7      of a group of eight lanes
//! pipeline    0  1  2  3  0  1  2  3
//! cycle       0  0  0  0  1  1  1  1
//! ```

use serde::{de::Error, Deserialize, Deserializer};
use super::{StageArch, Style};

impl StageArch {
    /// What one of the pipelines serves.
    pub(crate) fn of_pipeline(&self) -> StageArch {
        let (n_neurons, lanes) = (self.n_neurons / self.pipelines, self.lanes / self.pipelines);
        StageArch { n_neurons, lanes, pipelines: 1, ..self.clone() }
    }

    /// Whether `pipelines` can serve the layer.
    pub fn can_have_pipelines(&self, pipelines: usize) -> bool {
        let neuron = &self.neuron;
        let is_plain = self.window.is_none() && !self.recurrent && neuron.synapse.is_none() && neuron.scaling.is_none();
        let is_even = self.n_neurons.is_multiple_of(pipelines) && self.lanes.is_multiple_of(pipelines) && self.n_neurons > pipelines;
        let fits = matches!(pipelines, 2 | 4) && is_plain && is_even && !self.shared && self.memories.weights != Style::Spram;
        pipelines == 1 || fits
    }

    /// Lanes of each group that shares a word of at most 64 bits, in the order in which they stand in a weight word: the
    /// first of each pipeline, then the second of each, the last ones with what is left.
    pub fn lane_groups(&self) -> Vec<u32> {
        let most = 64 / self.beat;
        let lanes = u32::try_from(self.lanes / self.pipelines).unwrap_or(u32::MAX);
        let sizes = (0..lanes.div_ceil(most)).map(|group| most.min(lanes - group * most));
        sizes.flat_map(|lanes| std::iter::repeat_n(lanes, self.pipelines)).collect()
    }

    /// Where in a weight word the lane of a group's `neuron` stands.
    pub fn lane_of(&self, neuron: usize) -> usize {
        let (pipeline, place) = (neuron % self.pipelines, neuron / self.pipelines);
        let most = 64 / self.beat_inputs();
        let whole = place / most * most;
        let lanes = most.min(self.lanes / self.pipelines - whole);
        whole * self.pipelines + pipeline * lanes + place - whole
    }
}

pub(super) fn one() -> usize {
    1
}

pub(super) fn one_two_or_four<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    let n = usize::deserialize(from)?;
    if matches!(n, 1 | 2 | 4) { Ok(n) } else { Err(D::Error::custom(format!("{n} pipelines; there are 1, 2 or 4"))) }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
pub(super) fn is_one(n: &usize) -> bool {
    *n == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::{Field, Fires, MemoryStyles, NeuronArch, Reset};

    fn stage(lanes: usize, beat: u32, pipelines: usize) -> StageArch {
        let block = Style::Block;
        let constant = Field::Constant(1);
        StageArch {
            name: "layer0".into(),
            n_inputs: 64,
            n_neurons: 2 * lanes,
            window: None,
            weight_bits: 1,
            lanes,
            beat,
            skip_zero_beats: false,
            keeps_currents: false,
            recurrent: false,
            neuron: NeuronArch {
                fraction_bits: 0,
                membrane_bits: 9,
                beta_bits: 1,
                beta: constant,
                threshold: constant,
                bias: constant,
                reset: Reset::Zero,
                reset_delay: false,
                fires: Fires::At,
                synapse: None,
                scaling: None,
            },
            memories: MemoryStyles { spikes: block, weights: block, state: block, parameters: block, tables: block, registered: false },
            shared: false,
            banks: 2,
            pipelines,
        }
    }

    #[test]
    fn every_neuron_has_a_lane_of_its_pipeline() {
        for (lanes, beat, pipelines) in [(52, 32, 4), (6, 16, 2), (12, 64, 4), (20, 8, 2), (7, 16, 1)] {
            let stage = stage(lanes, beat, pipelines);
            // Pipeline and place of each lane, told from the groups alone.
            let mut places = vec![0; pipelines];
            let mut lane_is = vec![];
            for (group, size) in stage.lane_groups().into_iter().enumerate() {
                for _ in 0..size {
                    lane_is.push((group % pipelines, places[group % pipelines]));
                    places[group % pipelines] += 1;
                }
            }
            let of_neuron: Vec<_> = (0..lanes).map(|neuron| lane_is[stage.lane_of(neuron)]).collect();
            let expected: Vec<_> = (0..lanes).map(|neuron| (neuron % pipelines, neuron / pipelines)).collect();
            assert_eq!(of_neuron, expected, "{lanes} lanes of {beat}, {pipelines} pipelines");
        }
    }
}
