//! Whole designs, as they are emitted: no width mixed, no loop, no latch, nothing undriven.

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, HardwareOptions};
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::{lint, Runner, SimulationSources, Tools};
use spikeforge_hdl::arch::HostOptions;
use spikeforge_compiler::learning::{learning_design, MOST_LANES};
use spikeforge_compiler::Design;
use spikeforge_sim::coding::Encoder;
use spikeforge_sim::plasticity::{self, LearningReference, Rule};
use spikeforge_sim::{random, Network};

#[test]
fn emitted_designs_are_clean() {
    let (oscillator, pll) = (Clock::Oscillator, Clock::Pll { at_most_hz: 60_000_000 });
    for (seed, board, clock) in [(0, "hx8k-breakout", oscillator), (1, "icebreaker", pll), (2, "ulx3s-85f", oscillator), (3, "tang-nano-9k", pll), (4, "hx8k-breakout", pll)] {
        check(random::network(seed), seed, board, clock);
    }
    for (seed, board) in [(0, "ulx3s-25f"), (3, "hx8k-breakout"), (7, "tang-nano-9k")] {
        check(random::convolutional_network(seed), seed, board, oscillator);
    }
    for (seed, board) in [(0, "hx8k-breakout"), (1, "ulx3s-25f")] {
        check(random::value_network(seed), seed, board, oscillator);
        check(random::recurrent_network(seed), seed, board, oscillator);
        check(random::synaptic_network(seed), seed, board, oscillator);
        check(random::own_synapses_network(seed), seed, board, oscillator);
        check(random::scaled_network(seed), seed, board, oscillator);
    }
}

fn check(network: Network, seed: u64, board: &str, clock: Clock) {
    let writes = seed % 2 == 0 && network.layers[0].window.is_none();
    let network_ends_dense = network.layers.last().is_some_and(|last| last.n_positions() == 1);
    let quantized = Quantized { network, roundings: vec![], warnings: vec![] };
    let argmax = seed % 2 == 1 && network_ends_dense;
    let hardware = HardwareOptions { host: HostOptions { writes, counters: seed % 3 == 0, argmax: None }, argmax, ..clock.into() };
    let design = design(quantized, &Board::load(board).unwrap(), hardware).unwrap();
    assert_clean(&design, seed, &format!("seed {seed} for {board}"));
}

#[test]
fn emitted_designs_that_code_their_inputs_are_clean() {
    let codings = [Encoder::Accumulator, Encoder::Lfsr { seed: 5 }, Encoder::Latency { n_timesteps: 300 }, Encoder::Delta { threshold: 9 }];
    let bounds = random::Bounds { max_layers: 1, max_size: 40, max_fraction_bits: 4 };
    for (seed, encoder) in (1..).zip(codings) {
        let quantized = Quantized { network: random::network_within(bounds, seed), roundings: vec![], warnings: vec![] };
        let hardware = HardwareOptions { encoder: Some(encoder), ..Clock::Oscillator.into() };
        let design = design(quantized, &Board::load("hx8k-breakout").unwrap(), hardware).unwrap();
        assert_clean(&design, seed, &format!("{encoder}, seed {seed}"));
    }
}

#[test]
fn emitted_designs_that_learn_are_clean() {
    for (rule, seed, board) in [(Rule::SignSymmetric, 0, "hx8k-breakout"), (Rule::SignSymmetric, 1, "ulx3s-85f"), (Rule::Stdp, 1, "hx8k-breakout"), (Rule::Sigprop, 1, "ulx3s-85f"),
        (Rule::ForwardForward, 1, "ulx3s-85f"), (Rule::Symba, 1, "ulx3s-25f"), (Rule::Pepita, 1, "hx8k-breakout")] {
        let network = plasticity::random::network(rule, seed);
        let start = LearningReference::new(&network, seed).unwrap().checkpoint();
        let design = learning_design(&start, (8, MOST_LANES), &Board::load(board).unwrap(), Clock::Oscillator).unwrap();
        assert_clean(&design, seed, &format!("learning by {rule}, seed {seed} for {board}"));
    }
}

/// The board's top has the accelerator in it; by itself, with its taps, that is looked at where the seed is 0.
fn assert_clean(design: &Design, seed: u64, which: &str) {
    let top = (design.top_files(), spikeforge_hdl::emit::TOP);
    let alone = (seed == 0).then(|| (design.accelerator_files(), spikeforge_hdl::emit::ACCELERATOR));
    for (files, top) in [top].into_iter().chain(alone) {
        let folder = tempfile::tempdir().unwrap();
        let mut runner = Runner { tools: &Tools::from_environment(), folder: folder.path(), progress: &mut |_| () };
        let found = lint(&SimulationSources::rtl(&files, top), &mut runner);
        let log = std::fs::read_to_string(folder.path().join("lint-verilator.log")).unwrap_or_default();
        assert!(found.is_ok(), "{which}, {top}: {found:?}\n{log}");
    }
}
