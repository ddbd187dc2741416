//! The formulas of the crate documentation once more, in wide integers and without a trick, against the reference.

use proptest::prelude::*;
use spikeforge_sim::{random, Device, Fires, Layer, LayerId, Network, Reference, Reset, ScaledBy, Spikes};

/// `(membrane, fired)` of a neuron.
pub type State = (i128, bool);

/// The states of a presentation: `[timestep][layer][neuron]`.
pub fn trace(network: &Network, train: &[Spikes]) -> Vec<Vec<Vec<State>>> {
    let rest = |layer: &Layer| vec![(0, false); layer.n_neurons()];
    let mut states: Vec<Vec<State>> = network.layers.iter().map(rest).collect();
    let mut synaptic: Vec<Vec<i128>> = network.layers.iter().map(|layer| vec![0; layer.n_neurons()]).collect();
    let mut timesteps = Vec::new();
    let mut n_spikes = vec![0; network.layers.len()];
    for (t, input) in train.iter().enumerate() {
        let mut x: Vec<bool> = input.iter().by_vals().collect();
        let of_layers = network.layers.iter().zip(&mut states).zip(&mut synaptic).zip(&mut n_spikes);
        for (((layer, state), synaptic), n_spikes) in of_layers {
            if layer.recurrent {
                x.extend(state.iter().map(|&(_, fired)| fired));
            }
            *n_spikes += x.iter().filter(|&&spike| spike).count();
            let element = match layer.neurons.scaled_by {
                ScaledBy::Timestep => t,
                ScaledBy::Count { shift } => *n_spikes / 2usize.pow(shift),
            };
            let driven: Vec<i128> = (0..state.len()).map(|j| driven(layer, (element, j), synaptic[j], &x)).collect();
            *state = (0..state.len()).map(|j| advance(layer, j, state[j], driven[j])).collect();
            *synaptic = driven;
            x = state.iter().map(|&(_, fired)| fired).collect();
        }
        timesteps.push(states.clone());
    }
    timesteps
}

/// What drives the membrane of neuron `j` under scaling `t`: with a synapse, what that holds then, `synaptic` being what it held
/// before.
fn driven(layer: &Layer, (t, j): (usize, usize), synaptic: i128, x: &[bool]) -> i128 {
    let (n, p) = (&layer.neurons, layer.parameter(j));
    let (scale, bias) = match n.scaling.len() {
        0 => (2i128.pow(n.fraction_bits), n.bias[p]),
        n_timesteps => {
            let scaling = &n.scaling[t.min(n_timesteps - 1)];
            (i128::from(scaling.scale[p]), scaling.bias[p])
        }
    };
    let drive = current(layer, j, x) * scale + i128::from(bias);
    n.synapse.as_ref().map_or(drive, |synapse| (synaptic * i128::from(synapse.decays[p.min(synapse.decays.len() - 1)])).div_euclid(2i128.pow(n.beta_bits)) + drive)
}

fn advance(layer: &Layer, j: usize, (membrane, fired): State, driven: i128) -> State {
    let n = &layer.neurons;
    let integrated = integrated_by(layer, j, (membrane, fired), driven);
    let half = 2i128.pow(n.membrane_bits - 1);
    let membrane_next = integrated.max(-half).min(half - 1);
    let threshold = i128::from(n.threshold[layer.parameter(j)]);
    let fires = match n.fires {
        Fires::Above => membrane_next > threshold,
        Fires::At => membrane_next >= threshold,
        Fires::Never => false,
    };
    let above = n.reset == Reset::SubtractAhead && is_above(layer, j, membrane);
    let after = match (n.reset, n.reset_delay, fires) {
        (Reset::SubtractAhead, _, _) => {
            let taken = i128::from(fires) - i128::from(above);
            (membrane_next - taken * threshold).max(-half).min(half - 1)
        }
        (Reset::Zero, false, true) => 0,
        (Reset::Subtract, false, true) => membrane_next - threshold,
        _ => membrane_next,
    };
    (after, fires)
}

/// The membrane of neuron `j`, which has neither a synapse nor a scaling, before saturation, its state being that of the timestep before.
pub fn integrated(layer: &Layer, j: usize, state: State, x: &[bool]) -> i128 {
    integrated_by(layer, j, state, driven(layer, (0, j), 0, x))
}

fn integrated_by(layer: &Layer, j: usize, (membrane, fired): State, drive: i128) -> i128 {
    let n = &layer.neurons;
    let p = layer.parameter(j);
    let late = n.reset_delay && fired;
    let ahead = n.reset == Reset::SubtractAhead && is_above(layer, j, membrane);
    let kept = if late && n.reset == Reset::Zero { 0 } else { membrane };
    let leaked = (kept * i128::from(n.beta[p])).div_euclid(2i128.pow(n.beta_bits));
    let subtracted = if ahead || late && n.reset == Reset::Subtract { i128::from(n.threshold[p]) } else { 0 };
    leaked + drive - subtracted
}

/// Whether a stored membrane passes its threshold.
pub fn is_above(layer: &Layer, j: usize, membrane: i128) -> bool {
    let threshold = i128::from(layer.neurons.threshold[layer.parameter(j)]);
    membrane > threshold || membrane == threshold && layer.neurons.fires == Fires::At
}

fn current(layer: &Layer, j: usize, x: &[bool]) -> i128 {
    let w = |row, i| match (layer.weights.get(row, i), layer.lower.len()) {
        (true, 0) => 1i128,
        (false, 0) => -1,
        (is_positive, n_lower) => {
            let sign = if is_positive { 0 } else { -2i128.pow(u32::try_from(n_lower).unwrap()) };
            (0..n_lower).filter(|&p| layer.lower[p].get(row, i)).map(|p| 1 << p).sum::<i128>() + sign
        }
    };
    let Some(window) = &layer.window else {
        return (0..x.len()).filter(|&i| x[i]).map(|i| w(j, i)).sum();
    };
    let at = |value: u32| usize::try_from(value).unwrap();
    let (height, width) = (at(window.y.n_inputs), at(window.x.n_inputs));
    let (kernel_y, kernel_x) = (at(window.y.n_kernel), at(window.x.n_kernel));
    let (rows, columns) = (window.y.taps.len(), window.x.taps.len());
    let (channel, row, column) = (j / (rows * columns), j / columns % rows, j % columns);
    let mut sum = 0;
    let planes = at(window.planes);
    for m in 0..at(window.channels) {
        for y in &window.y.taps[row] {
            for tap in &window.x.taps[column] {
                let element = (m * kernel_y + at(y.kernel)) * kernel_x + at(tap.kernel);
                let line = |p: usize| ((m * planes + p) * height + at(y.input)) * width + at(tap.input);
                let value: i128 = (0..planes).map(|p| i128::from(x[line(p)]) << p).sum();
                sum += value * w(channel, element);
            }
        }
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_reference_keeps_to_the_formulas(seed: u64, bounds in super::bounds(), n_timesteps in 0..12usize) {
        let network = random::network_within(bounds, seed);
        prop_assert_eq!(network.validate(), Ok(()));
        keeps_to_the_formulas(&network, seed, n_timesteps)?;
    }

    #[test]
    fn the_reference_keeps_to_the_later_formulas(seed: u64, n_timesteps in 0..12usize) {
        let network = random::later_network(seed);
        prop_assert_eq!(network.validate(), Ok(()));
        keeps_to_the_formulas(&network, seed, n_timesteps)?;
    }

    #[test]
    fn the_reference_reads_membranes_out_by_the_formulas(seed: u64, n_timesteps in 0..12usize) {
        let network = random::readout_network(seed);
        prop_assert_eq!(network.validate(), Ok(()));
        keeps_to_the_formulas(&network, seed, n_timesteps)?;
    }

    #[test]
    fn the_reference_feeds_spikes_back_by_the_formulas(seed: u64, n_timesteps in 0..12usize) {
        let network = random::recurrent_network(seed);
        prop_assert_eq!(network.validate(), Ok(()));
        keeps_to_the_formulas(&network, seed, n_timesteps)?;
    }

    #[test]
    fn the_reference_keeps_synaptic_currents_by_the_formulas(seed: u64, n_timesteps in 0..12usize) {
        for network in [random::synaptic_network(seed), random::own_synapses_network(seed)] {
            prop_assert_eq!(network.validate(), Ok(()));
            let text = serde_json::to_string(&network).unwrap();
            prop_assert_eq!(&serde_json::from_str::<spikeforge_sim::Network>(&text).unwrap(), &network);
            keeps_to_the_formulas(&network, seed, n_timesteps)?;
        }
    }

    #[test]
    fn the_reference_scales_currents_by_the_formulas(seed: u64, n_timesteps in 0..12usize) {
        let network = random::scaled_network(seed);
        prop_assert_eq!(network.validate(), Ok(()));
        keeps_to_the_formulas(&network, seed, n_timesteps)?;
    }

    #[test]
    fn the_reference_takes_values_by_the_formulas(seed: u64, n_timesteps in 0..12usize) {
        let network = random::value_network(seed);
        prop_assert_eq!(network.validate(), Ok(()));
        keeps_to_the_formulas(&network, seed, n_timesteps)?;
    }
}

fn keeps_to_the_formulas(network: &Network, seed: u64, n_timesteps: usize) -> Result<(), TestCaseError> {
    let train = random::train(seed ^ 1, network.input.n(), n_timesteps);
    let mut reference = Reference::new(network);
    let outputs = reference.run(&train).unwrap();
    let counts = reference.run_counts(&train).unwrap();
    let got = reference.trace(&train).unwrap();
    let expected = trace(network, &train);

    for (timestep, layers) in expected.iter().enumerate() {
        prop_assert_eq!(layers.len(), got.timesteps[timestep].len());
        for (layer, states) in layers.iter().enumerate() {
            let state = &got.timesteps[timestep][layer];
            let of_reference = state.membranes.iter().map(|&m| i128::from(m)).zip(state.fired.iter().by_vals());
            prop_assert_eq!(of_reference.collect::<Vec<_>>(), states.clone());
        }
        let last: Spikes = layers[layers.len() - 1].iter().map(|&(_, fired)| fired).collect();
        prop_assert_eq!(&outputs[timestep], &last);
    }
    for (j, &count) in counts.iter().enumerate() {
        prop_assert_eq!(u32::try_from(outputs.iter().filter(|spikes| spikes[j]).count()).unwrap(), count);
    }
    Ok(())
}

#[test]
fn input_that_does_not_start_at_a_word_is_read_right() {
    let network = random::network(5);
    let n_inputs = network.input.n();
    let long = random::train(9, n_inputs + 3, 1).remove(0);
    let unaligned = Spikes::from_bitslice(&long[3..]);
    let aligned: Spikes = long[3..].iter().by_vals().collect();
    let mut reference = Reference::new(&network);
    reference.step(&unaligned).unwrap();
    let expected = reference.state(LayerId(0)).unwrap();
    reference.reset().unwrap();
    reference.step(&aligned).unwrap();
    assert_eq!(reference.state(LayerId(0)).unwrap(), expected);
}
