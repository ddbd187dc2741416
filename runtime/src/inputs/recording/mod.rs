//! A long recording of EEG in HDF5, as the package eeghdf writes it from EDF.
//!
//! ```text
//! /record-0                          attribute sample_frequency, in Hz
//!   signals                          (channels, values), int16
//!   signal_labels                    such as "EEG Fp1"
//!   physical_dimensions              uV, mV or V
//!   signal_{digital,physical}_{mins,maxs}   what values mean: digital from min to max is physical from min to max
//!   edf_annotations/{starts_100ns, texts}
//! ```

mod container;
mod error;

use std::path::Path;

use super::InputError;
pub use error::RecordingError;

/// Channels of one sample rate, and what was noted on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// In Hz, above 0.
    pub sample_rate: f64,
    /// In the order of the file.
    pub annotations: Vec<Annotation>,
    n_values: usize,
    channels: Vec<Channel>,
    /// `[channel][value]`.
    values: Vec<i16>,
}

/// A note, at its time in seconds from the start.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    pub start: f64,
    pub text: String,
}

/// What a channel is, and what its values mean.
#[derive(Clone, Debug, PartialEq)]
struct Channel {
    label: String,
    unit: String,
    /// The least and the greatest.
    digital: [f64; 2],
    physical: [f64; 2],
}

impl Recording {
    /// Reads a file that is in memory; `path` is its name in messages.
    ///
    /// # Errors
    /// What is wrong with the bytes, and where. A channel whose scale or unit makes no sense is an error of
    /// [`Recording::microvolts`] only: there are channels of markers beside those of EEG.
    pub fn of_bytes(path: &Path, bytes: &[u8]) -> Result<Self, InputError> {
        parsed(bytes).map_err(|source| InputError::Recording { path: path.to_owned(), source: Box::new(source) })
    }

    /// Of each channel.
    pub fn n_values(&self) -> usize {
        self.n_values
    }

    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.channels.iter().map(|channel| channel.label.as_str())
    }

    /// The values of a channel, in microvolts.
    ///
    /// # Errors
    /// [`RecordingError::NoChannel`], [`RecordingError::Unit`] or [`RecordingError::Scale`].
    pub fn microvolts(&self, label: &str) -> Result<Vec<f64>, RecordingError> {
        let place = self.labels().position(|found| found == label).ok_or_else(|| {
            let known = self.labels().collect::<Vec<_>>().join(", ");
            RecordingError::NoChannel { label: label.to_owned(), known }
        })?;
        let (scale, at_zero) = self.channels[place].line()?;
        let values = &self.values[place * self.n_values..(place + 1) * self.n_values];
        Ok(values.iter().map(|&value| f64::from(value) * scale + at_zero).collect())
    }
}

impl Channel {
    /// Microvolts a digit, and those of the digit 0.
    fn line(&self) -> Result<(f64, f64), RecordingError> {
        let microvolts = match self.unit.as_str() {
            "uV" => 1.0,
            "mV" => 1e3,
            "V" => 1e6,
            unit => return Err(RecordingError::Unit { label: self.label.clone(), unit: unit.to_owned() }),
        };
        let ([least, greatest], [low, high]) = (self.digital, self.physical);
        let scale = microvolts * (high - low) / (greatest - least);
        let at_zero = microvolts * low - least * scale;
        match greatest > least && high != low && scale.is_finite() && at_zero.is_finite() {
            true => Ok((scale, at_zero)),
            false => Err(RecordingError::Scale { label: self.label.clone(), digital: self.digital, physical: self.physical }),
        }
    }
}

fn parsed(bytes: &[u8]) -> Result<Recording, RecordingError> {
    container::open(bytes, |root| {
        let record = root.folder("record-0")?;
        let sample_rate = record.number("sample_frequency")?;
        if !(sample_rate.is_finite() && sample_rate > 0.0) {
            return Err(RecordingError::Rate { got: sample_rate });
        }
        let ([n_channels, n_values], values) = record.table("signals")?;
        let counted = |place: &'static str, got: usize| same(place, got, n_channels, "channel");
        let labels = record.texts("signal_labels")?;
        counted("signal_labels", labels.len())?;
        let units = record.texts("physical_dimensions")?;
        counted("physical_dimensions", units.len())?;
        let mut ends: Vec<Vec<f64>> = Vec::new();
        for name in ["signal_digital_mins", "signal_digital_maxs", "signal_physical_mins", "signal_physical_maxs"] {
            ends.push(record.numbers(name)?);
            counted(name, ends[ends.len() - 1].len())?;
        }
        let channel = |(i, (label, unit)): (usize, (String, String))| Channel { label, unit, digital: [ends[0][i], ends[1][i]], physical: [ends[2][i], ends[3][i]] };
        let channels = labels.into_iter().zip(units).enumerate().map(channel).collect();
        let notes = record.folder("edf_annotations")?;
        let (starts, texts) = (notes.numbers("starts_100ns")?, notes.texts("texts")?);
        same("edf_annotations/texts", texts.len(), starts.len(), "start")?;
        let annotations = starts.into_iter().zip(texts).map(|(start, text)| Annotation { start: start * 1e-7, text }).collect();
        Ok(Recording { sample_rate, annotations, n_values, channels, values })
    })
}

fn same(place: &'static str, got: usize, expected: usize, of: &'static str) -> Result<(), RecordingError> {
    match got == expected {
        true => Ok(()),
        false => Err(RecordingError::Count { place, got, expected, of }),
    }
}

#[cfg(test)]
mod tests;
