//! Widths that are proved to be enough, and where the bound is met, to be the least.

use proptest::prelude::*;
use spikeforge_sim::random::SplitMix64;
use spikeforge_sim::{random, range, Fires, Layer, Neurons, Reset, SignMatrix};

use super::naive;

/// Presents random and hostile inputs to neuron `j` alone and returns the lowest and highest it became before its reset.
fn extremes(layer: &Layer, j: usize, seed: u64) -> (i128, i128) {
    let row: Vec<bool> = (0..layer.weights.n_inputs()).map(|i| layer.weight(j, i) > 0).collect();
    let mut random = SplitMix64::new(seed);
    let mut worst = (0, 0);
    let mut wide = layer.clone();
    wide.neurons.membrane_bits = 62;
    for strategy in 0..6 {
        let mut state = (0, false);
        for timestep in 0..60 {
            let excite = match strategy {
                0 => true,
                1 => false,
                // Charge, then pull; pull, then charge; charge when it did not fire; at random.
                2 => timestep < 30,
                3 => timestep >= 30,
                4 => !state.1,
                _ => random.chance(1, 2),
            };
            let x: Vec<bool> = row.iter().map(|&w| w == excite).collect();
            let integrated = naive::integrated(&wide, j, state, &x);
            worst = (integrated.min(worst.0), integrated.max(worst.1));
            state = settle(&wide, j, state.0, integrated);
            worst = (state.0.min(worst.0), state.0.max(worst.1));
        }
    }
    worst
}

/// Fires and resets a membrane that is wide enough.
fn settle(layer: &Layer, j: usize, before: i128, integrated: i128) -> naive::State {
    let n = &layer.neurons;
    let threshold = i128::from(n.threshold[j]);
    let fires = if n.fires == Fires::Above { integrated > threshold } else { integrated >= threshold };
    match (n.reset, fires && !n.reset_delay) {
        (Reset::SubtractAhead, _) => {
            let above = naive::is_above(layer, j, before);
            (integrated - (i128::from(fires) - i128::from(above)) * threshold, fires)
        }
        (Reset::Zero, true) => (0, fires),
        (Reset::Subtract, true) => (integrated - threshold, fires),
        _ => (integrated, fires),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_input_leaves_the_proved_range(seed: u64, bounds in super::bounds(), is_later: bool) {
        let network = if is_later { random::later_network(seed) } else { random::network_within(bounds, seed) };
        // What a neuron of a convolution can meet is that of a dense one at a position that meets all of its kernel.
        for layer in network.layers.iter().filter(|layer| layer.window.is_none()) {
            let bits = range::layer_membrane_bits(layer);
            let currents = range::currents(layer);
            for j in 0..layer.weights.n_neurons().min(20) {
                let Some(proved) = range::neuron_membrane_range(&layer.neurons, j, currents[j].clone()) else { continue };
                let (lowest, highest) = extremes(layer, j, seed);
                prop_assert!(i128::from(*proved.start()) <= lowest && highest <= i128::from(*proved.end()));
                if let Some(bits) = bits {
                    let half = 1i128 << (bits - 1);
                    prop_assert!(-half <= lowest && highest < half);
                }
            }
        }
    }

    /// Without a reset the strongest drive charges the membrane to the very end of the range, the weakest to the other.
    #[test]
    fn the_range_without_reset_is_reached(seed: u64, n_inputs in 1..40usize, beta in 0..8u32, bias in -20..20i64) {
        let layer = layer(seed, n_inputs, |n| (n.beta[0], n.bias[0], n.reset) = (beta, bias, Reset::None));
        let proved = range::membrane_range(&layer.weights, &layer.neurons, 0).unwrap();
        let (lowest, highest) = extremes(&layer, 0, seed);
        prop_assert_eq!((lowest, highest), (i128::from(*proved.start()), i128::from(*proved.end())));
    }

    #[test]
    fn the_least_of_every_reset_but_late_subtraction_is_reached(seed: u64, n_inputs in 1..40usize, beta in 0..8u32, delayed: bool) {
        for reset in [Reset::None, Reset::Zero, Reset::Subtract] {
            let reset_delay = delayed && reset != Reset::Subtract;
            let layer = layer(seed, n_inputs, |n| (n.beta[0], n.reset, n.reset_delay) = (beta, reset, reset_delay));
            let proved = range::membrane_range(&layer.weights, &layer.neurons, 0).unwrap();
            prop_assert_eq!(extremes(&layer, 0, seed).0, i128::from(*proved.start()));
        }
    }
}

fn layer(seed: u64, n_inputs: usize, change: impl FnOnce(&mut Neurons)) -> Layer {
    let mut layer = super::one_neuron(n_inputs, |n| n.beta_bits = 3).layers.remove(0);
    let mut random = SplitMix64::new(seed);
    (0..n_inputs).for_each(|i| layer.weights.set(0, i, random.chance(1, 2)));
    change(&mut layer.neurons);
    layer
}

/// Checks the range of a neuron with eight weights +1, threshold 2.
fn check(change: impl FnOnce(&mut Neurons), expected: Option<(i64, i64)>) {
    let layer = super::one_neuron(8, change).layers.remove(0);
    let range = range::membrane_range(&layer.weights, &layer.neurons, 0);
    assert_eq!(range.map(|range| (*range.start(), *range.end())), expected);
}

#[test]
fn ranges_reckoned_on_paper() {
    // Never leaks, and gains 8 a timestep while subtraction takes 2.
    check(|_| {}, None);
    check(|n| n.threshold[0] = 9, Some((0, 16)));
    check(|n| (n.threshold[0], n.fires) = (9, Fires::Above), Some((0, 17)));
    check(|n| n.reset = Reset::Zero, Some((0, 9)));
    check(|n| (n.reset, n.reset_delay) = (Reset::Zero, true), Some((0, 9)));
    // A late subtraction takes from a membrane that an input may already have drained: 2 - 2 at the least.
    check(|n| (n.threshold[0], n.reset_delay) = (9, true), Some((0, 16)));
    // Half is lost: 8 + 4 + 2 + 1; a fixed point of x / 2 + 8 rounded down.
    check(|n| (n.beta[0], n.reset) = (1, Reset::None), Some((0, 15)));
    check(|n| (n.beta[0], n.bias[0], n.reset) = (1, -3, Reset::None), Some((-6, 9)));
    check(|n| (n.beta[0], n.bias[0]) = (2, -3), None);
    check(|n| (n.beta[0], n.fraction_bits, n.reset) = (0, 4, Reset::None), Some((0, 128)));
    // Fires at 2 or more, keeps none of it, owes 2 at the next timestep.
    check(|n| (n.beta[0], n.reset_delay) = (0, true), Some((-2, 8)));
}

#[test]
fn one_bit_less_overflows() {
    let layer = super::one_neuron(8, |n| (n.beta[0], n.reset) = (1, Reset::None)).layers.remove(0);
    assert_eq!(range::membrane_bits(&layer.weights, &layer.neurons), Some(5));
    let (_, highest) = extremes(&layer, 0, 0);
    assert!(highest > 7, "15 is reached, and does not fit 4 bits");
}

#[test]
fn the_threshold_has_a_say_in_the_width() {
    let layer = super::one_neuron(1, |n| (n.beta[0], n.threshold[0]) = (0, 1000)).layers.remove(0);
    assert_eq!(range::membrane_bits(&layer.weights, &layer.neurons), Some(11));
    let layer = super::one_neuron(1, |n| (n.beta[0], n.threshold[0]) = (0, 1 << 31)).layers.remove(0);
    assert_eq!(range::membrane_bits(&layer.weights, &layer.neurons), None);
}

#[test]
fn accumulators_hold_the_extremes() {
    let bits = |rows: &[Vec<bool>]| range::accumulator_bits(&SignMatrix::from_rows(rows).unwrap());
    assert_eq!(bits(&[vec![true]]), 2);
    assert_eq!(bits(&[vec![false]]), 1);
    assert_eq!(bits(&[vec![false; 128]]), 8);
    assert_eq!(bits(&[vec![true; 128]]), 9);
    assert_eq!(bits(&[vec![true; 127]]), 8);
    assert_eq!(bits(&[vec![true, false, true], vec![false; 3]]), 3);
    let layer = layer(3, 9, |_| {});
    let positive = i64::try_from(layer.weights.n_positive(0)).unwrap();
    assert_eq!(range::current_range(&layer.weights, 0), positive - 9..=positive);
}
