//! The buffers of spikes between layers, each beside a queue of timesteps.

use std::collections::VecDeque;

use rust_hdl_core::prelude::*;
use spikeforge_hdl::arch::{Fires, Reset, StageArch, Style};
use spikeforge_hdl::block::recurrence::Recurrence;
use spikeforge_hdl::block::spike_buffer::SpikeBuffer;
use spikeforge_sim::random::SplitMix64;

use super::super::lif::stage;
use super::pin::ports;
use super::{below, Bench, ANY};

#[test]
fn buffers_of_spikes() {
    let mut bench = Bench::default();
    for (skips, banks) in [(true, 2), (false, 2), (true, 4), (false, 4)] {
        spike_buffer(&mut bench, skips, banks);
    }
    recurrence(&mut bench);
    bench.run();
}

const WORDS: u64 = 5;

/// What a consumer finds: words with their indexes, and whether a presentation begins.
#[derive(Clone, Default)]
struct Timestep {
    entries: Vec<(u64, u64)>,
    fresh: u64,
}

#[derive(Clone, Default)]
struct Buffer {
    skips: bool,
    held: VecDeque<Timestep>,
    written: Timestep,
    index: u64,
}

impl Buffer {
    /// A cycle of `write_enable write_last commit restart keeps_all free write_word write_fresh entry`: the entry's
    /// spikes and index, if they mean something.
    fn cycle(&mut self, v: &[u64]) -> (u64, u64) {
        // What a WRITE brought is read from where it was written.
        let shown = self.held.front().unwrap_or(&self.written);
        let entry = shown.entries.get(usize::try_from(v[8]).unwrap()).copied().unwrap_or((ANY, ANY));
        if v[0] == 1 {
            let is_silent = v[1] == 1 && self.written.entries.is_empty();
            if !self.skips || v[6] != 0 || is_silent || v[4] == 1 {
                self.written.entries.push((v[6], self.index));
            }
            self.index += 1;
        }
        if v[2] == 1 {
            self.held.push_back(Timestep { fresh: v[7], ..self.written.clone() });
        }
        if v[2] == 1 || v[3] == 1 {
            (self.written, self.index) = (Timestep::default(), 0);
        }
        if v[5] == 1 {
            self.held.pop_front();
        }
        entry
    }
}

fn spike_buffer(bench: &mut Bench, skips: bool, banks: usize) {
    let make = || SpikeBuffer::of_banks(banks, 5, 8, skips, Style::Block);
    let ports = ports!(SpikeBuffer = make(); clock; write_enable write_last commit restart keeps_all free write_word write_fresh entry
        => ready roomy available spikes index last_entry fresh);
    let mut buffer = Buffer { skips, ..Buffer::default() };
    bench.add("spike_buffer", make, &ports, timesteps(skips, banks), move |v| {
        // The last entry is told a cycle after its timestep has become the first.
        let stays = buffer.held.front().filter(|_| v[5] == 0);
        let last = stays.map_or(ANY, |front| front.entries.len() as u64 - 1);
        let (spikes, index) = buffer.cycle(v);
        let front = buffer.held.front();
        let fresh = front.map_or(ANY, |front| front.fresh);
        let free = banks - buffer.held.len();
        vec![u64::from(free > 0), u64::from(free > 1), u64::from(front.is_some()), spikes, index, last, fresh]
    });
}

/// A producer that writes timesteps while there is room, gives some up, and brings what a WRITE carries while nothing is
/// held; a consumer that reads entries in any order while there is a timestep, and frees it.
fn timesteps(skips: bool, banks: usize) -> Vec<Vec<u64>> {
    let mut draw = SplitMix64::new(1);
    let mut buffer = Buffer { skips, ..Buffer::default() };
    let (mut vectors, mut keeps, mut may_write) = (vec![], false, false);
    for _ in 0..6000 {
        let mut v = vec![0; 9];
        if buffer.index == 0 {
            // A timestep begins only while there is a bank for all of it.
            may_write = buffer.held.len() < banks && draw.chance(1, 2);
            keeps = buffer.held.is_empty() && draw.chance(1, 6);
        }
        let last = buffer.index == WORDS - 1;
        if may_write && buffer.index < WORDS && draw.chance(3, 4) {
            let word = if draw.chance(1, 2) { 0 } else { below(&mut draw, 256) };
            v[0] = 1;
            v[1] = u64::from(last);
            v[2] = u64::from(last && !keeps);
            v[6] = word;
            v[7] = below(&mut draw, 2);
        }
        v[4] = u64::from(keeps);
        // A timestep breaks off; what was carried is read, and then forgotten.
        v[3] = u64::from(v[0] == 0 && buffer.index > 0 && (buffer.index == WORDS || !keeps) && draw.chance(1, 12));
        let n_entries = buffer.held.front().unwrap_or(&buffer.written).entries.len();
        // The entry that is being written is not read.
        v[8] = if n_entries > 0 { draw.below(n_entries) as u64 } else { WORDS + 2 };
        v[5] = u64::from(!buffer.held.is_empty() && draw.chance(1, 9));
        buffer.cycle(&v);
        vectors.push(v);
    }
    vectors
}

/// Twelve neurons, so two words of eight; a timestep brings one to three words before them.
fn recurrence(bench: &mut Bench) {
    let arch = StageArch { n_neurons: 12, recurrent: true, ..stage(Reset::Zero, false, Fires::Above, (3, 4), 0) };
    let make = || Recurrence::new(&arch);
    let ports = ports!(Recurrence = make(); clock; write_enable commit restart write_word write_fresh spike_valid spike_last spikes buffer_ready
        => ready out_enable out_last out_restart out_word out_fresh);
    let mut layer = Layer::default();
    bench.add("recurrence", make, &ports, recurrent_timesteps(), move |v| {
        layer.cycle(v);
        let own = layer.shows.map(|at| if layer.fresh == 1 { 0 } else { layer.own[at] });
        vec![
            u64::from(v[8] == 1 && layer.left.is_none()),
            u64::from(v[0] == 1 || own.is_some()),
            u64::from(layer.shows == Some(1)),
            u64::from(v[2] == 1 && layer.left.is_none()),
            own.unwrap_or(v[3]),
            if own.is_some() { layer.fresh } else { ANY },
        ]
    });
}

#[derive(Default)]
struct Layer {
    /// Its spikes of the timestep before.
    own: [u64; 2],
    gathered: Vec<u64>,
    /// Own words still to be shown behind a timestep that has arrived.
    left: Option<usize>,
    asked: Option<usize>,
    shows: Option<usize>,
    fresh: u64,
    is_owed: bool,
}

impl Layer {
    fn cycle(&mut self, v: &[u64]) {
        if self.shows == Some(1) {
            (self.left, self.is_owed) = (None, true);
        }
        self.shows = None;
        if let Some(at) = self.asked.filter(|_| !self.is_owed) {
            self.shows = Some(at);
            self.asked = (at == 0).then_some(1);
        }
        if v[1] == 1 {
            (self.left, self.asked, self.fresh) = (Some(2), Some(0), v[4]);
        }
        if v[5] == 1 {
            self.gathered.push(v[7]);
            if v[6] == 1 {
                let word = |spikes: &[u64]| spikes.iter().rev().fold(0, |word, spike| 2 * word + spike);
                self.own = [word(&self.gathered[..8]), word(&self.gathered[8..])];
                self.gathered.clear();
                self.is_owed = false;
            }
        }
    }
}

/// Timesteps that arrive while the layer still computes the one before, or after it.
fn recurrent_timesteps() -> Vec<Vec<u64>> {
    let mut draw = SplitMix64::new(2);
    let mut vectors: Vec<Vec<u64>> = vec![];
    for timestep in 0..200 {
        let fresh = u64::from(timestep == 0 || draw.chance(1, 6));
        let n_words = 1 + below(&mut draw, 3);
        let idle = |draw: &mut SplitMix64| vec![0, 0, 0, below(draw, 256), 0, 0, 0, 0, below(draw, 2)];
        // A neuron a cycle, here and there with a pause; the words of the next timestep come in between or later.
        let mut spikes: VecDeque<u64> = (0..if timestep > 0 { 12 } else { 0 }).map(|_| below(&mut draw, 2)).collect();
        let mut words = n_words;
        while words > 0 || !spikes.is_empty() {
            let mut v = idle(&mut draw);
            if words > 0 && draw.chance(1, 3) {
                words -= 1;
                v = vec![1, u64::from(words == 0), 0, below(&mut draw, 256), fresh, 0, 0, 0, 1];
            }
            if !spikes.is_empty() && draw.chance(1, 2) {
                v[7] = spikes.pop_front().unwrap();
                (v[5], v[6]) = (1, u64::from(spikes.is_empty()));
            }
            vectors.push(v);
        }
        // Until the own words are shown.
        vectors.extend((0..4).map(|_| idle(&mut draw)));
    }
    vectors
}
