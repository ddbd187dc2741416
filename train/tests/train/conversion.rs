#![allow(clippy::cast_precision_loss)] // counts

use candle_core::Tensor;
use spikeforge_sim::{Device, LayerId, Network, Reference};
use spikeforge_train::course::Training;
use spikeforge_train::export::{integer_accuracy, network};
use spikeforge_train::{Coding, Options, Samples, SystemName};

use crate::common::{digits, trained};

fn options() -> Options {
    Options { n_epochs: 20, batch: 32, rate: 5e-3, ..Options::new(SystemName::Conversion, "64-48-10") }
}

fn state(training: &Training, name: &str) -> Vec<f32> {
    let (_, var) = training.system.state().into_iter().find(|(found, _)| found == name).expect(name);
    var.flatten_all().and_then(|all: Tensor| all.to_vec1()).expect("numbers")
}

/// The activations of both layers for an image, in plain loops.
fn activations(training: &Training, image: &[u8]) -> [Vec<f64>; 2] {
    let layer = |number: usize, inputs: &[f64]| -> Vec<f64> {
        let (weights, biases) = (state(training, &format!("layer{number}.weights")), state(training, &format!("layer{number}.biases")));
        let sum = |(row, bias): (&[f32], &f32)| row.iter().zip(inputs).fold(f64::from(*bias), |sum, (weight, input)| sum + f64::from(*weight) * input);
        weights.chunks(inputs.len()).zip(&biases).map(|pair| sum(pair).max(0.0)).collect()
    };
    let pixels: Vec<f64> = image.iter().map(|&pixel| f64::from(pixel) / 255.0).collect();
    let hidden = layer(1, &pixels);
    let outputs = layer(2, &hidden);
    [hidden, outputs]
}

/// Sorted, not selected, and of the samples that were learned from.
fn peaks(training: &Training, samples: &Samples) -> [f64; 2] {
    let all: Vec<[Vec<f64>; 2]> = (0..samples.len()).map(|i| activations(training, samples.image(i))).collect();
    [0, 1].map(|layer| {
        let mut values: Vec<f64> = all.iter().flat_map(|both| both[layer].iter().copied()).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() - values.len() / 1000 - 1]
    })
}

/// The share of timesteps in which each neuron of each layer fired.
fn rates(network: &Network, samples: &Samples, i: usize, n_timesteps: usize) -> [Vec<f64>; 2] {
    let trace = Reference::new(network).trace(&samples.train(i, Coding::Rate, n_timesteps)).expect("a trace");
    [LayerId(0), LayerId(1)].map(|layer| {
        let mut counts = vec![0.0; network.layers[layer.index()].neurons.threshold.len()];
        trace.spikes(layer).for_each(|fired| fired.iter_ones().for_each(|neuron| counts[neuron] += 1.0));
        counts.iter().map(|count| count / n_timesteps as f64).collect()
    })
}

/// The mean distance of a layer's rates from its activations as shares of `peaks`, of neurons that are active.
fn distance(training: &Training, samples: &Samples, peaks: [f64; 2], n_timesteps: usize) -> [f64; 2] {
    let network = network(&training.system.model().expect("a model")).expect("integers");
    let (mut sums, mut counts) = ([0.0; 2], [0.0; 2]);
    for i in 0..60 {
        let (wanted, got) = (activations(training, samples.image(i)), rates(&network, samples, i, n_timesteps));
        for layer in 0..2 {
            for (wanted, got) in wanted[layer].iter().zip(&got[layer]).filter(|(wanted, _)| **wanted > 0.0) {
                sums[layer] += ((wanted / peaks[layer]).min(1.0) - got).abs();
                counts[layer] += 1.0;
            }
        }
    }
    [sums[0] / counts[0], sums[1] / counts[1]]
}

/// What balancing is for: a neuron's rate is its activation as a share of the layer's peak, to within about a spike, and
/// it is not the share of a peak a tenth off.
#[test]
fn rates_are_activations_to_within_a_spike() {
    let (train, test) = digits();
    let training = trained(&options(), &train);
    let peaks = peaks(&training, &train.parted(options().seed).expect("parts").0);
    for (got, expected) in state(&training, "peaks").iter().zip(peaks) {
        assert!((f64::from(*got) - expected).abs() < 1e-4 * expected, "{got} {expected}");
    }
    for n_timesteps in [16, 64] {
        let got = distance(&training, &test, peaks, n_timesteps);
        assert!(got.iter().all(|distance| *distance < 1.0 / n_timesteps as f64), "{n_timesteps} timesteps: {got:?}");
    }
    let off = distance(&training, &test, peaks.map(|peak| 1.1 * peak), 64);
    assert!(off.iter().all(|distance| *distance > 1.0 / 64.0), "{off:?}");
}

/// With more timesteps the integers decide as the floats do.
#[test]
fn digits_survive_the_conversion() {
    let (train, test) = digits();
    let training = trained(&options(), &train);
    let float = training.accuracy(&test).expect("an accuracy");
    let [short, long] = [1, 64].map(|n| integer_accuracy(training.system.as_ref(), &test, Coding::Rate, n).expect("an accuracy"));
    assert!(float > 0.9, "{float}");
    assert!((float - long).abs() < 0.012 && short < long, "{float}: {short} {long}");
    let widest = network(&training.system.model().expect("a model")).expect("integers").layers.iter().map(|layer| layer.weight_bits()).max();
    assert_eq!(widest, Some(8));
}

#[test]
fn what_cannot_be_converted_is_refused() {
    let (train, _) = digits();
    let refused = |options: Options| Training::new(&options, &train).err().expect("refused").to_string();
    let latency = refused(Options { coding: "latency".to_owned(), ..options() });
    assert!(latency.contains("takes --encode rate"), "{latency}");
    let window = refused(Options { shape: "8x8-c3x8-10".to_owned(), ..options() });
    assert!(window.contains("takes dense layers"), "{window}");
}
