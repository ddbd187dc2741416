//! The labels of samples.

use std::path::Path;

use super::bytes::{read_all, FileKind};
use super::{idx, npy, InputError};

/// Reads labels: integers of any width in a one-dimensional `.npy`, or IDX labels; the first `limit` of them.
pub fn read_labels(path: &Path, limit: Option<usize>) -> Result<Vec<usize>, InputError> {
    let bytes = read_all(path)?;
    let values: Vec<i64> = match FileKind::of(&bytes) {
        FileKind::Npy => npy::integers(path, &bytes)?,
        FileKind::Idx => idx::labels(path, bytes)?
            .into_iter()
            .map(i64::from)
            .collect(),
        FileKind::Unknown => return Err(InputError::unknown(path, &bytes)),
    };
    let label = |(index, value): (usize, i64)| {
        usize::try_from(value).map_err(|_| InputError::Label {
            path: path.to_owned(),
            index,
            value,
        })
    };
    values
        .into_iter()
        .take(limit.unwrap_or(usize::MAX))
        .enumerate()
        .map(label)
        .collect()
}
