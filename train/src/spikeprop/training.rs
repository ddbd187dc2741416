//! Epochs over all patterns, until the times are near enough.

use super::descent::{Descent, DescentName};
use super::network::{Network, Times};

/// The error at which the papers stop: a sum of squares of 1 ms^2.
pub const ENOUGH: f64 = 0.5;
/// What the weights of a neuron that must fire and does not are raised by.
const WAKE: f64 = 0.2;
/// The error of an output that stays silent, ms.
const SILENT: f64 = 20.0;

/// When the inputs fire, and when the outputs should, ms.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    pub inputs: Times,
    pub wanted: Vec<f64>,
}

/// How a training ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Epochs until the error was small enough; none when it never was.
    pub n_epochs: Option<usize>,
    /// The last error, 1/2 sum (t - wanted)^2 over all patterns, ms^2.
    pub error: f64,
}

/// A network with the descent that moves its weights.
pub struct Training {
    pub network: Network,
    descent: Descent,
}

impl Training {
    pub fn new(network: Network, name: DescentName, rate: f64) -> Self {
        Training { descent: Descent::new(name, rate, network.weights.len()), network }
    }

    /// Learns until the error is at most `enough`, or for `most` epochs.
    pub fn run(&mut self, patterns: &[Pattern], enough: f64, most: usize) -> Outcome {
        let mut error = f64::INFINITY;
        for n in 0..most {
            error = self.epoch(patterns);
            if error <= enough {
                return Outcome { n_epochs: Some(n), error };
            }
        }
        Outcome { n_epochs: None, error }
    }

    /// One step by the gradient of all patterns; returns the error before it.
    pub fn epoch(&mut self, patterns: &[Pattern]) -> f64 {
        let mut gradient = vec![0.0; self.network.weights.len()];
        let mut error = 0.0;
        let mut fired: Vec<Vec<usize>> = Vec::new();
        for pattern in patterns {
            let times = self.network.run(&pattern.inputs);
            let (share, errors) = compare(times.last().map_or(&[], Vec::as_slice), &pattern.wanted);
            error += share;
            self.network.add_gradient(&times, &errors, &mut gradient);
            fired.resize(times.len() - 1, Vec::new());
            for (counts, times) in fired.iter_mut().zip(&times[1..]) {
                counts.resize(times.len(), 0);
                counts.iter_mut().zip(times).for_each(|(count, time)| *count += usize::from(time.is_some()));
            }
        }
        self.descent.step(&mut self.network.weights, &gradient);
        self.wake(&fired, patterns.len());
        error
    }

    /// An output must fire on every pattern, a hidden neuron on one: a silent neuron has no gradient to come back by.
    fn wake(&mut self, fired: &[Vec<usize>], n_patterns: usize) {
        for (layer, counts) in fired.iter().enumerate() {
            let least = if layer + 1 == fired.len() { n_patterns } else { 1 };
            for neuron in (0..counts.len()).filter(|&neuron| counts[neuron] < least) {
                self.network.wake(layer, neuron, WAKE);
            }
        }
    }
}

/// 1/2 the sum of squares, and the derivative by each time.
fn compare(times: &[Option<f64>], wanted: &[f64]) -> (f64, Vec<f64>) {
    let errors: Vec<f64> = times.iter().zip(wanted).map(|(time, wanted)| time.map_or(SILENT, |time| time - wanted)).collect();
    (errors.iter().map(|error| error * error / 2.0).sum(), errors)
}

/// The paper's XOR: inputs at 0 or 6 ms beside one that is always at 0, the output at 10 where they differ, at 16 where not.
pub fn xor() -> Vec<Pattern> {
    let pattern = |(a, b): (f64, f64)| Pattern { inputs: vec![Some(a), Some(b), Some(0.0)], wanted: vec![if a == b { 16.0 } else { 10.0 }] };
    [(0.0, 0.0), (0.0, 6.0), (6.0, 0.0), (6.0, 6.0)].into_iter().map(pattern).collect()
}
