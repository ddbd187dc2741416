//! Presentations from files: spikes in `.npy` or `.npz`, images in IDX or `.npy` with a coding, events of event
//! cameras, labels; series of EEG as images of their windows, long recordings of EEG in HDF5.
//!
//! A file is held as it is, a byte an element, and becomes spikes one presentation at a time. The header of a file is
//! never believed further than the file is long.

mod asked;
mod bytes;
mod coded;
mod constant;
mod error;
mod events;
mod idx;
mod images;
mod labels;
mod npy;
mod npz;
mod recording;
mod series;
mod values;

use std::path::Path;

use spikeforge_sim::{coding, random, Spikes};

pub use asked::AskedCoding;
pub use error::InputError;
pub use events::{Binning, EventOptions, Sensor};
pub use images::{read_images, Images};
pub use labels::read_labels;
pub use npy::write_spikes;
pub use recording::{Annotation, Recording, RecordingError};
pub use series::{Series, SeriesError};

pub(crate) use bytes::{read_all, unpacked};
pub(crate) use idx::labels as idx_labels;
pub(crate) use images::of_bytes as images_of_bytes;
pub(crate) use npy::as_any_new_file;

use bytes::FileKind;

/// How pixels become spikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// At a rate in proportion to each pixel.
    Rate { n_timesteps: usize },
    /// Bright pixels spike at every timestep.
    Repeat { n_timesteps: usize },
    /// A pixel spikes while it is above a falling ramp.
    Ramp { n_timesteps: usize },
}

impl Coding {
    pub fn n_timesteps(&self) -> usize {
        match *self {
            Coding::Rate { n_timesteps } | Coding::Repeat { n_timesteps } | Coding::Ramp { n_timesteps } => n_timesteps,
        }
    }

    /// The spikes of an image, timestep by timestep.
    pub fn code(&self, pixels: &[u8]) -> Vec<Spikes> {
        match *self {
            Coding::Rate { n_timesteps } => coding::rate(pixels, n_timesteps),
            Coding::Repeat { n_timesteps } => coding::repeat(pixels, n_timesteps),
            Coding::Ramp { n_timesteps } => coding::ramp(pixels, n_timesteps),
        }
    }
}

/// Presentations of one length and one number of input lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    bytes: Vec<u8>,
    content: Content,
    n_samples: usize,
    n_features: usize,
    n_timesteps: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// 0 or 1, `[timestep][sample][feature]`; the file had `n_in_file` samples.
    Spikes { n_in_file: usize },
    /// 0 to 255, `[sample][feature]`.
    Pixels(Coding),
    /// Values that become spikes on their way.
    Coded(coded::Coded),
    /// Values, several bits of which enter for each of them.
    Values(values::Values),
}

impl Inputs {
    /// Reads spikes, or with a coding images, of which the first `limit` are kept.
    ///
    /// # Errors
    /// What is wrong with the file, and where.
    pub fn read(
        path: &Path,
        coding: Option<Coding>,
        limit: Option<usize>,
    ) -> Result<Self, InputError> {
        Inputs::of_bytes(path, bytes::read_packed(path)?, coding, limit)
    }

    /// [`Inputs::read`] of a file that is in memory; `path` is its name in messages.
    ///
    /// # Errors
    /// What is wrong with the bytes, and where.
    pub fn of_bytes(
        path: &Path,
        bytes: Vec<u8>,
        coding: Option<Coding>,
        limit: Option<usize>,
    ) -> Result<Self, InputError> {
        let bytes = unpacked(path, bytes)?;
        let mut inputs = match (FileKind::of(&bytes), coding) {
            (FileKind::Npy, None) => npy::spikes(path, bytes)?,
            (FileKind::Npy, Some(coding)) => npy::images(path, bytes, coding)?,
            (FileKind::Idx, Some(coding)) => idx::images(path, bytes, coding)?,
            (FileKind::Idx, None) => {
                return Err(InputError::NeedsCoding {
                    path: path.to_owned(),
                })
            }
            (FileKind::Unknown, _) => return Err(InputError::unknown(path, &bytes)),
        };
        if [inputs.n_samples, inputs.n_features, inputs.n_timesteps].contains(&0) {
            return Err(InputError::Empty {
                path: path.to_owned(),
            });
        }
        inputs.n_samples = inputs.n_samples.min(limit.unwrap_or(usize::MAX));
        Ok(inputs)
    }

    /// Random spikes from a seed: each presentation as [`spikeforge_sim::random::train`] makes it, silence and all
    /// ones among its timesteps.
    pub fn random(seed: u64, n_samples: usize, n_timesteps: usize, n_features: usize) -> Self {
        let mut bytes = vec![0; n_samples * n_timesteps * n_features];
        for (sample, seed) in (0..n_samples).zip(seed..) {
            let train = random::train(seed, n_features, n_timesteps);
            for (t, spikes) in train.iter().enumerate() {
                let first = (t * n_samples + sample) * n_features;
                for (place, spike) in bytes[first..].iter_mut().zip(spikes) {
                    *place = u8::from(*spike);
                }
            }
        }
        Inputs {
            bytes,
            content: Content::Spikes {
                n_in_file: n_samples,
            },
            n_samples,
            n_features,
            n_timesteps,
        }
    }

    /// The presentation `sample` alone, and of it the first `n_timesteps`.
    pub fn only(&self, sample: usize, n_timesteps: usize) -> Self {
        let n_timesteps = n_timesteps.min(self.n_timesteps);
        if let Content::Coded(coded) = self.content {
            return self.only_coded(coded, sample, n_timesteps);
        }
        let train = self.train(sample);
        let spikes = train[..n_timesteps].iter().flat_map(|spikes| spikes.iter().map(|spike| u8::from(*spike)));
        Inputs {
            bytes: spikes.collect(),
            content: Content::Spikes { n_in_file: 1 },
            n_samples: 1,
            n_timesteps,
            n_features: self.n_features,
        }
    }

    /// The first `most` presentations, or all if there are fewer.
    pub fn at_most(&self, most: usize) -> Self {
        Inputs {
            n_samples: self.n_samples.min(most),
            ..self.clone()
        }
    }

    /// The elements of the file.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Presentations.
    pub fn n_samples(&self) -> usize {
        self.n_samples
    }

    /// Input lines, the product of the shape of a sample.
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// An error where there are not as many as expected.
    pub fn check_features(&self, expected: usize) -> Result<(), InputError> {
        if self.n_features == expected {
            return Ok(());
        }
        Err(InputError::Features { expected, got: self.n_features })
    }

    pub fn n_timesteps(&self) -> usize {
        self.n_timesteps
    }

    /// One presentation as a device is given it, timestep by timestep: its spikes, or the lines of its values where the
    /// design codes them itself (see [`spikeforge_sim::coding::lines`]).
    pub fn train(&self, sample: usize) -> Vec<Spikes> {
        let features = |row: usize| &self.bytes[row * self.n_features..(row + 1) * self.n_features];
        match self.content {
            Content::Values(values) => self.lines(values, sample),
            Content::Coded(coded) => self.coded(coded, sample),
            Content::Pixels(coding) => coding.code(features(sample)),
            Content::Spikes { n_in_file } => {
                let spikes = |t| {
                    features(t * n_in_file + sample)
                        .iter()
                        .map(|spike| *spike == 1)
                        .collect()
                };
                (0..self.n_timesteps).map(spikes).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests;
