//! `.npy`: spikes of shape (timesteps, batch, features...), images of shape (batch, features...), labels.

mod header;
mod write;

use std::path::Path;

use super::{Content, InputError, Inputs, Coding};
use header::{parse, Header};

pub(crate) use write::as_any_new_file;
pub use write::write_spikes;

/// Spikes: uint8, each 0 or 1.
pub(super) fn spikes(path: &Path, bytes: Vec<u8>) -> Result<Inputs, InputError> {
    let inputs = series(path, bytes)?;
    let (n_samples, n_features) = (inputs.n_samples, inputs.n_features);
    if let Some(at) = inputs.bytes.iter().position(|value| *value > 1) {
        let (row, feature, value) = (at / n_features, at % n_features, inputs.bytes[at]);
        let (timestep, sample) = (row / n_samples, row % n_samples);
        return Err(InputError::NotSpike {
            path: path.to_owned(),
            timestep,
            sample,
            feature,
            value,
        });
    }
    Ok(inputs)
}

/// The same, but for what its values are.
pub(super) fn series(path: &Path, bytes: Vec<u8>) -> Result<Inputs, InputError> {
    let header = parse(path, &bytes)?;
    let wanted = "(timesteps, batch, features...), time first,";
    let [n_timesteps, n_samples, of_sample @ ..] = header.shape.as_slice() else {
        return Err(wrong_shape(path, &header, wanted));
    };
    if of_sample.is_empty() {
        return Err(wrong_shape(path, &header, wanted));
    }
    let (n_timesteps, n_samples, n_features) =
        (size(n_timesteps), size(n_samples), product(of_sample));
    let spikes = bytes_of(path, bytes, &header)?;
    Ok(Inputs {
        bytes: spikes,
        content: Content::Spikes {
            n_in_file: n_samples,
        },
        n_samples,
        n_features,
        n_timesteps,
    })
}

/// Images: uint8 pixels.
pub(super) fn images(path: &Path, bytes: Vec<u8>, coding: Coding) -> Result<Inputs, InputError> {
    let (sizes, bytes) = pixels(path, bytes)?;
    Ok(Inputs {
        bytes,
        content: Content::Pixels(coding),
        n_samples: sizes[0],
        n_features: sizes[1..].iter().product(),
        n_timesteps: coding.n_timesteps(),
    })
}

/// The sizes of such a file, two or more, and its elements.
pub(super) fn pixels(path: &Path, bytes: Vec<u8>) -> Result<(Vec<usize>, Vec<u8>), InputError> {
    let header = parse(path, &bytes)?;
    if header.shape.len() < 2 {
        return Err(wrong_shape(path, &header, "(batch, features...)"));
    }
    let sizes = header.shape.iter().map(size).collect();
    Ok((sizes, bytes_of(path, bytes, &header)?))
}

/// Integers of any width in one dimension.
pub(super) fn integers(path: &Path, bytes: &[u8]) -> Result<Vec<i64>, InputError> {
    let header = parse(path, bytes)?;
    if header.shape.len() != 1 {
        return Err(wrong_shape(path, &header, "(batch,)"));
    }
    let Some((is_signed, is_big, width)) = integer_type(&header.type_name) else {
        return Err(wrong_type(path, &header, "an integer type", "\"int64\""));
    };
    let elements = elements(path, bytes, &header, width)?;
    let integer = |element: &[u8]| {
        let mut little = [0; 8];
        little[..width].copy_from_slice(element);
        if is_big {
            little[..width].reverse();
        }
        let unused = 64 - 8 * u32::try_from(width).unwrap_or(8);
        let value = i64::from_le_bytes(little);
        if is_signed {
            value << unused >> unused
        } else {
            value
        }
    };
    Ok(elements.chunks_exact(width).map(integer).collect())
}

/// The elements of an array of uint8.
fn bytes_of(path: &Path, mut bytes: Vec<u8>, header: &Header) -> Result<Vec<u8>, InputError> {
    if integer_type(&header.type_name) != Some((false, false, 1)) {
        return Err(wrong_type(path, header, "uint8", "\"uint8\""));
    }
    elements(path, &bytes, header, 1)?;
    bytes.drain(..header.n_bytes);
    Ok(bytes)
}

/// The bytes behind the header, which must be as many as the shape says.
fn elements<'a>(
    path: &Path,
    bytes: &'a [u8],
    header: &Header,
    width: usize,
) -> Result<&'a [u8], InputError> {
    if header.is_fortran {
        return Err(InputError::NpyOrder {
            path: path.to_owned(),
        });
    }
    let elements = &bytes[header.n_bytes..];
    let expected = header.shape.iter().fold(width as u128, |product, size| {
        product.saturating_mul(u128::from(*size))
    });
    if expected != elements.len() as u128 {
        return Err(InputError::Length {
            path: path.to_owned(),
            expected,
            got: elements.len(),
        });
    }
    Ok(elements)
}

/// Signed, big endian, bytes: of a type such as `<i8` or `|u1`.
fn integer_type(name: &str) -> Option<(bool, bool, usize)> {
    let plain = name.trim_start_matches(['<', '>', '|', '=']);
    let width = plain
        .get(1..)?
        .parse()
        .ok()
        .filter(|width| [1, 2, 4, 8].contains(width))?;
    let is_big = name.starts_with('>') && width > 1;
    match plain.chars().next()? {
        'i' => Some((true, is_big, width)),
        'u' => Some((false, is_big, width)),
        _ => None,
    }
}

fn size(size: &u64) -> usize {
    usize::try_from(*size).unwrap_or(usize::MAX)
}

fn product(sizes: &[u64]) -> usize {
    sizes.iter().map(size).fold(1, usize::saturating_mul)
}

fn wrong_shape(path: &Path, header: &Header, wanted: &'static str) -> InputError {
    InputError::NpyShape {
        path: path.to_owned(),
        got: header.shape.clone(),
        wanted,
    }
}

fn wrong_type(
    path: &Path,
    header: &Header,
    wanted: &'static str,
    numpy: &'static str,
) -> InputError {
    InputError::NpyType {
        path: path.to_owned(),
        got: header.type_name.clone(),
        wanted,
        numpy,
    }
}
