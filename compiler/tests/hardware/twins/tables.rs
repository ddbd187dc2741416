//! Memories of words that the host fills by pieces, and what reads them.

use std::rc::Rc;

use rust_hdl_core::prelude::*;
use spikeforge_hdl::arch::{Style, TableLine};
use spikeforge_hdl::board::uart_tx::Frame;
use spikeforge_hdl::emit::TextFile;
use spikeforge_hdl::plasticity::feedback::Feedback;
use spikeforge_hdl::plasticity::patterns::PatternMemory;
use spikeforge_hdl::plasticity::responses::{COMPARES, KEEPS};
use spikeforge_hdl::plasticity::synapse_lane::SynapseLane;
use spikeforge_hdl::plasticity::rehearsal::Rehearsal;
use spikeforge_hdl::plasticity::word_memory::{hex_lines, WordMemory, WordShape};
use spikeforge_hdl::protocol::{NO_LABEL, WITH_TARGET};
use spikeforge_hdl::signal::Value;
use spikeforge_hdl::window::tap_table::TapTable;
use spikeforge_sim::random::SplitMix64;

use super::pin::ports;
use super::{below, random, Bench, ANY};

#[test]
fn tables_and_their_readers() {
    let mut bench = Bench::default();
    word_memory(&mut bench);
    for of_targets in [false, true] {
        feedback(&mut bench, of_targets);
    }
    for lanes in [1, 2] {
        patterns(&mut bench, lanes);
    }
    for weighs in [false, true] {
        taps(&mut bench, weighs);
    }
    synapses(&mut bench);
    rehearsals(&mut bench);
    let ports = ports!(Frame = Frame::default(); ; byte_in word => framed first);
    bench.add("frame", Frame::default, &ports, random(&ports, 1000), |v| vec![2 * v[0], v[1] % 2]);
    bench.run();
}

fn index(value: u64) -> usize {
    usize::try_from(value).unwrap()
}

fn words(n_words: usize, lanes: usize, bits: u32) -> Vec<Vec<u64>> {
    let mut draw = SplitMix64::new(n_words as u64);
    (0..n_words).map(|_| (0..lanes).map(|_| below(&mut draw, 1 << bits)).collect()).collect()
}

fn shape(lanes: usize, bits: u32, words: usize, piece_bits: u32) -> WordShape {
    WordShape { lanes, bits, words, style: Style::Block, piece_bits }
}

/// Five lanes of six bits, two a piece: three columns in the place of four.
fn word_memory(bench: &mut Bench) {
    let start = words(7, 5, 6);
    let file = || "bench_words.hex".to_owned();
    let make = || WordMemory::new(&shape(5, 6, 7, 16), &Rc::new(start.clone()), file());
    let ports = ports!(WordMemory = make(); clock; write_enable read_address write_address write_lane load_enable load_reads load_address load_piece
        => read_lane read_piece);
    let mut draw = SplitMix64::new(1);
    let vectors = (0..3000).map(|_| {
        let (written, loaded) = (below(&mut draw, 7), below(&mut draw, 7));
        // Neither the lanes nor the host read what is written.
        let read = (written + 1 + below(&mut draw, 6)) % 7;
        // The host comes while no update writes.
        let (writes, host) = (below(&mut draw, 2), below(&mut draw, 4));
        let [loads, reads] = [1, 2].map(|kind| u64::from(writes == 0 && host == kind));
        let read = if loads == 1 { (loaded + 1) % 7 } else { read };
        let lanes = (0..5).map(|_| below(&mut draw, 64)).collect::<Vec<_>>();
        let place = 4 * loaded + below(&mut draw, 3);
        [vec![writes, read, written], lanes, vec![loads, reads, place, below(&mut draw, 1 << 16)]].concat()
    });
    let vectors = vectors.collect();
    let mut memory = start.clone();
    bench.add("word_memory", make, &ports, vectors, move |v| {
        let (row, column) = (index(v[10] / 4), index(v[10] % 4));
        let read = memory[if v[9] == 1 { row } else { index(v[1]) }].clone();
        if v[8] == 1 {
            for (at, lane) in [2 * column, 2 * column + 1].into_iter().enumerate().filter(|(_, lane)| *lane < 5) {
                memory[row][lane] = v[11] >> (8 * at) & 63;
            }
        } else if v[0] == 1 {
            memory[index(v[2])] = v[3..8].to_vec();
        }
        let piece = read[2 * column] + read.get(2 * column + 1).map_or(0, |lane| lane << 8);
        [read.as_slice(), &[piece]].concat()
    });
    bench.file(TextFile { name: file(), text: hex_lines(&start, 6) });
}

/// Four classes and six neurons; a sign is written to the word that was read a cycle before.
fn feedback(bench: &mut Bench, of_targets: bool) {
    let start = words(6, 4, 1);
    let file = format!("bench_feedback{}.hex", u8::from(of_targets));
    let make = || Feedback::new(&shape(4, 1, 6, 8), of_targets, &Rc::new(start.clone()), file.clone());
    let ports = ports!(Feedback = make(); clock; neuron label rival write_enable write_neuron write_class write_positive load_enable load_reads
        load_address load_piece => code read_piece);
    let mut draw = SplitMix64::new(2);
    let mut before = 0;
    let vectors = (0..3000).map(|_| {
        let neuron = (before + 1 + below(&mut draw, 5)) % 6;
        let writes = below(&mut draw, 2);
        let loads = u64::from(writes == 0 && draw.chance(1, 4));
        let place = 4 * ((neuron + 1) % 6) + below(&mut draw, 4);
        let [label, rival, of_write] = [0; 3].map(|_| below(&mut draw, 4));
        let v = vec![neuron, label, rival, writes, before, of_write, below(&mut draw, 2), loads, 0, place, below(&mut draw, 2)];
        before = neuron;
        v
    });
    let vectors = vectors.collect();
    let (mut signs, mut word) = (start.clone(), None::<Vec<u64>>);
    bench.add("feedback", make, &ports, vectors, move |v| {
        let read = signs[index(v[0])].clone();
        if v[7] == 1 {
            signs[index(v[9] / 4)][index(v[9] % 4)] = v[10];
        } else if let (1, Some(mut word)) = (v[3], word.take()) {
            word[index(v[5])] = v[6];
            signs[index(v[4])] = word;
        }
        let sign = |class: u64| 2 * i64::try_from(read[index(class)]).unwrap() - 1;
        let code = sign(v[1]) - if of_targets { 0 } else { sign(v[2]) };
        let piece = read[index(v[9] % 4)];
        word = Some(read);
        vec![Value::signed(code, 4).raw(), piece]
    });
    bench.file(TextFile { name: file.clone(), text: hex_lines(&start, 1) });
}

/// Three classes of five beats.
fn patterns(bench: &mut Bench, lanes: usize) {
    let start = words(15, lanes, 8);
    let file = format!("bench_patterns{lanes}.hex");
    let make = || PatternMemory::new(&shape(lanes, 8, 15, 8), 5, &Rc::new(start.clone()), file.clone());
    let ports = ports!(PatternMemory = make(); clock; of_class beat load_enable load_reads load_address load_piece => word second read_piece);
    let mut draw = SplitMix64::new(3);
    let n_lanes = lanes as u64;
    let vectors = (0..2000).map(|_| {
        let (class, beat, loads) = (below(&mut draw, 3), below(&mut draw, 5), below(&mut draw, 2));
        let other = (5 * class + beat + 1 + below(&mut draw, 14)) % 15;
        vec![class, beat, loads, 0, n_lanes * other + below(&mut draw, n_lanes), below(&mut draw, 256)]
    });
    let vectors = vectors.collect();
    let mut memory = start.clone();
    bench.add("patterns", make, &ports, vectors, move |v| {
        let (word, column) = (memory[index(5 * v[0] + v[1])].clone(), index(v[4] % n_lanes));
        if v[2] == 1 {
            memory[index(v[4] / n_lanes)][column] = v[5];
        }
        vec![word[0], word.get(1).copied().unwrap_or(0), word[column]]
    });
    bench.file(TextFile { name: file, text: hex_lines(&start, 8) });
}

fn taps(bench: &mut Bench, weighs: bool) {
    let mut draw = SplitMix64::new(4);
    let lines: Vec<TableLine> = (0..21)
        .map(|_| TableLine {
            address: below(&mut draw, 1 << 5),
            weights: below(&mut draw, 1 << 7),
            mask: below(&mut draw, 1 << 8),
            doubles: weighs && draw.chance(1, 2),
            counts: !weighs || draw.chance(1, 2),
            last: draw.chance(1, 3),
            closing: draw.chance(1, 4),
        })
        .collect();
    let make = || TapTable::new(Rc::new(lines.clone()), 5, 8, format!("bench_taps{}.hex", u8::from(weighs)), Style::Block);
    let ports = ports!(TapTable = make(); clock; line => address weights mask doubles counts last closing);
    let vectors = (0..600).map(|at| vec![at * 8 % 21]).collect();
    let shown = lines.clone();
    bench.add("tap_table", make, &ports, vectors, move |v| {
        let line = &shown[index(v[0])];
        let flags = [line.doubles, line.counts, line.last, line.closing].map(u64::from);
        [&[line.address, line.weights, line.mask], flags.as_slice()].concat()
    });
    bench.file(make().file());
}

/// A lane that sums spikes and changes latent weights of six bits by its code.
fn synapses(bench: &mut Bench) {
    let make = || SynapseLane::new(6, 9, false);
    let ports = ports!(SynapseLane = make(); clock; enable accumulate take shift shift_code latent next_lane next_code plus_two plus_one minus_one
        minus_two rises falls => total code latent_next);
    let mut draw = SplitMix64::new(5);
    let vectors = random(&ports, 5000).into_iter().map(|mut v| {
        v[7] = Value::signed(draw.within(-2, 2), 4).raw();
        v
    });
    let (mut met, mut sum, mut total, mut code) = (0, 0, 0, 0);
    bench.add("synapse_lane", make, &ports, vectors.collect(), move |v| {
        if v[2] == 1 {
            (total, sum) = (sum, 0);
        } else {
            total = if v[3] == 1 { v[6] } else { total };
            sum = (sum + v[1] * met) % 512;
        }
        let signed = |value: u64, bits: u32| Value::new(value, bits).as_signed();
        let latent = signed(v[5], 6);
        met = if v[0] == 1 { u64::from(latent >= 0) } else { met };
        code = if v[4] == 1 { signed(v[7], 4) } else { code };
        let change = match code {
            2 => signed(v[8], 7),
            1 => signed(v[9], 7),
            -1 => signed(v[10], 7),
            -2 => signed(v[11], 7),
            _ => 0,
        };
        vec![total, Value::signed(code, 4).raw(), Value::signed((latent + change).clamp(-32, 31), 6).raw()]
    });
}

/// The target of the next class, after the last one that of the first, then the label's own; a label asks for them or not.
fn rehearsals(bench: &mut Bench) {
    let make = || Rehearsal::new(5);
    let ports = ports!(Rehearsal = make(); clock; start asked_label presented label => asked busy done presents phase of_class);
    let mut draw = SplitMix64::new(6);
    let mut vectors = vec![];
    for _ in 0..300 {
        let label = u64::from(draw.pick(&[1, WITH_TARGET | 2, NO_LABEL, WITH_TARGET]));
        let class = below(&mut draw, 5);
        vectors.push(vec![1, label, 0, class]);
        for _ in 0..3 {
            vectors.extend((0..below(&mut draw, 4)).map(|_| vec![0, label, 0, class]));
            vectors.push(vec![0, label, 1, class]);
        }
    }
    // How many presentations are over, of two; none while none runs.
    let mut over = None;
    bench.add("rehearsal", make, &ports, vectors, move |v| {
        let asks = v[1] != u64::from(NO_LABEL) && v[1] & u64::from(WITH_TARGET) != 0;
        let (mut presents, mut done) = (false, false);
        if let Some(n) = over.filter(|_| v[2] == 1) {
            (over, presents, done) = if n == 1 { (None, false, true) } else { (Some(n + 1), true, false) };
        }
        if v[0] == 1 && asks {
            (over, presents) = (Some(0), true);
        }
        let phase = [KEEPS, COMPARES, 0][over.unwrap_or(2)];
        let shown = match over {
            Some(0) => (v[3] + 1) % 5,
            Some(_) => v[3],
            None => ANY,
        };
        vec![u64::from(asks), u64::from(over.is_some()), u64::from(done), u64::from(presents), phase, shown]
    });
}
