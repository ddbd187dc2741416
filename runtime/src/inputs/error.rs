//! What is wrong with a file of inputs, labels or outputs.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{RecordingError, SeriesError};

#[derive(Debug, Error)]
pub enum InputError {
    #[error("{path}: {source}", path = path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is a folder; a file of spikes (.npy) or images (IDX) is needed", path = path.display())]
    IsFolder { path: PathBuf },
    #[error("{path} is not gzip all through: {source}; it was cut or altered, get it again", path = path.display())]
    Gzip { path: PathBuf, source: io::Error },
    #[error("{path} unpacks to more than 4 GiB; split it", path = path.display())]
    TooLarge { path: PathBuf },
    #[error("{path} is neither .npy nor IDX (it begins with {start}); save spikes with numpy.save as uint8", path = path.display())]
    UnknownFormat { path: PathBuf, start: String },
    #[error("{path} holds no presentation: a dimension of its shape is 0", path = path.display())]
    Empty { path: PathBuf },
    #[error("{path} holds images; say how they become spikes: --encode rate --timesteps T", path = path.display())]
    NeedsCoding { path: PathBuf },

    #[error("{path}: the .npy header is damaged: {reason}", path = path.display())]
    NpyHeader { path: PathBuf, reason: &'static str },
    #[error("{path} has .npy version {major}.{minor}, this program reads 1.0, 2.0 and 3.0; save it again with numpy.save", path = path.display())]
    NpyVersion { path: PathBuf, major: u8, minor: u8 },
    #[error("{path} has the type {got}, {wanted} is needed; save it with .astype({numpy})", path = path.display())]
    NpyType {
        path: PathBuf,
        got: String,
        wanted: &'static str,
        numpy: &'static str,
    },
    #[error("{path} is in Fortran order; save numpy.ascontiguousarray of it", path = path.display())]
    NpyOrder { path: PathBuf },
    #[error("{path} is no .npz of an array of spikes: {reason}; save it with numpy.savez(path, spikes=array)", path = path.display())]
    Npz { path: PathBuf, reason: String },
    #[error("{path} has the shape {got:?}, {wanted} is needed", path = path.display())]
    NpyShape {
        path: PathBuf,
        got: Vec<u64>,
        wanted: &'static str,
    },
    #[error("{path} should hold {expected} bytes after its header by its shape and holds {got}; it was cut or altered, get it again", path = path.display())]
    Length {
        path: PathBuf,
        expected: u128,
        got: usize,
    },
    #[error("{path}: the value at timestep {timestep}, sample {sample}, feature {feature} is {value}, spikes are 0 or 1; for images say --encode rate --timesteps T", path = path.display())]
    NotSpike {
        path: PathBuf,
        timestep: usize,
        sample: usize,
        feature: usize,
        value: u8,
    },

    #[error("{path}: the IDX header is cut off after {got} bytes", path = path.display())]
    IdxHeader { path: PathBuf, got: usize },
    #[error("{path} is IDX with elements of type {type_code:#04x} in {n_dimensions} dimensions, {wanted} is needed", path = path.display())]
    IdxType {
        path: PathBuf,
        type_code: u8,
        n_dimensions: u8,
        wanted: &'static str,
    },
    #[error("{path}: label {index} is {value}; labels are numbers of output neurons, from 0", path = path.display())]
    Label {
        path: PathBuf,
        index: usize,
        value: i64,
    },

    #[error("{path} is of {got} bytes that are no whole events; N-MNIST (40 bits an event), AEDAT 2.0, AEDAT 3.1 and AEDAT 4 are read, get it again if it is one of them", path = path.display())]
    NotEvents { path: PathBuf, got: usize },
    #[error("{path} is AEDAT {version}, which is not read; convert it to AEDAT 3.1 or 4, or to spikes with numpy.save", path = path.display())]
    AedatVersion { path: PathBuf, version: char },
    #[error("{path} is no whole AEDAT 4: at byte {at}, {reason}; get it again, or write it again with dv-processing", path = path.display())]
    Aedat4 { path: PathBuf, at: usize, reason: &'static str },
    #[error("{path}: event {index} has the address {address:#x}, which is none of a DVS128; convert recordings of other cameras to AEDAT 3.1 or 4", path = path.display())]
    NotDvs128 {
        path: PathBuf,
        index: usize,
        address: u32,
    },
    #[error("{path} does not say which camera it is from; use --sensor WIDTHxHEIGHT", path = path.display())]
    NoSensor { path: PathBuf },
    #[error("{path}: event {index} is at column {x}, row {y}, outside of {width} x {height} pixels; use --sensor WIDTHxHEIGHT", path = path.display())]
    OutsideSensor {
        path: PathBuf,
        index: usize,
        x: u16,
        y: u16,
        width: u16,
        height: u16,
    },
    #[error("{path}: {n_samples} recordings in {n_timesteps} timesteps of {n_features} pixels and polarities are more than fit the memory; use fewer --bins, a longer --bin-time, or --limit", path = path.display())]
    TooManyBins {
        path: PathBuf,
        n_samples: usize,
        n_timesteps: usize,
        n_features: usize,
    },

    #[error("{path}: {source}", path = path.display())]
    Series { path: PathBuf, source: Box<SeriesError> },
    #[error("{path}: {source}", path = path.display())]
    Recording { path: PathBuf, source: Box<RecordingError> },

    #[error("the network takes spikes, the inputs are values; say how they become spikes, such as --encode rate --timesteps T, or compile with --input-bits N")]
    ValuesForSpikes,
    #[error("{path} has samples of the shape {shape:?}, (frames, values...) is needed for --encode frames; use --encode values for still images", path = path.display())]
    NoFrames { path: PathBuf, shape: Vec<u32> },
    #[error("{path} has samples of {n_frames} frames, which {n_timesteps} timesteps cannot show for equal times; say --timesteps {n_frames} or {}", 2 * n_frames, path = path.display())]
    UnevenFrames { path: PathBuf, n_frames: usize, n_timesteps: usize },
    #[error("{path} holds images; say how long each is shown: --timesteps T", path = path.display())]
    NeedsTimesteps { path: PathBuf },
    #[error("the design was compiled with --encoder {design}, and {asked} is asked for: say --encode {name}, with --timesteps T for images (of latency those of the design), or compile it again")]
    OtherCoding { design: String, name: &'static str, asked: String },
    #[error("the network takes values of {bits} bits, the inputs are spikes; use --encode values, with --timesteps T for images")]
    SpikesForValues { bits: u32 },
    #[error("element {at} of the inputs is {value}, the network takes values of {bits} bits; give it smaller ones, or compile with more --input-bits")]
    TooManyBits { at: usize, value: u8, bits: u32 },
    #[error("the inputs have {got} features a timestep, the network has {expected} inputs")]
    Features { expected: usize, got: usize },
    #[error(
        "input {input} is not what the bundle was compiled for in presentation {sample}, timestep {timestep}: it was constant in the \
         calibration set, or declared silent; compile without --calibration and --silent-inputs, or with these presentations"
    )]
    NotConstant { sample: usize, timestep: usize, input: usize },
    #[error("there are {labels} labels for {samples} presentations; are both files of one set?")]
    LabelCount { labels: usize, samples: usize },
    #[error("{path} could not be written: {source}; nothing was left in its place", path = path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl InputError {
    pub(super) fn unknown(path: &Path, bytes: &[u8]) -> Self {
        let start = match bytes {
            [] => "nothing, it is empty".to_owned(),
            bytes => bytes
                .iter()
                .take(8)
                .map(|byte| format!("{byte:02x}"))
                .collect::<Vec<_>>()
                .join(" "),
        };
        InputError::UnknownFormat {
            path: path.to_owned(),
            start,
        }
    }
}
