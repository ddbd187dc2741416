//! The forward pass: as [`crate::Reference`] runs it, but from weights that are packed by input and change all the time.

use super::columns::ColumnSums;
use super::pass::Pass;
use super::{LearningNetwork, Memory};
use crate::arithmetic::{signed, signed_count};
use crate::reference::count_spikes;
use crate::{Neurons, Spikes};

/// What the layers hold during a presentation.
#[derive(Clone, Debug)]
pub(super) struct Forward {
    layers: Vec<LayerState>,
    /// The input spikes of the timestep, packed, with no bit set beyond the last.
    input: Vec<u64>,
}

#[derive(Clone, Debug)]
struct LayerState {
    membranes: Vec<i64>,
    fired: Vec<u64>,
    sums: ColumnSums,
    currents: Vec<i64>,
}

impl Forward {
    pub fn new(network: &LearningNetwork) -> Self {
        let state = |(layer, n_inputs): (&super::LearningLayer, usize)| {
            let n_neurons = layer.n_neurons();
            let n_words = n_neurons.div_ceil(64);
            LayerState {
                membranes: vec![0; n_neurons],
                fired: vec![0; n_words],
                sums: ColumnSums::new(n_words, n_inputs),
                currents: vec![0; n_neurons],
            }
        };
        let layers = network.layers.iter().zip(network.fan_ins()).map(state).collect();
        Forward { layers, input: vec![0; network.n_lines().div_ceil(64)] }
    }

    /// Presents a train, whose timesteps have a spike for each input line, from rest.
    pub fn run(&mut self, network: &LearningNetwork, memories: &[Memory], train: &[Spikes]) -> Pass {
        let mut spikes: Vec<Vec<u32>> = network
            .fan_ins()
            .into_iter()
            .chain(network.layers.last().map(|l| l.n_neurons()))
            .map(|n| vec![0; n])
            .collect();
        for state in &mut self.layers {
            state.membranes.fill(0);
            state.fired.fill(0);
        }
        for input in train {
            pack(input, &mut self.input);
            let mut entered: &[u64] = &self.input;
            for (layer, state) in self.layers.iter_mut().enumerate() {
                count_spikes(entered, &mut spikes[layer]);
                state.advance(&network.layers[layer].neurons, &memories[layer], entered);
                entered = &state.fired;
            }
            if let Some(counts) = spikes.last_mut() {
                count_spikes(entered, counts);
            }
        }
        let charges = (0..self.layers.len())
            .map(|layer| self.charges(&network.layers[layer].neurons.threshold, layer, &spikes[layer + 1]))
            .collect();
        Pass::new(train.len(), spikes, charges)
    }

    fn charges(&self, thresholds: &[i64], layer: usize, counts: &[u32]) -> Vec<i64> {
        let charge = |((membrane, threshold), &count): ((&i64, &i64), &u32)| {
            membrane + threshold * i64::from(signed_count(count))
        };
        self.layers[layer].membranes.iter().zip(thresholds).zip(counts).map(charge).collect()
    }
}

impl LayerState {
    /// Runs the layer one timestep on packed spikes.
    fn advance(&mut self, neurons: &Neurons, memory: &Memory, entered: &[u64]) {
        let rows = set_bits(entered);
        self.sums.sum(memory.latents.packed_signs(), &rows);
        self.sums.currents(signed(rows.len()), &mut self.currents);
        neurons.advance_all(&mut self.membranes, &mut self.fired, &self.currents);
    }
}

/// Packs the spikes of a timestep; what a vector of bits holds beyond its end is anything.
fn pack(spikes: &Spikes, packed: &mut [u64]) {
    packed.copy_from_slice(spikes.as_raw_slice());
    let used = spikes.len() % 64;
    if let Some(last) = packed.last_mut().filter(|_| used > 0) {
        *last &= (1 << used) - 1;
    }
}

/// The places of the bits that are set, ascending.
fn set_bits(words: &[u64]) -> Vec<usize> {
    let mut places = Vec::new();
    for (at, &word) in words.iter().enumerate() {
        let mut left = word;
        while left != 0 {
            places.push(64 * at + crate::arithmetic::index(left.trailing_zeros()));
            left &= left - 1;
        }
    }
    places
}
