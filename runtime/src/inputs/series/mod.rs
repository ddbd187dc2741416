//! Labelled recordings of several channels in the format `.ts` of sktime and aeon, as EEG is published in it.
//!
//! ```text
//! # what anyone may read
//! @problemName Blink               headers, of which equal lengths, dimensions, timestamps and classes mean something here
//! @classLabel true Long Short
//! @data
//! 1.5,2,3:4,5e-1,6:Long            a recording a line: channels parted by ':', their values by ',', the label last
//! ```
//! Every recording has as many channels and values as the first; values that are missing, and timestamps, are refused.

mod error;
mod header;

use std::path::Path;

use super::{Images, InputError};
pub use error::SeriesError;
use error::clipped;
use header::Header;

/// Recordings with a label each.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Classes by name, in the order of the header.
    pub classes: Vec<String>,
    /// A class of each recording.
    pub labels: Vec<usize>,
    n_channels: usize,
    n_values: usize,
    /// `[recording][channel][value]`.
    values: Vec<f64>,
}

impl Series {
    /// Reads a file that is in memory; `path` is its name in messages.
    ///
    /// # Errors
    /// What is wrong with the bytes, and where.
    pub fn of_bytes(path: &Path, bytes: &[u8]) -> Result<Self, InputError> {
        parsed(bytes).map_err(|source| InputError::Series { path: path.to_owned(), source: Box::new(source) })
    }

    pub fn n_channels(&self) -> usize {
        self.n_channels
    }

    /// Of a channel.
    pub fn n_values(&self) -> usize {
        self.n_values
    }

    /// The values of a channel of a recording.
    pub fn channel(&self, recording: usize, channel: usize) -> &[f64] {
        let start = (recording * self.n_channels + channel) * self.n_values;
        &self.values[start..start + self.n_values]
    }

    /// Each recording as an image of `n_windows` rows of a byte a channel: 128 where the mean of a window is the median of
    /// its channel in that recording, and one more for each `unit` above it. So a code needs no other recording, and a
    /// drift between recordings is gone.
    ///
    /// # Errors
    /// More windows than values.
    pub fn windows(&self, n_windows: usize, unit: f64) -> Result<Images, SeriesError> {
        if n_windows == 0 || n_windows > self.n_values {
            return Err(SeriesError::Windows { n_windows, n_values: self.n_values });
        }
        let mut pixels = vec![0; self.labels.len() * n_windows * self.n_channels];
        for (recording, image) in pixels.chunks_mut(n_windows * self.n_channels).enumerate() {
            for channel in 0..self.n_channels {
                let values = self.channel(recording, channel);
                let middle = median(values);
                for window in 0..n_windows {
                    let at = |window: usize| window * self.n_values / n_windows;
                    let mean = mean(&values[at(window)..at(window + 1)]);
                    image[window * self.n_channels + channel] = byte(128.0 + (mean - middle) / unit);
                }
            }
        }
        let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(Images { pixels, shape: vec![size(n_windows), size(self.n_channels)] })
    }
}

#[allow(clippy::cast_precision_loss)]
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The upper of the two in the middle of an even number.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // rounded and in range
fn byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// Lines that hold something, with their numbers from 1.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, std::borrow::Cow<'_, str>)> {
    let lines = bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).enumerate();
    lines.filter(|(_, line)| !line.is_empty() && line[0] != b'#').map(|(i, line)| (i + 1, String::from_utf8_lossy(line)))
}

fn parsed(bytes: &[u8]) -> Result<Series, SeriesError> {
    let mut lines = lines(bytes);
    let header = Header::read(&mut lines)?;
    let (mut labels, mut values) = (Vec::new(), Vec::new());
    let mut shape = (header.n_channels, header.n_values);
    for (line, text) in lines {
        let mut channels: Vec<&str> = text.split(':').collect();
        let class = channels.pop().unwrap_or_default().trim();
        let found = header.classes.iter().position(|name| name == class);
        let expected = *shape.0.get_or_insert(channels.len());
        if channels.len() != expected || expected == 0 {
            return Err(SeriesError::Channels { line, got: channels.len(), expected: expected.max(1) });
        }
        labels.push(found.ok_or_else(|| SeriesError::Class { line, got: clipped(class), known: header.classes.join(", ") })?);
        for (channel, text) in channels.iter().enumerate() {
            let before = values.len();
            for (index, word) in text.split(',').enumerate() {
                let value = word.trim().parse().ok().filter(|value: &f64| value.is_finite());
                values.push(value.ok_or_else(|| SeriesError::Value { line, channel, index, text: clipped(word) })?);
            }
            let (got, expected) = (values.len() - before, *shape.1.get_or_insert(values.len() - before));
            if got != expected {
                return Err(SeriesError::Length { line, channel, got, expected });
            }
        }
    }
    match (labels.is_empty(), shape) {
        (false, (Some(n_channels), Some(n_values))) => Ok(Series { classes: header.classes, labels, n_channels, n_values, values }),
        _ => Err(SeriesError::Empty),
    }
}

#[cfg(test)]
mod tests;
