//! Blocks that count, keep and gather, each beside what it is for.

use std::collections::VecDeque;

use rust_hdl_core::prelude::*;
use spikeforge_hdl::block::banks::Banks;
use spikeforge_hdl::block::delay::Delay4;
use spikeforge_hdl::block::packer::Packer;
use spikeforge_hdl::block::planes::Planes;
use spikeforge_hdl::block::replay::Replay;
use spikeforge_hdl::board::synchronizer::Synchronizer;
use spikeforge_hdl::host::input_writer::InputWriter;
use spikeforge_hdl::host::loader::Loader;
use spikeforge_hdl::host::sender::Sender;
use spikeforge_hdl::host::silence::Silence;
use spikeforge_hdl::protocol::RESPONSE_SYNC;
use spikeforge_sim::random::SplitMix64;

use super::pin::ports;
use super::{below, random, Bench, ANY};

#[test]
fn sequences() {
    let mut bench = Bench::default();
    delays(&mut bench);
    for banks in [2, 4, 8] {
        queue_of_banks(&mut bench, banks);
    }
    spikes_in_words(&mut bench);
    planes(&mut bench);
    replays(&mut bench);
    bytes_in_words(&mut bench);
    pieces_on_their_way(&mut bench);
    frames(&mut bench);
    bench.run();
}

fn delays(bench: &mut Bench) {
    let ports = ports!(Delay4 = Delay4::default(); clock; now => later);
    let mut on_the_way = VecDeque::from([0; 3]);
    bench.add("delay4", Delay4::default, &ports, random(&ports, 300), move |v| {
        on_the_way.push_back(v[0]);
        vec![on_the_way.pop_front().unwrap()]
    });
    let ports = ports!(Synchronizer = Synchronizer::default(); clock; pin => level);
    let mut on_the_way = VecDeque::from([1]);
    bench.add("synchronizer", Synchronizer::default, &ports, random(&ports, 300), move |v| {
        on_the_way.push_back(v[0]);
        vec![on_the_way.pop_front().unwrap()]
    });
    let ports = ports!(Silence = Silence::new(4); clock; counts => too_long);
    let mut random = SplitMix64::new(3);
    let vectors = (0..3000).map(|_| vec![u64::from(below(&mut random, 14) > 0)]).collect();
    let mut in_a_row = 0;
    bench.add("silence", || Silence::new(4), &ports, vectors, move |v| {
        in_a_row = v[0] * (in_a_row + 1);
        vec![u64::from(in_a_row % 16 == 15)]
    });
}

/// A bank is committed only while one is empty, and freed only while one is full.
fn queue_of_banks(bench: &mut Bench, banks: u64) {
    let make = || Banks::new(usize::try_from(banks).unwrap());
    let ports = ports!(Banks = make(); clock; commit free => ready roomy available write_bank read_bank);
    let mut random = SplitMix64::new(1);
    let (mut committed, mut freed) = (0, 0);
    let vectors = (0..3000).map(|at| {
        // It fills up, and runs empty.
        let often = if at / 64 % 2 == 0 { (3, 1) } else { (1, 3) };
        let (commit, free) = (committed - freed < banks && random.chance(often.0, 4), freed < committed && random.chance(often.1, 4));
        committed += u64::from(commit);
        freed += u64::from(free);
        vec![u64::from(commit), u64::from(free)]
    });
    let vectors = vectors.collect();
    let (mut committed, mut freed) = (0, 0);
    bench.add("banks", make, &ports, vectors, move |v| {
        committed += v[0];
        freed += v[1];
        let held = committed - freed;
        vec![u64::from(held < banks), u64::from(held + 2 <= banks), u64::from(held > 0), committed % banks, freed % banks]
    });
}

/// Of one pipeline, and of several, whose spikes of a cycle belong side by side.
fn spikes_in_words(bench: &mut Bench) {
    for (word, pipelines) in [(8, 1), (5, 1), (2, 1), (8, 2), (16, 4), (4, 4)] {
        let make = || Packer::new(word, pipelines);
        let ports = ports!(Packer = make(); clock; valid last spikes => write_enable word);
        let mut gathered: Vec<u64> = vec![];
        bench.add("packer", make, &ports, random(&ports, 3000), move |v| {
            let is_whole = |spikes: &[u64]| v[1] == 1 || spikes.len() == word as usize;
            let spikes: Vec<u64> = (0..pipelines).map(|bit| v[2] >> bit & 1).collect();
            if v[0] == 1 {
                gathered.extend(&spikes);
                if is_whole(&gathered) {
                    gathered.clear();
                }
            }
            let with_these = [gathered.as_slice(), &spikes].concat();
            let joined = with_these.iter().rev().fold(0, |word, spike| 2 * word + spike);
            vec![u64::from(v[0] == 1 && is_whole(&with_these)), joined]
        });
    }
}

/// Passes of a few beats each: the first beat of every pass but the highest doubles.
fn planes(bench: &mut Bench) {
    for bits in [1, 2, 3, 8] {
        let ports = ports!(Planes = Planes::new(bits); clock; issue pass_end => doubles is_highest is_lowest);
        let mut random = SplitMix64::new(u64::from(bits));
        let vectors = (0..2000).map(|_| {
            let issue = random.chance(2, 3);
            vec![u64::from(issue), u64::from(issue && random.chance(1, 3))]
        });
        let (mut pass, mut beats) = (0, 0);
        bench.add("planes", || Planes::new(bits), &ports, vectors.collect(), move |v| {
            beats += v[0];
            if v[1] == 1 {
                (pass, beats) = ((pass + 1) % bits, 0);
            }
            let doubles = v[0] == 1 && beats == 0 && pass > 0;
            vec![u64::from(doubles), u64::from(pass == 0), u64::from(pass == bits - 1)]
        });
    }
}

/// An input that is shown for T timesteps is walked once and replayed T - 1 times.
fn replays(bench: &mut Bench) {
    let ports = ports!(Replay = Replay::default(); clock; commit show free may_replay timesteps => pending replay);
    let mut random = SplitMix64::new(5);
    let mut vectors = vec![];
    for _ in 0..200 {
        let (show, timesteps) = (random.chance(3, 4), 1 + below(&mut random, 5));
        vectors.push(vec![1, u64::from(show), 0, u64::from(random.chance(1, 2)), timesteps]);
        let free_at = below(&mut random, 4);
        let replays = if show { timesteps - 1 } else { 0 };
        vectors.extend((0..=free_at).map(|at| vec![0, 0, u64::from(at == free_at), below(&mut random, 2), below(&mut random, 9)]));
        // Until they are over, and a little longer.
        let mut left = replays;
        while left > 0 || random.chance(1, 2) {
            let may_replay = below(&mut random, 2);
            left = left.saturating_sub(may_replay);
            vectors.push(vec![0, 0, 0, may_replay, below(&mut random, 9)]);
        }
    }
    let (mut owed, mut is_walked) = (0, true);
    bench.add("replay", Replay::default, &ports, vectors, move |v| {
        if is_walked && owed > 0 && v[3] == 1 {
            owed -= 1;
        }
        if v[0] == 1 {
            (owed, is_walked) = (v[1] * v[4].saturating_sub(1), false);
        }
        is_walked |= v[2] == 1;
        let pending = is_walked && owed > 0;
        vec![u64::from(pending), u64::from(pending && v[3] == 1)]
    });
}

fn bytes_in_words(bench: &mut Bench) {
    for (words, beat) in [(3, 16), (1, 32), (5, 8)] {
        let make = || InputWriter::new(words, beat);
        let ports = ports!(InputWriter = make(); clock; restart byte_valid byte_in => write_enable timestep_done whole_timesteps whole_words word);
        let mut random = SplitMix64::new(9);
        let vectors = (0..3000).map(|_| vec![u64::from(random.chance(1, 30)), below(&mut random, 2), below(&mut random, 256)]);
        let (word_bytes, timestep_bytes) = (u64::from(beat / 8), words as u64 * u64::from(beat / 8));
        let (mut taken, mut word) = (0, 0);
        bench.add("input_writer", make, &ports, vectors.collect(), move |v| {
            let writes = v[1] == 1 && (taken + 1) % word_bytes == 0;
            if v[1] == 1 {
                taken += 1;
                word = (word | v[2] << beat) >> 8;
            }
            if v[0] == 1 {
                taken = 0;
            }
            let done = v[1] == 1 && (taken + 1) % timestep_bytes == 0;
            let whole = |bytes: u64| u64::from(taken % bytes == 0);
            vec![u64::from(writes), u64::from(done), whole(timestep_bytes), whole(word_bytes), word]
        });
    }
}

/// Entry by entry out of the buffer, and a cycle later to place by place.
fn pieces_on_their_way(bench: &mut Bench) {
    let make = || Loader::new(6, 16);
    let ports = ports!(Loader = make(); clock; start addr page len => busy done n_pieces entry write address);
    let mut random = SplitMix64::new(11);
    let mut vectors = vec![];
    for _ in 0..200 {
        let (addr, page, pieces) = (below(&mut random, 1 << 16), below(&mut random, 16), 1 + below(&mut random, 6));
        vectors.push(vec![1, addr, page, 2 * pieces]);
        vectors.extend((0..=pieces + below(&mut random, 3)).map(|_| vec![0, addr, page, 2 * pieces]));
    }
    let (mut cycle, mut pieces, mut first) = (u64::MAX / 2, 0, 0);
    bench.add("loader", make, &ports, vectors, move |v| {
        cycle += 1;
        if v[0] == 1 {
            (cycle, pieces, first) = (0, v[3] / 2, v[1] + (v[2] << 16));
        }
        let (reads, writes) = (cycle < pieces, (1..=pieces).contains(&cycle));
        vec![
            u64::from(reads || writes),
            u64::from(cycle == pieces),
            v[3] / 2 % 8,
            if reads { cycle } else { ANY },
            u64::from(writes),
            if writes { (first + cycle - 1) % (1 << 20) } else { ANY },
        ]
    });
}

/// Where a frame stands: what it has sent, and the cycle of waiting before each byte of its body.
#[derive(Default)]
struct Frame {
    sent: Vec<u64>,
    body_bytes: usize,
    waits: u32,
}

impl Frame {
    /// The byte that is offered, if one is.
    fn offers(&self, v: &[u64]) -> Option<u64> {
        let crc = || {
            let bytes: Vec<u8> = self.sent[1..3 + self.body_bytes].iter().map(|byte| u8::try_from(*byte).unwrap()).collect();
            u64::from(crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740).checksum(&bytes))
        };
        match self.sent.len() {
            _ if self.waits > 0 => None,
            0 => Some(u64::from(RESPONSE_SYNC)),
            1 => Some(v[1]),
            2 => Some(v[2]),
            at if at < 3 + self.body_bytes => Some(v[4]),
            at if at == 3 + self.body_bytes => Some(crc() / 256),
            _ => Some(crc() % 256),
        }
    }

    fn in_body(&self) -> bool {
        (3..3 + self.body_bytes).contains(&self.sent.len())
    }
}

/// Until the next byte of a body is there.
const FETCH_CYCLES: u32 = 3;

fn frames(bench: &mut Bench) {
    let ports = ports!(Sender = Sender::default(); clock; start seq kind body_bytes body_byte byte_ready => idle byte_valid byte_out body_next done);
    let mut random = SplitMix64::new(13);
    let mut vectors = vec![];
    for _ in 0..60 {
        let (seq, kind, n) = (below(&mut random, 256), below(&mut random, 256), below(&mut random, 6));
        let cycles = 40 + 6 * n;
        let cycle = |at| vec![u64::from(at == 0), seq, kind, n, below(&mut random, 256), u64::from(random.chance(3, 4))];
        vectors.extend((0..cycles).map(cycle));
    }
    let mut frame: Option<Frame> = None;
    bench.add("sender", Sender::default, &ports, vectors, move |v| {
        match &mut frame {
            None if v[0] == 1 => frame = Some(Frame { body_bytes: usize::try_from(v[3]).unwrap(), ..Frame::default() }),
            None => {}
            Some(sending) => {
                let offered = sending.offers(v);
                sending.waits = sending.waits.saturating_sub(1);
                if let (Some(byte), 1) = (offered, v[5]) {
                    sending.sent.push(byte);
                    sending.waits = if sending.in_body() { FETCH_CYCLES } else { 0 };
                    if sending.sent.len() == 5 + sending.body_bytes {
                        frame = None;
                    }
                }
            }
        }
        let Some(sending) = &frame else { return vec![1, 0, ANY, 0, 0] };
        let offered = sending.offers(v);
        let goes = offered.is_some() && v[5] == 1;
        let ends = sending.sent.len() == 4 + sending.body_bytes;
        let (next, done) = (goes && sending.in_body(), goes && ends);
        vec![0, u64::from(offered.is_some()), offered.unwrap_or(ANY), u64::from(next), u64::from(done)]
    });
}
