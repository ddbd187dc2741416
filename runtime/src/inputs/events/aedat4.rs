//! AEDAT 4 (iniVation's DV): a line of text, a header, packets, each size-prefixed FlatBuffers, little endian.
//!
//! ```text
//! #!AER-DAT4.0  header: compression, where the table of packets is, XML about the streams
//! packet: stream (32)  size (32)  content, compressed as the header says      up to the table of packets, if there is one
//! content of events: microseconds (64)  x (16)  y (16)  rises (8)  0 (24) each
//! ```
//! What follows the format's public description; packets of frames, triggers and inertia are passed by.

use std::io::{Cursor, Read};
use std::path::Path;

use lz4_flex::frame::FrameDecoder;
use ruzstd::decoding::StreamingDecoder;

use super::flat::{number, Flat};
use super::{Event, Recording, Sensor};
use crate::inputs::InputError;

const START: usize = b"#!AER-DAT4.0\r\n".len();
const EVENT_BYTES: usize = 16;
/// Packets of events may unpack to as much, all together.
const MOST_UNPACKED: usize = 1 << 30;

pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Recording, InputError> {
    let damaged = |(at, reason)| InputError::Aedat4 { path: path.to_owned(), at, reason };
    let header = Header::of(bytes).map_err(|reason| damaged((START, reason)))?;
    let mut recording = Recording { events: Vec::new(), sensor: header.sensor };
    let (mut at, mut camera) = (header.end, None);
    while at < header.packets_end {
        let packet = Packet::at(bytes, at, header.packets_end).map_err(|reason| damaged((at, reason)))?;
        let content = packet.events(header.compression).map_err(|reason| damaged((at, reason)))?;
        if let Some(content) = content {
            if camera.replace(packet.stream).is_some_and(|camera| camera != packet.stream) {
                return Err(damaged((at, "another camera's events begin: write one camera a file")));
            }
            add(&content, &mut recording.events).map_err(|reason| damaged((at, reason)))?;
        }
        at = packet.end;
    }
    Ok(recording)
}

#[derive(Clone, Copy)]
enum Compression {
    None,
    Lz4,
    Zstd,
}

struct Header {
    compression: Compression,
    sensor: Option<Sensor>,
    end: usize,
    packets_end: usize,
}

impl Header {
    fn of(bytes: &[u8]) -> Result<Header, &'static str> {
        let (flat, end) = Flat::prefixed(bytes, START, b"IOHE").ok_or("there is no whole header")?;
        let broken = "the header is broken";
        let compression = match flat.field(0).ok_or(broken)? {
            None => 0,
            Some(at) => number(flat.bytes, at).map(i32::from_le_bytes).ok_or(broken)?,
        };
        let table = match flat.field(1).ok_or(broken)? {
            None => -1,
            Some(at) => number(flat.bytes, at).map(i64::from_le_bytes).ok_or(broken)?,
        };
        let text = match flat.field(2).ok_or(broken)? {
            None => "".into(),
            Some(at) => String::from_utf8_lossy(flat.vector(at, 1).ok_or(broken)?),
        };
        let packets_end = match usize::try_from(table) {
            Ok(table) if (end..=bytes.len()).contains(&table) => table,
            Ok(_) => return Err("the table of packets that the header tells of is missing: the file was cut"),
            // A recording that was not ended has none.
            Err(_) => bytes.len(),
        };
        let compression = match compression {
            0 => Compression::None,
            1 | 2 => Compression::Lz4,
            3 | 4 => Compression::Zstd,
            _ => return Err("the header tells of a compression that is neither LZ4 nor Zstandard"),
        };
        Ok(Header { compression, sensor: sensor(&text), end, packets_end })
    }
}

/// The size that the XML gives for the first stream of events.
fn sensor(text: &str) -> Option<Sensor> {
    let (_, stream) = text.split_once(">EVTS<")?;
    let size = |key: &str| {
        let (_, behind) = stream.split_once(&format!("key=\"{key}\""))?;
        behind.split(['<', '>']).nth(1)?.trim().parse().ok()
    };
    Some(Sensor { width: size("sizeX")?, height: size("sizeY")? })
}

struct Packet<'a> {
    stream: i32,
    packed: &'a [u8],
    end: usize,
}

impl Packet<'_> {
    fn at(bytes: &[u8], at: usize, packets_end: usize) -> Result<Packet<'_>, &'static str> {
        let parts = number(bytes, at).map(i32::from_le_bytes).zip(number(bytes, at + 4).map(i32::from_le_bytes));
        let (stream, size) = parts.ok_or("a packet's head is cut off")?;
        let start = at + 8;
        let end = usize::try_from(size).ok().and_then(|size| start.checked_add(size));
        let end = end.filter(|&end| end <= packets_end).ok_or("a packet is longer than what is left")?;
        Ok(Packet { stream, packed: bytes.get(start..end).unwrap_or_default(), end })
    }

    /// The content if it is of events.
    fn events(&self, compression: Compression) -> Result<Option<Vec<u8>>, &'static str> {
        let packed = Cursor::new(self.packed);
        match compression {
            Compression::None => content(packed),
            Compression::Lz4 => content(FrameDecoder::new(packed)),
            Compression::Zstd => content(StreamingDecoder::new(packed).map_err(|_| BROKEN)?),
        }
    }
}

const BROKEN: &str = "a packet does not unpack";

/// All of a packet whose first bytes say that it is of events.
fn content(mut packet: impl Read) -> Result<Option<Vec<u8>>, &'static str> {
    const HEAD: usize = 12;
    let mut content = vec![0; HEAD];
    packet.read_exact(&mut content).map_err(|_| BROKEN)?;
    if !content.ends_with(b"EVTS") {
        return Ok(None);
    }
    packet.take(MOST_UNPACKED as u64 + 1).read_to_end(&mut content).map_err(|_| BROKEN)?;
    Ok(Some(content))
}

fn add(content: &[u8], events: &mut Vec<Event>) -> Result<(), &'static str> {
    let broken = "a packet of events is broken";
    if content.len() + EVENT_BYTES * events.len() > MOST_UNPACKED {
        return Err("its events unpack to more than 1 GiB: split the recording");
    }
    let (flat, _) = Flat::prefixed(content, 0, b"EVTS").ok_or(broken)?;
    let Some(at) = flat.field(0).ok_or(broken)? else { return Ok(()) };
    for event in flat.vector(at, EVENT_BYTES).ok_or(broken)?.chunks_exact(EVENT_BYTES) {
        let time = number(event, 0).map(i64::from_le_bytes).and_then(|time| u64::try_from(time).ok());
        let place = |at| number(event, at).map(i16::from_le_bytes).and_then(|place| u16::try_from(place).ok());
        let (Some(time), Some(x), Some(y)) = (time, place(8), place(10)) else {
            return Err("an event has a time or a place below 0");
        };
        events.push(Event { time, x, y, rises: event[12] != 0 });
    }
    Ok(())
}
