//! Memories written through the driver: every piece arrives where it belongs, over bad links too, or an error says so.

use spikeforge_hdl::contents::Contents;
use spikeforge_hdl::protocol::{RegionMap, BAD_CRC, BAD_REQUEST, OK, PARAMETERS, WRITE};
use spikeforge_runtime::board_model::BoardModel;
use spikeforge_runtime::driver::Driver;
use spikeforge_runtime::link::faulty::{Faults, FaultyLink};
use spikeforge_runtime::link::Link;
use spikeforge_sim::random::SplitMix64;
use spikeforge_sim::{Device, Network, Reference};
use std::time::Duration;

use crate::board::{board, host_map, small_network, IMPATIENT};

fn random_contents(network: &Network, seed: u64) -> Vec<Contents> {
    let mut random = SplitMix64::new(seed);
    let fill = |map: RegionMap| {
        let n = map.address(map.rows);
        Contents { map, pieces: (0..n).map(|_| random.next_word() & 0xFFFF_FFFF).collect() }
    };
    host_map(network).regions.into_iter().map(fill).collect()
}

fn assert_written(board: &BoardModel<Reference>, contents: &[Contents]) {
    let mut n_expected = 0;
    for Contents { map, pieces } in contents {
        for row in 0..map.rows {
            for column in 0..map.pieces_per_row() {
                let place = map.address(row) + column;
                let got = board.written.get(&(map.layer, map.region, place));
                assert_eq!(got, Some(&pieces[place]), "layer {}, row {row}, column {column}", map.layer);
                n_expected += 1;
            }
        }
    }
    assert_eq!(board.written.len(), n_expected, "something else was written");
}

#[test]
fn every_piece_arrives_where_it_belongs() {
    for seed in 0..8 {
        let network = small_network(seed);
        let contents = random_contents(&network, seed);
        let mut driver = Driver::open(board(&network), host_map(&network), IMPATIENT).unwrap();
        driver.write(&contents).unwrap();
        assert_written(driver.link_mut(), &contents);
    }
}

#[test]
fn bad_links_lose_no_piece_and_place_none_wrongly() {
    let faults = Faults { drop: 1, burst: 1, repeat: 1, flip: 1, delay: 1, close_after: None };
    let mut n_retries = 0;
    for seed in 0..25 {
        let network = small_network(seed % 7);
        let contents = random_contents(&network, seed);
        let link = FaultyLink::new(board(&network), faults, seed);
        let mut driver = Driver::open(link, host_map(&network), IMPATIENT).unwrap();
        driver.write(&contents).unwrap();
        n_retries += driver.statistics().retries;
        assert_written(driver.link_mut().inner(), &contents);
    }
    assert!(n_retries > 20, "{n_retries} retries are no harm");
}

#[test]
fn a_memory_that_cannot_be_written_is_named_before_anything_is_sent() {
    let network = small_network(1);
    let mut contents = random_contents(&network, 1);
    contents[0].map.region = PARAMETERS;
    let mut driver = Driver::open(board(&network), host_map(&network), IMPATIENT).unwrap();
    let n_requests = driver.statistics().requests;
    assert_eq!(
        driver.write(&contents).unwrap_err().to_string(),
        "the design cannot write the parameters of layer 0 at run time; compile it with --host-writes"
    );
    assert_eq!(driver.statistics().requests, n_requests);
}

/// The status of a WRITE that is sent as it is.
fn status_of(board: &mut BoardModel<Reference>, header: [u8; 8], payload: &[u8], is_damaged: bool) -> u8 {
    let crc = |bytes: &[u8]| crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740).checksum(bytes).to_be_bytes();
    let mut section = [payload, &crc(payload)].concat();
    section[0] ^= u8::from(is_damaged);
    board.send(&[&[0xA5], &header[..], &crc(&header), &section].concat()).unwrap();
    let mut answer = [0; 64];
    let n = board.receive(&mut answer, Duration::ZERO).unwrap();
    assert_eq!(n, 6, "one status");
    answer[3]
}

#[test]
fn a_write_that_is_damaged_misplaced_or_late_changes_nothing() {
    let network = small_network(1);
    let mut driver = Driver::open(board(&network), host_map(&network), IMPATIENT).unwrap();
    driver.reset().unwrap();
    let mut board = driver.into_link();
    let header = |layer, region, len| [9, WRITE, layer, region, 0, 0, len, 0];
    let piece = [1, 2, 3, 4];
    assert_eq!(status_of(&mut board, header(0, 1, 4), &piece, true), BAD_CRC);
    for (layer, region, len) in [(0, 0, 4), (0, 2, 4), (99, 1, 4), (0, 1, 3), (0, 1, 0)] {
        let got = status_of(&mut board, header(layer, region, len), &piece[..usize::from(len)], false);
        assert_eq!(got, BAD_REQUEST, "layer {layer}, region {region}, {len} bytes");
    }
    assert!(board.written.is_empty(), "{:?}", board.written);
    assert_eq!(status_of(&mut board, header(0, 1, 4), &piece, false), OK);
    assert_eq!(board.written.len(), 1);

    let mut driver = Driver::open(board, host_map(&network), IMPATIENT).unwrap();
    driver.step(&spikeforge_sim::Spikes::repeat(true, network.input.n())).unwrap();
    let mut board = driver.into_link();
    assert_eq!(status_of(&mut board, header(0, 1, 4), &[5; 4], false), BAD_REQUEST, "within a presentation");
    assert_eq!(board.written.values().copied().collect::<Vec<_>>(), [0x0403_0201]);
}

#[test]
fn a_write_that_ends_outside_its_memory_changes_nothing() {
    let network = small_network(1);
    let map = host_map(&network);
    let mut driver = Driver::open(board(&network), map.clone(), IMPATIENT).unwrap();
    driver.reset().unwrap();
    let mut board = driver.into_link();
    let most = map.input_bytes / map.piece_bytes;
    for region in &map.regions {
        let end = region.places();
        for n in 1..=most {
            for place in (end + 1 - n..=end).chain([(1 << 16) | (end - n), (1 << 19) | (end - n), (1 << 20) - 1]) {
                let [low, high, page, _] = u32::try_from(place).unwrap().to_le_bytes();
                let payload = vec![7; n * map.piece_bytes];
                let header = [9, WRITE, region.layer, page << 4 | region.region, low, high, u8::try_from(payload.len()).unwrap(), 0];
                assert_eq!(status_of(&mut board, header, &payload, false), BAD_REQUEST, "{n} pieces from {place} of {end}");
            }
        }
        assert!(board.written.is_empty(), "{:?}", board.written);
        let [low, high, ..] = u32::try_from(end - 1).unwrap().to_le_bytes();
        let last = [9, WRITE, region.layer, region.region, low, high, u8::try_from(map.piece_bytes).unwrap(), 0];
        assert_eq!(status_of(&mut board, last, &vec![7; map.piece_bytes], false), OK);
        // The last address of a row of five pieces is of a column that is not there.
        assert!(board.written.is_empty());
    }
}
