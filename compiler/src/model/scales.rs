//! Factors for each element, each channel, or all.

use ndarray::ArrayD;

use super::shape::spread;
use super::Node;

/// The values of a Scale node behind `source`, one for each element.
pub(super) fn spread_scale(scale: &ArrayD<f64>, source: &Node) -> Vec<f64> {
    spread(scale, source.shape.as_deref().unwrap_or_default())
}

/// The value of each of `n` channels, if all elements of a channel have the same.
pub(super) fn per_channel(values: &[f64], n: usize) -> Option<Vec<f64>> {
    let n_places = values.len() / n.max(1);
    let mut channels = values.chunks(n_places.max(1));
    channels.try_fold(Vec::new(), |mut found, channel| {
        found.push(channel[0]);
        channel.iter().all(|value| *value == channel[0]).then_some(found)
    })
}

/// Each value `n` times.
pub(super) fn repeated(values: impl Iterator<Item = f64>, n: usize) -> impl Iterator<Item = f64> {
    values.flat_map(move |value| std::iter::repeat_n(value, n))
}
