//! What is wrong with a recording.

use thiserror::Error;

/// Places are paths within the file.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum RecordingError {
    #[error("it is no HDF5 file ({reason}); a recording as eeghdf writes it is expected")]
    NotHdf5 { reason: String },
    #[error("there is no {place}; is it a recording as eeghdf writes it?")]
    Missing { place: String },
    #[error("{place} cannot be read: {reason}; the file was cut or altered, get it again")]
    Damaged { place: String, reason: String },
    #[error("{place} holds {got}, {expected} are needed; write it again with eeghdf")]
    Kind { place: String, got: &'static str, expected: &'static str },
    #[error("{place} has the shape {got:?}, {expected} is needed; write it again with eeghdf")]
    Shape { place: String, got: Vec<u64>, expected: &'static str },
    #[error("{place} has {got} values, at most {most} are read; cut the recording into shorter ones")]
    TooLarge { place: String, got: u64, most: u64 },
    #[error("{place} has {got} entries, {expected} are needed, one for each {of}; write it again with eeghdf")]
    Count { place: &'static str, got: usize, expected: usize, of: &'static str },
    #[error("the sample frequency is {got} Hz; it must be a number above 0")]
    Rate { got: f64 },
    #[error("there is no channel {label:?}; there are {known}")]
    NoChannel { label: String, known: String },
    #[error("channel {label:?} goes from {digital:?} in the file to {physical:?}, which is no scale; write it again with eeghdf")]
    Scale { label: String, digital: [f64; 2], physical: [f64; 2] },
    #[error("channel {label:?} is in {unit:?}, which is none of uV, mV and V")]
    Unit { label: String, unit: String },
}
