#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

const N_SPIKES_BYTES: usize = 3;
const N_DATA_BYTES: usize = 7;

fn encode(response: &Response) -> Vec<u8> {
    let (kind, payload) = match response {
        Response::Spikes { spikes, .. } => (SPIKES, spikes.clone()),
        Response::Data { bytes, .. } => (DATA, bytes.clone()),
        Response::Status { status, .. } => (STATUS, vec![code(*status)]),
    };
    let mut frame = vec![RESPONSE_SYNC, response.seq(), kind];
    frame.extend(payload);
    frame.extend(CRC.checksum(&frame[1..]).to_be_bytes());
    frame
}

fn code(status: Status) -> u8 {
    match status {
        Status::Ok => OK,
        Status::BadCrc => BAD_CRC,
        Status::Refused => BAD_REQUEST,
        Status::Overrun => OVERRUN,
        Status::Unknown(code) => code,
    }
}

fn decoder() -> Decoder {
    let mut decoder = Decoder::new(N_SPIKES_BYTES);
    decoder.expect_data(N_DATA_BYTES);
    decoder
}

/// Everything that a decoder finds in a stream that comes in pieces of these lengths, then falls silent.
fn decode(stream: &[u8], pieces: &[usize]) -> Vec<Response> {
    let mut decoder = decoder();
    let mut found = Vec::new();
    let mut rest = stream;
    let mut pieces = pieces.iter().cycle();
    while !rest.is_empty() {
        let n = (*pieces.next().unwrap_or(&rest.len())).clamp(1, rest.len());
        decoder.push(&rest[..n]);
        rest = &rest[n..];
        found.extend(std::iter::from_fn(|| decoder.next_response()));
    }
    while let Some(response) = decoder.break_off() {
        found.push(response);
        found.extend(std::iter::from_fn(|| decoder.next_response()));
    }
    found
}

fn response() -> impl Strategy<Value = Response> {
    prop_oneof![
        (any::<u8>(), any::<[u8; N_SPIKES_BYTES]>()).prop_map(|(seq, b)| Response::Spikes {
            seq,
            spikes: b.to_vec()
        }),
        (any::<u8>(), any::<[u8; N_DATA_BYTES]>()).prop_map(|(seq, b)| Response::Data {
            seq,
            bytes: b.to_vec()
        }),
        (any::<u8>(), any::<u8>()).prop_map(|(seq, code)| Response::Status {
            seq,
            status: Status::from(code)
        }),
    ]
}

/// Garbage that cannot begin a frame by itself.
fn calm_garbage() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(
        any::<u8>().prop_filter("sync", |byte| *byte != RESPONSE_SYNC),
        0..20,
    )
}

proptest! {
    #[test]
    fn every_response_is_found_between_garbage_in_any_pieces(
        frames in prop::collection::vec((calm_garbage(), response()), 0..8),
        pieces in prop::collection::vec(1usize..40, 1..6),
    ) {
        let stream: Vec<u8> = frames.iter().flat_map(|(garbage, r)| [garbage.clone(), encode(r)].concat()).collect();
        let expected: Vec<Response> = frames.into_iter().map(|(_, response)| response).collect();
        prop_assert_eq!(decode(&stream, &pieces), expected);
    }

    #[test]
    fn a_false_start_hides_nothing_that_follows(
        false_start in (any::<u8>(), 1u8..=3),
        response in response(),
        pieces in prop::collection::vec(1usize..40, 1..6),
    ) {
        let stream = [vec![RESPONSE_SYNC, false_start.0, false_start.1], encode(&response)].concat();
        prop_assert!(decode(&stream, &pieces).contains(&response));
    }

    #[test]
    fn one_flipped_bit_never_gives_a_response(response in response(), at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut frame = encode(&response);
        // Not in the kind (byte 2): under another length the CRC is of other bytes, and one time in 65536 holds.
        let at = [0, 1].into_iter().chain(3..frame.len()).nth(at.index(frame.len() - 1)).unwrap();
        frame[at] ^= 1 << bit;
        prop_assert_eq!(decode(&frame, &[frame.len()]), vec![]);
    }

    #[test]
    fn any_bytes_in_any_pieces_give_the_same_responses(stream in prop::collection::vec(any::<u8>(), 0..200), piece in 1usize..50) {
        prop_assert_eq!(decode(&stream, &[piece]), decode(&stream, &[stream.len()]));
    }
}
