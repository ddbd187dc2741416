//! The leaves of a convolution's front against their twins.

use spikeforge_hdl::signal::Value;
use spikeforge_hdl::window::places::{BeatPlace, WordPlace};
use spikeforge_hdl::window::view::View;

use super::differential::{check, random_vectors, Ports};

#[test]
fn the_place_of_every_word() {
    for (word, place) in [(1, 1), (4, 3), (5, 4)] {
        let ports = Ports {
            inputs: vec![("word", word)],
            outputs: vec![("place", place), ("is_odd", 1)],
            set: |block: &mut WordPlace, values| block.word.next = Value::new(values[0], block.word.width()),
            get: |block| vec![block.place.val().raw(), u64::from(block.is_odd.val())],
            clock: None,
        };
        let vectors: Vec<Vec<u64>> = (0..1 << word).map(|i| vec![i]).collect();
        check(|| WordPlace::new(word, place), &ports, &vectors);
    }
}

#[test]
fn the_places_of_every_beat() {
    for (address, shift, place) in [(8, 5, 3), (8, 0, 7), (3, 3, 1), (1, 0, 1), (6, 1, 5)] {
        let ports = Ports {
            inputs: vec![("address", address)],
            outputs: vec![("even", place), ("odd", place), ("is_odd", 1), ("shift", shift.max(1))],
            set: |block: &mut BeatPlace, values| block.address.next = Value::new(values[0], block.address.width()),
            get: |block| {
                let [even, odd, shift] = [&block.even, &block.odd, &block.shift].map(|bus| bus.val().raw());
                vec![even, odd, u64::from(block.is_odd.val()), shift]
            },
            clock: None,
        };
        let vectors: Vec<Vec<u64>> = (0..1 << address).map(|i| vec![i]).collect();
        check(|| BeatPlace::new(address, shift, place), &ports, &vectors);
    }
}

#[test]
fn views_across_words() {
    for (beat, shift, step) in [(8, 3, 0), (32, 5, 0), (32, 1, 4), (16, 1, 4)] {
        let ports = Ports {
            inputs: vec![("even", beat), ("odd", beat), ("is_odd", 1), ("shift", shift), ("mask", beat), ("live", 1)],
            outputs: vec![("spikes", beat)],
            set: |block: &mut View, values| {
                block.even.next = Value::new(values[0], block.even.width());
                block.odd.next = Value::new(values[1], block.odd.width());
                block.is_odd.next = values[2] == 1;
                block.shift.next = Value::new(values[3], block.shift.width());
                block.mask.next = Value::new(values[4], block.mask.width());
                block.live.next = Value::new(values[5], 1);
            },
            get: |block| vec![block.spikes.val().raw()],
            clock: None,
        };
        check(|| View::new(beat, shift, step), &ports, &random_vectors(&ports.inputs, 3000, u64::from(beat)));
    }
}
