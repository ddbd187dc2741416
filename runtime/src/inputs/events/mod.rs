//! Events of an event camera (AER), counted into bins of time: a bin in which a pixel had an event is a spike.
//!
//! ```text
//! file or folder of recordings -> events (time, x, y, polarity) -> bins -> spikes [timestep][sample][polarity][y][x]
//! ```
//! N-MNIST (40 bits an event), AEDAT 2.0 (DVS128), AEDAT 3.1 and AEDAT 4 are read.

mod aedat2;
mod aedat3;
mod aedat4;
mod bins;
mod flat;
mod nmnist;

use std::path::{Path, PathBuf};

use super::bytes::{read_all, unpacked};
use super::{Content, InputError, Inputs};

pub use bins::Binning;

/// An event: microseconds, column, row (0 at the top), and whether the light rose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Event {
    time: u64,
    x: u16,
    y: u16,
    rises: bool,
}

/// Columns and rows of a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sensor {
    pub width: u16,
    pub height: u16,
}

impl Sensor {
    /// A spike line for each pixel and polarity.
    fn n_features(self) -> usize {
        2 * usize::from(self.width) * usize::from(self.height)
    }
}

/// What one file holds. The sensor is known where the format or its header says it.
struct Recording {
    events: Vec<Event>,
    sensor: Option<Sensor>,
}

/// How a file of events becomes presentations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventOptions {
    pub binning: Binning,
    /// In place of the one that the file tells.
    pub sensor: Option<Sensor>,
}

/// Spikes, a byte each, that are held at once.
const MOST_SPIKES: usize = 128 << 20;

impl Inputs {
    /// Reads a recording, or the first `limit` of a folder of them in the order of their names.
    ///
    /// # Errors
    /// What is wrong with the file, and where.
    pub fn read_events(path: &Path, options: EventOptions, limit: Option<usize>) -> Result<Self, InputError> {
        let files = files(path, limit)?.into_iter();
        Inputs::of_recordings(path, files.map(|file| Ok((read_all(&file)?, file))), options)
    }

    /// [`Inputs::read_events`] of a file that is in memory; `path` is its name in messages.
    ///
    /// # Errors
    /// What is wrong with the bytes, and where.
    pub fn events_of_bytes(path: &Path, bytes: Vec<u8>, options: EventOptions) -> Result<Self, InputError> {
        let bytes = unpacked(path, bytes);
        Inputs::of_recordings(path, std::iter::once(bytes.map(|bytes| (bytes, path.to_owned()))), options)
    }

    fn of_recordings(
        path: &Path,
        files: impl Iterator<Item = Result<(Vec<u8>, PathBuf), InputError>>,
        options: EventOptions,
    ) -> Result<Self, InputError> {
        let mut sensor = options.sensor;
        let mut recordings = Vec::new();
        for file in files {
            let (bytes, file) = file?;
            let recording = parse(&file, &bytes)?;
            let found = match sensor.or(recording.sensor) {
                Some(sensor) => sensor,
                None => return Err(InputError::NoSensor { path: file }),
            };
            check(&file, &recording.events, found)?;
            sensor = Some(found);
            recordings.push(recording.events);
        }
        let empty = || InputError::Empty { path: path.to_owned() };
        let sensor = sensor.ok_or_else(empty)?;
        let n_timesteps = options.binning.n_timesteps(&recordings).ok_or_else(empty)?;
        let (n_samples, n_features) = (recordings.len(), sensor.n_features());
        let n_bytes = n_timesteps.saturating_mul(n_samples).saturating_mul(n_features);
        if n_bytes > MOST_SPIKES {
            return Err(InputError::TooManyBins { path: path.to_owned(), n_samples, n_timesteps, n_features });
        }
        let mut bytes = vec![0; n_bytes];
        for (sample, events) in recordings.iter().enumerate() {
            let bin = options.binning.of(events);
            for event in events {
                let row = bin(event.time) * n_samples + sample;
                bytes[row * n_features + feature(*event, sensor)] = 1;
            }
        }
        Ok(Inputs { bytes, content: Content::Spikes { n_in_file: n_samples }, n_samples, n_features, n_timesteps })
    }
}

/// The place of an event among the features: polarity, row, column.
fn feature(event: Event, sensor: Sensor) -> usize {
    let (width, height) = (usize::from(sensor.width), usize::from(sensor.height));
    (usize::from(event.rises) * height + usize::from(event.y)) * width + usize::from(event.x)
}

/// The file, or those in the folder.
fn files(path: &Path, limit: Option<usize>) -> Result<Vec<PathBuf>, InputError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |source| InputError::Read { path: path.to_owned(), source };
    let entries = std::fs::read_dir(path).map_err(failed)?;
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(failed)?;
    files.retain(|file| file.is_file());
    files.sort();
    files.truncate(limit.unwrap_or(usize::MAX));
    Ok(files)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Recording, InputError> {
    match bytes {
        [b'#', b'!', b'A', b'E', b'R', b'-', b'D', b'A', b'T', version, b'.', ..] => match version {
            b'2' => aedat2::parse(path, bytes),
            b'3' => aedat3::parse(path, bytes),
            b'4' => aedat4::parse(path, bytes),
            _ => Err(InputError::AedatVersion { path: path.to_owned(), version: char::from(*version) }),
        },
        _ => nmnist::parse(path, bytes),
    }
}

/// Every event is on the sensor.
fn check(path: &Path, events: &[Event], sensor: Sensor) -> Result<(), InputError> {
    let is_outside = |event: &Event| event.x >= sensor.width || event.y >= sensor.height;
    match events.iter().position(is_outside) {
        Some(index) => Err(InputError::OutsideSensor {
            path: path.to_owned(),
            index,
            x: events[index].x,
            y: events[index].y,
            width: sensor.width,
            height: sensor.height,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
