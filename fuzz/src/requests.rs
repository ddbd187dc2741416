//! Requests as a host might send them, to the software's board: each whole one is closed by exactly one status, and
//! behind whatever bytes the next request is answered.
//!
//! ```text
//! 0 bytes..            as they are
//! n header payload..   n % 2 = 1: headers of 8 bytes, each with as much payload as it says and is there, get their CRCs
//! ```
//! No fuzzer finds two CRCs that hold soon, so without the second form nothing behind them would be reached.

use std::time::Duration;

use spikeforge_hdl::protocol::{
    HostMap, RegionMap, StateMap, LATENTS, PARAMETERS, READ, RUN, SHOW, STEP, WEIGHTS, WRITE,
};
use spikeforge_runtime::board_model::BoardModel;
use spikeforge_runtime::link::Link;
use spikeforge_runtime::protocol::{Decoder, Request, Response, Status};
use spikeforge_sim::random::{network_within, Bounds};
use spikeforge_sim::{Network, Reference};

const CRC: crc::Crc<u16> = crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740);
/// More would only take longer.
const MOST_BYTES: usize = 4096;
/// Of a SHOW whose CRC is put right: a few bytes may ask for much work, which is no fault.
const MOST_SHOWN: u16 = 40;
const HEADER: usize = 8;
/// More than the longest frame.
const FILLING: usize = (1 << 16) + 16;

/// A board for a small network, of which the host may ask all that the protocol has.
fn board() -> (BoardModel<Reference>, HostMap) {
    let network = network_within(Bounds { max_layers: 2, max_size: 20, max_fraction_bits: 3 }, 2);
    let map = host_map(&network);
    (BoardModel::new(Reference::new(&network), map.clone()), map)
}

fn host_map(network: &Network) -> HostMap {
    let layers = network.layers.iter().zip(0..).map(|(layer, stage)| StateMap {
        stage,
        first_neuron: 0,
        n_neurons: layer.n_neurons(),
        channels: layer.weights.n_neurons(),
        membrane_bits: layer.neurons.membrane_bits,
        row_bits: 16,
    });
    let region = |layer, region, rows, row_bits, is_volatile| RegionMap { layer, region, rows, row_bits, piece_bits: 8, is_volatile };
    HostMap {
        identity: 0x5F1C_E0DE,
        n_inputs: network.input.n(),
        input_channels: network.input.n(),
        value_bits: 1,
        input_bytes: network.input.n().div_ceil(8),
        n_outputs: network.n_outputs(),
        output_bytes: network.n_outputs().div_ceil(8),
        layers: layers.collect(),
        repeats: true,
        counts: false,
        tells_class: false,
        piece_bytes: 1,
        regions: vec![
            region(0, WEIGHTS, 30, 24, false),
            region(0, PARAMETERS, 7, 33, false),
            region(1, WEIGHTS, 300, 16, true),
            region(0, LATENTS, 1 << 17, 64, false),
        ],
        lessons: None,
    }
}

/// The target.
pub fn requests(bytes: &[u8]) {
    let bytes = &bytes[..bytes.len().min(MOST_BYTES)];
    let (mut board, map) = board();
    match bytes {
        [form, rest @ ..] if form % 2 == 1 => mended(rest).iter().for_each(|frame| ask(&mut board, &map, frame)),
        [_, rest @ ..] => {
            send(&mut board, rest);
            // A frame that broke off stays open until it is full; what it swallowed is answered once.
            send(&mut board, &[0; FILLING]);
        }
        [] => {}
    }
    let identity = Request::Identity.encode(0x5A).unwrap_or_default();
    let mut expected = vec![0x5A, 0x5A, 2];
    expected.extend(map.identity.to_le_bytes());
    expected.extend(CRC.checksum(&expected[1..]).to_be_bytes());
    let answer = send(&mut board, &identity);
    assert_eq!(answer[..expected.len().min(answer.len())], expected, "the identity behind all that");
    assert_eq!(answer.len(), expected.len() + 6);
    assert!(board.written.keys().all(|key| lies_within(&map, *key)), "{:?}", board.written.keys());
}

fn lies_within(map: &HostMap, (layer, region, place): (u8, u8, usize)) -> bool {
    let is_of = |of: &&RegionMap| (of.layer, of.region) == (layer, region);
    map.regions.iter().find(is_of).is_some_and(|map| place < map.places())
}

fn send(board: &mut BoardModel<Reference>, bytes: &[u8]) -> Vec<u8> {
    assert!(board.send(bytes).is_ok(), "the board broke");
    let (mut answer, mut buffer) = (vec![], [0; 1 << 12]);
    while let Ok(n @ 1..) = board.receive(&mut buffer, Duration::ZERO) {
        answer.extend(&buffer[..n]);
    }
    answer
}

/// One whole request under CRCs that hold: its answers are whole, all of them its own, and the last one is a status.
fn ask(board: &mut BoardModel<Reference>, map: &HostMap, frame: &[u8]) {
    let (seq, op, len) = (frame[1], frame[2], usize::from(u16::from_le_bytes([frame[7], frame[8]])));
    let (n_timesteps, n_written) = (board.n_timesteps, board.written.len());
    let answer = send(board, frame);
    let mut decoder = Decoder::new(map.output_bytes);
    decoder.expect_data(len);
    decoder.push(&answer);
    let responses: Vec<Response> = std::iter::from_fn(|| decoder.next_response()).collect();
    assert_eq!((decoder.n_skipped, decoder.n_crc_errors), (0, 0), "{frame:x?} was answered {answer:x?}");
    assert!(responses.iter().all(|response| response.seq() == seq));
    let [before @ .., Response::Status { status, .. }] = responses.as_slice() else {
        panic!("{frame:x?} was not closed: {responses:?}");
    };
    let n_spikes = before.iter().filter(|response| matches!(response, Response::Spikes { .. })).count();
    let n_data = before.iter().filter(|response| matches!(response, Response::Data { .. })).count();
    assert_eq!(n_spikes + n_data, before.len(), "more than one status");
    assert_eq!(n_data, usize::from(op == READ && *status == Status::Ok));
    let n_run = board.n_timesteps - n_timesteps;
    assert!(n_run == n_spikes as u64 || (op == STEP && n_run == 0), "{n_run} timesteps, {n_spikes} answers");
    assert!(op == WRITE && *status == Status::Ok || board.written.len() == n_written, "written by {frame:x?}");
}

/// Frames with their CRCs, of bytes without.
fn mended(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut frames, mut rest) = (vec![], bytes);
    while let Some((header, after)) = rest.split_first_chunk::<HEADER>() {
        let mut header = *header;
        let op = header[1];
        let mut n = usize::from(u16::from_le_bytes([header[6], header[7]]));
        if matches!(op, STEP | RUN | SHOW | WRITE) {
            n = n.min(after.len());
            [header[6], header[7]] = u16::try_from(n).unwrap_or(0).to_le_bytes();
        } else {
            n = 0;
        }
        if op == SHOW {
            let n_timesteps = u16::from_le_bytes([header[4], header[5]]) % MOST_SHOWN;
            [header[4], header[5]] = n_timesteps.to_le_bytes();
        }
        let mut frame = [&[0xA5], &header[..], &CRC.checksum(&header).to_be_bytes()].concat();
        if matches!(op, STEP | RUN | SHOW | WRITE) {
            frame.extend(&after[..n]);
            frame.extend(CRC.checksum(&after[..n]).to_be_bytes());
        }
        frames.push(frame);
        rest = &after[n..];
    }
    frames
}
