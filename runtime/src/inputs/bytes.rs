//! A file's bytes, unpacked if it is gzipped or zipped.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::InputError;

/// The most bytes that a file may unpack to: a few bytes of gzip can announce any number.
const MOST_UNPACKED: u64 = 4 << 30;

/// What the first bytes of a file say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    Npy,
    Idx,
    Unknown,
}

impl FileKind {
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => FileKind::Npy,
            // IDX: two zeros, a type of 8 to 14, a number of dimensions.
            [0, 0, 8..=14, 1..=8, ..] => FileKind::Idx,
            _ => FileKind::Unknown,
        }
    }
}

/// All of a file, unpacked.
pub(crate) fn read_all(path: &Path) -> Result<Vec<u8>, InputError> {
    unpacked(path, read_packed(path)?)
}

/// All of a file as it is.
pub(super) fn read_packed(path: &Path) -> Result<Vec<u8>, InputError> {
    let failed = |source: io::Error| InputError::Read {
        path: path.to_owned(),
        source,
    };
    if path.is_dir() {
        return Err(InputError::IsFolder {
            path: path.to_owned(),
        });
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(failed)?;
    Ok(bytes)
}

/// The bytes, unpacked if they are gzipped; `path` is for errors.
pub(crate) fn unpacked(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, InputError> {
    if bytes.starts_with(b"PK\x03\x04") {
        return super::npz::array(path, bytes);
    }
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    let unpack = MultiGzDecoder::new(bytes.as_slice())
        .take(MOST_UNPACKED)
        .read_to_end(&mut unpacked);
    match unpack {
        Ok(_) if unpacked.len() as u64 == MOST_UNPACKED => Err(InputError::TooLarge {
            path: path.to_owned(),
        }),
        Ok(_) => Ok(unpacked),
        Err(source) => Err(InputError::Gzip {
            path: path.to_owned(),
            source,
        }),
    }
}
