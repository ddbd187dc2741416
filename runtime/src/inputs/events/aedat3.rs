//! AEDAT 3.1: lines of text to `#!END-HEADER`, then packets, little endian. Only polarity events are taken.
//!
//! ```text
//! packet: type (16)  source (16)  size (32)  time offset (32)  time overflow (32)  capacity (32)  number (32)  valid (32)
//! polarity event: valid (1, lowest)  polarity (1)  y (15)  x (15)      microseconds (32)
//! ```

use std::path::Path;

use nom::bytes::complete::{tag, take, take_until};
use nom::number::complete::{le_u16, le_u32};
use nom::{IResult, Parser};

use super::{Event, Recording, Sensor};
use crate::inputs::InputError;

const END: &str = "#!END-HEADER\r\n";
const POLARITY: u16 = 1;

/// The cameras that write this format, as their header names them.
const SENSORS: [(&str, Sensor); 4] = [
    ("DVS128", Sensor { width: 128, height: 128 }),
    ("DAVIS240", Sensor { width: 240, height: 180 }),
    ("DAVIS346", Sensor { width: 346, height: 260 }),
    ("DAVIS640", Sensor { width: 640, height: 480 }),
];

pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Recording, InputError> {
    let damaged = || InputError::NotEvents { path: path.to_owned(), got: bytes.len() };
    let (mut rest, header) = header(bytes).map_err(|_| damaged())?;
    let header = String::from_utf8_lossy(header).to_uppercase();
    let sensor = SENSORS.into_iter().find(|(name, _)| header.contains(name)).map(|(_, sensor)| sensor);
    let mut events = Vec::new();
    while !rest.is_empty() {
        let (behind, packet) = packet(rest).map_err(|_| damaged())?;
        if packet.kind == POLARITY {
            packet.polarity(&mut events).ok_or_else(damaged)?;
        }
        rest = behind;
    }
    Ok(Recording { events, sensor })
}

fn header(bytes: &[u8]) -> IResult<&[u8], &[u8]> {
    let (rest, header) = take_until(END)(bytes)?;
    let (rest, _) = tag(END)(rest)?;
    Ok((rest, header))
}

struct Packet<'a> {
    kind: u16,
    event_bytes: usize,
    overflow: u64,
    events: &'a [u8],
}

fn packet(bytes: &[u8]) -> IResult<&[u8], Packet<'_>> {
    let (rest, (kind, _source, size, _offset)) = (le_u16, le_u16, le_u32, le_u32).parse(bytes)?;
    let (rest, (overflow, _capacity, number, _valid)) = (le_u32, le_u32, le_u32, le_u32).parse(rest)?;
    let event_bytes = size as usize;
    let (rest, events) = take((number as usize).saturating_mul(event_bytes))(rest)?;
    Ok((rest, Packet { kind, event_bytes, overflow: overflow.into(), events }))
}

impl Packet<'_> {
    /// Adds the valid events. None where an event is too short.
    fn polarity(&self, events: &mut Vec<Event>) -> Option<()> {
        if self.event_bytes < 8 {
            return None;
        }
        for event in self.events.chunks_exact(self.event_bytes) {
            let [a, b, c, d, e, f, g, h, ..] = *event else {
                return None;
            };
            let (word, time) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
            if word & 1 == 1 {
                let coordinate = |lowest: u32| u16::try_from(word >> lowest & 0x7FFF).unwrap_or(u16::MAX);
                let time = (self.overflow << 31) + u64::from(time);
                events.push(Event { time, x: coordinate(17), y: coordinate(2), rises: word & 2 != 0 });
            }
        }
        Some(())
    }
}
