//! Layers of neurons that fire at most once, and the derivative of their times.

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
    /// +1, or -1 for an input that inhibits.
    signs: Vec<f64>,
    weights: std::ops::Range<usize>,
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
    pub fn new(sizes: &[usize], weights: std::ops::Range<f64>, seed: u64) -> Self {
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

    /// The times of the inputs, then of each layer.
    pub fn run(&self, inputs: &[Option<f64>]) -> Vec<Times> {
        let mut times = vec![inputs.to_vec()];
        for layer in &self.layers {
            let source = times.last().map_or(inputs, Vec::as_slice);
            let answer = self.rows(layer).map(|row| layer.fires(row, source)).collect();
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
        row.zip(&layer.signs).for_each(|(terminals, sign)| terminals.iter_mut().for_each(|weight| *weight += sign * by));
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
    fn fires(&self, row: &[f64], source: &[Option<f64>]) -> Option<f64> {
        let fired = row.chunks(N_TERMINALS).zip(source).zip(&self.signs).filter_map(|((row, time), sign)| Some((row, (*time)?, sign)));
        let arrivals = |(row, time, sign): (&[f64], f64, &f64)| -> Vec<Arrival> {
            row.iter().enumerate().map(|(k, weight)| Arrival { time: time + delay(k), weight: sign * weight }).collect()
        };
        first_spike(&mut fired.flat_map(arrivals).collect::<Vec<_>>())
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
