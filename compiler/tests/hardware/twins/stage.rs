//! What walks through a timestep and hands its sums on: the schedule, the lanes, the drain, whose turn it is.

use rust_hdl_core::prelude::*;
use spikeforge_hdl::arch::{Fires, Reset, ScalingArch, StageArch};
use spikeforge_hdl::block::drain::Drain;
use spikeforge_hdl::block::lane_group::LaneGroup;
use spikeforge_hdl::block::lif_delay::LifDelay;
use spikeforge_hdl::block::lif_end::LifEnd;
use spikeforge_hdl::block::lowering::Lowering;
use spikeforge_hdl::block::running_count::RunningCount;
use spikeforge_hdl::block::schedule::Schedule;
use spikeforge_hdl::block::turns::Turns;
use spikeforge_hdl::signal::Value;
use spikeforge_sim::random::SplitMix64;

use super::super::lif::stage;
use super::pin::ports;
use super::{below, random, Bench, ANY};

#[test]
fn parts_of_a_stage() {
    let mut bench = Bench::default();
    for registered in [false, true] {
        lanes(&mut bench, registered);
    }
    ends(&mut bench);
    lowerings(&mut bench);
    counts(&mut bench);
    turns(&mut bench);
    for weight_bits in [1, 3] {
        schedule(&mut bench, weight_bits);
    }
    drain(&mut bench);
    drain_of_two_pipelines(&mut bench);
    bench.run();
}

/// 20 inputs, so 3 beats of 8; a group has two neurons.
pub(super) fn layer(n_neurons: usize, weight_bits: u32) -> StageArch {
    StageArch { n_neurons, weight_bits, lanes: 2, ..stage(Reset::Zero, false, Fires::Above, (3, 4), 0) }
}

/// Popcount, met, sum and total: a register each, with an enable of its own. Where the group has registers of its own, what
/// passes them comes a cycle later.
fn lanes(bench: &mut Bench, registered: bool) {
    const LANES: usize = 3;
    const BITS: u32 = 9;
    let make = || {
        let group = LaneGroup::new(8, LANES as u32, BITS);
        if registered { group.with_own_registers() } else { group }
    };
    let ports = ports!(LaneGroup = make(); clock; weights_valid counts_valid accumulate doubles take shift spikes weights next_lane => total);
    let (mut counts, mut met, mut sums, mut totals) = ([0u64; LANES], [0; LANES], [0; LANES], [0; LANES]);
    let mut passed = vec![0; 4];
    bench.add("lane_group", make, &ports, random(&ports, 5000), move |v| {
        let mut v = v.to_vec();
        if registered {
            passed.swap_with_slice(&mut v[3..7]);
        }
        let (before_met, before_counts) = (met, counts);
        if v[4] == 1 {
            (totals, sums) = (sums, [0; LANES]);
        } else {
            if v[5] == 1 {
                totals = [totals[1], totals[2], v[8]];
            }
            if v[2] == 1 {
                for (sum, met) in sums.iter_mut().zip(before_met) {
                    *sum = (*sum * (1 + v[3]) + met) % (1 << BITS);
                }
            }
        }
        if v[1] == 1 {
            met = before_counts;
        }
        if v[0] == 1 {
            for (lane, count) in counts.iter_mut().enumerate() {
                *count = u64::from((v[6] & (v[7] >> (8 * lane)) & 0xFF).count_ones());
            }
        }
        vec![totals[0]]
    });
}

fn ends(bench: &mut Bench) {
    let arch = stage(Reset::Zero, false, Fires::Above, (3, 4), 0);
    let make = || LifEnd::new(&arch);
    let ports = ports!(LifEnd = make(); clock; start valid first_neuron saturated threshold lowered => fires membrane_next write_neuron state);
    let (index, membrane, work) = (ports.inputs[2].1, ports.inputs[3].1, ports.inputs[4].1);
    let mut draw = SplitMix64::new(3);
    // A threshold beyond what a membrane holds does not occur.
    let vectors = random(&ports, 4000).into_iter().map(|mut v| {
        v[4] = Value::signed(draw.within(-200, 200), work).raw();
        v[5] = 0;
        v
    });
    let mut neuron = 0;
    bench.add("lif_end", make, &ports, vectors.collect(), move |v| {
        neuron = if v[0] == 1 { v[2] } else { (neuron + v[1]) % (1 << index) };
        let fires = Value::new(v[3], membrane).as_signed() > Value::new(v[4], work).as_signed();
        let next = if fires { 0 } else { v[3] };
        vec![u64::from(fires), next, neuron, next + (u64::from(fires) << membrane)]
    });
}

/// What the steps of the LIF pipeline wait for where memories have registers.
fn lowerings(bench: &mut Bench) {
    for (reset, reset_delay) in [(Reset::Subtract, true), (Reset::Subtract, false), (Reset::SubtractAhead, false)] {
        let arch = stage(reset, reset_delay, Fires::Above, (3, 4), 0);
        let make = || Lowering::new(&arch);
        let ports = ports!(Lowering = make(); clock; integrated threshold fired => lowered threshold_later fired_later);
        let work = ports.inputs[0].1;
        let subtracts = reset_delay || reset == Reset::SubtractAhead;
        bench.add("lowering", make, &ports, random(&ports, 2000), move |v| {
            let taken_off = if subtracts && v[2] == 1 { v[1] } else { 0 };
            vec![Value::new(v[0].wrapping_sub(taken_off), work).raw(), v[1], v[2]]
        });
    }
    let ports = ports!(LifDelay = LifDelay::default(); clock; valid group_last last => valid_later group_last_later last_later);
    let mut before = vec![0; 3];
    bench.add("lif_delay", LifDelay::default, &ports, random(&ports, 300), move |v| std::mem::replace(&mut before, v.to_vec()));
}

/// Levels of four spikes each, of which there are five; each has the lines of four neurons.
fn counts(bench: &mut Bench) {
    let arch = stage(Reset::Zero, false, Fires::Above, (3, 4), 0);
    let scaling = ScalingArch::holding(vec![(1, 0); 20], Some(2));
    let make = || RunningCount::new(&arch, &scaling, 5);
    let ports = ports!(RunningCount = make(); clock; fresh last input_count => first_line);
    let mut draw = SplitMix64::new(4);
    let vectors = (0..3000).map(|_| vec![u64::from(draw.chance(1, 8)), below(&mut draw, 2), below(&mut draw, 9)]);
    let mut so_far = 0;
    bench.add("running_count", make, &ports, vectors.collect(), move |v| {
        // The most is the first count of the last level.
        let until_now = |so_far: u64| (if v[0] == 1 { 0 } else { so_far } + v[2]).min(4 * 4);
        if v[1] == 1 {
            so_far = until_now(so_far);
        }
        vec![until_now(so_far) / 4 * 4]
    });
}

fn turns(bench: &mut Bench) {
    let layers = [layer(5, 1), layer(2, 1), layer(4, 1)];
    let make = || Turns::new(&layers);
    let ports = ports!(Turns = make(); clock; idle frees asks has_room => any free turn_of last_group beats first_base);
    let (last_groups, beats, first_bases) = ([2, 0, 1], [3, 0, 3], [0, 9, 12]);
    let mut turn = 0;
    bench.add("turns", make, &ports, random(&ports, 3000), move |v| {
        let can = |layer: usize| v[2 + layer] == 1 && (layer == 2 || v[5 + layer] == 1);
        let wins = |turn: usize| if can(turn) { Some(turn) } else { (0..3).rev().find(|&layer| can(layer)) };
        if v[0] == 1 {
            turn = wins(turn).unwrap_or(turn);
        }
        let winner = wins(turn);
        let one_hot = |at: usize| (0..3).map(move |layer| u64::from(layer == at));
        let free = one_hot(turn).map(|is_its| is_its * v[1]);
        let of_winner = first_bases[winner.unwrap_or(0)];
        let start = [u64::from(winner.is_some())].into_iter().chain(free).chain(one_hot(turn));
        start.chain([last_groups[turn], beats[turn], of_winner]).collect()
    });
}

/// A beat on its way: its group, the pass over the weights' bits, its entry.
#[derive(Clone, Copy)]
enum Walk {
    Idle,
    Beat { group: u64, pass: u64, entry: u64 },
    Turning { group: u64 },
}

/// Three groups; a timestep of one to three entries.
fn schedule(bench: &mut Bench, weight_bits: u32) {
    let layers = [layer(5, weight_bits)];
    let make = || Schedule::new(&layers);
    let ports = ports!(Schedule = make(); clock; available last_entry may_end last_group beats first_base
        => idle issue group_end doubles counts_inputs free walking entry group_base);
    let mut draw = SplitMix64::new(6);
    let mut vectors = vec![];
    let passes = u64::from(weight_bits);
    let cycle = |v: &[u64], walk: Walk| match walk {
        Walk::Idle if v[0] == 1 => Walk::Beat { group: 0, pass: 0, entry: 0 },
        Walk::Idle => Walk::Idle,
        Walk::Turning { group } if group == v[3] => Walk::Idle,
        Walk::Turning { group } => Walk::Beat { group: group + 1, pass: 0, entry: 0 },
        Walk::Beat { group, pass, entry } if entry < v[1] => Walk::Beat { group, pass, entry: entry + 1 },
        Walk::Beat { group, pass, .. } if pass + 1 < passes => Walk::Beat { group, pass: pass + 1, entry: 0 },
        Walk::Beat { group, .. } if v[2] == 1 => Walk::Turning { group },
        waiting @ Walk::Beat { .. } => waiting,
    };
    for _ in 0..200 {
        let last_entry = below(&mut draw, 3);
        let mut walk = Walk::Idle;
        vectors.extend((0..below(&mut draw, 3)).map(|_| vec![0, last_entry, 1, 2, 3, 0]));
        // The timestep is there until its last group frees it.
        loop {
            let v = vec![1, last_entry, u64::from(draw.chance(1, 2)), 2, 3, 0];
            walk = cycle(&v, walk);
            vectors.push(v);
            if matches!(walk, Walk::Turning { group: 2 }) {
                break;
            }
        }
        // The cycle in which it is freed; there is no other yet.
        vectors.push(vec![1, last_entry, 1, 2, 3, 0]);
    }
    let is_last = move |v: &[u64], pass, entry| entry == v[1] && pass + 1 == passes;
    let mut walk = Walk::Idle;
    bench.add("schedule", make, &ports, vectors, move |v| {
        let issues = |walk| matches!(walk, Walk::Beat { pass, entry, .. } if v[2] == 1 || !is_last(v, pass, entry));
        // The address of a beat's weights is made in the cycle after it.
        let base = match walk {
            Walk::Beat { group, pass, .. } if issues(walk) => 3 * (passes * group + pass),
            _ => ANY,
        };
        walk = cycle(v, walk);
        let issue = issues(walk);
        let (pass, entry) = match walk {
            Walk::Beat { pass, entry, .. } => (pass, entry),
            Walk::Idle | Walk::Turning { .. } => (0, 0),
        };
        let walking = matches!(walk, Walk::Beat { .. });
        let flags = [
            matches!(walk, Walk::Idle),
            issue,
            issue && is_last(v, pass, entry),
            issue && pass > 0 && entry == 0,
            pass == 0,
            matches!(walk, Walk::Turning { group: 2 }),
            walking,
        ];
        flags.map(u64::from).into_iter().chain([entry, base]).collect()
    });
}

/// Neurons on their way, one a cycle.
#[derive(Clone, Copy, Default)]
struct Drained {
    layer: usize,
    next: u64,
    until: u64,
    is_active: bool,
    starts: bool,
    is_replay: bool,
    fresh: bool,
}

const NEURONS: [u64; 2] = [5, 3];
const FIRST: [u64; 2] = [0, 5];

/// Eight neurons of each of two pipelines, four at a time. Groups end, and are taken six cycles later: what the end
/// says of a timestep holds from its taking on.
fn drain_of_two_pipelines(bench: &mut Bench) {
    let layers = [StageArch { lanes: 8, pipelines: 2, ..layer(16, 1) }];
    let make = || Drain::new(&layers);
    let ports = ports!(Drain = make(); clock; group_end first_group turn_of take replay has_bank buffer_fresh
        => waits start valid group_last last replaying drains fresh neuron);
    let is = |of: bool| u64::from(of);
    // Of a period of 20 cycles the groups end in the first and in the eighth, every second timestep is fresh.
    let vectors = (0..600).map(|cycle| {
        let (at, fresh) = (cycle % 20, cycle / 20 % 2);
        vec![is(at == 0 || at == 7), is(at < 7), 0, is(at == 6 || at == 13), 0, 1, fresh]
    });
    bench.add("drain_of_two_pipelines", make, &ports, vectors.collect(), {
        let (mut cycle, mut fresh) = (0, 0);
        move |v| {
            let at = cycle % 20;
            if v[3] == 1 {
                fresh = cycle / 20 % 2;
            }
            cycle += 1;
            let neuron = match at { 6..10 => Some(at - 6), 13..17 => Some(at - 9), _ => None };
            vec![0, is(at == 6), is(neuron.is_some()), is(at == 9 || at == 16), is(at == 16), 0, 1, fresh, neuron.unwrap_or(ANY)]
        }
    });
}

/// Two layers in turns, of five and three neurons, two lanes.
fn drain(bench: &mut Bench) {
    let layers = [layer(5, 1), layer(3, 1)];
    let make = || Drain::new(&layers);
    let ports = ports!(Drain = make(); clock; group_end first_group turn_of take replay has_bank buffer_fresh
        => waits start valid group_last last replaying drains fresh neuron);
    let (mut now, mut said, mut taken) = (Drained::default(), vec![], false);
    bench.add("drain", make, &ports, drained_groups(), move |v| {
        if now.is_active {
            now.next += 1;
            now.is_active = now.next < now.until;
        }
        now.starts = v[5] == 1;
        let waits = |said: &[u64], taken: bool| taken && said[0] == 1 && v[if said[1] == 1 { 7 } else { 6 }] == 0;
        taken |= v[4] == 1;
        if taken && !waits(&said, taken) {
            taken = false;
            let [first_group, of_second, fresh]: [u64; 3] = said.clone().try_into().unwrap();
            let layer = usize::from(of_second == 1);
            let (first, end) = (FIRST[layer], FIRST[layer] + NEURONS[layer]);
            let from = if first_group == 1 { first } else { now.next };
            now = Drained { layer, next: from, until: (from + 2).min(end), is_active: true, starts: first_group == 1, is_replay: false, fresh: fresh == 1 };
        }
        if v[0] == 1 {
            said = vec![v[1], v[3], v[8]];
        }
        if v[5] == 1 {
            now = Drained { next: 0, until: NEURONS[0], is_active: true, is_replay: true, fresh: false, ..now };
        }
        let last_of = |end: u64| u64::from(now.is_active && now.next + 1 == end);
        let end = FIRST[now.layer] + NEURONS[now.layer];
        let flags = [waits(&said, taken || v[4] == 1), now.starts, now.is_active].map(u64::from);
        let lasts = [last_of(now.until), last_of(end), u64::from(now.is_replay)];
        let drains = [u64::from(now.layer == 0), u64::from(now.layer == 1)];
        let rest = [u64::from(now.fresh), if now.is_active { now.next } else { ANY }];
        [flags.as_slice(), &lasts, &drains, &rest].concat()
    });
}

/// Whole timesteps of either layer, group by group, and replays of the first. What comes with a group's end is gone by the
/// time that its counts are taken.
fn drained_groups() -> Vec<Vec<u64>> {
    let (mut draw, mut noise) = (SplitMix64::new(7), SplitMix64::new(8));
    let mut vectors = vec![];
    for _ in 0..200 {
        let layer = below(&mut draw, 2);
        let (fresh, replays) = (below(&mut draw, 2), layer == 0 && draw.chance(1, 3));
        let neurons = NEURONS[usize::try_from(layer).unwrap()];
        let mut cycle = |group_end: bool, first: bool, take: bool, replay: bool, has_bank: bool| {
            let [end, take, replay] = [group_end, take, replay].map(u64::from);
            let said = if group_end { [u64::from(first), 1 - layer, layer, fresh] } else { [0; 4].map(|_| below(&mut noise, 2)) };
            let has = |of: u64| if of == layer { u64::from(has_bank) } else { below(&mut noise, 2) };
            let [first_has, second_has] = [0, 1].map(has);
            vectors.push(vec![end, said[0], said[1], said[2], take, replay, first_has, second_has, said[3]]);
        };
        for group in 0..neurons.div_ceil(2) {
            let waits = if group == 0 { below(&mut draw, 3) } else { 0 };
            cycle(true, group == 0, false, false, true);
            cycle(false, false, false, false, true);
            (0..waits).for_each(|at| cycle(false, false, at == 0, false, false));
            cycle(false, false, waits == 0, false, true);
            cycle(false, false, false, false, true);
        }
        (0..3).for_each(|_| cycle(false, false, false, false, true));
        if replays {
            cycle(false, false, false, true, true);
            (0..7).for_each(|_| cycle(false, false, false, false, true));
        }
    }
    vectors
}
