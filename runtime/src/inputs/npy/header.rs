//! The header of a `.npy` file: a Python dictionary of type, order and shape.
//!
//! Read with a grammar of its own that nests no deeper than the shape: a general reader of Python literals can be
//! driven out of its stack by a file of brackets.

use std::path::Path;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while};
use nom::character::complete::{char, multispace0, u64};
use nom::combinator::{map, opt, value};
use nom::multi::separated_list0;
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use crate::inputs::InputError;

/// numpy itself refuses more.
const MOST_BYTES: usize = 10_000;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Such as `|u1`; of a structured type, the text as it stands.
    pub type_name: String,
    pub is_fortran: bool,
    pub shape: Vec<u64>,
    /// Where the elements begin.
    pub n_bytes: usize,
}

/// The header of the file `path` with the contents `bytes`.
pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Header, InputError> {
    let damaged = |reason| InputError::NpyHeader {
        path: path.to_owned(),
        reason,
    };
    let (length, start) = length(path, bytes)?;
    if length > MOST_BYTES {
        return Err(damaged("it calls itself longer than 10000 bytes"));
    }
    let text = bytes
        .get(start..start + length)
        .ok_or_else(|| damaged("it is cut off"))?;
    let text = std::str::from_utf8(text).map_err(|_| damaged("it is not text"))?;
    let no_dictionary = |_| damaged("it is no dictionary of descr, fortran_order and shape");
    let (_, entries) = dictionary(text).map_err(no_dictionary)?;
    of_entries(entries, start + length)
        .ok_or_else(|| damaged("it must have descr, fortran_order and shape, once each"))
}

/// The length of the dictionary and where it begins, by the version of the format.
fn length(path: &Path, bytes: &[u8]) -> Result<(usize, usize), InputError> {
    let path = path.to_owned();
    match bytes.get(6..) {
        Some([1, 0, low, high, ..]) => Ok((usize::from(u16::from_le_bytes([*low, *high])), 10)),
        Some([2 | 3, 0, a, b, c, d, ..]) => Ok((u32::from_le_bytes([*a, *b, *c, *d]) as usize, 12)),
        Some([1..=3, 0, ..] | [] | [_]) | None => Err(InputError::NpyHeader {
            path,
            reason: "it is cut off",
        }),
        Some([major, minor, ..]) => Err(InputError::NpyVersion {
            path,
            major: *major,
            minor: *minor,
        }),
    }
}

fn of_entries(entries: Vec<Entry>, n_bytes: usize) -> Option<Header> {
    let (mut type_name, mut is_fortran, mut shape) = (None, None, None);
    let n_entries = entries.len();
    for entry in entries {
        match entry {
            Entry::Type(name) => type_name = Some(name.to_owned()),
            Entry::Order(order) => is_fortran = Some(order),
            Entry::Shape(sizes) => shape = Some(sizes),
        }
    }
    let header = Header {
        type_name: type_name?,
        is_fortran: is_fortran?,
        shape: shape?,
        n_bytes,
    };
    (n_entries == 3).then_some(header)
}

/// The header of an array of bytes in C order, padded so that the elements begin at a multiple of 64.
pub(super) fn of_bytes(shape: &[usize; 3]) -> Vec<u8> {
    let [a, b, c] = shape;
    let mut text =
        format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({a}, {b}, {c}), }}");
    let padding = 63 - (10 + text.len()) % 64;
    text.push_str(&" ".repeat(padding));
    text.push('\n');
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    [
        b"\x93NUMPY\x01\x00".as_slice(),
        &length.to_le_bytes(),
        text.as_bytes(),
    ]
    .concat()
}

enum Entry<'a> {
    Type(&'a str),
    Order(bool),
    Shape(Vec<u64>),
}

fn dictionary(text: &str) -> IResult<&str, Vec<Entry<'_>>> {
    let entries = terminated(separated_list0(spaced(","), entry), opt(spaced(",")));
    delimited(spaced("{"), entries, spaced("}")).parse(text)
}

fn entry(text: &str) -> IResult<&str, Entry<'_>> {
    let key = |name| (spaced("'"), tag(name), spaced("'"), spaced(":"));
    let order = alt((value(true, tag("True")), value(false, tag("False"))));
    let sizes = terminated(separated_list0(spaced(","), u64), opt(spaced(",")));
    alt((
        map(preceded(key("descr"), type_name), Entry::Type),
        map(preceded(key("fortran_order"), order), Entry::Order),
        map(
            preceded(key("shape"), delimited(spaced("("), sizes, spaced(")"))),
            Entry::Shape,
        ),
    ))
    .parse(text)
}

/// A quoted name, or a list of fields up to its last bracket.
fn type_name(text: &str) -> IResult<&str, &str> {
    let name = delimited(char('\''), take_while(|c| c != '\''), char('\''));
    let fields = |text| {
        let (_, _) = char('[')(text)?;
        let end = str::rfind(text, ']').map_or(text.len(), |at| at + 1);
        Ok((&text[end..], &text[..end]))
    };
    alt((name, fields)).parse(text)
}

fn spaced<'a>(
    symbol: &'static str,
) -> impl Parser<&'a str, Output = &'a str, Error = nom::error::Error<&'a str>> {
    delimited(multispace0, tag(symbol), multispace0)
}
