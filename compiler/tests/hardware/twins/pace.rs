//! When groups may end: how long each holds back the next, and whether there is a bank for a timestep's spikes.

use rust_hdl_core::prelude::*;
use spikeforge_hdl::arch::StageArch;
use spikeforge_hdl::block::hold::Hold;
use spikeforge_hdl::block::pace::Pace;
use spikeforge_hdl::block::room::Room;
use spikeforge_sim::random::SplitMix64;

use super::pin::ports;
use super::stage::layer;
use super::{below, Bench};

#[test]
fn paces() {
    let mut bench = Bench::default();
    hold(&mut bench);
    room(&mut bench);
    pace(&mut bench);
    bench.run();
}

/// Of nine lanes: three groups, of which the last has two neurons, and one group of eight neurons.
fn layers() -> [StageArch; 2] {
    [20, 8].map(|n_neurons| StageArch { lanes: 9, ..layer(n_neurons, 1) })
}

/// A group's neurons leave nine lanes in nine cycles; behind a timestep's last group, five more lead out of the LIF pipeline.
const FOLLOWS: u64 = 9;
const BEGINS: [u64; 2] = [2 + 5, 8 + 5];

/// Cycles since a group's end, and how many the next one has to wait.
#[derive(Clone)]
struct Held {
    since: u64,
    cycles: u64,
}

impl Held {
    fn step(&mut self, group_end: u64, timestep_end: &[u64], waits: u64) {
        if group_end == 1 {
            *self = Held { since: 0, cycles: FOLLOWS };
        }
        for (&ends, cycles) in timestep_end.iter().zip(BEGINS) {
            self.cycles = if ends == 1 { cycles } else { self.cycles };
        }
        self.since += 1 - waits;
    }

    fn is_over(&self) -> bool {
        self.since >= self.cycles
    }
}

fn hold(bench: &mut Bench) {
    let layers = layers();
    let make = || Hold::new(&layers);
    let ports = ports!(Hold = make(); clock; group_end timestep_end waits => over);
    let mut draw = SplitMix64::new(1);
    let mut vectors = vec![];
    for _ in 0..300 {
        let ends = below(&mut draw, 3);
        vectors.push(vec![1, 0, 0, 0]);
        vectors.push(vec![0, u64::from(ends == 1), u64::from(ends == 2), 0]);
        let cycles = [FOLLOWS, BEGINS[0], BEGINS[1]][usize::try_from(ends).unwrap()] - 2 + below(&mut draw, 3);
        let waits = below(&mut draw, 2) * below(&mut draw, 5);
        vectors.extend((0..waits).map(|_| vec![0, 0, 0, 1]));
        vectors.extend((0..cycles).map(|_| vec![0; 4]));
    }
    let mut held = Held { since: 0, cycles: 0 };
    bench.add("hold", make, &ports, vectors, move |v| {
        held.step(v[0], &v[1..3], v[3]);
        vec![u64::from(held.is_over())]
    });
}

/// Timesteps on their way to a buffer.
#[derive(Clone, Default)]
struct Banked {
    on_way: u64,
}

impl Banked {
    fn step(&mut self, sets_out: u64, arrives: u64) {
        self.on_way = self.on_way + sets_out - arrives;
    }

    /// For the next that arrives, and for one more.
    fn has(&self, arrives: u64, ready: u64, roomy: u64) -> [u64; 2] {
        [if arrives == 1 { roomy } else { ready }, [ready, roomy, 0][usize::try_from(self.on_way).unwrap()]]
    }
}

fn room(bench: &mut Bench) {
    let ports = ports!(Room = Room::default(); clock; sets_out arrives ready roomy => has_bank has_more on_way);
    let (mut draw, mut banked) = (SplitMix64::new(2), Banked::default());
    let vectors = (0..3000).map(|_| {
        let arrives = u64::from(banked.on_way > 0 && draw.chance(1, 3));
        let sets_out = u64::from(banked.on_way - arrives < 2 && draw.chance(1, 3));
        let ready = below(&mut draw, 2);
        banked.step(sets_out, arrives);
        vec![sets_out, arrives, ready, ready * below(&mut draw, 2)]
    });
    let vectors = vectors.collect();
    let mut banked = Banked::default();
    bench.add("room", Room::default, &ports, vectors, move |v| {
        banked.step(v[0], v[1]);
        let [has_bank, has_more] = banked.has(v[1], v[2], v[3]);
        vec![has_bank, has_more, u64::from(banked.on_way > 0)]
    });
}

#[derive(Clone)]
struct Paced {
    held: Held,
    rooms: [Banked; 2],
    has_begun: bool,
    is_replayed: bool,
}

impl Paced {
    fn new() -> Self {
        Paced { held: Held { since: 0, cycles: 0 }, rooms: Default::default(), has_begun: false, is_replayed: false }
    }

    /// Inputs: group_end replay waits, then a pair each: turn_of timestep_end arrives ready roomy.
    fn step(&mut self, v: &[u64]) -> Vec<u64> {
        let sets_out = u64::from(v[0] == 1 && !self.has_begun) | v[1];
        self.held.step(v[0], &v[5..7], v[2]);
        for (layer, room) in self.rooms.iter_mut().enumerate() {
            room.step(sets_out * v[3 + layer], v[7 + layer]);
        }
        self.has_begun = (self.has_begun || v[0] == 1) && v[5] + v[6] == 0;
        self.is_replayed = v[1] == 1 || (self.is_replayed && v[0] == 0);
        let has = [0, 1].map(|layer| self.rooms[layer].has(v[7 + layer], v[9 + layer], v[11 + layer]));
        let may_replay = has[0][0] == 1 && !self.is_on_way();
        let flags = [self.may_end(), may_replay, !self.has_begun, self.is_on_way()].map(u64::from);
        [flags.as_slice(), &has.map(|[has_bank, _]| has_bank), &has.map(|[_, has_more]| has_more)].concat()
    }

    fn is_on_way(&self) -> bool {
        self.rooms.iter().any(|room| room.on_way > 0)
    }

    fn may_end(&self) -> bool {
        self.held.is_over() && !(self.is_replayed && self.is_on_way())
    }
}

/// Timesteps of either layer, whose groups end as soon as they may or a little later, and replays.
fn pace(bench: &mut Bench) {
    let layers = layers();
    let make = || Pace::new(&layers);
    let ports = ports!(Pace = make(); clock; group_end replay waits turn_of timestep_end arrives ready roomy
        => may_end may_replay first_group on_way has_bank has_more);
    let (mut draw, mut now, mut vectors) = (SplitMix64::new(3), Paced::new(), vec![]);
    let (mut turn, mut group, mut ended) = (0, 0, false);
    for _ in 0..6000 {
        let of_turn = |is: bool| [is && turn == 0, is && turn == 1].map(u64::from);
        let is_last = [2, 0][turn] == group;
        let has_less = now.rooms[turn].on_way < 2;
        let group_end = now.may_end() && !ended && (group > 0 || has_less) && draw.chance(1, 2);
        let replay = turn == 0 && group == 0 && !ended && !group_end && !now.is_on_way() && draw.chance(1, 10);
        let arrives = [0, 1].map(|layer: usize| u64::from(now.rooms[layer].on_way > 0 && draw.chance(1, 12)));
        let ready = [0, 1].map(|_| below(&mut draw, 4).min(1));
        let roomy = ready.map(|ready| ready * below(&mut draw, 4).min(1));
        let waits = u64::from(!now.held.is_over() && !ended && !group_end && draw.chance(1, 6));
        let timestep_end = of_turn(ended && is_last);
        let v = [[u64::from(group_end), u64::from(replay)].as_slice(), &[waits], &of_turn(true), &timestep_end, &arrives, &ready, &roomy].concat();
        now.step(&v);
        if ended {
            (turn, group) = if is_last { (usize::from(draw.chance(1, 2)), 0) } else { (turn, group + 1) };
        }
        ended = group_end;
        vectors.push(v);
    }
    let mut now = Paced::new();
    bench.add("pace", make, &ports, vectors, move |v| now.step(v));
}
