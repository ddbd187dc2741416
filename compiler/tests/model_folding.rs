//! Random models in floats against the integer networks that they become.

mod model_common;

use model_common::{vector, Graph};
use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;
use spikeforge_compiler::model::{FloatLayer, FloatNetwork, Lif, Linear, NodeKind};
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::quantize::{quantize, quantize_layers, Quantized};
use spikeforge_sim::random::SplitMix64;
use spikeforge_sim::{Device, Fires, Reference, Reset, Spikes};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Weights, biases and thresholds that share a scale give the network of those without it.
    #[test]
    fn a_scale_is_folded_exactly(seed: u64) {
        let random = &mut SplitMix64::new(seed);
        let plan = Plan::random(random);
        let plain = plan.quantized(&mut |_| 1.0);
        let scaled = plan.quantized(&mut |_| (random.within(-6, 6) as f64).exp2());
        prop_assert_eq!(&plain.network, &scaled.network);
        let uneven = plan.quantized(&mut |_| 0.01 + random.within(1, 1_000_000) as f64 / 7777.0);
        for (plain, uneven) in plain.network.layers.iter().zip(&uneven.network.layers) {
            prop_assert_eq!(&plain.weights, &uneven.weights);
            let pairs = plain.neurons.threshold.iter().zip(&uneven.neurons.threshold);
            let mut pairs = pairs.chain(plain.neurons.bias.iter().zip(&uneven.neurons.bias));
            prop_assert!(pairs.all(|(plain, uneven)| (plain - uneven).abs() <= 1));
        }
    }

    /// While the fraction bits hold every membrane, the network fires as the equations in floats do.
    #[test]
    fn spikes_are_those_of_the_equations(seed: u64) {
        let random = &mut SplitMix64::new(seed);
        let plan = Plan::random(random);
        let model = plan.model(&mut |_| (random.within(-3, 3) as f64).exp2());
        let floats = model.model().unwrap().layers(&plan.options).unwrap();
        let network = quantize_layers(&floats, &plan.options).unwrap().network;
        let train = plan.train(random);
        let expected = run_floats(&floats, &train);
        let got = Reference::new(&network).run(&train).unwrap();
        prop_assert_eq!(expected, got);
    }
}

/// The grid of thresholds and biases, and the timesteps during which decays of 0.5 stay within 12 fraction bits.
const GRID: f64 = 16.0;
const N_TIMESTEPS: usize = 8;

/// Two layers whose parameters are small multiples of a power of two.
struct Plan {
    sizes: [usize; 3],
    signs: [Vec<f64>; 2],
    /// In units of a weight.
    thresholds: [Vec<f64>; 2],
    biases: [Vec<f64>; 2],
    leaks: [Vec<f64>; 2],
    /// tau in timesteps: 1, 2 or infinite, for decays of 0, 0.5 and 1.
    taus: [Vec<f64>; 2],
    /// Of the input; 1 where tau is infinite.
    gains: [Vec<f64>; 2],
    options: NeuronOptions,
}

const DT: f64 = 0.0009765625;

impl Plan {
    fn random(random: &mut SplitMix64) -> Plan {
        let sizes = [
            1 + random.below(20),
            1 + random.below(12),
            1 + random.below(6),
        ];
        let mut each = |layer: usize, value: &mut dyn FnMut(&mut SplitMix64) -> f64| -> Vec<f64> {
            (0..sizes[layer + 1]).map(|_| value(random)).collect()
        };
        let mut both =
            |value: &mut dyn FnMut(&mut SplitMix64) -> f64| [each(0, value), each(1, value)];
        let thresholds = both(&mut |random| random.within(1, 60) as f64 / GRID);
        let biases = both(&mut |random| random.within(-20, 20) as f64 / GRID);
        let leaks = both(&mut |random| random.within(-3, 3) as f64 / GRID);
        let taus = both(&mut |random| random.pick(&[1.0, 2.0, f64::INFINITY]));
        let mut gains = both(&mut |random| random.pick(&[0.5, 1.0, 2.0]));
        for (gain, tau) in gains.iter_mut().flatten().zip(taus.iter().flatten()) {
            *gain = if tau.is_finite() { *gain } else { 1.0 };
        }
        let signs = [0, 1].map(|layer| {
            let n = sizes[layer] * sizes[layer + 1];
            (0..n).map(|_| random.pick(&[-1.0, 1.0])).collect()
        });
        let options = NeuronOptions {
            reset: Some(random.pick(&[Reset::None, Reset::Zero, Reset::Subtract])),
            reset_delay: Some(random.chance(1, 2)),
            fires: Some(random.pick(&[Fires::Above, Fires::At])),
            dt: Some(DT),
            ..NeuronOptions::default()
        };
        Plan {
            sizes,
            signs,
            thresholds,
            biases,
            leaks,
            taus,
            gains,
            options,
        }
    }

    fn quantized(&self, scale: &mut dyn FnMut(usize) -> f64) -> Quantized {
        quantize(&self.model(scale).model().unwrap(), &self.options).unwrap()
    }

    /// The model with every neuron's weights, bias and threshold times a scale of its own.
    fn model(&self, scale: &mut dyn FnMut(usize) -> f64) -> Graph {
        let mut nodes = Vec::new();
        for layer in 0..2 {
            let (n_inputs, n_neurons) = (self.sizes[layer], self.sizes[layer + 1]);
            let scales: Vec<f64> = (0..n_neurons).map(&mut *scale).collect();
            let weight = self.signs[layer].iter().enumerate();
            let weight = weight
                .map(|(i, sign)| sign * scales[i / n_inputs])
                .collect();
            let (taus, gains) = (&self.taus[layer], &self.gains[layer]);
            // v_leak moves the membrane by (1 - beta) v_leak = v_leak / tau.
            let leaks = taus.iter().zip(&self.leaks[layer]);
            let leaks: Vec<f64> = leaks
                .map(|(&tau, leak)| if tau.is_finite() { leak * tau } else { 0.0 })
                .collect();
            let neurons = Lif {
                tau: vector(&times(taus, &[DT])),
                r: vector(&times(taus, gains)),
                v_leak: vector(&times(&times(&leaks, &scales), gains)),
                v_threshold: vector(&times(&times(&self.thresholds[layer], &scales), gains)),
                v_reset: None,
            };
            let weight = ArrayD::from_shape_vec(IxDyn(&[n_neurons, n_inputs]), weight).unwrap();
            let affine = Linear {
                weight,
                bias: Some(vector(&times(&self.biases[layer], &scales))),
            };
            nodes.push((["fc1", "fc2"][layer], NodeKind::Linear(affine)));
            nodes.push((["lif1", "lif2"][layer], NodeKind::Lif(neurons)));
        }
        Graph::chain(self.sizes[0], nodes, self.sizes[2])
    }

    fn train(&self, random: &mut SplitMix64) -> Vec<Spikes> {
        (0..N_TIMESTEPS)
            .map(|_| (0..self.sizes[0]).map(|_| random.chance(1, 2)).collect())
            .collect()
    }
}

/// Products of elements; one factor is for all.
fn times(values: &[f64], factors: &[f64]) -> Vec<f64> {
    values
        .iter()
        .zip(factors.iter().cycle())
        .map(|(value, factor)| value * factor)
        .collect()
}

/// The spikes of the last layer, as the neuron's equations give them.
fn run_floats(network: &FloatNetwork, train: &[Spikes]) -> Vec<Spikes> {
    let mut states: Vec<(Vec<f64>, Vec<bool>)> = network
        .layers
        .iter()
        .map(|layer| (vec![0.0; layer.bias.len()], vec![false; layer.bias.len()]))
        .collect();
    let run = |input: &Spikes| {
        let mut spikes = input.clone();
        for (layer, (membranes, fired)) in network.layers.iter().zip(&mut states) {
            for j in 0..membranes.len() {
                (membranes[j], fired[j]) = step(layer, j, &spikes, membranes[j], fired[j]);
            }
            spikes = fired.iter().copied().collect();
        }
        spikes
    };
    train.iter().map(run).collect()
}

/// The membrane and spike of one neuron after a timestep.
fn step(layer: &FloatLayer, j: usize, spikes: &Spikes, membrane: f64, fired: bool) -> (f64, bool) {
    let neurons = &layer.neurons;
    let weight = |i| f64::from(layer.weights.levels[[j, i]]) * layer.scale(j);
    let current = spikes.iter_ones().map(weight).sum::<f64>() + layer.bias[j];
    let late = neurons.reset_delay && fired;
    let kept = if late && neurons.reset == Reset::Zero {
        0.0
    } else {
        membrane
    };
    let mut next = neurons.beta[j] * kept + neurons.gain[j] * current + neurons.constant[j];
    if late && neurons.reset == Reset::Subtract {
        next -= neurons.threshold[j];
    }
    let fires = match neurons.fires {
        Fires::Above => next > neurons.threshold[j],
        Fires::At => next >= neurons.threshold[j],
        Fires::Never => false,
    };
    let at_once = fires && !neurons.reset_delay;
    match neurons.reset {
        Reset::Zero if at_once => (0.0, fires),
        Reset::Subtract if at_once => (next - neurons.threshold[j], fires),
        _ => (next, fires),
    }
}
