//! What a host may say to the design, rightly and wrongly, and what must come of it: bytes, and membranes of each layer.

use std::fmt::Write;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use spikeforge_hdl::contents::Contents;
use spikeforge_hdl::protocol::{HostMap, BAD_CRC, DATA, OK, OVERRUN, RESPONSE_SYNC, STATUS};
use spikeforge_runtime::board_model::BoardModel;
use spikeforge_runtime::link::Link;
use spikeforge_runtime::protocol::Request;
use spikeforge_sim::{Device, DeviceError, LayerId, LayerState, Network, Reference, Spikes};

/// Longer than the design waits for the rest of a request.
const SILENCE: u64 = (1 << 18) + 100;
/// Of a closing status, with its frame.
const STATUS_BYTES: usize = 6;

/// Neuron, membrane and spike in the order in which a layer shows them.
pub type Taps = Vec<(usize, i64, bool)>;

/// A reference that remembers every state that it passed.
struct Witness {
    reference: Reference,
    taps: Arc<Mutex<Vec<Taps>>>,
}

impl Device for Witness {
    fn reset(&mut self) -> Result<(), DeviceError> {
        self.reference.reset()
    }

    fn step(&mut self, input: &Spikes) -> Result<Spikes, DeviceError> {
        let spikes = self.reference.step(input)?;
        for (layer, taps) in (0..).map(LayerId).zip(self.taps.lock().unwrap().iter_mut()) {
            let LayerState { membranes, fired } = self.reference.state(layer)?;
            taps.extend(membranes.into_iter().zip(fired).enumerate().map(|(j, (membrane, fired))| (j, membrane, fired)));
        }
        Ok(spikes)
    }

    fn state(&mut self, layer: LayerId) -> Result<LayerState, DeviceError> {
        self.reference.state(layer)
    }
}

/// Requests as the harness reads them, and what answers them by the reference behind the software's board.
pub struct Traffic {
    pub map: HostMap,
    pub text: String,
    pub expected: Vec<u8>,
    /// Places in `expected` of bytes that may be anything.
    pub open: Vec<Range<usize>>,
    taps: Arc<Mutex<Vec<Taps>>>,
    board: BoardModel<Witness>,
    seq: u8,
}

impl Traffic {
    pub fn new(network: &Network, map: &HostMap) -> Self {
        let taps = Arc::new(Mutex::new(vec![vec![]; network.layers.len()]));
        let witness = Witness { reference: Reference::new(network), taps: taps.clone() };
        let board = BoardModel::new(witness, map.clone());
        Traffic { map: map.clone(), text: String::new(), expected: vec![], open: vec![], taps, board, seq: 0 }
    }

    pub fn taps(&self) -> Vec<Taps> {
        self.taps.lock().unwrap().clone()
    }

    /// A request as it should be.
    pub fn ask(&mut self, request: Request) {
        let bytes = self.encode(request);
        self.send(&bytes);
    }

    pub fn encode(&mut self, request: Request) -> Vec<u8> {
        // An odd step reaches every number.
        self.seq = self.seq.wrapping_add(0x5B);
        request.encode(self.seq).unwrap()
    }

    /// A request whose number differs from that of the one before in the bits of `mask`.
    pub fn ask_beside(&mut self, request: Request, mask: u8) {
        self.seq ^= mask;
        let bytes = request.encode(self.seq).unwrap();
        self.send(&bytes);
    }

    /// Any bytes of which the software's board knows the answer.
    pub fn send(&mut self, bytes: &[u8]) {
        self.add(bytes, 0, false);
        let answer = self.answer(bytes);
        self.expected.extend(answer);
    }

    fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.board.send(bytes).unwrap();
        let (mut answer, mut buffer) = (vec![], [0; 4096]);
        while let Ok(n @ 1..) = self.board.receive(&mut buffer, Duration::ZERO) {
            answer.extend(&buffer[..n]);
        }
        answer
    }

    fn add(&mut self, bytes: &[u8], idle: u64, is_lost: bool) {
        write!(self.text, "{idle} {} {}", u8::from(is_lost), bytes.len()).unwrap();
        bytes.iter().for_each(|byte| write!(self.text, " {byte}").unwrap());
        self.text.push('\n');
    }

    /// A request that breaks off after `n` bytes: told once its header was whole.
    pub fn break_off(&mut self, request: Request, n: usize) {
        let bytes = self.encode(request);
        self.add(&bytes[..n], SILENCE, false);
        if n >= 11 {
            self.expect(STATUS, &[BAD_CRC]);
        }
    }

    /// A READ of the identity before which a byte was lost: the closing status says so.
    pub fn lose(&mut self) {
        let bytes = self.encode(Request::Identity);
        self.add(&bytes, 0, true);
        self.expect(DATA, &self.map.identity.to_le_bytes());
        self.expect(STATUS, &[OVERRUN]);
    }

    /// A request that pauses after `n` bytes, for `cycles`, and then goes on.
    pub fn pause(&mut self, request: Request, n: usize, cycles: u64) {
        let bytes = self.encode(request);
        let (before, after) = bytes.split_at(n.min(bytes.len() - 1));
        self.add(before, cycles, false);
        self.add(after, 0, false);
        let answer = self.answer(&bytes);
        self.expected.extend(answer);
    }

    /// A request before which a byte was lost: it is answered, and the status that closes it says so.
    pub fn lose_before(&mut self, request: Request) {
        let bytes = self.encode(request);
        self.add(&bytes, 0, true);
        let answer = self.answer(&bytes);
        self.expected.extend(&answer[..answer.len() - STATUS_BYTES]);
        self.expect(STATUS, &[OVERRUN]);
    }

    /// A READ of far more than the layer has: as many bytes as it asks for, whatever they and their CRC are.
    pub fn read_past(&mut self, layer: u8, n_bytes: u16) {
        let bytes = self.encode(Request::State { layer, first_neuron: 0, n_bytes });
        self.add(&bytes, 0, false);
        self.expected.extend([RESPONSE_SYNC, self.seq, DATA]);
        let from = self.expected.len();
        self.expected.resize(from + usize::from(n_bytes) + 2, 0);
        self.open.push(from..self.expected.len());
        self.expect(STATUS, &[OK]);
    }

    fn expect(&mut self, kind: u8, payload: &[u8]) {
        let frame = [&[self.seq, kind], payload].concat();
        let crc = crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740).checksum(&frame).to_be_bytes();
        self.expected.extend([&[RESPONSE_SYNC], frame.as_slice(), &crc].concat());
    }

    /// Every memory anew, from its first piece on or from its last; from here on the board is of `network`.
    pub fn write(&mut self, network: &Network, memories: &[Contents], backwards: bool) {
        self.ask(Request::Reset);
        let n_pieces = self.map.input_bytes / self.map.piece_bytes;
        for Contents { map, pieces } in memories {
            let bytes: Vec<u8> = pieces.iter().flat_map(|piece| piece.to_le_bytes()[..self.map.piece_bytes].to_vec()).collect();
            let mut parts: Vec<(usize, &[u8])> = bytes.chunks(n_pieces * self.map.piece_bytes).enumerate().collect();
            if backwards {
                parts.reverse();
            }
            for (at, part) in parts {
                let first_piece = u32::try_from(at * n_pieces).unwrap();
                self.ask(Request::Write { layer: map.layer, region: map.region, first_piece, pieces: part });
            }
        }
        let witness = Witness { reference: Reference::new(network), taps: self.taps.clone() };
        self.board = BoardModel::new(witness, self.map.clone());
        self.ask(Request::Reset);
    }
}
