//! Images as they are, for those who code them on their own.

use std::path::Path;

use super::bytes::{read_all, FileKind};
use super::{idx, npy, InputError};

/// Images of bytes of one shape, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    pub pixels: Vec<u8>,
    /// Of one image, as in `[28, 28]`.
    pub shape: Vec<u32>,
}

/// Reads images from IDX, gzipped or not, or from `.npy` of shape (batch, features...).
pub fn read_images(path: &Path) -> Result<Images, InputError> {
    of_bytes(path, read_all(path)?)
}

/// Images in the bytes of such a file.
pub(crate) fn of_bytes(path: &Path, bytes: Vec<u8>) -> Result<Images, InputError> {
    let (sizes, pixels) = match FileKind::of(&bytes) {
        FileKind::Npy => npy::pixels(path, bytes)?,
        FileKind::Idx => idx::pixels(path, bytes)?,
        FileKind::Unknown => return Err(InputError::unknown(path, &bytes)),
    };
    if sizes.contains(&0) {
        return Err(InputError::Empty { path: path.to_owned() });
    }
    let shape = sizes.iter().skip(1).map(|&size| u32::try_from(size).unwrap_or(u32::MAX)).collect();
    Ok(Images { pixels, shape })
}
