//! Blocks that hold no state, on every input where they are small.

use rust_hdl_core::prelude::Clock;
use spikeforge_hdl::block::choice::Choice;
use spikeforge_hdl::block::in_place::InPlace;
use spikeforge_hdl::block::interleave::Interleave;
use spikeforge_hdl::block::join::{JoinBits, JoinWords};
use spikeforge_hdl::block::spike_entry::SpikeEntry;
use spikeforge_hdl::block::state_word::{StatePack, StateUnpack};
use spikeforge_hdl::block::wiring::{Concat, Resize, Slice};
use spikeforge_hdl::host::bytes::BitIn;
use spikeforge_hdl::host::crc_bytes::CrcBytes;
use spikeforge_hdl::host::header::HeaderFields;
use spikeforge_hdl::host::region_end::RegionEnd;
use spikeforge_hdl::host::regions::Regions;
use spikeforge_hdl::protocol::{RegionMap, PARAMETERS, WEIGHTS};

use super::pin::ports;
use super::{every, random, Bench};

#[test]
fn wires_and_words() {
    let mut bench = Bench::default();
    widths(&mut bench);
    words_of_spikes_and_states(&mut bench);
    pipelines(&mut bench);
    bytes(&mut bench);
    regions(&mut bench);
    let choice = || Choice::new(5);
    let ports = ports!(Choice = choice(); ; asks holds => wins any);
    let one_holds = every(&ports).into_iter().filter(|v| v[5..].iter().sum::<u64>() == 1).collect();
    bench.add("choice", choice, &ports, one_holds, |v| {
        let (asks, holds) = v.split_at(5);
        let kept = (0..5).find(|at| asks[*at] == 1 && holds[*at] == 1);
        let winner = kept.or((0..5).rev().find(|at| asks[*at] == 1));
        let wins = (0..5).map(|at| u64::from(Some(at) == winner));
        wins.chain([u64::from(winner.is_some())]).collect()
    });
    bench.run();
}

fn low(value: u64, bits: u32) -> u64 {
    value & ((1 << bits) - 1)
}

fn widths(bench: &mut Bench) {
    for (lower, upper, joined) in [(3, 4, 7), (3, 4, 6), (3, 4, 3), (1, 1, 2)] {
        let make = || Concat::new(lower, upper, joined);
        let ports = ports!(Concat = make(); ; low high => joined);
        bench.add("concat", make, &ports, every(&ports), |v| vec![low(v[0] + v[1] * (1 << lower), joined)]);
    }
    for (from, offset, to) in [(7, 2, 3), (7, 4, 6), (7, 0, 7), (5, 4, 1)] {
        let make = || Slice::new(from, offset, to);
        let ports = ports!(Slice = make(); ; from => to);
        bench.add("slice", make, &ports, every(&ports), |v| vec![low(v[0] / (1 << offset), to)]);
    }
    for (from, to) in [(3, 6), (6, 3), (4, 4)] {
        let make = || Resize::new(from, to);
        let ports = ports!(Resize = make(); ; from => to);
        bench.add("resize", make, &ports, every(&ports), |v| vec![low(v[0], to)]);
    }
}

fn words_of_spikes_and_states(bench: &mut Bench) {
    for (stored, word, index) in [(4, 4, 3), (7, 4, 3)] {
        let make = || SpikeEntry::new(stored, word, index);
        let ports = ports!(SpikeEntry = make(); ; stored asked => spikes index);
        bench.add("spike_entry", make, &ports, every(&ports), |v| {
            vec![low(v[0], word), if stored == word { v[1] } else { v[0] / (1 << word) }]
        });
    }
    let make = || StatePack::new(6);
    let ports = ports!(StatePack = make(); ; membrane fired => state);
    bench.add("state_pack", make, &ports, every(&ports), |v| vec![v[0] + 64 * v[1]]);
    let make = || StateUnpack::new(6);
    let ports = ports!(StateUnpack = make(); ; state => membrane fired);
    bench.add("state_unpack", make, &ports, every(&ports), |v| vec![v[0] % 64, v[0] / 64]);
}

fn pipelines(bench: &mut Bench) {
    for (from, to, n, column) in [(6, 6, 1, 2), (6, 6, 2, 1), (7, 7, 4, 2), (6, 4, 4, 0), (2, 1, 4, 0), (4, 3, 2, 0)] {
        let make = || Interleave::new((from, to), n, column);
        let ports = ports!(Interleave = make(); ; from => pipeline place);
        bench.add("interleave", make, &ports, every(&ports), move |v| {
            let (row, in_row) = (v[0] >> column, v[0] % (1 << column));
            vec![row % n as u64, low(row / n as u64 * (1 << column) + in_row, to)]
        });
    }
    for n in [1, 2, 4] {
        let make = || JoinBits::new(n);
        let ports = ports!(JoinBits = make(); ; bit => joined);
        bench.add("join_bits", make, &ports, every(&ports), |v| vec![v.iter().rev().fold(0, |word, bit| 2 * word + bit)]);
        let make = || JoinWords::new(n, 3);
        let ports = ports!(JoinWords = make(); ; word => low high);
        bench.add("join_words", make, &ports, every(&ports), move |v| {
            let joined = |words: &[u64]| words.iter().rev().fold(0, |all, word| 8 * all + word);
            vec![joined(&v[..n.min(2)]), joined(&v[n.min(2)..])]
        });
        let make = || InPlace::new(n as u32, 8);
        let ports = ports!(InPlace = make(); ; spikes place => in_place);
        bench.add("in_place", make, &ports, every(&ports), |v| {
            let of_spike = |bit: u32| if v[0] >> bit & 1 == 1 { v[1] << bit & 0xFF } else { 0 };
            vec![(0..4).fold(0, |word, bit| word | of_spike(bit))]
        });
    }
}

fn bytes(bench: &mut Bench) {
    let make = || BitIn::new(7);
    let ports = ports!(BitIn = make(); ; word bit_in => shifted);
    bench.add("bit_in", make, &ports, every(&ports), |v| vec![v[0] / 2 + 64 * v[1]]);
    let ports = ports!(CrcBytes = CrcBytes::default(); ; crc => high low);
    bench.add("crc_bytes", CrcBytes::default, &ports, random(&ports, 2000), |v| vec![v[0] / 256, v[0] % 256]);
    let ports = ports!(HeaderFields = HeaderFields::default(); ; header => seq op layer region page addr len);
    bench.add("header", HeaderFields::default, &ports, random(&ports, 2000), |v| {
        let bytes: Vec<u64> = v[0].to_le_bytes().map(u64::from).to_vec();
        let word = |at: usize| bytes[at] + 256 * bytes[at + 1];
        vec![bytes[0], bytes[1], bytes[2], bytes[3] % 16, bytes[3] / 16, word(4), word(6)]
    });
}

fn regions(bench: &mut Bench) {
    let map = |layer, region, rows| RegionMap { layer, region, rows, row_bits: 20, piece_bits: 8, is_volatile: false };
    let maps = [map(0, WEIGHTS, 3), map(2, WEIGHTS, 7), map(2, PARAMETERS, 50)];
    // A row of 20 bits takes the places of four pieces of eight.
    let places = [(0, WEIGHTS, 12), (2, WEIGHTS, 28), (2, PARAMETERS, 200)].map(|(layer, region, n)| ((layer, u64::from(region)), n));
    let make = || RegionEnd::new(&maps, 8);
    let ports = ports!(RegionEnd = make(); ; layer region => places);
    bench.add("region_end", make, &ports, every(&ports), |v| {
        vec![places.iter().find(|(of, _)| *of == (v[0], v[1])).map_or(0, |(_, n)| *n)]
    });
    for number in [0, 2] {
        let make = || Regions::new(number, &maps);
        let ports = ports!(Regions = make(); clock; layer region write => writes_weights writes_parameters);
        bench.add("regions", make, &ports, every(&ports), |v| {
            let writes = |region: u8| v[2] == 1 && v[0] == number as u64 && v[1] == u64::from(region);
            vec![u64::from(writes(WEIGHTS)), u64::from(number == 2 && writes(PARAMETERS))]
        });
    }
}
