//! The leaves of learning against their Rust twins: exhaustive where small, random where not.

use rust_hdl_core::prelude::*;
use spikeforge_hdl::plasticity::change::Change;
use spikeforge_hdl::plasticity::charge::{Charge, ResponseStep};
use spikeforge_hdl::plasticity::dense_shift::DenseShift;
use spikeforge_hdl::plasticity::differences::DifferenceStep;
use spikeforge_hdl::plasticity::error_patterns::ModulatedLines;
use spikeforge_hdl::plasticity::depressed::Depressed;
use spikeforge_hdl::plasticity::input_counter::InputCounter;
use spikeforge_hdl::plasticity::judge::Judge;
use spikeforge_hdl::plasticity::lfsr::LfsrSteps;
use spikeforge_hdl::plasticity::lowest_bit::LowestBit;
use spikeforge_hdl::plasticity::patterns::PatternPlace;
use spikeforge_hdl::plasticity::potentiation::{self, Effect};
use spikeforge_hdl::plasticity::rounding::{sum_bits, RoundedShift, RoundedSums};
use spikeforge_hdl::plasticity::scores::ReadoutWeight;
use spikeforge_hdl::plasticity::shortened::Shortened;
use spikeforge_hdl::plasticity::standing::{standing_bits, HandicapStep, Standing};
use spikeforge_hdl::signal::{bits_for, Value};

use super::differential::{check, random_vectors, Ports};

#[test]
fn lowest_bit_of_every_byte_and_of_words() {
    for width in [8, 32] {
        let ports = Ports {
            inputs: vec![("word", width)],
            outputs: vec![("index", width.trailing_zeros()), ("rest", width)],
            set: |block: &mut LowestBit, values| block.word.next = Value::new(values[0], block.word.width()),
            get: |block| vec![block.index.val().raw(), block.rest.val().raw()],
            clock: None,
        };
        let vectors = if width == 8 { (0..256).map(|word| vec![word]).collect() } else { random_vectors(&ports.inputs, 2000, 1) };
        check(|| LowestBit::new(width), &ports, &vectors);
    }
}

#[test]
fn every_state_of_the_shift_register() {
    let ports = Ports {
        inputs: vec![("state", 16)],
        outputs: vec![("state_next", 16)],
        set: |block: &mut LfsrSteps, values| block.state.next = Value::new(values[0], 16),
        get: |block| vec![block.state_next.val().raw()],
        clock: None,
    };
    check(LfsrSteps::default, &ports, &(0..0x1_0000).map(|state| vec![state]).collect::<Vec<_>>());
}

#[test]
fn change_of_every_weight() {
    let ports = Ports {
        inputs: vec![("weight", 4), ("code", 4), ("plus_two", 5), ("plus_one", 5), ("minus_one", 5), ("minus_two", 5)],
        outputs: vec![("weight_next", 4)],
        set: |block: &mut Change, values| {
            block.weight.next = Value::new(values[0], 4);
            block.code.next = Value::new(values[1], 4);
            block.plus_two.next = Value::new(values[2], 5);
            block.plus_one.next = Value::new(values[3], 5);
            block.minus_one.next = Value::new(values[4], 5);
            block.minus_two.next = Value::new(values[5], 5);
        },
        get: |block| vec![block.weight_next.val().raw()],
        clock: None,
    };
    let of = |i: u64| vec![i & 15, i >> 4 & 15, i >> 8, (i >> 8) ^ 21, (i >> 8) ^ 10, (i >> 8) ^ 31];
    check(|| Change::new(4), &ports, &(0..8192).map(of).collect::<Vec<_>>());
}

#[test]
fn rounding() {
    let ports = Ports {
        inputs: vec![("trace", 4), ("random", 16), ("shift", 5)],
        outputs: vec![("plus_two", 0), ("plus_one", 0), ("minus_one", 0), ("minus_two", 0)],
        set: |block: &mut RoundedSums, values| {
            block.trace.next = Value::new(values[0], 4);
            block.random.next = Value::new(values[1], 16);
            block.shift.next = Value::new(values[2] % 17, 5);
        },
        get: |block| [&block.plus_two, &block.plus_one, &block.minus_one, &block.minus_two].map(|sum| sum.val().raw()).to_vec(),
        clock: None,
    };
    let within = |vectors: Vec<Vec<u64>>| vectors.into_iter().map(|v| vec![v[0], v[1], v[2] % 17]).collect::<Vec<_>>();
    check(|| RoundedSums::new(4), &ports, &within(random_vectors(&ports.inputs, 4000, 2)));
    let width = sum_bits(4);
    let ports = Ports {
        inputs: vec![("sum", width), ("shift", 5)],
        outputs: vec![("change", 9)],
        set: |block: &mut RoundedShift, values| {
            block.sum.next = Value::new(values[0], sum_bits(4));
            block.shift.next = Value::new(values[1] % 17, 5);
        },
        get: |block| vec![block.change.val().raw()],
        clock: None,
    };
    let vectors = random_vectors(&ports.inputs, 4000, 3).into_iter().map(|v| vec![v[0], v[1] % 17]).collect::<Vec<_>>();
    check(|| RoundedShift::new(width, 9), &ports, &vectors);
}

#[test]
fn shift_of_every_number_of_spikes() {
    let ports = Ports {
        inputs: vec![("n_spikes", 10), ("latent_shift", 5), ("dense_bits", 5)],
        outputs: vec![("shift", 5)],
        set: |block: &mut DenseShift, values| {
            block.n_spikes.next = Value::new(values[0], 10);
            block.latent_shift.next = Value::new(values[1], 5);
            block.dense_bits.next = Value::new(values[2], 5);
        },
        get: |block| vec![block.shift.val().raw()],
        clock: None,
    };
    let vectors: Vec<Vec<u64>> = (0..0x1_0000).map(|i| vec![i & 1023, i >> 10 & 31 & 16 | i >> 12 & 15, i >> 11 & 31]).collect();
    check(|| DenseShift::new(10), &ports, &vectors);
}

#[test]
fn readout_weights() {
    for of_signs in [false, true] {
        let ports = Ports {
            inputs: vec![("weight", 6)],
            outputs: vec![("effect", 12), ("sign", 4)],
            set: |block: &mut ReadoutWeight, values| block.weight.next = Value::new(values[0], 6),
            get: |block| vec![block.effect.val().raw(), block.sign.val().raw()],
            clock: None,
        };
        check(|| ReadoutWeight::new(6, 12, of_signs), &ports, &(0..64).map(|weight| vec![weight]).collect::<Vec<_>>());
    }
}

#[test]
fn inputs_are_counted_and_given_in_order() {
    let ports = Ports {
        inputs: vec![("add", 1), ("take", 1), ("spikes", 8), ("due", 8)],
        outputs: vec![("any", 1), ("at_last", 1), ("index", 3), ("count", 3)],
        set: |block: &mut InputCounter, values| {
            block.add.next = values[0] == 1;
            block.take.next = values[1] == 1 && values[0] == 0;
            block.spikes.next = Value::new(values[2], 8);
            block.due.next = Value::new(values[3], 8);
        },
        get: |block| {
            vec![u64::from(block.any.val()), u64::from(block.at_last.val()), block.index.val().raw(), block.count.val().raw()]
        },
        clock: Some(|block, level| block.clock.next = Clock { clk: level }),
    };
    // Up to seven additions, then all is taken.
    let vectors = random_vectors(&ports.inputs, 6000, 7).into_iter().enumerate();
    let vectors: Vec<Vec<u64>> = vectors.map(|(i, v)| vec![u64::from(i % 16 < 7), u64::from(i % 16 >= 7), v[2], v[3]]).collect();
    check(|| InputCounter::new(8, 3), &ports, &vectors);
}

/// Beats of fewer inputs than a choice, of as many, and of more; numbers of beats of one bit too.
#[test]
fn silent_inputs_that_are_depressed() {
    for (width, beat_bits) in [(1, 1), (1, 5), (2, 1), (4, 3), (8, 2), (32, 5)] {
        let ports = Ports {
            inputs: vec![("random", 16), ("beat", beat_bits)],
            outputs: vec![("mask", width)],
            set: |block: &mut Depressed, values| {
                block.random.next = Value::new(values[0], 16);
                block.beat.next = Value::new(values[1], block.beat.width());
            },
            get: |block| vec![block.mask.val().raw()],
            clock: None,
        };
        check(|| Depressed::new(width, beat_bits), &ports, &random_vectors(&ports.inputs, 2000, 27));
    }
}

#[test]
fn judge() {
    let ports = Ports {
        inputs: vec![("start", 1), ("score", 8), ("label", 8), ("margin", 32)],
        outputs: vec![("rotate", 1), ("winner", 8), ("rival", 8), ("hit", 1)],
        set: |block: &mut Judge, values| {
            block.start.next = values[0] == 1;
            block.score.next = Value::new(values[1], 8);
            block.label.next = Value::new(values[2], 8);
            block.margin.next = Value::new(values[3], 32);
        },
        get: |block| {
            vec![u64::from(block.rotate.val()), block.winner.val().raw(), block.rival.val().raw(), u64::from(block.hit.val())]
        },
        clock: Some(|block, level| block.clock.next = Clock { clk: level }),
    };
    let vectors = random_vectors(&ports.inputs, 6000, 11).into_iter().enumerate();
    let vectors: Vec<Vec<u64>> =
        vectors.map(|(i, v)| vec![u64::from(i % 8 == 0), v[1], i as u64 / 8 % 5, v[3] % 200]).collect();
    check(|| Judge::new(5, 8), &ports, &vectors);
}

#[test]
fn effect_of_every_trace() {
    let ports = Ports {
        inputs: vec![("trace", 4), ("random", 16), ("shift", 5), ("potentiation", 8), ("depression", 8)],
        outputs: vec![("sum", potentiation::sum_bits(4))],
        set: |block: &mut Effect, values| {
            block.trace.next = Value::new(values[0], 4);
            block.random.next = Value::new(values[1], 16);
            block.shift.next = Value::new(values[2] % 17, 5);
            block.potentiation.next = Value::new(values[3], 8);
            block.depression.next = Value::new(values[4], 8);
        },
        get: |block| vec![block.sum.val().raw()],
        clock: None,
    };
    let vectors = random_vectors(&ports.inputs, 4000, 13).into_iter();
    let vectors: Vec<Vec<u64>> = vectors.map(|v| vec![v[0], v[1], v[2] % 17, v[3], v[4]]).collect();
    check(|| Effect::new(4), &ports, &vectors);
}

/// Thresholds wider and narrower than their sum.
#[test]
fn standing_of_neurons() {
    for threshold in [6, 14] {
        let ports = Ports {
            inputs: vec![("crossed", 10), ("fresh", 1), ("spike", 1), ("threshold", threshold), ("membrane", 9), ("handicap_low", 12), ("handicap_high", 12)],
            outputs: vec![("crossed_next", 10), ("standing", standing_bits(10, 9))],
            set: |block: &mut Standing, values| {
                block.crossed.next = Value::new(values[0], 10);
                block.fresh.next = values[1] == 1;
                block.spike.next = values[2] == 1;
                block.threshold.next = Value::new(values[3], block.threshold.width());
                block.membrane.next = Value::new(values[4], 9);
                block.handicap_low.next = Value::new(values[5], 12);
                block.handicap_high.next = Value::new(values[6], 12);
            },
            get: |block| vec![block.crossed_next.val().raw(), block.standing.val().raw()],
            clock: None,
        };
        check(|| Standing::new(10, 9, threshold), &ports, &random_vectors(&ports.inputs, 4000, 17));
    }
}

#[test]
fn handicaps_of_winners_and_others() {
    let ports = Ports {
        inputs: vec![("low", 12), ("high", 12), ("wins", 1)],
        outputs: vec![("low_next", 12), ("high_next", 12)],
        set: |block: &mut HandicapStep, values| {
            block.low.next = Value::new(values[0], 12);
            block.high.next = Value::new(values[1], 12);
            block.wins.next = values[2] == 1;
        },
        get: |block| vec![block.low_next.val().raw(), block.high_next.val().raw()],
        clock: None,
    };
    for n_neurons in [1, 65, 8192] {
        check(|| HandicapStep::new(n_neurons), &ports, &random_vectors(&ports.inputs, 4000, 19));
    }
}

/// Membranes wider and narrower than the thresholds crossed.
#[test]
fn charge_of_neurons() {
    for membrane in [7, 13] {
        let ports = Ports {
            inputs: vec![("crossed", 10), ("fresh", 1), ("spike", 1), ("threshold", 8), ("membrane", membrane)],
            outputs: vec![("crossed_next", 10), ("charge", membrane.max(10) + 1)],
            set: |block: &mut Charge, values| {
                block.crossed.next = Value::new(values[0], 10);
                block.fresh.next = values[1] == 1;
                block.spike.next = values[2] == 1;
                block.threshold.next = Value::new(values[3], 8);
                block.membrane.next = Value::new(values[4], block.membrane.width());
            },
            get: |block| vec![block.crossed_next.val().raw(), block.charge.val().raw()],
            clock: None,
        };
        check(|| Charge::new(10, membrane, 8), &ports, &random_vectors(&ports.inputs, 4000, 23));
    }
}

/// All charges against all that were kept.
#[test]
fn responses_to_targets() {
    let ports = Ports {
        inputs: vec![("charge", 7), ("kept", 7)],
        outputs: vec![("above", 1)],
        set: |block: &mut ResponseStep, values| {
            block.charge.next = Value::new(values[0], 7);
            block.kept.next = Value::new(values[1], 7);
        },
        get: |block| vec![u64::from(block.above.val())],
        clock: None,
    };
    let vectors: Vec<Vec<u64>> = (0..1 << 14).map(|both| vec![both & 127, both >> 7]).collect();
    check(|| ResponseStep::new(7), &ports, &vectors);
}

/// The timesteps of what is shown beside samples of every length, for every rule.
#[test]
fn shortened_presentations() {
    for shift in 0..=2 {
        let ports = Ports {
            inputs: vec![("whole", 8)],
            outputs: vec![("part", 8)],
            set: |block: &mut Shortened, values| block.whole.next = Value::new(values[0], 8),
            get: |block| vec![block.part.val().raw()],
            clock: None,
        };
        check(|| Shortened::new(8, shift), &ports, &(0..256).map(|whole| vec![whole]).collect::<Vec<_>>());
    }
}

/// All charges against all that were kept, then all counts.
#[test]
fn differences_of_charges() {
    let ports = Ports {
        inputs: vec![("charge", 6), ("count", 3), ("n_timesteps", 3), ("kept", 7), ("differs", 1)],
        outputs: vec![("kept_next", 7), ("code", 4)],
        set: |block: &mut DifferenceStep, values| {
            block.charge.next = Value::new(values[0], 6);
            block.count.next = Value::new(values[1], 3);
            block.n_timesteps.next = Value::new(values[2], 3);
            block.kept.next = Value::new(values[3], 7);
            block.differs.next = values[4] == 1;
        },
        get: |block| vec![block.kept_next.val().raw(), block.code.val().raw()],
        clock: None,
    };
    let of_charges = (0..8192).map(|i| vec![i & 63, 2, 5, i >> 6, 1]);
    let of_counts = (0..64).map(|i| vec![i ^ 42, i & 7, i >> 3, 5, 0]);
    check(|| DifferenceStep::new(6, 3), &ports, &of_charges.chain(of_counts).collect::<Vec<_>>());
}

#[test]
fn lines_under_every_two_patterns() {
    let ports = Ports {
        inputs: vec![("enable", 1), ("spikes", 8), ("label_active", 8), ("label_up", 8), ("rival_active", 8), ("rival_up", 8)],
        outputs: vec![("modulated", 8)],
        set: |block: &mut ModulatedLines, values| {
            block.enable.next = values[0] == 1;
            block.spikes.next = Value::new(values[1], 8);
            block.label_active.next = Value::new(values[2], 8);
            block.label_up.next = Value::new(values[3], 8);
            block.rival_active.next = Value::new(values[4], 8);
            block.rival_up.next = Value::new(values[5], 8);
        },
        get: |block| vec![block.modulated.val().raw()],
        clock: None,
    };
    check(|| ModulatedLines::new(8), &ports, &random_vectors(&ports.inputs, 4000, 31));
}

#[test]
fn place_of_every_pattern() {
    for (beats, n_classes) in [(1, 2), (1, 64), (3, 5), (49, 10)] {
        let (beat, address) = (bits_for(beats - 1), bits_for(beats * n_classes - 1));
        let ports = Ports {
            inputs: vec![("of_class", 8), ("beat", beat)],
            outputs: vec![("address", address)],
            set: |block: &mut PatternPlace, values| {
                block.of_class.next = Value::new(values[0], 8);
                block.beat.next = Value::new(values[1], block.beat.width());
            },
            get: |block| vec![block.address.val().raw()],
            clock: None,
        };
        let places = (0..n_classes as u64).flat_map(|class| (0..beats as u64).map(move |beat| vec![class, beat]));
        check(|| PatternPlace::new(beats, address), &ports, &places.collect::<Vec<_>>());
    }
}
