//! Whether a WRITE ends within its memory: against plain arithmetic, and in Verilator.

use rust_hdl_core::prelude::*;
use spikeforge_hdl::host::extent::Extent;
use spikeforge_hdl::protocol::{RegionMap, PARAMETERS, WEIGHTS};
use spikeforge_hdl::signal::Value;
use spikeforge_sim::random::SplitMix64;

use super::differential::{check, in_rust, Ports};

/// Cycles from a request to its verdict.
const LATENCY: usize = 2;

/// Layers by the bits of a row: one that takes whole address bits, and one that does not.
fn regions(rows: [usize; 3]) -> Vec<RegionMap> {
    let map = |layer, region, rows, row_bits| RegionMap { layer, region, rows, row_bits, piece_bits: 8, is_volatile: false };
    vec![map(0, WEIGHTS, rows[0], 8), map(0, PARAMETERS, rows[1], 20), map(3, WEIGHTS, rows[2], 40)]
}

fn fits(regions: &[RegionMap], request: &[u64]) -> bool {
    let found = regions.iter().find(|map| u64::from(map.layer) == request[0] && u64::from(map.region) == request[1]);
    found.is_some_and(|map| request[2] + request[3] <= map.places() as u64)
}

/// Around the end of each region, around powers of two above it, and anywhere.
fn requests(regions: &[RegionMap], most: u64) -> Vec<Vec<u64>> {
    let mut random = SplitMix64::new(1);
    let mut requests = vec![];
    for (layer, region) in [(0, 1), (0, 2), (3, 1), (0, 3), (1, 1), (2, 1), (3, 2), (131, 1), (0, 9)] {
        let map = regions.iter().find(|map| (map.layer, map.region) == (layer, region));
        let end = map.map_or(16, RegionMap::places) as u64;
        let powers = (0..20).map(|bit| 1 << bit);
        let places = powers.chain(powers_beside(end)).chain((0..20).map(|_| random.next_word() % (1 << 20)));
        for place in places.filter(|place| *place < 1 << 20) {
            for pieces in [1, 2, most - 1, most] {
                requests.push(vec![u64::from(layer), u64::from(region), place, pieces]);
            }
        }
    }
    requests
}

fn powers_beside(end: u64) -> impl Iterator<Item = u64> {
    let near = (end.saturating_sub(10)..end + 3).chain([0]);
    let far = (0..20).map(move |bit| end.saturating_sub(1) | 1 << bit);
    near.chain(far)
}

#[test]
fn writes_end_within_their_memories() {
    // Small and large memories, and one of all the places that an address can say.
    for (rows, most) in [([5, 3, 2], 8), ([100, 7, 300], 4), ([1 << 20, 1 << 18, 9], 98), ([1, 1, 1], 25)] {
        let regions = regions(rows);
        let count = 64 - u64::leading_zeros(most);
        let ports = Ports {
            inputs: vec![("layer", 8), ("region", 4), ("place", 20), ("pieces", count)],
            outputs: vec![("fits", 1)],
            set: |block: &mut Extent, values| {
                block.layer.next = Value::new(values[0], 8);
                block.region.next = Value::new(values[1], 4);
                block.place.next = Value::new(values[2], 20);
                block.pieces.next = Value::new(values[3], block.pieces.width());
            },
            get: |block| vec![u64::from(block.fits.val())],
            clock: Some(|block, level| block.clock.next = Clock { clk: level }),
        };
        let make = || Extent::new(&regions, usize::try_from(most).unwrap());
        let requests = requests(&regions, most);
        let held: Vec<Vec<u64>> = requests.iter().flat_map(|request| vec![request.clone(); LATENCY]).collect();
        let told = in_rust(make(), &ports, &held);
        let mut n_fitting = 0;
        for (request, told) in requests.iter().zip(told.chunks(LATENCY)) {
            let expected = fits(&regions, request);
            assert_eq!(told[LATENCY - 1][0] == 1, expected, "{request:?} of {rows:?} rows");
            n_fitting += usize::from(expected);
        }
        assert!(n_fitting > 3 && n_fitting < requests.len() - 100, "{n_fitting} of {} fit", requests.len());
        check(make, &ports, &held);
    }
}
