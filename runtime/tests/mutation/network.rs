//! A small network in which every neuron of every layer works: it fires and does not, and its membrane saturates.

use spikeforge_sim::random::{train, SplitMix64};
use spikeforge_sim::{Device, Fires, Input, Layer, LayerState, Network, Neurons, Reference, Reset, SignMatrix, Spikes};

/// Whole beats: a bit that only fills up a word has mutants that nothing could tell.
const N_INPUTS: usize = 48;
const N_TRAINS: u64 = 4;
const N_TIMESTEPS: usize = 10;
const MOST_DRAWN: usize = 1_000_000;

/// The presentations that are run, each unlike the others.
pub fn trains(n_inputs: usize) -> Vec<Vec<Spikes>> {
    (0..N_TRAINS).map(|seed| train(seed + 1, n_inputs, N_TIMESTEPS)).collect()
}

/// What the neurons of a layer have in common, and how many they are.
struct Kind {
    n_neurons: usize,
    reset: Reset,
    reset_delay: bool,
    fires: Fires,
    fraction_bits: u32,
    membrane_bits: u32,
}

/// Subtraction at once behind a threshold that may be met, and a zero that comes a timestep late behind one that must be
/// passed.
const KINDS: [Kind; 2] = [
    Kind { n_neurons: 16, reset: Reset::Subtract, reset_delay: false, fires: Fires::At, fraction_bits: 2, membrane_bits: 7 },
    Kind { n_neurons: 16, reset: Reset::Zero, reset_delay: true, fires: Fires::Above, fraction_bits: 1, membrane_bits: 5 },
];

/// A neuron with its own weights, threshold, bias and leak.
struct Neuron {
    weights: Vec<bool>,
    threshold: i64,
    bias: i64,
    beta: u32,
}

/// Grown neuron by neuron: random ones are drawn until one works behind the layers that are there.
pub fn lively_network() -> Network {
    let mut random = SplitMix64::new(1);
    let mut layers: Vec<Layer> = vec![];
    let mut n_drawn = 0;
    for (at, kind) in KINDS.iter().enumerate() {
        let n_inputs = layers.last().map_or(N_INPUTS, |layer| layer.weights.n_neurons());
        let mut neurons: Vec<Neuron> = vec![];
        while neurons.len() < kind.n_neurons {
            n_drawn += 1;
            assert!(n_drawn < MOST_DRAWN, "no neuron {} of layer {at} works among those drawn", neurons.len());
            let neuron = draw(&mut random, n_inputs, 1 << (kind.membrane_bits - 1));
            // A layer of which every other neuron would reach the one end only tells less.
            let is_positive = neurons.len() % 2 == 0;
            let with = |neuron| [layers.as_slice(), &[layer(at, kind, n_inputs, &[neuron])]].concat();
            if works(network(with(&neuron)), at, kind, is_positive) {
                neurons.push(neuron);
            }
        }
        let neurons: Vec<&Neuron> = neurons.iter().collect();
        layers.push(layer(at, kind, n_inputs, &neurons));
    }
    network(layers)
}

fn network(layers: Vec<Layer>) -> Network {
    Network::new(Input { shape: vec![u32::try_from(N_INPUTS).unwrap()] }, layers).unwrap()
}

fn draw(random: &mut SplitMix64, n_inputs: usize, end: i64) -> Neuron {
    Neuron {
        weights: (0..n_inputs).map(|_| random.chance(1, 2)).collect(),
        threshold: random.within(3, end - 2),
        bias: random.within(-end / 4, end / 4),
        beta: u32::try_from(random.within(16, 32)).unwrap(),
    }
}

fn layer(at: usize, kind: &Kind, n_inputs: usize, neurons: &[&Neuron]) -> Layer {
    let mut weights = SignMatrix::new(neurons.len(), n_inputs);
    for (j, neuron) in neurons.iter().enumerate() {
        neuron.weights.iter().enumerate().for_each(|(i, weight)| weights.set(j, i, *weight));
    }
    let neurons = Neurons {
        fraction_bits: kind.fraction_bits,
        beta_bits: 5,
        beta: neurons.iter().map(|neuron| neuron.beta).collect(),
        threshold: neurons.iter().map(|neuron| neuron.threshold).collect(),
        bias: neurons.iter().map(|neuron| neuron.bias).collect(),
        reset: kind.reset,
        reset_delay: kind.reset_delay,
        fires: kind.fires,
        membrane_bits: kind.membrane_bits,
        synapse: None,
        scaling: vec![],
        scaled_by: spikeforge_sim::ScaledBy::Timestep,
    };
    Layer { name: format!("fc{}", at + 1), weights, lower: vec![], window: None, recurrent: false, neurons }
}

/// The only neuron of the last layer fires in a sixth to five sixths of all timesteps, and saturates on the side asked for.
fn works(network: Network, at: usize, kind: &Kind, is_positive: bool) -> bool {
    let mut reference = Reference::new(&network);
    let traces: Vec<_> = trains(N_INPUTS).iter().map(|train| reference.trace(train).unwrap()).collect();
    let states: Vec<&LayerState> = traces.iter().flat_map(|trace| &trace.timesteps).map(|layers| &layers[at]).collect();
    let most = (1_i64 << (kind.membrane_bits - 1)) - 1;
    let reaches = |limit: i64| states.iter().filter(|state| state.membranes[0] == limit).count();
    // What is above the threshold is seen after the reset.
    let end = match (is_positive, kind.reset_delay) {
        (true, true) => reaches(most) > 1,
        (true, false) => reaches(most - network.layers[at].neurons.threshold[0]) > 1,
        (false, _) => reaches(-most - 1) > 1,
    };
    let n_fired = states.iter().filter(|state| state.fired[0]).count();
    end && (states.len() / 6..states.len() * 5 / 6).contains(&n_fired)
}

#[test]
fn a_lively_network_is_found() {
    assert_eq!(lively_network().layers.len(), KINDS.len());
}
