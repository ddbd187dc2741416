//! Layers that take turns on one stage: what they share, where their states lie, and how long they take.

use super::{Arch, StageArch, Style};
use crate::protocol::StateMap;
use serde::{de::Error, Deserialize, Deserializer};

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
    /// From a group's last beat to the next one's, at least, besides its neurons.
    pub fn drain_cycles(&self) -> usize {
        DRAIN_CYCLES + 3 * self.register_cycles()
    }

    /// The same within a timestep: of several pipelines, a group's neurons follow those of the group before at once.
    pub fn follow_cycles(&self) -> usize {
        if self.pipelines > 1 { TAKE_CYCLES + self.register_cycles() } else { self.drain_cycles() }
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

    /// Whether `banks` timesteps can wait for it: those from outside its stage are written to a buffer of two.
    pub(crate) fn can_have_banks(&self, banks: usize) -> bool {
        banks == 2 || (self.shared && matches!(banks, 4 | 8))
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
/// clears the accumulators, or until the one before is drained; one cycle a layer fetches the next timestep. Layers that
/// share a stage run several timesteps each in a row, as [`order`] tells.
pub fn cycles_of_beats(layers: &[StageArch], beats: &[usize]) -> usize {
    if layers.iter().any(|stage| stage.window.is_some()) {
        return layers.first().map_or(0, cycles_of_window);
    }
    let mut cycles = 0;
    let mut drained = layers.last().map_or(0, StageArch::last_group);
    let order = order(layers, beats);
    for (layer, beats) in order.iter().map(|&layer| (&layers[layer], beats[layer])) {
        for group in 0..layer.groups() {
            let fetch = usize::from(group == 0);
            let other = if group == 0 { layer.drain_cycles() } else { layer.follow_cycles() };
            cycles += (beats * layer.planes() + 1 + fetch).max(drained / layer.pipelines + other + fetch);
            drained = if group + 1 == layer.groups() { layer.last_group() } else { layer.lanes };
        }
    }
    cycles.div_ceil(order.iter().filter(|&&layer| layer == 0).count().max(1))
}

/// Whose timestep follows whose, until none is between two layers: a layer keeps its turn while it has a timestep and room for
/// its spikes, and else the last one that has both follows.
fn order(layers: &[StageArch], beats: &[usize]) -> Vec<usize> {
    // Timesteps that each layer has, or may come to have while it runs.
    let mut held = vec![0; layers.len()];
    held[0] = arriving(layers, beats[0]);
    let (mut order, mut turn) = (vec![], 0);
    loop {
        let can = |layer: usize| held[layer] > 0 && layers.get(layer + 1).is_none_or(|next| held[layer + 1] < next.banks);
        if !can(turn) {
            let Some(next) = (1..layers.len()).rev().find(|&layer| can(layer)) else { return order };
            turn = next;
        }
        order.push(turn);
        held[turn] -= 1;
        if let Some(next) = held.get_mut(turn + 1) {
            *next += 1;
        }
    }
}

/// Timesteps that the first layer finds in a row: where the host writes them as fast as it reads them, as many as the next
/// layer's buffer holds, and else the two that have waited.
fn arriving(layers: &[StageArch], beats: usize) -> usize {
    let (first, [_, next, ..]) = (&layers[0], layers) else { return 1 };
    let group = (beats * first.planes() + 1).max(first.lanes + first.follow_cycles());
    let bytes = first.input_beats() * usize::try_from(first.beat / 8).unwrap_or(1);
    if bytes + HOST_CYCLES <= first.groups() * group { next.banks } else { 2 }
}

/// A convolution never shares its stage, and meets every tap of a position for each group.
fn cycles_of_window(stage: &StageArch) -> usize {
    let mut cycles = 0;
    let mut drained = stage.last_group();
    for (position, beats) in stage.window.iter().flat_map(|window| window.beats_at()).enumerate() {
        for group in 0..stage.groups() {
            let fetch = usize::from(position == 0 && group == 0);
            cycles += (beats * stage.planes() + 1 + fetch).max(drained + stage.drain_cycles() + FRAME_CYCLES + fetch);
            drained = if group + 1 == stage.groups() { stage.last_group() } else { stage.lanes };
        }
    }
    cycles
}

pub(super) fn two() -> usize {
    2
}

pub(super) fn two_four_or_eight<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    let n = usize::deserialize(from)?;
    if matches!(n, 2 | 4 | 8) { Ok(n) } else { Err(D::Error::custom(format!("{n} banks; there are 2, 4 or 8"))) }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
pub(super) fn is_two(n: &usize) -> bool {
    *n == 2
}

/// Of memories without a register: six until the counts are taken, one until the first is valid, and four in the LIF
/// pipeline. Behind a timestep's last spike, one more packs it.
const DRAIN_CYCLES: usize = 11;
/// Of these, until the first is valid.
const TAKE_CYCLES: usize = 7;
/// Of a timestep that the host writes, besides its bytes: those in which the next bank is found free.
const HOST_CYCLES: usize = 3;
/// From the walk over a frame to the crossbar.
const FRAME_CYCLES: usize = 2;
