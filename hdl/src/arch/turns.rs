//! Layers that take turns on one stage: what they share, where their states lie, and how long they take.

use super::{Arch, StageArch, Style};
use crate::protocol::StateMap;

impl Arch {
    /// The layers of each stage: one, or those that take turns.
    pub fn turns(&self) -> impl Iterator<Item = &[StageArch]> {
        self.stages.chunk_by(|_, next| next.shared)
    }

    /// Cycles between two timesteps when no beat is skipped: those of the slowest stage, of which an encoder is one.
    pub fn cycles_per_timestep(&self) -> usize {
        self.turns().map(cycles_per_timestep).chain(self.encoder_cycles()).max().unwrap_or(0)
    }
}

impl StageArch {
    /// From a group's last beat to the next one's, at least, within a timestep: the lanes are empty when the next group's
    /// counts are taken, and a group's are taken before the next one's are on their way.
    pub fn follow_cycles(&self) -> usize {
        (self.lanes / self.pipelines + self.register_cycles()).max(self.take_cycles() + 1)
    }

    /// The same behind a timestep's last group: its last neuron has left the LIF pipeline before another timestep's first
    /// comes in.
    pub fn begin_cycles(&self) -> usize {
        (self.last_group() / self.pipelines + LIF_CYCLES + 2 * self.register_cycles()).max(self.take_cycles() + 1)
    }

    /// From a group's last beat until its counts are taken.
    fn take_cycles(&self) -> usize {
        let walked = if self.window.is_some() { FRAME_CYCLES } else { 0 };
        TAKE_CYCLES + self.register_cycles() + walked
    }

    /// Neurons of the last group.
    fn last_group(&self) -> usize {
        self.channels() - (self.groups() - 1) * self.lanes
    }

    /// Whether the two can take turns on the same hardware.
    pub(crate) fn can_share_with(&self, other: &StageArch) -> bool {
        let hardware = |stage: &StageArch| (stage.lanes, stage.beat, stage.weight_bits);
        let is_plain = |stage: &StageArch| stage.window.is_none() && !stage.recurrent && stage.memories.weights != Style::Spram && stage.pipelines == 1;
        hardware(self) == hardware(other) && self.neuron == other.neuron && is_plain(self) && is_plain(other)
    }

    /// The sizes that serve every one of `layers`: the most inputs, all neurons.
    pub(crate) fn serving(layers: &[StageArch]) -> StageArch {
        StageArch {
            n_inputs: layers.iter().map(|layer| layer.n_inputs).max().unwrap_or(0),
            n_neurons: layers.iter().map(|layer| layer.n_neurons).sum(),
            ..layers[0].clone()
        }
    }
}

/// Where the states of a stage's layers lie: one after the other.
pub(super) fn state_maps(index: usize, layers: &[StageArch]) -> Vec<StateMap> {
    let mut first_neuron = 0;
    let map = |layer: &StageArch| {
        let first = first_neuron;
        first_neuron += layer.n_neurons;
        StateMap {
            stage: u8::try_from(index).unwrap_or(u8::MAX),
            first_neuron: first,
            n_neurons: layer.n_neurons,
            channels: layer.channels(),
            membrane_bits: layer.neuron.membrane_bits,
            row_bits: layer.readable_row_bits(),
        }
    };
    layers.iter().map(map).collect()
}

/// Cycles of a timestep of `layers`, which take turns, when no beat is skipped.
pub fn cycles_per_timestep(layers: &[StageArch]) -> usize {
    let beats: Vec<usize> = layers.iter().map(StageArch::beats).collect();
    cycles_of_beats(layers, &beats)
}

/// The same when a timestep of the i-th layer has `beats[i]` beats: a group lasts as long as its beats and a bubble that
/// clears the accumulators, or as long as the one before holds it back; one cycle a layer fetches the next timestep. Layers
/// that share a stage run two timesteps each in a row, as many as a spike buffer holds.
pub fn cycles_of_beats(layers: &[StageArch], beats: &[usize]) -> usize {
    if layers.iter().any(|stage| stage.window.is_some()) {
        return layers.first().map_or(0, cycles_of_window);
    }
    let mut cycles = 0;
    let mut held = layers.last().map_or(0, StageArch::begin_cycles);
    for (layer, &beats) in layers.iter().zip(beats).flat_map(|layer| [layer, layer]) {
        for group in 0..layer.groups() {
            let fetch = usize::from(group == 0);
            cycles += (beats * layer.planes() + 1 + fetch).max(held);
            held = layer.follow_cycles();
        }
        held = layer.begin_cycles();
    }
    cycles.div_ceil(2)
}

/// A convolution never shares its stage, and meets every tap of a position for each group.
fn cycles_of_window(stage: &StageArch) -> usize {
    let groups = stage.window.iter().flat_map(|window| window.beats_at()).flat_map(|beats| std::iter::repeat_n(beats, stage.groups()));
    let group = |(group, beats): (usize, usize)| {
        let (fetch, held) = if group == 0 { (1, stage.begin_cycles()) } else { (0, stage.follow_cycles()) };
        (beats * stage.planes() + 1 + fetch).max(held)
    };
    groups.enumerate().map(group).sum()
}

/// Of memories without a register, from a group's last beat until its counts are taken.
const TAKE_CYCLES: usize = 6;
/// From a neuron's count to the end of what is said of its timestep.
const LIF_CYCLES: usize = 5;
/// From the walk over a frame to the crossbar.
const FRAME_CYCLES: usize = 2;
