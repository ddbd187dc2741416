//! What comes from the host, and what is counted of it.

use rust_hdl_core::prelude::*;
use spikeforge_hdl::host::counters::Counters;
use spikeforge_hdl::host::receiver::Receiver;
use spikeforge_hdl::protocol::{RESET, RUN, STEP, WRITE};
use spikeforge_sim::random::SplitMix64;

use super::super::differential::Look;
use super::pin::ports;
use super::{below, Bench, ANY};

const SYNC: u8 = 0xA5;
const SILENCE_BITS: u32 = 5;

#[test]
fn requests_and_counts() {
    let mut bench = Bench::default();
    receiver(&mut bench);
    counters(&mut bench);
    bench.run();
}

/// The bytes of the request at hand, from its header on.
#[derive(Clone, Default)]
struct Parser {
    in_request: bool,
    bytes: Vec<u8>,
    header: [u8; 8],
    silent_for: u64,
    /// What the cycle before has ended, which is told in this one: no byte is taken in it.
    ended: End,
    broke_off: bool,
    tells: bool,
}

/// What a byte that is taken ends: a header or a payload, and whether its CRC holds.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum End {
    #[default]
    Nothing,
    Header(bool),
    Payload(bool),
}

impl Parser {
    fn payload_bytes(&self) -> usize {
        usize::from(u16::from_le_bytes([self.header[6], self.header[7]]))
    }

    /// The next byte is one of a payload, without its CRC.
    fn in_payload(&self) -> bool {
        self.in_request && (10..10 + self.payload_bytes()).contains(&self.bytes.len())
    }

    fn past_header(&self) -> bool {
        self.in_request && self.bytes.len() >= 10
    }

    fn end_with(&self, byte: u8) -> End {
        let bytes = [self.bytes.as_slice(), &[byte]].concat();
        let holds = |bytes: &[u8]| crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740).checksum(bytes) == 0;
        match bytes.len() {
            10 if self.in_request => End::Header(holds(&bytes)),
            n if self.in_request && n > 10 && n == 12 + self.payload_bytes() => End::Payload(holds(&bytes[10..])),
            _ => End::Nothing,
        }
    }

    fn is_taken(&self, v: &[u64]) -> bool {
        v[2] == 1 && self.is_ready(v)
    }

    fn is_ready(&self, v: &[u64]) -> bool {
        v[0] == 0 && !self.tells && (v[1] == 1 || !self.in_payload())
    }

    fn too_long(&self) -> bool {
        self.silent_for == (1 << SILENCE_BITS) - 1
    }

    /// A cycle of `hold sink_ready byte_valid byte_in`.
    fn cycle(&mut self, v: &[u64]) {
        let byte = u8::try_from(v[3]).unwrap();
        let (taken, breaks_off) = (self.is_taken(v), self.too_long());
        self.ended = if taken { self.end_with(byte) } else { End::Nothing };
        self.broke_off = breaks_off && self.past_header();
        self.silent_for = if v[2] == 0 && v[0] == 0 && self.in_request && !self.tells { self.silent_for + 1 } else { 0 };
        self.tells = self.ended != End::Nothing || breaks_off;
        if taken && !self.in_request {
            self.in_request = byte == SYNC;
        } else if taken {
            let end = self.ended;
            self.bytes.push(byte);
            if self.bytes.len() <= 8 {
                self.header.rotate_left(1);
                self.header[7] = byte;
            }
            let has_payload = [STEP, RUN, WRITE].contains(&self.header[1]);
            if matches!(end, End::Payload(_)) || (matches!(end, End::Header(_)) && !(end == End::Header(true) && has_payload)) {
                (self.in_request, self.bytes) = (false, vec![]);
            }
        }
        if breaks_off {
            (self.in_request, self.bytes) = (false, vec![]);
        }
    }
}

fn receiver(bench: &mut Bench) {
    let make = || Receiver::new(SILENCE_BITS, false, (true, false));
    let ports = ports!(Receiver = make(); clock; hold sink_ready byte_valid byte_in
        => byte_ready header_good header_bad payload_good payload_bad payload_valid payload_byte seq op layer region page addr len is_learn tells);
    let mut parser = Parser::default();
    bench.add_at(Look::BeforeEdge, ("receiver", &make, &ports), requests(), move |v| {
        let [seq, op, layer, region] = [0, 1, 2, 3].map(|at| u64::from(parser.header[at]));
        let word = |at: usize| u64::from(u16::from_le_bytes([parser.header[at], parser.header[at + 1]]));
        // In the middle of a header its fields are not whole.
        let field = |value: u64| if parser.in_request && parser.bytes.len() < 8 { ANY } else { value };
        let flags = [
            parser.is_ready(v),
            parser.ended == End::Header(true),
            parser.ended == End::Header(false),
            parser.ended == End::Payload(true),
            parser.ended == End::Payload(false) || parser.broke_off,
            parser.is_taken(v) && parser.in_payload(),
        ];
        let fields = [seq, op, layer, region % 16, region / 16, word(4), word(6)].map(field);
        let tells = u64::from(parser.tells);
        parser.cycle(v);
        [flags.map(u64::from).as_slice(), &[v[3]], &fields, &[0, tells]].concat()
    });
}

/// Requests, whole and damaged, of which some break off; bytes in between; a host and a sink that hesitate.
fn requests() -> Vec<Vec<u64>> {
    let mut draw = SplitMix64::new(1);
    let mut parser = Parser::default();
    let mut vectors = vec![];
    for _ in 0..150 {
        let mut bytes: Vec<u8> = (0..draw.below(3)).map(|_| draw.pick(&[0, 0x5A, 0xFF])).collect();
        let start = bytes.len();
        bytes.extend(request(&mut draw));
        if draw.chance(1, 3) {
            let at = start + 1 + draw.below(bytes.len() - start - 1);
            bytes[at] ^= 1 << draw.below(8);
        }
        if draw.chance(1, 4) {
            bytes.truncate(start + 1 + draw.below(bytes.len() - start));
        }
        let mut bytes = bytes.into_iter().peekable();
        while let Some(byte) = bytes.peek() {
            let valid = u64::from(draw.chance(3, 4));
            let v = vec![u64::from(draw.chance(1, 8)), below(&mut draw, 2), valid, valid * u64::from(*byte)];
            if parser.is_taken(&v) {
                bytes.next();
            }
            parser.cycle(&v);
            vectors.push(v);
        }
        // Silence, long enough to end what broke off in every other case.
        for _ in 0..if draw.chance(1, 2) { 40 } else { 3 } {
            let v = vec![0, 1, 0, 0];
            parser.cycle(&v);
            vectors.push(v);
        }
    }
    vectors
}

fn request(draw: &mut SplitMix64) -> Vec<u8> {
    let op = draw.pick(&[RESET, STEP, RUN, WRITE, 77]);
    let payload: Vec<u8> = (0..draw.below(6)).map(|_| u8::try_from(draw.below(256)).unwrap()).collect();
    let mut header: Vec<u8> = (0..8).map(|_| u8::try_from(draw.below(256)).unwrap()).collect();
    header[1] = op;
    header[6..].copy_from_slice(&u16::try_from(payload.len()).unwrap().to_le_bytes());
    let with_crc = |bytes: &[u8]| {
        let crc = crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740).checksum(bytes);
        [bytes, &crc.to_be_bytes()].concat()
    };
    let mut bytes = [vec![SYNC], with_crc(&header)].concat();
    if [STEP, RUN, WRITE].contains(&op) {
        bytes.extend(with_crc(&payload));
    }
    bytes
}

/// Four counts of the design and three of each of two stages; the one that is asked for comes a cycle later.
fn counters(bench: &mut Bench) {
    let make = || Counters::new(2, true);
    let ports = ports!(Counters = make(); clock; timestep presentation bad_frame lost busy takes waits number => count);
    let mut draw = SplitMix64::new(2);
    let vectors = (0..4000).map(|_| {
        let events = (0..10).map(|_| below(&mut draw, 2)).collect::<Vec<_>>();
        [events, vec![below(&mut draw, 12)]].concat()
    });
    let vectors = vectors.collect();
    let mut counts = [0u64; 10];
    bench.add("counters", make, &ports, vectors, move |v| {
        let shown = counts.get(usize::try_from(v[10]).unwrap()).copied().unwrap_or(0);
        // Design, design, design, design, then busy, takes, waits of either stage; the ports are kind by kind.
        for (event, count) in [0, 1, 2, 3, 4, 7, 5, 8, 6, 9].into_iter().enumerate() {
            counts[count] += v[event];
        }
        vec![shown]
    });
}
