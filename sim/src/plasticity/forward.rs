//! The forward pass: as [`crate::Reference`] runs it, but from weights that are packed by input and change all the time.

use super::pass::Pass;
use super::{LearningNetwork, Memory};
use crate::arithmetic::signed_count;
use crate::columns::column_currents;
use crate::packed::{pack, set_bits};
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
    rows: Vec<usize>,
    currents: Vec<i32>,
}

impl Forward {
    pub fn new(network: &LearningNetwork) -> Self {
        let state = |layer: &super::LearningLayer| {
            let n_neurons = layer.n_neurons();
            let n_words = n_neurons.div_ceil(64);
            LayerState {
                membranes: vec![0; n_neurons],
                fired: vec![0; n_words],
                rows: Vec::new(),
                currents: vec![0; 64 * n_words],
            }
        };
        let layers = network.layers.iter().map(state).collect();
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
        let rows = set_bits(entered, &mut self.rows);
        column_currents(memory.latents.packed_signs(), self.fired.len(), rows, &mut self.currents);
        neurons.advance_all(&mut self.membranes, &mut self.fired, &self.currents);
    }
}
