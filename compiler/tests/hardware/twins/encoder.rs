//! The encoder with each of its codings beside that coding in software.

use std::collections::VecDeque;

use rust_hdl_core::prelude::*;
use spikeforge_hdl::arch::EncoderArch;
use spikeforge_hdl::encoder::chance::{Below, Chance};
use spikeforge_hdl::encoder::first_spike::FirstSpike;
use spikeforge_hdl::encoder::passes::Encoder;
use spikeforge_hdl::encoder::phase::Phase;
use spikeforge_hdl::encoder::rise::Rise;
use spikeforge_sim::coding::{self, Encoding};
use spikeforge_sim::random::SplitMix64;

use super::pin::ports;
use super::{below, random, Bench, ANY};

#[test]
fn codings_and_their_passes() {
    let mut bench = Bench::default();
    leaves(&mut bench);
    chances(&mut bench);
    first_spikes(&mut bench, 8);
    first_spikes(&mut bench, 3);
    let (draws, latency) = (EncoderArch::Lfsr { seed: 77 }, EncoderArch::Latency { n_timesteps: 3 });
    // Less than a word, a word and more, whole words.
    for (arch, n) in [(EncoderArch::Accumulator, 11), (draws, 11), (latency, 16), (EncoderArch::Delta { threshold: 40 }, 20), (EncoderArch::Accumulator, 1)] {
        passes(&mut bench, arch, n);
    }
    bench.run();
}

fn leaves(bench: &mut Bench) {
    let ports = ports!(Phase = Phase::default(); ; fresh value state => state_next spike);
    let mut vectors = random(&ports, 2000);
    // A phase is never 255.
    vectors.iter_mut().for_each(|v| v[2] %= 255);
    bench.add("phase", Phase::default, &ports, vectors, |v| {
        let sum = v[1] + if v[0] == 1 { 127 } else { v[2] };
        vec![sum % 255, sum / 255]
    });
    let ports = ports!(Rise = Rise::new(30); ; fresh value state => state_next spike);
    bench.add("rise", || Rise::new(30), &ports, random(&ports, 2000), |v| {
        let least = 30 + if v[0] == 1 { 0 } else { v[2] };
        vec![v[1], u64::from(v[1] >= least)]
    });
    let ports = ports!(Below = Below::default(); ; draw value => below);
    bench.add("below", Below::default, &ports, random(&ports, 2000), |v| vec![u64::from(v[0] % 256 < v[1] + u64::from(v[1] > 127))]);
}

/// Any cycle may begin a presentation, or take a draw.
fn chances(bench: &mut Bench) {
    let ports = ports!(Chance = Chance::new(1234); clock; starts valid value => spike);
    let mut vectors = random(&ports, 2000);
    vectors.iter_mut().enumerate().for_each(|(at, v)| v[0] = u64::from(at % 97 == 0));
    let mut lfsr = spikeforge_sim::plasticity::Lfsr::new(1234);
    bench.add("chance", || Chance::new(1234), &ports, vectors, move |v| {
        if v[1] == 1 {
            lfsr.draw(0);
            lfsr.draw(0);
        }
        if v[0] == 1 {
            lfsr = spikeforge_sim::plasticity::Lfsr::new(1234);
        }
        let draw = u64::from(lfsr.state() % 256);
        vec![u64::from(draw < v[2] + v[2] / 128)]
    });
}

/// Presentations that end early, and that go on when every value has spiked.
fn first_spikes(bench: &mut Bench, n_timesteps: u32) {
    let make = move || FirstSpike::new(n_timesteps);
    let ports = ports!(FirstSpike = make(); clock; starts ends value => spike);
    let mut vectors = random(&ports, 3000);
    vectors.iter_mut().enumerate().for_each(|(at, v)| {
        v[0] = u64::from(at % 61 == 0);
        v[1] = u64::from(at % 5 == 0);
    });
    let mut at = 0;
    bench.add("first_spike", make, &ports, vectors, move |v| {
        at = if v[0] == 1 { 0 } else { at + v[1] };
        vec![u64::from(v[2] > 0 && (255 - v[2]) * u64::from(n_timesteps) / 256 == at)]
    });
}

const BEAT: usize = 8;

/// What leaves behind a clock edge: whether it is the last word, whether its presentation begins, the word.
type Word = (usize, u64, u64, u64);

/// The encoder by what it does: when a pass begins its words are known, and the edges that they leave behind.
struct Twin {
    coding: Encoding,
    values: Vec<u8>,
    written: usize,
    left: u64,
    fresh: bool,
    /// The edge behind which the last pass is over.
    over: usize,
    edge: usize,
    words: VecDeque<Word>,
}

impl Twin {
    fn new(arch: EncoderArch, n: usize) -> Self {
        let coding = match arch {
            EncoderArch::Accumulator => coding::Encoder::Accumulator,
            EncoderArch::Lfsr { seed } => coding::Encoder::Lfsr { seed },
            EncoderArch::Latency { n_timesteps } => coding::Encoder::Latency { n_timesteps },
            EncoderArch::Delta { threshold } => coding::Encoder::Delta { threshold },
        };
        Twin { coding: Encoding::new(coding), values: vec![0; n], written: 0, left: 0, fresh: false, over: 0, edge: 0, words: VecDeque::new() }
    }

    /// No pass runs or is to come.
    fn rests(&self) -> bool {
        self.left == 0 && self.over <= self.edge
    }

    /// An edge with `write_enable commit restart show write_fresh write_word timesteps out_ready`.
    fn cycle(&mut self, v: &[u64]) -> Vec<u64> {
        self.edge += 1;
        if self.left > 0 && self.edge > self.over && v[7] == 1 {
            self.pass();
        }
        if v[0] == 1 {
            self.values[self.written] = u8::try_from(v[5]).unwrap();
            self.written += 1;
        }
        if v[1] == 1 || v[2] == 1 {
            self.written = 0;
        }
        if v[1] == 1 {
            self.left = if v[3] == 1 { v[6] } else { 1 };
            self.fresh = v[4] == 1;
            self.over = self.edge;
            if self.fresh {
                self.coding.reset();
            }
        }
        let ready = u64::from(self.rests());
        match self.words.pop_front_if(|word| word.0 == self.edge) {
            Some((_, last, fresh, word)) => vec![ready, 1, last, fresh, word],
            None => vec![ready, 0, 0, ANY, ANY],
        }
    }

    fn pass(&mut self) {
        let n = self.values.len();
        let spikes = self.coding.timestep(&self.values);
        for first in (0..n).step_by(BEAT) {
            let end = (first + BEAT).min(n);
            let word = (first..end).fold(0, |word, i| word | u64::from(spikes[i]) << (i - first));
            self.words.push_back((self.edge + 1 + end, u64::from(end == n), u64::from(self.fresh), word));
        }
        self.over = self.edge + n + 2;
        self.fresh = false;
        self.left -= 1;
    }
}

fn passes(bench: &mut Bench, arch: EncoderArch, n: usize) {
    let make = move || Encoder::new(arch, n, u32::try_from(BEAT).unwrap());
    let ports = ports!(Encoder = make(); clock; write_enable commit restart show write_fresh write_word timesteps out_ready
        => ready out_enable out_last out_fresh out_word);
    let mut twin = Twin::new(arch, n);
    bench.add("encoder", make, &ports, presentations(arch, n), move |v| twin.cycle(v));
}

/// Timesteps that are whole, or break off; committed alone or shown for a few timesteps, while the stage is now and then busy.
fn presentations(arch: EncoderArch, n: usize) -> Vec<Vec<u64>> {
    let mut draw = SplitMix64::new(5);
    let mut twin = Twin::new(arch, n);
    let (mut vectors, mut is_first) = (vec![], true);
    for _ in 0..4000 {
        let mut v = vec![0, 0, 0, 0, 0, 0, 1 + below(&mut draw, 4), u64::from(draw.chance(3, 4))];
        if twin.rests() {
            if twin.written < n {
                v[0] = u64::from(draw.chance(3, 4));
                v[5] = draw.pick(&[0, 1, 60, 100, 127, 128, 200, 254, 255]);
                v[2] = u64::from(v[0] == 0 && draw.chance(1, 20));
            }
            let is_whole = twin.written + usize::from(v[0] == 1) == n;
            if is_whole && draw.chance(1, 2) {
                v[1] = 1;
                v[3] = u64::from(draw.chance(1, 2));
                v[4] = u64::from(is_first || draw.chance(1, 4));
                is_first = false;
            }
        }
        twin.cycle(&v);
        vectors.push(v);
    }
    vectors
}
