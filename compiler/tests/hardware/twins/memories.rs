//! Memories, and the buffers and pipelines around them. No word is read in the cycle in which it is written: nothing
//! says what would come.

use std::collections::VecDeque;
use std::rc::Rc;

use rust_hdl_core::prelude::*;
use spikeforge_hdl::arch::{Fires, Load, Reset, ScalingArch, StageArch, Style, Synapse};
use spikeforge_hdl::block::beat_delay::BeatDelay;
use spikeforge_hdl::block::current_memory::CurrentMemory;
use spikeforge_hdl::block::decay_table::{decay_bits, DecayTable};
use spikeforge_hdl::block::group_registers::GroupRegisters;
use spikeforge_hdl::block::parameter_memory::{ParameterMemory, Parameters};
use spikeforge_hdl::block::ram::Ram;
use spikeforge_hdl::block::scale_table::ScaleTable;
use spikeforge_hdl::block::synapse::SynapticCurrents;
use spikeforge_hdl::block::weight_memory::{hex_lines, WeightMemory};
use spikeforge_hdl::emit::TextFile;
use spikeforge_hdl::signal::Value;
use spikeforge_sim::random::SplitMix64;

use super::super::lif::stage;
use super::pin::ports;
use super::{below, random, Bench, ANY};

#[test]
fn memories() {
    let mut bench = Bench::default();
    for registered in [false, true] {
        ram(&mut bench, (Style::Block, registered));
        weights(&mut bench, registered);
        parameters(&mut bench, registered);
        scales(&mut bench, registered);
        currents(&mut bench, registered);
        synaptic_currents(&mut bench, "synaptic_currents", &[], registered);
        synaptic_currents(&mut bench, "own_synaptic_currents", &[3, 11, 0, 15], registered);
    }
    ram(&mut bench, (Style::Distributed, true));
    beats_that_wait(&mut bench);
    bench.run();
}

/// What `twin` says, a cycle later where its words pass a register.
fn later(registered: bool, mut twin: impl FnMut(&[u64]) -> Vec<u64>) -> impl FnMut(&[u64]) -> Vec<u64> {
    let mut before = None;
    move |v| {
        let now = twin(v);
        let nothing = vec![ANY; now.len()];
        if registered { before.replace(now).unwrap_or(nothing) } else { now }
    }
}

fn beats_that_wait(bench: &mut Bench) {
    let make = || BeatDelay::new(8);
    let ports = ports!(BeatDelay = make(); clock; issue group_end doubles counts_inputs spikes
        => issue_later group_end_later doubles_later counts_inputs_later spikes_later);
    let mut issued = 0;
    bench.add("beat_delay", make, &ports, random(&ports, 300), move |v| {
        let spikes = issued * v[4];
        issued = v[0];
        vec![v[0], v[1], v[0] * v[2], v[3], spikes]
    });
    let make = || GroupRegisters::new(8);
    let ports = ports!(GroupRegisters = make(); clock; doubles take shift spikes => doubles_here take_here shift_here spikes_here);
    bench.add("group_registers", make, &ports, random(&ports, 300), <[u64]>::to_vec);
}

/// In lookup tables it is the address that waits.
fn ram(bench: &mut Bench, (style, registered): (Style, bool)) {
    let make = || Ram::new(4, 9, 13, style).registered(registered);
    let ports = ports!(Ram = make(); clock; write_enable write_address write_word read_address => read_word);
    let mut random = SplitMix64::new(1);
    // All of it is written before any of it is read.
    let mut vectors: Vec<Vec<u64>> = (0..13).map(|at| vec![1, at, below(&mut random, 512), 0]).collect();
    vectors.extend((0..2000).map(|_| {
        let (enable, write) = (below(&mut random, 2), below(&mut random, 13));
        vec![enable, write, below(&mut random, 512), (write + 1 + below(&mut random, 12)) % 13]
    }));
    let (mut words, mut asked, waits) = ([ANY; 13], 0, style == Style::Distributed);
    let twin = move |v: &[u64]| {
        let address = std::mem::replace(&mut asked, usize::try_from(v[3]).unwrap());
        let read = words[if waits { address } else { asked }];
        if v[0] == 1 {
            words[usize::try_from(v[1]).unwrap()] = v[2];
        }
        vec![read]
    };
    bench.add("ram", make, &ports, vectors, later(registered && !waits, twin));
}

/// Ten lanes of eight inputs: a row of two groups, written in ten pieces of sixteen places.
fn weights(bench: &mut Bench, registered: bool) {
    const ROWS: usize = 5;
    const LANES: usize = 10;
    let mut random = SplitMix64::new(2);
    let start: Vec<Vec<u64>> = (0..ROWS).map(|_| (0..LANES).map(|_| below(&mut random, 256)).collect()).collect();
    let load = Load { writes: true, word_bits: 8 };
    let make = || WeightMemory::new((3, 8), &[8, 2], (Rc::new(start.clone()), "bench_weights.hex".into()), Style::Block, load).registered(registered);
    let ports = ports!(WeightMemory = make(); clock; address load_enable load_address load_piece => group);
    let vectors = (0..2000).map(|_| {
        let (row, column) = (below(&mut random, ROWS as u64), below(&mut random, LANES as u64));
        let read = (row + 1 + below(&mut random, ROWS as u64 - 1)) % ROWS as u64;
        vec![read, below(&mut random, 2), 16 * row + column, below(&mut random, 256)]
    });
    let vectors = vectors.collect();
    let mut rows = start.clone();
    let twin = move |v: &[u64]| {
        let row = &rows[usize::try_from(v[0]).unwrap()];
        let groups = [&row[..8], &row[8..]].map(|lanes| lanes.iter().rev().fold(0, |word, lane| word << 8 | lane));
        if v[1] == 1 {
            rows[usize::try_from(v[2] / 16).unwrap()][usize::try_from(v[2] % 16).unwrap()] = v[3];
        }
        groups.to_vec()
    };
    bench.add("weight_memory", make, &ports, vectors, later(registered, twin));
    bench.file(TextFile { name: "bench_weights.hex".into(), text: hex_lines(&start, 8) });
}

/// A threshold of seven bits and a signed bias of eight: fifteen bits a neuron, written in two pieces of eight.
fn parameters(bench: &mut Bench, registered: bool) {
    let arch = stage(Reset::Zero, false, Fires::Above, (3, 4), 0).neuron;
    let mut random = SplitMix64::new(3);
    let mut start: Vec<u64> = (0..6).map(|_| below(&mut random, 1 << 15)).collect();
    let signed = |bias: u64| i64::try_from(bias).unwrap() - if bias < 128 { 0 } else { 256 };
    let of_word = move |word: u64| Parameters { threshold: i64::try_from(word % 128).unwrap(), bias: signed(word / 128), beta: 3 };
    let image: Vec<Parameters> = start.iter().map(|word| of_word(*word)).collect();
    let load = Load { writes: true, word_bits: 8 };
    let file = "bench_parameters.hex".to_owned();
    let make = || ParameterMemory::new(&arch, (3, 12), (Rc::new(image.clone()), file.clone()), Style::Block, load).registered(registered);
    let ports = ports!(ParameterMemory = make(); clock; neuron load_enable load_address load_piece => threshold bias beta);
    let vectors = (0..2000).map(|_| {
        let (row, column) = (below(&mut random, 6), below(&mut random, 2));
        vec![(row + 1 + below(&mut random, 5)) % 6, below(&mut random, 2), 2 * row + column, below(&mut random, 256)]
    });
    let vectors = vectors.collect();
    let text = start.iter().map(|word| format!("{word:04x}\n")).collect();
    let twin = move |v: &[u64]| {
        let Parameters { threshold, bias, beta } = of_word(start[usize::try_from(v[0]).unwrap()]);
        if v[1] == 1 {
            let word = &mut start[usize::try_from(v[2] / 2).unwrap()];
            *word = match v[2] % 2 {
                0 => *word / 256 * 256 + v[3],
                _ => *word % 256 + v[3] % 128 * 256,
            };
        }
        vec![threshold.try_into().unwrap(), Value::signed(bias, 12).raw(), beta.try_into().unwrap()]
    };
    bench.add("parameter_memory", make, &ports, vectors, later(registered, twin));
    bench.file(TextFile { name: "bench_parameters.hex".into(), text });
}

fn scales(bench: &mut Bench, registered: bool) {
    let lines: Vec<(i64, i64)> = (0..11).map(|line| (line * 13 - 60, 90 - line * line)).collect();
    let scaling = ScalingArch::holding(lines.clone(), None);
    let make = || ScaleTable::new(&scaling, "bench_scales.hex".into(), Style::Block).registered(registered);
    let ports = ports!(ScaleTable = make(); clock; line => scale bias);
    let vectors = (0..500).map(|at| vec![at * 7 % 11]).collect();
    let (scale_bits, bias_bits) = (scaling.scale_bits, scaling.bias_bits);
    let twin = move |v: &[u64]| {
        let (scale, bias) = lines[usize::try_from(v[0]).unwrap()];
        vec![Value::signed(scale, scale_bits).raw(), Value::signed(bias, bias_bits).raw()]
    };
    bench.add("scale_table", make, &ports, vectors, later(registered, twin));
    bench.file(make().file());
}

fn small_stage(registered: bool) -> StageArch {
    let mut small = stage(Reset::Zero, false, Fires::Above, (3, 4), 0);
    small.memories.registered = registered;
    small
}

/// A presentation's first timestep, whose currents come a cycle after their neuron, or two, then repeats of it.
fn currents(bench: &mut Bench, registered: bool) {
    let make = || CurrentMemory::new(&small_stage(registered));
    let ports = ports!(CurrentMemory = make(); clock; valid replay neuron current => current_out);
    let bits = ports.inputs[3].1;
    let mut random = SplitMix64::new(4);
    let mut vectors = vec![];
    for pass in 0..300 {
        let replays = pass > 0 && random.chance(1, 2);
        vectors.extend((0..4).map(|neuron| vec![1, u64::from(replays), neuron, below(&mut random, 1 << bits)]));
        let idle = 1 + usize::from(registered);
        vectors.extend((0..idle).map(|_| vec![0, u64::from(replays), 0, below(&mut random, 1 << bits)]));
    }
    let (mut kept, mut read) = ([ANY; 4], ANY);
    let mut on_the_way = VecDeque::from(vec![None; 1 + usize::from(registered)]);
    bench.add("current_memory", make, &ports, vectors, move |v| {
        let neuron = usize::try_from(v[2]).unwrap();
        let word = std::mem::replace(&mut read, kept[neuron]);
        if let Some(neuron) = on_the_way.pop_front().unwrap() {
            kept[neuron] = v[3];
        }
        on_the_way.push_back((v[0] == 1 && v[1] == 0).then_some(neuron));
        vec![if v[1] == 0 { v[3] } else if registered { word } else { read }]
    });
}

/// Neuron after neuron, each with a drive two cycles later and written back in cycle 4; or three, and in cycle 5. All keep 11 sixteenths, or each its own.
fn synaptic_currents(bench: &mut Bench, name: &'static str, decays: &[i64], registered: bool) {
    let synapse = Synapse { decay: 11, decays: decays.to_vec(), bits: 9 };
    let make = || SynapticCurrents::new(&small_stage(registered), &synapse);
    let ports = ports!(SynapticCurrents = make(); clock; fresh write_enable neuron write_neuron drive => current);
    let work = ports.outputs[0].1;
    let mut random = SplitMix64::new(5);
    let mut vectors = vec![];
    for timestep in 0..300 {
        let fresh = u64::from(timestep == 0 || random.chance(1, 5));
        // Neuron n in cycle n, its drive in cycle n + 2, its way back in cycle n + 4; with registers n + 3 and n + 6.
        let waits = 2 * u64::from(registered);
        for cycle in 0..9 + waits {
            let drive = Value::signed(random.within(-25, 25), work).raw();
            let written = cycle.checked_sub(4 + waits).filter(|neuron| *neuron < 4);
            vectors.push(vec![fresh, u64::from(written.is_some()), cycle.min(3), written.unwrap_or(0), drive]);
        }
    }
    let (mut stored, mut read, mut waits, mut kept, mut on_the_way) = ([0; 4], (0, 0), (0, 0), 0i64, [0; 3]);
    let synapse = synapse.clone();
    bench.add(name, make, &ports, vectors, move |v| {
        let drive = Value::new(v[4], work).as_signed();
        let back = on_the_way[1 + usize::from(registered)];
        on_the_way = [kept + drive, on_the_way[0], on_the_way[1]];
        let (word, decay) = if registered { waits } else { read };
        waits = read;
        kept = if v[0] == 1 { 0 } else { i64::div_euclid(word * decay, 16) };
        let neuron = usize::try_from(v[2]).unwrap();
        read = (stored[neuron], synapse.decays.get(neuron).copied().unwrap_or(synapse.decay));
        if v[1] == 1 {
            stored[usize::try_from(v[3]).unwrap()] = back;
        }
        vec![Value::signed(kept + drive, work).raw()]
    });
    if !decays.is_empty() {
        let stage = small_stage(registered);
        bench.file(DecayTable::new(&stage, decays, decay_bits(&stage)).file());
    }
}
