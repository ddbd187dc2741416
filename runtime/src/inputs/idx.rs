//! IDX, the format of MNIST: `00 00 type n_dimensions`, sizes as big-endian u32, elements.

use std::path::Path;

use nom::bytes::complete::tag;
use nom::multi::count;
use nom::number::complete::{be_u32, u8};
use nom::{IResult, Parser};

use super::{Content, InputError, Inputs, Coding};

const UNSIGNED_BYTE: u8 = 0x08;

pub(super) struct Header {
    pub type_code: u8,
    pub sizes: Vec<u32>,
    n_bytes: usize,
}

/// Images: unsigned bytes in two or more dimensions, the first of which counts them.
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
    let header = header(path, &bytes)?;
    if header.type_code != UNSIGNED_BYTE || header.sizes.len() < 2 {
        return Err(wrong_type(path, &header, IMAGES));
    }
    let sizes = header.sizes.iter().map(|size| *size as usize).collect();
    Ok((sizes, elements(path, bytes, &header)?))
}

/// Labels: unsigned bytes in one dimension.
pub(crate) fn labels(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, InputError> {
    let header = header(path, &bytes)?;
    if header.type_code != UNSIGNED_BYTE || header.sizes.len() != 1 {
        return Err(wrong_type(
            path,
            &header,
            "unsigned bytes (0x08) in one dimension",
        ));
    }
    elements(path, bytes, &header)
}

const IMAGES: &str = "unsigned bytes (0x08) in two or more dimensions";

fn header(path: &Path, bytes: &[u8]) -> Result<Header, InputError> {
    match parse(bytes) {
        Ok((_, header)) => Ok(header),
        Err(_) => Err(InputError::IdxHeader {
            path: path.to_owned(),
            got: bytes.len(),
        }),
    }
}

fn parse(bytes: &[u8]) -> IResult<&[u8], Header> {
    let (rest, (_, type_code, n_dimensions)) = (tag([0u8, 0].as_slice()), u8, u8).parse(bytes)?;
    let (rest, sizes) = count(be_u32, usize::from(n_dimensions)).parse(rest)?;
    Ok((
        rest,
        Header {
            type_code,
            sizes,
            n_bytes: bytes.len() - rest.len(),
        },
    ))
}

/// The elements behind the header, which must be as many bytes as it says.
fn elements(path: &Path, mut bytes: Vec<u8>, header: &Header) -> Result<Vec<u8>, InputError> {
    let expected = header.sizes.iter().fold(1u128, |product, size| {
        product.saturating_mul(u128::from(*size))
    });
    let got = bytes.len() - header.n_bytes;
    if expected != got as u128 {
        return Err(InputError::Length {
            path: path.to_owned(),
            expected,
            got,
        });
    }
    bytes.drain(..header.n_bytes);
    Ok(bytes)
}

fn wrong_type(path: &Path, header: &Header, wanted: &'static str) -> InputError {
    let n_dimensions = u8::try_from(header.sizes.len()).unwrap_or(u8::MAX);
    InputError::IdxType {
        path: path.to_owned(),
        type_code: header.type_code,
        n_dimensions,
        wanted,
    }
}
