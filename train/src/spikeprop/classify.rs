//! Samples told apart by which output fires first: pixels as times of receptive fields, classes as times of outputs.

use serde::Serialize;
use spikeforge_sim::argmax;

use super::coding::{class_times, Fields};
use super::comparison::{SIZES, WEIGHTS};
use super::descent::DescentName;
use super::network::Network;
use super::training::{Pattern, Training};
use crate::{Samples, TrainError};

/// What is trained, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Course {
    /// Receptive fields of a pixel, at least 3.
    pub n_fields: usize,
    /// Hidden neurons; the last one inhibits.
    pub n_hidden: usize,
    pub n_epochs: usize,
    /// Multiplies the rates of gradient and QuickProp.
    pub rate_factor: f64,
    pub seed: u64,
}

/// How a descent went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Learned {
    pub descent: &'static str,
    /// None for RProp, which goes by signs.
    pub rate: Option<f64>,
    pub seed: u64,
    /// Until the mean error of a sample was at most [`HALF`]; none when it never was.
    pub epochs_to_half: Option<usize>,
    /// After how many epochs the validation was best; those weights are tested.
    pub best_epoch: usize,
    /// 1/2 sum (t - wanted)^2 of a sample in the last epoch, ms^2.
    pub last_error: f64,
    /// Shares of what is right, 0 to 1.
    pub validation: f64,
    pub test: f64,
}

/// Half the error of two outputs that fire at once in the middle of the two times that are wanted, ms^2.
pub const HALF: f64 = 2.0;
/// [`DescentName::rate`] is for the sum of slopes of so many patterns; here it is for their mean times as many.
const PATTERNS_OF_XOR: f64 = 4.0;

/// Learns nine tenths of the samples, validates on the others after every epoch, and tests the best weights once.
pub fn classify(name: DescentName, samples: &Samples, tested: &Samples, course: &Course, watch: &mut dyn FnMut(usize, f64, f64)) -> Result<Learned, TrainError> {
    let (learned, validated) = samples.parted(course.seed)?;
    let patterns = |samples: &Samples| -> Vec<Pattern> { (0..samples.len()).map(|i| pattern(samples, i, course.n_fields)).collect() };
    let (learned, validation, test) = (patterns(&learned), patterns(&validated), patterns(tested));
    let rate = course.rate_factor * name.rate() * PATTERNS_OF_XOR / count(learned.len());
    let mut training = Training::new(network(&learned, course, samples.n_classes()), name, rate);
    let (mut best, mut best_epoch, mut kept) = (-1.0, 0, training.network.clone());
    let (mut epochs_to_half, mut last_error) = (None, f64::INFINITY);
    for epoch in 1..=course.n_epochs {
        last_error = training.epoch(&learned) / count(learned.len());
        if last_error <= HALF {
            // The error is that before the step.
            epochs_to_half = epochs_to_half.or(Some(epoch - 1));
        }
        let right = accuracy(&training.network, &validation, validated.labels());
        watch(epoch, last_error, right);
        if right > best {
            (best, best_epoch, kept) = (right, epoch, training.network.clone());
        }
    }
    Ok(Learned {
        descent: name.name(),
        rate: Some(rate).filter(|_| name != DescentName::RProp),
        seed: course.seed,
        epochs_to_half,
        best_epoch,
        last_error,
        validation: best.max(0.0),
        test: accuracy(&kept, &test, tested.labels()),
    })
}

/// The fields of each pixel, and one input that is always early.
fn pattern(samples: &Samples, i: usize, n_fields: usize) -> Pattern {
    let fields = |&pixel: &u8| Fields { n: n_fields }.times(f64::from(pixel) / 255.0);
    let inputs = samples.image(i).iter().flat_map(fields).chain([Some(0.0)]).collect();
    Pattern { inputs, wanted: class_times(samples.labels()[i], samples.n_classes()) }
}

/// A network that begins as XOR does: as many spikes as there lift a neuron as high.
fn network(patterns: &[Pattern], course: &Course, n_classes: usize) -> Network {
    let n_inputs = patterns.first().map_or(1, |pattern| pattern.inputs.len());
    let n_fired: usize = patterns.iter().map(|pattern| pattern.inputs.iter().flatten().count()).sum();
    let first = count(SIZES[0]) * count(patterns.len()) / count(n_fired.max(1));
    let second = count(SIZES[1]) / count(course.n_hidden.max(1));
    Network::new(&[n_inputs, course.n_hidden, n_classes], WEIGHTS, course.seed).gained(&[first, second])
}

/// The share of patterns whose label's output fires first, of equals the first; silent outputs come last.
fn accuracy(network: &Network, patterns: &[Pattern], labels: &[usize]) -> f64 {
    let is_right = |(pattern, &label): &(&Pattern, &usize)| {
        let times = network.run(&pattern.inputs).pop().unwrap_or_default();
        let earliness: Vec<f64> = times.iter().map(|time| -time.unwrap_or(f64::MAX)).collect();
        times.iter().any(Option::is_some) && argmax(&earliness) == label
    };
    count(patterns.iter().zip(labels).filter(is_right).count()) / count(patterns.len().max(1))
}

#[allow(clippy::cast_precision_loss)]
fn count(n: usize) -> f64 {
    n as f64
}
