//! Leaves written in Verilog by hand against their Rust twins: exhaustive where small, random where not.

use rust_hdl_core::prelude::*;
use spikeforge_hdl::block::lane::Lane;
use spikeforge_hdl::block::popcount::Popcount;
use spikeforge_hdl::block::verdict::{SignExtend, Tally};
use spikeforge_hdl::host::bytes::{ByteIn, ByteOut};
use spikeforge_hdl::host::crc::Crc;
use spikeforge_hdl::signal::Value;

use super::differential::{check, random_vectors, Ports};

#[test]
fn popcount_of_one_lane_on_every_input() {
    let ports = Ports {
        inputs: vec![("spikes", 8), ("weights", 8), ("enable", 1)],
        outputs: vec![("count$0", 4)],
        set: |block: &mut Popcount, values| {
            block.spikes.next = Value::new(values[0], 8);
            block.weights.next = Value::new(values[1], 8);
            block.enable.next = values[2] == 1;
        },
        get: |block| vec![block.count[0].val().raw()],
        clock: Some(|block, level| block.clock.next = Clock { clk: level }),
    };
    let vectors: Vec<Vec<u64>> = (0..0x1_0000).map(|i| vec![i & 0xFF, i >> 8, 1]).collect();
    check(|| Popcount::new(8, 1, 4), &ports, &vectors);
}

const COUNTS: [&str; 8] =
    ["count$0", "count$1", "count$2", "count$3", "count$4", "count$5", "count$6", "count$7"];

#[test]
fn popcount_of_several_lanes() {
    for (beat, lanes, count_bits) in [(16, 4, 10), (16, 3, 5), (8, 8, 7), (32, 2, 6), (64, 1, 7)] {
        let ports = Ports {
            inputs: vec![("spikes", beat), ("weights", beat * lanes), ("enable", 1)],
            outputs: COUNTS.iter().take(lanes as usize).map(|&name| (name, count_bits)).collect(),
            set: |block: &mut Popcount, values| {
                block.spikes.next = Value::new(values[0], block.spikes.width());
                block.weights.next = Value::new(values[1], block.weights.width());
                block.enable.next = values[2] == 1;
            },
            get: |block| block.count.iter().map(|count| count.val().raw()).collect(),
            clock: Some(|block, level| block.clock.next = Clock { clk: level }),
        };
        check(|| Popcount::new(beat, lanes, count_bits), &ports, &random_vectors(&ports.inputs, 2000, u64::from(beat)));
    }
}

#[test]
fn lane() {
    let ports = Ports {
        inputs: vec![("enable", 1), ("accumulate", 1), ("take", 1), ("shift", 1), ("count", 5), ("next_lane", 5), ("doubles", 1)],
        outputs: vec![("total", 5)],
        set: |block: &mut Lane, values| {
            block.enable.next = values[0] == 1;
            block.accumulate.next = values[1] == 1;
            block.take.next = values[2] == 1;
            block.shift.next = values[3] == 1;
            block.count.next = Value::new(values[4], 5);
            block.doubles.next = values[6] == 1;
            block.next_lane.next = Value::new(values[5], 5);
        },
        get: |block| vec![block.total.val().raw()],
        clock: Some(|block, level| block.clock.next = Clock { clk: level }),
    };
    check(|| Lane::new(5), &ports, &random_vectors(&ports.inputs, 5000, 1));
}

#[test]
fn crc() {
    let ports = Ports {
        inputs: vec![("crc", 16), ("byte_in", 8)],
        outputs: vec![("crc_next", 16)],
        set: |block: &mut Crc, values| {
            block.crc.next = Value::new(values[0], 16);
            block.byte_in.next = Value::new(values[1], 8);
        },
        get: |block| vec![block.crc_next.val().raw()],
        clock: None,
    };
    let mut vectors = random_vectors(&ports.inputs, 2000, 1);
    vectors.extend((0..16).map(|bit| vec![1 << bit, 0]).chain((0..256).map(|byte| vec![0xFFFF, byte])));
    check(Crc::default, &ports, &vectors);
}

#[test]
fn bytes_of_words() {
    for width in [9, 16, 24, 25, 33] {
        let ports = Ports {
            inputs: vec![("word", width), ("index", 3)],
            outputs: vec![("byte_out", 8)],
            set: |block: &mut ByteOut, values| {
                block.word.next = Value::new(values[0], block.word.width());
                block.index.next = Value::new(values[1], 3);
            },
            get: |block| vec![block.byte_out.val().raw()],
            clock: None,
        };
        check(|| ByteOut::new(width), &ports, &random_vectors(&ports.inputs, 400, u64::from(width)));
    }
    for width in [8, 16, 56] {
        let ports = Ports {
            inputs: vec![("word", width), ("byte_in", 8)],
            outputs: vec![("shifted", width)],
            set: |block: &mut ByteIn, values| {
                block.word.next = Value::new(values[0], block.word.width());
                block.byte_in.next = Value::new(values[1], 8);
            },
            get: |block| vec![block.shifted.val().raw()],
            clock: None,
        };
        check(|| ByteIn::new(width), &ports, &random_vectors(&ports.inputs, 400, u64::from(width)));
    }
}

#[test]
fn tally_at_both_ends_of_its_range() {
    let ports = Ports {
        inputs: vec![("kept", 16), ("fresh", 1), ("spike", 1)],
        outputs: vec![("count", 16), ("score", 32)],
        set: |block: &mut Tally, values| {
            block.kept.next = Value::new(values[0], 16);
            block.fresh.next = values[1] == 1;
            block.spike.next = values[2] == 1;
        },
        get: |block| vec![block.count.val().raw(), block.score.val().raw()],
        clock: None,
    };
    let ends = (0..64).chain(0xFFC0..0x1_0000);
    let vectors: Vec<Vec<u64>> = ends.flat_map(|kept| (0..4).map(move |bits| vec![kept, bits & 1, bits >> 1])).collect();
    check(|| Tally::new(32), &ports, &vectors);
}

#[test]
fn signs_are_extended() {
    for width in [2, 9, 31, 32] {
        let ports = Ports {
            inputs: vec![("from", width)],
            outputs: vec![("to", 32)],
            set: |block: &mut SignExtend, values| block.from.next = Value::new(values[0], block.from.width()),
            get: |block| vec![block.to.val().raw()],
            clock: None,
        };
        check(|| SignExtend::new(width, 32), &ports, &random_vectors(&ports.inputs, 200, u64::from(width)));
    }
}
