//! A course on disk: a line with a checksum, then JSON.
//!
//! It is written beside its place and renamed into it, so that there is a whole one at any moment.

use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spikeforge_sim::plasticity::{Checkpoint, LearningNetwork};

use super::{Course, LearnError, Progress};

const TITLE: &str = "spikeforge checkpoint ";
/// Of what a checkpoint holds and of what the rules make of it, so that none goes on by other rules than it began with.
/// 2: SigProp sets two targets against each other, STDP depresses one silent input in eight.
const FORMAT: u64 = 2;

/// Everything that a course needs to go on as if it had not been interrupted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    pub checkpoint: Checkpoint,
    /// None after a stream, which has no course.
    pub course: Option<Course>,
    pub progress: Progress,
    /// [`super::Samples::digest`] of what is learned; empty for a stream.
    pub samples: String,
}

impl Saved {
    /// Writes it, whole or not at all.
    pub fn write(&self, path: &Path) -> Result<(), LearnError> {
        let body = serde_json::to_vec(self).map_err(|error| failed(path, error.into()))?;
        let mut bytes = format!("{TITLE}{FORMAT} sha256 {:x}\n", Sha256::digest(&body)).into_bytes();
        bytes.extend(body);
        write_whole(path, &bytes)
    }

    pub fn read(path: &Path) -> Result<Saved, LearnError> {
        let bytes = std::fs::read(path).map_err(|source| LearnError::Read { path: path.to_owned(), source })?;
        let (format, expected, body) = parts(&bytes).ok_or_else(|| LearnError::NotCheckpoint { path: path.to_owned() })?;
        if format != FORMAT {
            return Err(LearnError::CheckpointFormat { path: path.to_owned(), expected: FORMAT, got: format });
        }
        let got = format!("{:x}", Sha256::digest(body));
        if got != expected {
            return Err(LearnError::CheckpointSum { path: path.to_owned(), expected: expected.to_owned(), got });
        }
        serde_json::from_slice(body)
            .map_err(|error| LearnError::CheckpointContent { path: path.to_owned(), reason: error.to_string() })
    }

    /// Refuses a checkpoint of another network than the one asked for.
    pub fn check_network(&self, asked: &LearningNetwork) -> Result<(), LearnError> {
        let saved = &self.checkpoint.network;
        let sizes = |network: &LearningNetwork| {
            let mut sizes = vec![network.input.n()];
            sizes.extend(network.layers.iter().map(|layer| layer.n_neurons()));
            sizes.push(network.n_classes);
            sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join("-")
        };
        let bits = |network: &LearningNetwork| format!("{:?}", network.layers.iter().map(|l| l.latent_bits).collect::<Vec<_>>());
        let thresholds = |network: &LearningNetwork| {
            let first = network.layers.iter().map(|layer| layer.neurons.threshold.first().copied().unwrap_or(0));
            format!("{:?}", first.collect::<Vec<_>>())
        };
        let facts: [(&'static str, String, String); 4] = [
            ("the rule", asked.rule.to_string(), saved.rule.to_string()),
            ("the shape", sizes(asked), sizes(saved)),
            ("the latent bits", bits(asked), bits(saved)),
            ("the threshold", thresholds(asked), thresholds(saved)),
        ];
        for (what, expected, got) in facts {
            if expected != got {
                return Err(LearnError::OtherNet { what, expected, got });
            }
        }
        let same = asked.layers == saved.layers && asked.label_lines == saved.label_lines;
        match same {
            true => Ok(()),
            false => Err(LearnError::OtherNet {
                what: "a parameter of the neurons, readouts or label lines",
                expected: "the one of the options or bundle".to_owned(),
                got: "another".to_owned(),
            }),
        }
    }
}

/// The format and the checksum that the first line tells, and what follows it.
fn parts(bytes: &[u8]) -> Option<(u64, &str, &[u8])> {
    let end = bytes.iter().take(200).position(|&byte| byte == b'\n')?;
    let (format, sum) = std::str::from_utf8(&bytes[..end]).ok()?.strip_prefix(TITLE)?.split_once(" sha256 ")?;
    Some((format.parse().ok()?, sum, &bytes[end + 1..]))
}

/// Writes a file beside its place, and renames it into it.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), LearnError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.is_dir() {
        return Err(failed(path, io::ErrorKind::IsADirectory.into()));
    }
    let write = || -> io::Result<()> {
        let mut beside = crate::inputs::as_any_new_file().tempfile_in(folder)?;
        beside.write_all(bytes)?;
        beside.as_file().sync_all()?;
        beside.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: io::Error) -> LearnError {
    LearnError::Write { path: path.to_owned(), source }
}
