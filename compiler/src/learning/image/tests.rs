use spikeforge_sim::plasticity::{Latents, Lfsr, Readout, ReadoutKind};

use super::*;

/// Three neurons and two classes, every value another.
fn memory() -> Memory {
    let kind = ReadoutKind::Integer { bits: 9 };
    let mut feedback = SignMatrix::new(2, 3);
    feedback.set(1, 0, true);
    feedback.set(0, 2, true);
    Memory {
        latents: Latents::new(3, 6, vec![0; 6]).unwrap(),
        lfsr: Lfsr::new(1),
        readout: Readout::new(kind, 3, vec![100, -7, 3, -256, 255, 41], Lfsr::new(2)).unwrap(),
        feedback,
        handicaps: vec![],
    }
}

#[test]
fn a_readout_is_turned_over_and_back() {
    let memory = memory();
    let words = words_of_readout(&memory);
    assert_eq!(words, [[100, 0x100], [0x1F9, 255], [3, 41]]);
    assert_eq!(readout_of_words(&words, 9), memory.readout.values());
}

#[test]
fn a_table_of_feedback_is_turned_over_and_back() {
    let memory = memory();
    let words = words_of_feedback(&memory);
    assert_eq!(words, [[0, 1], [0, 0], [1, 0]]);
    assert_eq!(feedback_of_words(&words), memory.feedback);
}

#[test]
fn handicaps_are_halved_and_whole_again() {
    let handicaps = [0, 1, -1, 4095, 4096, -4097, (1 << 23) - 1, -(1 << 23)];
    let words = words_of_handicaps(&handicaps);
    assert_eq!(words[5], [0xFFF, 0xFFE]);
    assert_eq!(handicaps_of_words(&words), handicaps);
}
