//! Widths that are proved, not guessed: what currents and membranes can become on any input.
//!
//! A membrane is bounded by the smallest interval that holds 0 and that no timestep leaves, whatever the input. Every
//! case of a timestep (the neuron had fired, or not) takes the end of the interval to a new end by a function that
//! rises with it, and by no more than it, so the ends that hold are exactly those beyond a limit, found by bisection.

use std::ops::RangeInclusive;

use crate::arithmetic::{bits_for, greatest, leak, least, signed};
use crate::{limits, Layer, Neurons, Reset, SignMatrix};

/// The values that the current of neuron `j` takes, all of them on some input.
pub fn current_range(weights: &SignMatrix, j: usize) -> RangeInclusive<i64> {
    let n_positive = signed(weights.n_positive(j));
    (n_positive - signed(weights.n_inputs()))..=n_positive
}

/// The values that the current of each row of the weights takes: of neuron `j`, or, over all its positions, of channel
/// `j`.
pub fn currents(layer: &Layer) -> Vec<RangeInclusive<i64>> {
    let weights = &layer.weights;
    let (n_rows, n_columns) = (weights.n_neurons(), weights.n_inputs());
    let Some(window) = &layer.window else {
        return match layer.lower.is_empty() {
            true => (0..n_rows).map(|j| current_range(weights, j)).collect(),
            false => (0..n_rows).map(|j| range_of(layer, j, |_| 1)).collect(),
        };
    };
    let all = vec![u64::MAX; window.n_inputs().div_ceil(64)];
    let mut ranges = vec![0..=0; n_rows];
    let (mut counts, mut seen) = (vec![0; n_columns], Vec::new());
    for position in 0..window.n_positions() {
        window.count(&all, position, &mut counts);
        // Most positions meet the kernel as the one before them does.
        if seen.contains(&counts) {
            continue;
        }
        for (row, range) in ranges.iter_mut().enumerate() {
            let here = range_of(layer, row, |column| i64::from(counts[column]));
            *range = *here.start().min(range.start())..=*here.end().max(range.end());
        }
        seen.push(counts.clone());
    }
    ranges
}

/// The values of a row's current, where each column is met `times` often.
fn range_of(layer: &Layer, row: usize, times: impl Fn(usize) -> i64) -> RangeInclusive<i64> {
    let all = || (0..layer.weights.n_inputs()).map(|column| layer.weight(row, column) * times(column));
    all().filter(|&worth| worth < 0).sum()..=all().filter(|&worth| worth > 0).sum()
}

/// The least `membrane_bits` with which no neuron of the layer ever saturates and every threshold fits, or `None` if
/// there is no such width up to [`limits::MEMBRANE_BITS`].
pub fn layer_membrane_bits(layer: &Layer) -> Option<u32> {
    let currents = currents(layer);
    let n_parameters = layer.neurons.threshold.len();
    // Parameters of a channel, or of each of its positions.
    let positions = (n_parameters / currents.len().max(1)).max(1);
    bits_of_layer(&layer.neurons, |parameter| currents[parameter / positions].clone())
}

/// The least width of an accumulator that holds the current of each neuron of a layer, and every partial sum of it.
pub fn accumulator_bits(weights: &SignMatrix) -> u32 {
    let bits = |j| {
        let range = current_range(weights, j);
        bits_for(*range.start(), *range.end())
    };
    (0..weights.n_neurons()).map(bits).max().unwrap_or(1)
}

/// The values that the membrane of neuron `j` can take before its reset, if no width is needed beyond
/// [`limits::MEMBRANE_BITS`]. `None` when the input can drive it further, as that of nearly every neuron that does not
/// leak. `neurons.membrane_bits` has no say in it.
pub fn membrane_range(weights: &SignMatrix, neurons: &Neurons, j: usize) -> Option<RangeInclusive<i64>> {
    neuron_membrane_range(neurons, j, current_range(weights, j))
}

/// The same for neuron `j` on currents of the given range.
pub fn neuron_membrane_range(neurons: &Neurons, j: usize, currents: RangeInclusive<i64>) -> Option<RangeInclusive<i64>> {
    Neuron::new(neurons, j, currents).membrane_range()
}

/// Whether some input might make neuron `j` fire. When not, its membrane stays below the threshold at any width: a bound
/// from above, which a saturation can only lower, and one from below leaves as it is.
pub fn may_fire(weights: &SignMatrix, neurons: &Neurons, j: usize) -> bool {
    let neuron = Neuron::new(neurons, j, current_range(weights, j));
    let most = greatest(neurons.membrane_bits);
    let highest = first_that_holds(most, |high| neuron.highest_after(high) <= high).unwrap_or(most);
    highest >= neuron.lowest_firing
}

/// The least `membrane_bits` with which no neuron of a layer ever saturates and every threshold fits, or `None` if
/// there is no such width up to [`limits::MEMBRANE_BITS`].
pub fn membrane_bits(weights: &SignMatrix, neurons: &Neurons) -> Option<u32> {
    bits_of_layer(neurons, |j| current_range(weights, j))
}

/// The same for a layer of `n_inputs` whose weights are learned: enough for any weights.
pub fn plastic_membrane_bits(n_inputs: usize, neurons: &Neurons) -> Option<u32> {
    let most = signed(n_inputs);
    bits_of_layer(neurons, |_| -most..=most)
}

fn bits_of_layer(neurons: &Neurons, currents: impl Fn(usize) -> RangeInclusive<i64>) -> Option<u32> {
    let mut bits = 2;
    for (j, &threshold) in neurons.threshold.iter().enumerate() {
        let range = Neuron::new(neurons, j, currents(j)).membrane_range()?;
        bits = bits.max(bits_for(*range.start(), threshold.max(*range.end())));
    }
    (bits <= limits::MEMBRANE_BITS).then_some(bits)
}

/// The least width that holds the synaptic current of every neuron of a layer on any input, or `None` where there is no
/// such width up to [`limits::MEMBRANE_BITS`]. The neurons' own `synapse.bits` has no say in it.
pub fn synapse_bits(layer: &Layer) -> Option<u32> {
    let (currents, neurons) = (currents(layer), &layer.neurons);
    let synapse = neurons.synapse.as_ref()?;
    let positions = (neurons.threshold.len() / currents.len().max(1)).max(1);
    let mut bits = 2;
    for j in 0..neurons.threshold.len() {
        let range = synaptic_range(neurons, synapse.decay(j), drives(neurons, j, &currents[j / positions]))?;
        bits = bits.max(bits_for(*range.start(), *range.end()));
    }
    (bits <= limits::MEMBRANE_BITS).then_some(bits)
}

/// The weakest and the strongest drive of neuron `j` on currents of a range, under any scaling.
pub fn drives(neurons: &Neurons, j: usize, currents: &RangeInclusive<i64>) -> (i64, i64) {
    let ends = |element| [*currents.start(), *currents.end()].map(|current| neurons.scaled(element, j, current));
    let all = || (0..neurons.scaling.len().max(1)).flat_map(ends);
    (all().min().unwrap_or(0), all().max().unwrap_or(0))
}

/// The smallest interval that holds 0 and that no drive between the weakest and the strongest takes a synaptic current out of.
fn synaptic_range(neurons: &Neurons, decay: u32, (weakest, strongest): (i64, i64)) -> Option<RangeInclusive<i64>> {
    let kept = |current| leak(current, decay, neurons.beta_bits);
    let highest = first_that_holds(greatest(limits::MEMBRANE_BITS), |high| kept(high) + strongest <= high)?;
    let depth = first_that_holds(-least(limits::MEMBRANE_BITS), |depth| kept(-depth) + weakest >= -depth)?;
    Some(-depth..=highest)
}

/// A neuron under its strongest and weakest drive.
struct Neuron<'a> {
    neurons: &'a Neurons,
    beta: u32,
    threshold: i64,
    lowest_firing: i64,
    weakest: i64,
    strongest: i64,
}

impl<'a> Neuron<'a> {
    fn new(neurons: &'a Neurons, j: usize, currents: RangeInclusive<i64>) -> Self {
        let (weakest, strongest) = drives(neurons, j, &currents);
        // A synaptic current without bounds is as good as one that any width of a membrane is too narrow for.
        let far = least(limits::MEMBRANE_BITS)..=greatest(limits::MEMBRANE_BITS);
        let (weakest, strongest) = match &neurons.synapse {
            Some(synapse) => {
                let range = synaptic_range(neurons, synapse.decay(j), (weakest, strongest)).unwrap_or(far);
                (*range.start(), *range.end())
            }
            None => (weakest, strongest),
        };
        Neuron {
            neurons,
            beta: neurons.beta[j],
            threshold: neurons.threshold[j],
            lowest_firing: neurons.fires.lowest(neurons.threshold[j]),
            weakest,
            strongest,
        }
    }

    fn membrane_range(&self) -> Option<RangeInclusive<i64>> {
        let highest = first_that_holds(greatest(limits::MEMBRANE_BITS), |high| self.highest_after(high) <= high)?;
        let may_fire = highest >= self.lowest_firing;
        let depth =
            first_that_holds(-least(limits::MEMBRANE_BITS), |depth| self.lowest_after(-depth, may_fire) >= -depth)?;
        Some(-depth..=highest)
    }

    fn leak(&self, membrane: i64) -> i64 {
        leak(membrane, self.beta, self.neurons.beta_bits)
    }

    /// The highest membrane of a timestep, where that of the timestep before was at most `high` (0 or more).
    fn highest_after(&self, high: i64) -> i64 {
        let quiet = self.leak(high.min(self.lowest_firing - 1));
        if high < self.lowest_firing {
            return quiet + self.strongest;
        }
        if self.neurons.reset == Reset::SubtractAhead {
            // Stored below and not lowered, or stored above: lowered, and given back where that kept it from firing.
            let lowered = self.leak(high) - self.threshold + self.strongest;
            return (quiet + self.strongest).max(lowered).max(lowered.min(self.lowest_firing - 1) + self.threshold);
        }
        let fired = match (self.neurons.reset, self.neurons.reset_delay) {
            (Reset::None, _) => self.leak(high),
            (Reset::Zero, _) => 0,
            (Reset::Subtract, false) => self.leak(high - self.threshold),
            (Reset::Subtract | Reset::SubtractAhead, _) => self.leak(high) - self.threshold,
        };
        quiet.max(fired) + self.strongest
    }

    /// The lowest membrane of a timestep, where that of the timestep before was at least `low` (0 or less).
    fn lowest_after(&self, low: i64, may_fire: bool) -> i64 {
        let quiet = self.leak(low);
        // Only a subtraction before the comparison takes a membrane that fired below one at rest.
        let fired = match (self.neurons.reset, self.neurons.reset_delay) {
            (Reset::Subtract, true) | (Reset::SubtractAhead, _) if may_fire => {
                self.leak(self.lowest_firing) - self.threshold
            }
            _ => 0,
        };
        quiet.min(fired) + self.weakest
    }
}

/// The least value of 0..=`limit` that holds, where every greater one does too.
fn first_that_holds(limit: i64, holds: impl Fn(i64) -> bool) -> Option<i64> {
    let (mut low, mut high) = (0, limit);
    if !holds(high) {
        return None;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(low)
}
