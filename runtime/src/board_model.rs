//! A board in software: the hardware's side of the wire protocol, written a second time, in front of any device.
//!
//! It lets the driver, its links and its faults be tested without a simulator, and it keeps no time: a silence on the
//! line is a `receive` that finds nothing. A frame that breaks off stays open until more bytes come, the hardest case.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use spikeforge_hdl::protocol::{
    HostMap, RegionMap, BAD_CRC, BAD_REQUEST, DATA, IDENTITY, OK, READ, REQUEST_SYNC, RESET,
    RESPONSE_SYNC, RUN, SHOW, SPIKES, STATE, STATUS, STEP, WRITE,
};
use spikeforge_sim::{Device, DeviceError, LayerId, LayerState};

use crate::link::{Link, LinkError};
use crate::protocol::{pack_spikes, spikes_from_wire, to_wire, unpack_spikes, CRC};

/// The bytes of a request before its payload, CRC included.
const HEADER: usize = 11;

/// A device behind the hardware's side of the protocol, at the end of a link without noise.
#[derive(Debug)]
pub struct BoardModel<D> {
    device: D,
    map: HostMap,
    frame: Vec<u8>,
    /// When the last request was a STEP: its sequence number and its answer.
    last_step: Option<(u8, Vec<u8>)>,
    answers: VecDeque<u8>,
    /// Whether the next timestep starts a presentation.
    is_fresh: bool,
    /// What was written: of a layer and region, pieces by their places. Pieces that no memory has are not kept.
    pub written: BTreeMap<(u8, u8, usize), u64>,
    /// Timesteps that were run, repeats not counted.
    pub n_timesteps: u64,
    /// STEPs that were answered again and not run.
    pub n_repeats: u64,
}

impl<D: Device> BoardModel<D> {
    /// A board that runs `device` under the addresses and lengths of `map`.
    pub fn new(device: D, map: HostMap) -> Self {
        let (frame, answers) = (Vec::new(), VecDeque::new());
        BoardModel {
            device,
            map,
            frame,
            last_step: None,
            answers,
            is_fresh: false,
            written: BTreeMap::new(),
            n_timesteps: 0,
            n_repeats: 0,
        }
    }

    fn take_byte(&mut self, byte: u8) -> Result<(), DeviceError> {
        if self.frame.is_empty() && byte != REQUEST_SYNC {
            return Ok(());
        }
        self.frame.push(byte);
        if self.frame.len() < HEADER {
            return Ok(());
        }
        if self.frame.len() == HEADER && !crc_holds(&self.frame[1..]) {
            let seq = self.frame[1];
            self.frame.clear();
            self.respond(seq, STATUS, &[BAD_CRC]);
            return Ok(());
        }
        if self.frame.len() == HEADER + self.n_section_bytes() {
            let frame = std::mem::take(&mut self.frame);
            self.answer(&frame)?;
        }
        Ok(())
    }

    /// The bytes of the payload and its CRC, for the requests that carry them.
    fn n_section_bytes(&self) -> usize {
        match self.frame[2] {
            SHOW if !self.map.repeats => 0,
            WRITE if self.map.regions.is_empty() => 0,
            STEP | RUN | SHOW | WRITE => usize::from(word(&self.frame, 7)) + 2,
            _ => 0,
        }
    }

    fn answer(&mut self, frame: &[u8]) -> Result<(), DeviceError> {
        let (header, section) = frame.split_at(HEADER);
        let (seq, op) = (header[1], header[2]);
        let payload = &section[..section.len().saturating_sub(2)];
        let status = match op {
            // As the hardware, a RUN is under way before its CRC has come, and whole timesteps before its length is known wrong.
            RUN => {
                self.run(seq, payload)?;
                match (crc_holds(section), payload.len() % self.map.input_bytes) {
                    (false, _) => BAD_CRC,
                    (true, 0) => OK,
                    _ => BAD_REQUEST,
                }
            }
            STEP if !crc_holds(section) => BAD_CRC,
            SHOW | WRITE if !section.is_empty() && !crc_holds(section) => BAD_CRC,
            SHOW if payload.len() == self.map.input_bytes && word(header, 5) > 0 => {
                self.run(seq, &payload.repeat(usize::from(word(header, 5))))?;
                OK
            }
            STEP if payload.len() == self.map.input_bytes => self.step(seq, payload)?,
            READ => self.read(seq, header)?,
            WRITE => self.write(header, payload),
            RESET => {
                self.device.reset()?;
                self.is_fresh = true;
                OK
            }
            _ => BAD_REQUEST,
        };
        if op != STEP {
            self.last_step = None;
        }
        self.respond(seq, STATUS, &[status]);
        Ok(())
    }

    fn step(&mut self, seq: u8, payload: &[u8]) -> Result<u8, DeviceError> {
        let answer = match &self.last_step {
            Some((last, answer)) if *last == seq => {
                self.n_repeats += 1;
                answer.clone()
            }
            _ => self.timestep(payload)?,
        };
        self.respond(seq, SPIKES, &answer);
        self.last_step = Some((seq, answer));
        Ok(OK)
    }

    fn write(&mut self, header: &[u8], payload: &[u8]) -> u8 {
        let (layer, region) = (header[3], header[4] & 0xF);
        let is_of = |map: &&RegionMap| (map.layer, map.region) == (layer, region);
        let n_bytes = self.map.piece_bytes;
        let fits = (1..=self.map.input_bytes).contains(&payload.len());
        let Some(map) = self.map.regions.iter().find(is_of) else {
            return BAD_REQUEST;
        };
        if !self.is_fresh || !fits || payload.len() % n_bytes != 0 {
            return BAD_REQUEST;
        }
        let first = usize::from(header[4] >> 4) << 16 | usize::from(word(header, 5));
        if first + payload.len() / n_bytes > map.places() {
            return BAD_REQUEST;
        }
        for (place, bytes) in (first..).zip(payload.chunks(n_bytes)) {
            let column = place % map.address(1);
            if column < map.pieces_per_row() {
                self.written.insert((layer, region, place), piece(bytes));
            }
        }
        OK
    }

    /// A volatile memory's bytes from the row of the header on.
    fn rows(&self, layer: u8, header: &[u8]) -> Option<Vec<u8>> {
        let region = header[4] & 0xF;
        let is_of = |map: &&RegionMap| (map.layer, map.region, map.is_volatile) == (layer, region, true);
        let map = self.map.regions.iter().find(is_of)?;
        let n_bytes = usize::try_from(map.piece_bits / 8).unwrap_or(1);
        let row = |row: usize| {
            let places = (0..map.pieces_per_row()).map(move |column| map.address(row) + column);
            let piece = |place| self.written.get(&(layer, region, place)).copied().unwrap_or(0);
            places.flat_map(move |place| piece(place).to_le_bytes().into_iter().take(n_bytes))
        };
        Some((usize::from(word(header, 5))..map.rows).flat_map(row).collect())
    }

    fn run(&mut self, seq: u8, payload: &[u8]) -> Result<(), DeviceError> {
        self.device.reset()?;
        self.is_fresh = true;
        for input in payload.chunks_exact(self.map.input_bytes) {
            let spikes = self.timestep(input)?;
            self.respond(seq, SPIKES, &spikes);
        }
        Ok(())
    }

    fn timestep(&mut self, input: &[u8]) -> Result<Vec<u8>, DeviceError> {
        self.n_timesteps += 1;
        self.is_fresh = false;
        let input = unpack_spikes(input, self.map.n_lines());
        let spikes = self.device.step(&spikes_from_wire(&input, self.map.input_channels))?;
        let channels = self.map.layers.last().map_or(spikes.len(), |layer| layer.channels);
        Ok(pack_spikes(&to_wire(&spikes, channels), self.map.output_bytes))
    }

    fn read(&mut self, seq: u8, header: &[u8]) -> Result<u8, DeviceError> {
        let n_bytes = usize::from(word(header, 7));
        let bytes: Vec<u8> = match header[3] {
            IDENTITY => self.map.identity.to_le_bytes().into_iter().take(n_bytes).collect(),
            layer if header[4] & 0xF != STATE => match self.rows(layer, header) {
                Some(bytes) => bytes.into_iter().take(n_bytes).collect(),
                None => return Ok(BAD_REQUEST),
            },
            layer if usize::from(layer) < self.map.layers.len() => {
                let state = self.device.state(LayerId(u16::from(layer)))?;
                let bytes_per_neuron = self.map.layers[usize::from(layer)].bytes_per_neuron();
                let all = state_bytes(
                    &state,
                    self.map.layers[usize::from(layer)].membrane_bits,
                    bytes_per_neuron,
                );
                let first = usize::from(word(header, 5)) * bytes_per_neuron;
                all.get(first..)
                    .unwrap_or_default()
                    .iter()
                    .copied()
                    .take(n_bytes)
                    .collect()
            }
            _ => return Ok(BAD_REQUEST),
        };
        if bytes.len() != n_bytes {
            return Ok(BAD_REQUEST);
        }
        self.respond(seq, DATA, &bytes);
        Ok(OK)
    }

    fn respond(&mut self, seq: u8, kind: u8, payload: &[u8]) {
        let mut frame = vec![RESPONSE_SYNC, seq, kind];
        frame.extend(payload);
        frame.extend(CRC.checksum(&frame[1..]).to_be_bytes());
        self.answers.extend(frame);
    }
}

impl<D: Device + Send> Link for BoardModel<D> {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        bytes
            .iter()
            .try_for_each(|byte| self.take_byte(*byte))
            .map_err(|_| LinkError::Closed)
    }

    fn receive(&mut self, buffer: &mut [u8], _timeout: Duration) -> Result<usize, LinkError> {
        let n = buffer.len().min(self.answers.len());
        for (place, byte) in buffer.iter_mut().zip(self.answers.drain(..n)) {
            *place = byte;
        }
        Ok(n)
    }
}

/// The bytes of a layer's state, as [`crate::protocol::neurons_of_bytes`] reads them.
#[allow(clippy::cast_sign_loss)]
fn state_bytes(state: &LayerState, membrane_bits: u32, bytes_per_neuron: usize) -> Vec<u8> {
    let mask = (1u128 << membrane_bits) - 1;
    let neurons = state.membranes.iter().zip(state.fired.iter().by_vals());
    let word = |(membrane, fired): (&i64, bool)| {
        (*membrane as u128 & mask) | (u128::from(fired) << membrane_bits)
    };
    neurons
        .flat_map(|neuron| {
            word(neuron)
                .to_le_bytes()
                .into_iter()
                .take(bytes_per_neuron)
        })
        .collect()
}

/// Whether the last two bytes are the CRC of those before them.
fn crc_holds(bytes: &[u8]) -> bool {
    let (covered, crc) = bytes.split_at(bytes.len() - 2);
    CRC.checksum(covered).to_be_bytes() == crc
}

fn piece(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |piece, byte| piece << 8 | u64::from(*byte))
}

fn word(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}
