//! The Verilated design inside this program against the reference; by `scripts/verilated.sh test`.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::driver::Patience;
use spikeforge_runtime::link::in_process::InProcessLink;
use spikeforge_runtime::verilated::Verilated;
use spikeforge_sim::random::train;
use spikeforge_sim::verilated::Start;
use spikeforge_sim::{lockstep, Compare, Reference, Spikes};

/// The bundle whose design this program was built with.
fn compiled() -> Compiled {
    let bundle = std::env::var_os("SPIKEFORGE_BUNDLE").expect("run scripts/verilated.sh test");
    Compiled::load(&PathBuf::from(bundle)).unwrap()
}

fn open(compiled: &Compiled, link: InProcessLink) -> Verilated<InProcessLink> {
    Verilated::over(link, compiled.host_map(), Patience::SIMULATION).unwrap()
}

fn random_trains(compiled: &Compiled, seed: u64, n: u64) -> Vec<Vec<Spikes>> {
    (0..n).map(|index| train(seed * 100 + index, compiled.network.input.n(), 8)).collect()
}

/// Every membrane and spike of every layer, from 20 random first states of registers and memories.
#[test]
fn equals_the_reference_from_random_starts() {
    let compiled = compiled();
    for seed in 1..=20 {
        let mut device = open(&compiled, InProcessLink::new(Start::Random(seed)));
        let mut reference = Reference::new(&compiled.network);
        for train in random_trains(&compiled, u64::from(seed), 3) {
            let compared = lockstep(&mut reference, &mut device, &train, Compare::States).unwrap();
            assert_eq!(compared.mismatch, None);
        }
    }
}

/// Two designs at once keep apart.
#[test]
fn designs_are_apart() {
    let compiled = compiled();
    let mut devices = [1, 2].map(|_| open(&compiled, InProcessLink::new(Start::Zeros)));
    let mut references = [1, 2].map(|_| Reference::new(&compiled.network));
    for (index, train) in random_trains(&compiled, 7, 4).into_iter().enumerate() {
        let compared = lockstep(&mut references[index % 2], &mut devices[index % 2], &train, Compare::States).unwrap();
        assert_eq!(compared.mismatch, None);
    }
}

#[test]
fn a_waveform_shows_the_clock() {
    let compiled = compiled();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wave.vcd");
    let mut link = InProcessLink::new(Start::Zeros);
    link.trace(&path).unwrap();
    let mut device = open(&compiled, link);
    let train = &random_trains(&compiled, 3, 1)[0];
    lockstep(&mut Reference::new(&compiled.network), &mut device, train, Compare::States).unwrap();
    let cycles = device.finish().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let stamps = text.lines().filter(|line| line.starts_with('#')).count() as u64;
    assert!(text.contains("$var wire  1") && text.contains("$enddefinitions"), "no header");
    // Two a cycle.
    assert!(stamps >= 2 * cycles - 2 && stamps <= 2 * cycles, "{stamps} stamps for {cycles} cycles");
}
