//! N-MNIST's files: 40 bits an event, without a header.
//!
//! ```text
//! x (8)  y (8)  polarity (1)  microseconds (23), the highest bits first
//! ```
//! A y of 240 is no event: from there on the clock is 2^13 microseconds further.

use std::path::Path;

use nom::multi::many0;
use nom::number::complete::{be_u24, u8};
use nom::{IResult, Parser};

use super::{Event, Recording, Sensor};
use crate::inputs::InputError;

const SENSOR: Sensor = Sensor { width: 34, height: 34 };
const OVERFLOW_ROW: u16 = 240;
const OVERFLOW: u64 = 1 << 13;
const EVENT_BYTES: usize = 5;

pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Recording, InputError> {
    let damaged = || InputError::NotEvents { path: path.to_owned(), got: bytes.len() };
    if bytes.len() % EVENT_BYTES != 0 {
        return Err(damaged());
    }
    let (_, raw) = many0(event).parse(bytes).map_err(|_| damaged())?;
    let mut passed = 0;
    let mut events = Vec::new();
    for event in raw {
        match event.y {
            OVERFLOW_ROW => passed += OVERFLOW,
            _ => events.push(Event { time: event.time + passed, ..event }),
        }
    }
    Ok(Recording { events, sensor: Some(SENSOR) })
}

fn event(bytes: &[u8]) -> IResult<&[u8], Event> {
    let (rest, (x, y, word)) = (u8, u8, be_u24).parse(bytes)?;
    let (rises, time) = (word >> 23 == 1, u64::from(word & 0x7F_FFFF));
    Ok((rest, Event { time, x: x.into(), y: y.into(), rises }))
}
