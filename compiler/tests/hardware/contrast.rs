//! The leaves of the contrastive rules against their Rust twins, and those against the rules' own formulas.

use rust_hdl_core::prelude::*;
use spikeforge_hdl::plasticity::contrastive::StepCode;
use spikeforge_hdl::plasticity::label_lines::LabelLines;
use spikeforge_hdl::plasticity::step_change::StepChange;
use spikeforge_hdl::plasticity::steps::{product_bits, StepChanges, StepProduct};
use spikeforge_hdl::plasticity::strength::{GoodnessStep, Strength};
use spikeforge_hdl::signal::{bits_for, Value};

use super::differential::{check, in_rust, random_vectors, Ports};

#[test]
fn goodness_of_every_count() {
    let goodness = 7;
    let ports = Ports {
        inputs: vec![("goodness", goodness), ("count", 3)],
        outputs: vec![("goodness_next", goodness)],
        set: |block: &mut GoodnessStep, values| {
            block.goodness.next = Value::new(values[0], block.goodness.width());
            block.count.next = Value::new(values[1], 3);
        },
        get: |block| vec![block.goodness_next.val().raw()],
        clock: None,
    };
    // No sum is larger than its width.
    let squares = |count: u64| count * count - count.saturating_sub(1).pow(2);
    let all = (0..8).flat_map(|count| (0..1 << goodness).map(move |goodness| vec![goodness, count]));
    let vectors: Vec<Vec<u64>> = all.filter(|v| v[0] + squares(v[1]) < 1 << goodness).collect();
    let expected: Vec<Vec<u64>> = vectors.iter().map(|v| vec![v[0] + squares(v[1])]).collect();
    assert_eq!(in_rust(GoodnessStep::new(goodness, 3), &ports, &vectors), expected);
    check(|| GoodnessStep::new(goodness, 3), &ports, &vectors);
}

/// Goodnesses far from and near the threshold, with every shift.
#[test]
fn strength_of_layers() {
    for (of_difference, goodness) in [(false, 9), (true, 34)] {
        let ports = Ports {
            inputs: vec![("goodness", goodness), ("kept", goodness), ("theta", 32), ("shift", 5), ("negative", 1)],
            outputs: vec![("scale", 9), ("skips", 1)],
            set: |block: &mut Strength, values| {
                block.goodness.next = Value::new(values[0], block.goodness.width());
                block.kept.next = Value::new(values[1], block.kept.width());
                block.theta.next = Value::new(values[2], 32);
                block.shift.next = Value::new(values[3], 5);
                block.negative.next = values[4] == 1;
            },
            get: |block| vec![block.scale.val().raw(), u64::from(block.skips.val())],
            clock: None,
        };
        let random = random_vectors(&ports.inputs, 3000, 31).into_iter().enumerate();
        let near = |(i, v): (usize, Vec<u64>)| match i % 3 {
            0 => v,
            _ => vec![v[0] % 512, v[1] % 512, v[2] % 600, v[3] % 6, v[4]],
        };
        check(|| Strength::new(goodness, of_difference), &ports, &random.map(near).collect::<Vec<_>>());
    }
}

#[test]
fn steps_of_every_count() {
    for (of_difference, bits) in [(false, 5), (true, 4)] {
        let ports = Ports {
            inputs: vec![("count", bits), ("low", bits), ("n_timesteps", bits)],
            outputs: vec![("code", 4)],
            set: |block: &mut StepCode, values| {
                block.count.next = Value::new(values[0], block.count.width());
                block.low.next = Value::new(values[1], block.low.width());
                block.n_timesteps.next = Value::new(values[2], block.n_timesteps.width());
            },
            get: |block| vec![block.code.val().raw()],
            clock: None,
        };
        let mask = (1 << bits) - 1;
        let vectors: Vec<Vec<u64>> =
            (0..1 << (3 * bits)).map(|i: u64| vec![i & mask, i >> bits & mask, i >> (2 * bits)]).collect();
        check(|| StepCode::new(bits, of_difference), &ports, &vectors);
    }
}

/// Lines within a beat and across beats, up to the last of the last beat.
#[test]
fn lines_of_every_label() {
    for (first, lines, n_classes, beat, beats) in [(5, 11, 1, 16, 1), (10, 6, 9, 32, 2)] {
        let beat_bits = bits_for(beats - 1);
        let ports = Ports {
            inputs: vec![("enable", 1), ("of_class", 8), ("beat", beat_bits)],
            outputs: vec![("spikes", beat)],
            set: |block: &mut LabelLines, values| {
                block.enable.next = values[0] == 1;
                block.of_class.next = Value::new(values[1], 8);
                block.beat.next = Value::new(values[2], block.beat.width());
            },
            get: |block| vec![block.spikes.val().raw()],
            clock: None,
        };
        let make = || LabelLines::new(first, lines, n_classes, (beat, beats));
        let vectors: Vec<Vec<u64>> = (0..1024 << beat_bits).map(|i: u64| vec![i & 1, i >> 1 & 255, i >> 9 & ((1 << beat_bits) - 1)]).collect();
        let line = |class: u64, beat: u64, k: u64| {
            let (at, width) = (usize::try_from(beat * u64::from(make().spikes.width()) + k).unwrap(), lines);
            let class = usize::try_from(class).unwrap();
            class < n_classes && at >= first + class * width && at < first + (class + 1) * width
        };
        let word = |v: &Vec<u64>| (0..u64::from(beat)).map(|k| u64::from(v[0] == 1 && line(v[1], v[2], k)) << k).sum::<u64>();
        assert_eq!(in_rust(make(), &ports, &vectors), vectors.iter().map(|v| vec![word(v)]).collect::<Vec<_>>());
        check(make, &ports, &vectors);
    }
}

#[test]
fn change_of_every_weight_by_steps() {
    let ports = Ports {
        inputs: vec![("weight", 4), ("code", 4), ("rises", 35), ("falls", 35)],
        outputs: vec![("weight_next", 4)],
        set: |block: &mut StepChange, values| {
            block.weight.next = Value::new(values[0], 4);
            block.code.next = Value::new(values[1], 4);
            block.rises.next = Value::new(values[2], 35);
            block.falls.next = Value::new(values[3], 35);
        },
        get: |block| vec![block.weight_next.val().raw()],
        clock: None,
    };
    // Every weight, every code, every change in the place of the code.
    let random = random_vectors(&ports.inputs, 8192, 37).into_iter().enumerate();
    let vectors = random.map(|(i, v)| {
        let (i, part) = (i as u64, v[1] % 7);
        let of = |changes: u64| changes & !(31 << (5 * part)) | (i >> 8) << (5 * part);
        vec![i & 15, i >> 4 & 15, of(v[2]), of(v[3])]
    });
    check(|| StepChange::new(4), &ports, &vectors.collect::<Vec<_>>());
}

#[test]
fn product_of_every_trace_and_scale() {
    let ports = Ports {
        inputs: vec![("trace", 4), ("scale", 9), ("random", 16), ("shift", 5)],
        outputs: vec![("product", product_bits(4)), ("drawn", 16)],
        set: |block: &mut StepProduct, values| {
            block.trace.next = Value::new(values[0], 4);
            block.scale.next = Value::new(values[1], 9);
            block.random.next = Value::new(values[2], 16);
            block.shift.next = Value::new(values[3], 5);
        },
        get: |block| vec![block.product.val().raw(), block.drawn.val().raw()],
        clock: None,
    };
    // Every trace with every scale, every shift.
    let random = random_vectors(&ports.inputs, 0x2000, 41).into_iter().enumerate();
    let vectors = random.map(|(i, v)| vec![i as u64 & 15, i as u64 >> 4, v[2], v[3] % 17]).collect::<Vec<_>>();
    check(|| StepProduct::new(4), &ports, &vectors);
}

/// All changes of a row, two cycles after it: (steps * scale * trace + random) >> shift, held to nine bits.
#[test]
fn all_changes_of_a_row() {
    const BITS: u32 = 9;
    let ports = Ports {
        inputs: vec![("trace", 4), ("scale", 9), ("random", 16), ("shift", 5)],
        outputs: vec![("rises", 7 * BITS), ("falls", 7 * BITS)],
        set: |block: &mut StepChanges, values| {
            block.trace.next = Value::new(values[0], 4);
            block.scale.next = Value::new(values[1], 9);
            block.random.next = Value::new(values[2], 16);
            block.shift.next = Value::new(values[3], 5);
        },
        get: |block| vec![block.rises.val().raw(), block.falls.val().raw()],
        clock: Some(|block, level| block.clock.next = Clock { clk: level }),
    };
    let random = random_vectors(&ports.inputs, 1500, 53).into_iter();
    let rows: Vec<Vec<u64>> = random.map(|v| vec![v[0], v[1], v[2], v[3] % 17]).collect();
    let vectors: Vec<Vec<u64>> = rows.iter().flat_map(|row| [row.clone(), row.clone()]).collect();
    let change = |row: &[u64], steps: i64| {
        let [trace, scale, random, shift] = [row[0], row[1], row[2], row[3]].map(u64::cast_signed);
        let scale = if scale < 256 { scale } else { scale - 512 };
        let sum = steps * scale * trace + (random & ((1 << shift) - 1));
        Value::signed((sum >> shift).clamp(-256, 255), BITS).raw()
    };
    let joined = |row: &[u64], sign: i64| (1..=7).rev().fold(0, |all, steps| all << BITS | change(row, sign * steps));
    let got = in_rust(StepChanges::new(4, BITS - 1), &ports, &vectors);
    for (row, got) in rows.iter().zip(got.iter().skip(1).step_by(2)) {
        assert_eq!(got, &vec![joined(row, 1), joined(row, -1)], "{row:?}");
    }
    check(|| StepChanges::new(4, BITS - 1), &ports, &vectors);
}
