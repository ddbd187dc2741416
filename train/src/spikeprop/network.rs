//! Layers of neurons that fire at most once, and the derivative of their times.

use std::ops::Range;

use spikeforge_sim::random::SplitMix64;

use super::neuron::{first_spike, response, response_slope, Arrival};
use crate::random::share;

/// Terminals of a connection; terminal `k` delays by `k + 1` ms.
pub const N_TERMINALS: usize = 16;
/// A slope at the threshold below this counts as this, per ms: a crossing that only touches would learn without bound.
const LEAST_SLOPE: f64 = 0.5;

/// When each neuron fires, ms; none where it stays silent.
pub type Times = Vec<Option<f64>>;

/// A dense layer; `weights` in the order neuron, input, terminal.
#[derive(Clone, Debug)]
struct Layer {
    n_inputs: usize,
    /// What a weight of 1 adds: +1, or -1 for an input that inhibits, times the gain of the layer.
    signs: Vec<f64>,
    weights: Range<usize>,
}

/// A network of spike times with all its weights in one list.
#[derive(Clone, Debug)]
pub struct Network {
    pub weights: Vec<f64>,
    layers: Vec<Layer>,
}

impl Network {
    /// `sizes`: inputs, layers. The last neuron of each hidden layer inhibits, as in the paper's XOR. Weights are uniform
    /// about the value at which all spikes of a layer together reach the threshold early.
    pub fn new(sizes: &[usize], weights: Range<f64>, seed: u64) -> Self {
        let mut random = SplitMix64::new(seed);
        let (mut layers, mut all) = (Vec::new(), Vec::new());
        for (number, pair) in sizes.windows(2).enumerate() {
            let (n_inputs, n_neurons) = (pair[0], pair[1]);
            let start = all.len();
            let one = |_| weights.start + (weights.end - weights.start) * f64::from(share(&mut random));
            all.extend((0..n_neurons * n_inputs * N_TERMINALS).map(one));
            let inhibits = |input| number > 0 && input + 1 == n_inputs;
            let signs = (0..n_inputs).map(|input| if inhibits(input) { -1.0 } else { 1.0 }).collect();
            layers.push(Layer { n_inputs, signs, weights: start..all.len() });
        }
        Network { weights: all, layers }
    }

    /// With weights of each layer that count so much: where more inputs fire than in XOR, less lifts a neuron as high, and
    /// weights and their steps stay of the size that suits them.
    pub fn gained(mut self, gains: &[f64]) -> Self {
        for (layer, gain) in self.layers.iter_mut().zip(gains) {
            layer.signs.iter_mut().for_each(|sign| *sign *= gain);
        }
        self
    }

    /// The times of the inputs, then of each layer.
    pub fn run(&self, inputs: &[Option<f64>]) -> Vec<Times> {
        let mut times = vec![inputs.to_vec()];
        for layer in &self.layers {
            let source = times.last().map_or(inputs, Vec::as_slice);
            let arrivals = layer.arrivals(source);
            let answer = self.rows(layer).map(|row| layer.fires(row, &arrivals)).collect();
            times.push(answer);
        }
        times
    }

    /// Adds dE/dw of a pattern to `gradient`, given its times and dE/dt of each output.
    pub fn add_gradient(&self, times: &[Times], errors: &[f64], gradient: &mut [f64]) {
        let mut errors = errors.to_vec();
        for (layer, pair) in self.layers.iter().zip(times.windows(2)).rev() {
            let (source, fired) = (&pair[0], &pair[1]);
            let mut before = vec![0.0; layer.n_inputs];
            let slots = gradient[layer.weights.clone()].chunks_mut(layer.n_inputs * N_TERMINALS);
            for (((row, slots), fired), error) in self.rows(layer).zip(slots).zip(fired).zip(&errors) {
                if let Some(fired) = fired {
                    layer.back(row, source, *fired, *error, slots, &mut before);
                }
            }
            errors = before;
        }
    }

    /// Raises every weight of neuron `neuron` of layer `layer`, both from 0.
    pub fn wake(&mut self, layer: usize, neuron: usize, by: f64) {
        let layer = &self.layers[layer];
        let n = layer.n_inputs * N_TERMINALS;
        let start = layer.weights.start + neuron * n;
        let row = self.weights[start..start + n].chunks_mut(N_TERMINALS);
        row.zip(&layer.signs).for_each(|(terminals, sign)| terminals.iter_mut().for_each(|weight| *weight += sign.signum() * by));
    }

    fn rows(&self, layer: &Layer) -> std::slice::Chunks<'_, f64> {
        self.weights[layer.weights.clone()].chunks(layer.n_inputs * N_TERMINALS)
    }
}

/// ms.
#[allow(clippy::cast_precision_loss)]
fn delay(terminal: usize) -> f64 {
    (terminal + 1) as f64
}

impl Layer {
    /// When the spikes of a source reach any neuron, in order: time, the place of the weight in a row, and its sign.
    fn arrivals(&self, source: &[Option<f64>]) -> Vec<(f64, usize, f64)> {
        let fired = source.iter().zip(&self.signs).enumerate().filter_map(|(input, (time, &sign))| Some((input, (*time)?, sign)));
        let each = |(input, time, sign)| (0..N_TERMINALS).map(move |k| (time + delay(k), input * N_TERMINALS + k, sign));
        let mut arrivals: Vec<(f64, usize, f64)> = fired.flat_map(each).collect();
        arrivals.sort_by(|one, other| one.0.total_cmp(&other.0));
        arrivals
    }

    fn fires(&self, row: &[f64], arrivals: &[(f64, usize, f64)]) -> Option<f64> {
        let of_row = |&(time, place, sign): &(f64, usize, f64)| Arrival { time, weight: sign * row[place] };
        first_spike(&mut arrivals.iter().map(of_row).collect::<Vec<_>>())
    }

    /// Of a neuron that fired at `fired` with dE/dt `error`: adds dE/dw to `slots`, and dE/dt of each input to `before`.
    fn back(&self, row: &[f64], source: &[Option<f64>], fired: f64, error: f64, slots: &mut [f64], before: &mut [f64]) {
        let pull = |input: usize, time: f64| -> f64 {
            let row = &row[input * N_TERMINALS..(input + 1) * N_TERMINALS];
            row.iter().enumerate().map(|(k, weight)| self.signs[input] * weight * response_slope(fired - time - delay(k))).sum()
        };
        let pulls: Vec<f64> = source.iter().enumerate().map(|(input, time)| time.map_or(0.0, |time| pull(input, time))).collect();
        let delta = error / pulls.iter().sum::<f64>().max(LEAST_SLOPE);
        for (input, time) in source.iter().enumerate() {
            let Some(time) = time else { continue };
            before[input] += delta * pulls[input];
            for k in 0..N_TERMINALS {
                slots[input * N_TERMINALS + k] -= delta * self.signs[input] * response(fired - time - delay(k));
            }
        }
    }
}
