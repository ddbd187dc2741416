//! AEDAT 2.0 of a DVS128: lines of text that begin with '#', then 64 bits an event.
//!
//! ```text
//! address (32, big endian): 0 (17)  y (7)  x (7)  polarity (1: falls)      microseconds (32, big endian)
//! ```
//! Columns are counted from the right, as jAER has it.

use std::path::Path;

use nom::bytes::complete::{tag, take_until};
use nom::multi::many0;
use nom::number::complete::be_u32;
use nom::{IResult, Parser};

use super::{Event, Recording, Sensor};
use crate::inputs::InputError;

const SENSOR: Sensor = Sensor { width: 128, height: 128 };
const EVENT_BYTES: usize = 8;

pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Recording, InputError> {
    let damaged = || InputError::NotEvents { path: path.to_owned(), got: bytes.len() };
    let (rest, _) = many0(line).parse(bytes).map_err(|_| damaged())?;
    if rest.len() % EVENT_BYTES != 0 {
        return Err(damaged());
    }
    let (_, raw) = many0((be_u32::<&[u8], nom::error::Error<&[u8]>>, be_u32)).parse(rest).map_err(|_| damaged())?;
    if let Some(index) = raw.iter().position(|(address, _)| address >> 15 != 0) {
        return Err(InputError::NotDvs128 { path: path.to_owned(), index, address: raw[index].0 });
    }
    let events = raw.into_iter().map(|(address, time)| Event {
        time: time.into(),
        x: 127 - bits(address, 1),
        y: bits(address, 8),
        rises: address & 1 == 0,
    });
    Ok(Recording { events: events.collect(), sensor: Some(SENSOR) })
}

fn line(bytes: &[u8]) -> IResult<&[u8], ()> {
    let (rest, _) = (tag("#"), take_until("\n"), tag("\n")).parse(bytes)?;
    Ok((rest, ()))
}

/// Seven bits of an address.
fn bits(address: u32, lowest: u32) -> u16 {
    u16::try_from(address >> lowest & 0x7F).unwrap_or(0)
}
