//! A training on disk: a line with a checksum, the length of a header, the header as JSON, then every tensor in float32.
//!
//! It is written beside its place and renamed into it, so that there is a whole one at any moment.

use std::io::{self, Write};
use std::path::Path;

use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::course::{Progress, Training};
use crate::system::Options;
use crate::{Samples, TrainError};

const TITLE: &str = "spikeforge training 1 sha256 ";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    options: Options,
    progress: Progress,
    /// [`Training::digest`].
    samples: String,
    /// Names and sizes of the state's tensors; the best state follows with the same.
    tensors: Vec<(String, Vec<usize>)>,
}

impl Training {
    /// Writes it, whole or not at all.
    pub fn save(&self, path: &Path) -> Result<(), TrainError> {
        let state = self.system.state();
        let header = Header {
            options: self.options.clone(),
            progress: self.progress.clone(),
            samples: self.digest(),
            tensors: state.iter().map(|(name, var)| (name.clone(), var.dims().to_vec())).collect(),
        };
        let header = serde_json::to_vec(&header).map_err(|error| failed(path, error.into()))?;
        let mut body = (header.len() as u64).to_le_bytes().to_vec();
        body.extend(header);
        for tensor in state.iter().map(|(_, var)| var.as_tensor()).chain(&self.best) {
            let values = tensor.flatten_all()?.to_vec1::<f32>()?;
            body.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        }
        let mut bytes = format!("{TITLE}{:x}\n", Sha256::digest(&body)).into_bytes();
        bytes.extend(body);
        write_whole(path, &bytes)
    }

    /// The training of a checkpoint on the same samples, to go on as if it had not been interrupted.
    pub fn resume(path: &Path, samples: &Samples) -> Result<Training, TrainError> {
        let bad = |reason: &str| TrainError::Checkpoint { path: path.to_owned(), reason: reason.to_owned() };
        let bytes = std::fs::read(path).map_err(|source| TrainError::Read { path: path.to_owned(), source })?;
        let end = bytes.iter().take(200).position(|&byte| byte == b'\n').ok_or_else(|| bad("it has no title"))?;
        let title = std::str::from_utf8(&bytes[..end]).ok().and_then(|line| line.strip_prefix(TITLE));
        let body = &bytes[end + 1..];
        match title {
            None => return Err(bad("it has another title")),
            Some(sum) if sum != format!("{:x}", Sha256::digest(body)) => return Err(bad("it was altered or cut short")),
            Some(_) => {}
        }
        let (length, rest) = body.split_at_checked(8).ok_or_else(|| bad("it has no header"))?;
        let length = length.iter().rev().fold(0usize, |sum, &byte| (sum << 8) | usize::from(byte));
        let (header, values) = rest.split_at_checked(length).ok_or_else(|| bad("its header is cut short"))?;
        let header: Header = serde_json::from_slice(header).map_err(|error| bad(&error.to_string()))?;
        let mut training = Training::new(&header.options, samples)?;
        if training.digest() != header.samples {
            return Err(TrainError::OtherTraining { what: "the samples", expected: training.digest(), got: header.samples });
        }
        training.take(values, header).map_err(|reason| bad(&reason))?;
        Ok(training)
    }

    fn take(&mut self, values: &[u8], header: Header) -> Result<(), String> {
        let state = self.system.state();
        let names: Vec<_> = state.iter().map(|(name, var)| (name.clone(), var.dims().to_vec())).collect();
        let n: usize = names.iter().map(|(_, sizes)| sizes.iter().product::<usize>()).sum();
        if names != header.tensors || values.len() != 8 * n {
            return Err("its tensors are not those of its options".to_owned());
        }
        let mut floats = values.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        let mut next = |sizes: &[usize]| {
            let values: Vec<f32> = floats.by_ref().take(sizes.iter().product()).collect();
            Tensor::from_vec(values, sizes, &Device::Cpu).map_err(|error| error.to_string())
        };
        for (_, var) in &state {
            var.set(&next(var.dims())?).map_err(|error| error.to_string())?;
        }
        self.best = state.iter().map(|(_, var)| next(var.dims())).collect::<Result<_, _>>()?;
        self.progress = header.progress;
        Ok(())
    }
}

/// Writes a file beside its place, and renames it into it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut beside = tempfile::NamedTempFile::new_in(folder)?;
        beside.write_all(bytes)?;
        beside.as_file().sync_all()?;
        beside.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: io::Error) -> TrainError {
    TrainError::Write { path: path.to_owned(), source }
}
