//! What learning counts, lists, draws and changes.

use spikeforge_hdl::arch::Style;
use rust_hdl_core::prelude::*;
use spikeforge_hdl::plasticity::changes::Changes;
use spikeforge_hdl::plasticity::neuron_trace::NeuronTrace;
use spikeforge_hdl::plasticity::potentiation::Potentiation;
use spikeforge_hdl::plasticity::random_numbers::RandomNumbers;
use spikeforge_hdl::plasticity::readout_class::{ReadoutClass, ScoreSum};
use spikeforge_hdl::plasticity::readout_control::ReadoutControl;
use spikeforge_hdl::plasticity::sample_length::SampleLength;
use spikeforge_hdl::plasticity::scores::{Lead, SignedAbove};
use spikeforge_hdl::plasticity::spike_counts::SpikeCounts;
use spikeforge_hdl::plasticity::steps::{StepPack, StepSum};
use spikeforge_hdl::plasticity::synapse_lane::{Held, SignCount};
use spikeforge_hdl::plasticity::trace_list::TraceList;
use spikeforge_hdl::signal::Value;
use spikeforge_sim::random::SplitMix64;

use super::pin::ports;
use super::{below, every, random, Bench, ANY};

#[test]
fn parts_that_learn() {
    let mut bench = Bench::default();
    comparisons(&mut bench);
    sums(&mut bench);
    changes(&mut bench);
    random_numbers(&mut bench);
    readout_classes(&mut bench);
    sample_lengths(&mut bench);
    spike_counts(&mut bench);
    trace_lists(&mut bench);
    neurons_in_turn(&mut bench);
    updates_of_the_readout(&mut bench);
    bench.run();
}

fn signed(raw: u64, bits: u32) -> i64 {
    Value::new(raw, bits).as_signed()
}

fn raw(value: i64, bits: u32) -> u64 {
    Value::signed(value, bits).raw()
}

fn comparisons(bench: &mut Bench) {
    let make = || SignedAbove::new(5);
    let ports = ports!(SignedAbove = make(); ; a b => above);
    bench.add("signed_above", make, &ports, every(&ports), |v| vec![u64::from(signed(v[0], 5) > signed(v[1], 5))]);
    let make = || Lead::new(12);
    let ports = ports!(Lead = make(); ; label rival margin => hit);
    let mut draw = SplitMix64::new(1);
    let vectors = random(&ports, 3000).into_iter().map(|mut v| {
        // Near the margin in every other case.
        if draw.chance(1, 2) {
            v[2] = (signed(v[0], 12) - signed(v[1], 12) + draw.within(-2, 2)).unsigned_abs();
        }
        v
    });
    bench.add("lead", make, &ports, vectors.collect(), |v| {
        vec![u64::from(signed(v[0], 12) - signed(v[1], 12) >= i64::try_from(v[2]).unwrap())]
    });
    for count_bits in [1, 4] {
        let make = || SignCount::new(6, count_bits);
        let ports = ports!(SignCount = make(); ; latent => count);
        bench.add("sign_count", make, &ports, every(&ports), |v| vec![u64::from(v[0] < 32)]);
    }
}

fn sums(bench: &mut Bench) {
    let ports = ports!(Held = Held::new(6); clock; enable d => q);
    let mut held = 0;
    bench.add("held", || Held::new(6), &ports, random(&ports, 1000), move |v| {
        held = if v[0] == 1 { v[1] } else { held };
        vec![held]
    });
    let ports = ports!(ScoreSum = ScoreSum::new(9); clock; clear accumulate rotate effect next_score => score);
    let mut score = 0;
    bench.add("score_sum", || ScoreSum::new(9), &ports, random(&ports, 3000), move |v| {
        score = match v {
            [1, ..] => 0,
            [_, 1, _, effect, _] => (score + effect) % 512,
            [_, _, 1, _, next] => *next,
            _ => score,
        };
        vec![score]
    });
    for steps in [-7, -1, 3, 7] {
        let make = || StepSum::new(steps, 13, 20);
        let ports = ports!(StepSum = make(); ; product drawn => sum);
        bench.add("step_sum", make, &ports, random(&ports, 1000), move |v| {
            vec![raw(steps * signed(v[0], 13) + i64::try_from(v[1]).unwrap(), 20)]
        });
    }
    let ports = ports!(StepPack = StepPack::new(5); ; part => joined);
    bench.add("step_pack", || StepPack::new(5), &ports, random(&ports, 1000), |v| {
        vec![v.iter().enumerate().map(|(at, part)| part << (5 * at)).sum()]
    });
}

/// `floor((trace * modulator + the low bits of random) / 2^shift)`, held to the bits of a change.
fn rounded(product: i64, random: u64, shift: u64, bits: u32) -> u64 {
    let limit = 1 << (bits - 1);
    let sum = product + i64::try_from(random % (1 << shift)).unwrap();
    raw(sum.div_euclid(1 << shift).clamp(-limit, limit - 1), bits)
}

/// Two cycles from a trace to its changes; the shift stays for an update.
fn changes(bench: &mut Bench) {
    let mut draw = SplitMix64::new(2);
    let mut vectors = vec![];
    for _ in 0..120 {
        let shift = below(&mut draw, 17);
        vectors.extend((0..20).map(|_| vec![shift, below(&mut draw, 16), below(&mut draw, 1 << 16)]));
    }
    let settles = |before: &Option<Vec<u64>>, v: &[u64]| before.as_ref().is_some_and(|before| before[0] == v[0]);
    let make = || Changes::new(4, 6);
    let ports = ports!(Changes = make(); clock; shift trace random => plus_two plus_one minus_one minus_two);
    let mut before: Option<Vec<u64>> = None;
    bench.add("changes", make, &ports, vectors.clone(), move |v| {
        let change = |modulator: i64| match &before {
            Some(before) if before[0] == v[0] => rounded(i64::try_from(before[1]).unwrap() * modulator, before[2], v[0], 7),
            _ => ANY,
        };
        let changes = [128, 64, -64, -128].map(change).to_vec();
        before = Some(v.to_vec());
        changes
    });
    let (potentiation, depression) = (37, 5);
    let with_effects = vectors.iter().map(|v| vec![potentiation, depression, v[1] & 1, v[0], v[1] / 2, v[2]]).collect();
    let make = || Potentiation::new(4, 6);
    let ports = ports!(Potentiation = make(); clock; potentiation depression spiked shift trace random => listed change);
    let mut before: Option<Vec<u64>> = None;
    bench.add("potentiation", make, &ports, with_effects, move |v| {
        let change = match &before {
            Some(before) if settles(&Some(before[3..].to_vec()), &v[3..]) => {
                let trace = i64::try_from(before[4]).unwrap();
                rounded(if trace > 0 { 37 * trace } else { -8 * 5 }, before[5], v[3], 7)
            }
            _ => ANY,
        };
        before = Some(v.to_vec());
        vec![1, change]
    });
}

fn random_numbers(bench: &mut Bench) {
    let make = || RandomNumbers::starting_at(0xACE1);
    let ports = ports!(RandomNumbers = make(); clock; restart draw keep load_enable load_state => random kept);
    let (mut start, mut state) = (0xACE1, 0);
    let vectors = random(&ports, 3000).into_iter().map(|mut v| {
        // A new state from the host now and then.
        v[3] &= u64::from(v[4] % 16 == 3);
        v
    });
    bench.add("random_numbers", make, &ports, vectors.collect(), move |v| {
        let mut drawn = state;
        for _ in 0..4 {
            drawn = if drawn % 2 == 1 { drawn / 2 ^ 0xB400 } else { drawn / 2 };
        }
        let before = state;
        state = if v[0] == 1 { start } else if v[1] == 1 { drawn } else { state };
        start = if v[3] == 1 { v[4] } else if v[2] == 1 { before } else { start };
        vec![state, start]
    });
}

/// Weights of six bits: the label's rises, its rival's falls.
fn readout_classes(bench: &mut Bench) {
    for of_signs in [false, true] {
        let make = || ReadoutClass::new(3, 6, 12, of_signs);
        let ports = ports!(ReadoutClass = make(); clock; clear accumulate rotate weight next_score label rival plus_one minus_one
            => score is_label is_rival sign weight_next);
        let mut draw = SplitMix64::new(3);
        let vectors = random(&ports, 4000).into_iter().map(|mut v| {
            v[5] = below(&mut draw, 5);
            v[6] = (v[5] + 1 + below(&mut draw, 4)) % 5;
            v
        });
        let mut score = 0;
        bench.add("readout_class", make, &ports, vectors.collect(), move |v| {
            let weight = signed(v[3], 6);
            let effect = if !of_signs { weight } else if weight < 0 { -1 } else { 1 };
            score = match v {
                [1, ..] => 0,
                [_, 1, ..] => signed(raw(score + effect, 12), 12),
                [_, _, 1, _, next, ..] => signed(*next, 12),
                _ => score,
            };
            let (is_label, is_rival) = (v[5] == 3, v[6] == 3);
            let change = if is_label { signed(v[7], 7) } else if is_rival { signed(v[8], 7) } else { 0 };
            let next = (weight + change).clamp(-32, 31);
            vec![raw(score, 12), u64::from(is_label), u64::from(is_rival), raw(weight.signum(), 4), raw(next, 6)]
        });
    }
}

fn sample_lengths(bench: &mut Bench) {
    let make = || SampleLength::new(6, 3);
    let ports = ports!(SampleLength = make(); clock; restart timestep_done => n_timesteps fits);
    let mut draw = SplitMix64::new(4);
    let vectors = (0..3000).map(|_| vec![u64::from(draw.chance(1, 10)), below(&mut draw, 2)]).collect();
    let mut n = 0;
    bench.add("sample_length", make, &ports, vectors, move |v| {
        n = if v[0] == 1 { 0 } else { n + v[1] };
        vec![n.min(6), u64::from((1..=6).contains(&n))]
    });
}

/// Five neurons, timestep by timestep, then read.
fn spike_counts(bench: &mut Bench) {
    let make = || SpikeCounts::new(5, 3, 4, Style::Block);
    let ports = ports!(SpikeCounts = make(); clock; spike_valid fresh reads neuron spike read_neuron => count told rises told_neuron told_count);
    let mut draw = SplitMix64::new(5);
    let mut vectors = vec![];
    for _ in 0..120 {
        for timestep in 0..1 + below(&mut draw, 8) {
            vectors.extend((0..5).map(|neuron| vec![1, u64::from(timestep == 0), 0, neuron, below(&mut draw, 2), 0]));
            vectors.extend([vec![0, 0, 0, 0, 0, 0], vec![0, 0, 0, 0, 0, 0]]);
        }
        vectors.extend((0..5).map(|neuron| vec![0, 0, 1, 0, 0, neuron]));
    }
    let (mut counts, mut before) = ([0u64; 5], None);
    bench.add("spike_counts", make, &ports, vectors, move |v| {
        if let Some((neuron, count)) = before.take() {
            counts[neuron] = count;
        }
        let neuron = usize::try_from(v[3]).unwrap();
        let count = if v[1] == 1 { 0 } else { counts[neuron] } + v[4];
        before = (v[0] == 1).then_some((neuron, count));
        let read = if v[2] == 1 { counts[usize::try_from(v[5]).unwrap()] } else { ANY };
        let told = |value: u64| if v[0] == 1 { value } else { ANY };
        vec![read, v[0], told(v[4]), told(v[3]), told(count)]
    });
}

fn trace_lists(bench: &mut Bench) {
    let make = || TraceList::new(12, 5, Style::Block);
    let ports = ports!(TraceList = make(); clock; clear push keeps push_input push_count row => n_rows n_spikes input_of_row count);
    let mut draw = SplitMix64::new(6);
    let mut vectors = vec![];
    for _ in 0..150 {
        vectors.push(vec![1, 0, 0, 0, 0, 0]);
        let mut rows = 0;
        for input in 0..12 {
            let (push, keeps) = (below(&mut draw, 2), below(&mut draw, 2));
            // What is read is not the row that is written.
            vectors.push(vec![0, push, keeps, input, 1 + below(&mut draw, 5), (rows + 1) % 12]);
            rows += push * keeps;
        }
        vectors.extend((0..rows).map(|row| vec![0, 0, 0, 0, 0, row]));
    }
    let (mut rows, mut spikes): (Vec<(u64, u64)>, u64) = (vec![], 0);
    bench.add("trace_list", make, &ports, vectors, move |v| {
        let read = rows.get(usize::try_from(v[5]).unwrap()).copied().unwrap_or((ANY, ANY));
        if v[1] == 1 {
            spikes += v[4];
            if v[2] == 1 {
                rows.push((v[3], v[4]));
            }
        }
        if v[0] == 1 {
            rows.clear();
            spikes = 0;
        }
        vec![rows.len() as u64, spikes, read.0, read.1]
    });
}

/// A neuron a cycle is asked for, and a cycle later listed when it fired, or was silent and is to be depressed.
fn neurons_in_turn(bench: &mut Bench) {
    for depresses in [false, true] {
        let make = || NeuronTrace::new(6, 3, 4, depresses);
        let ports = ports!(NeuronTrace = make(); clock; start count random => busy reads read_neuron push push_input push_count);
        let mut draw = SplitMix64::new(7);
        let vectors = (0..2000).map(|at| vec![u64::from(at % 10 == 1), [0, 1, 7, 15][draw.below(4)], below(&mut draw, 1 << 16)]).collect();
        let mut cycle = u64::MAX / 2;
        bench.add("neuron_trace", make, &ports, vectors, move |v| {
            cycle = if v[0] == 1 { 0 } else { cycle + 1 };
            let (reads, given) = (cycle < 6, (1..=6).contains(&cycle));
            let push = given && (v[1] > 0 || (depresses && v[2] >> 13 == cycle - 1));
            let [neuron, listed] = [(reads, 0), (given, 1)].map(|(is, late)| if is { cycle - late } else { ANY });
            vec![u64::from(reads || given), u64::from(reads), neuron, u64::from(push), listed, v[1]]
        });
    }
}

/// Neuron n is read in cycle n, draws in the next if it fired, and is written two cycles after that.
fn updates_of_the_readout(bench: &mut Bench) {
    let make = || ReadoutControl::new(6, 3);
    let ports = ports!(ReadoutControl = make(); clock; start fired => busy reads neuron draw weights_of write keep_random);
    let mut draw = SplitMix64::new(8);
    let vectors = (0..2400).map(|at| vec![u64::from(at % 12 == 1), below(&mut draw, 2)]).collect();
    let (mut cycle, mut fired) = (u64::MAX / 2, [0; 6]);
    bench.add("readout_control", make, &ports, vectors, move |v| {
        // What was there in the cycle before the edge is what the register takes.
        if let Some(of) = cycle.checked_sub(1).filter(|of| *of < 6) {
            fired[usize::try_from(of).unwrap()] = v[1];
        }
        cycle = if v[0] == 1 { 0 } else { cycle + 1 };
        let ago = |cycles: u64| cycle.checked_sub(cycles).filter(|neuron| *neuron < 6);
        let draws = ago(1).is_some() && v[1] == 1;
        let writes = ago(3).is_some_and(|neuron| fired[usize::try_from(neuron).unwrap()] == 1);
        vec![
            u64::from(cycle < 9),
            u64::from(cycle < 6),
            ago(0).unwrap_or(ANY),
            u64::from(draws),
            ago(2).unwrap_or(ANY),
            u64::from(writes),
            u64::from(cycle == 8),
        ]
    });
}
