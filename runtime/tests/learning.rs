//! Verilated designs that learn beside the reference: after each sample every latent weight, readout weight, register
//! and random number is the same, and so is what each tells of the sample.

#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;
use std::process::Command;
use std::time::Duration;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::Clock;
use spikeforge_compiler::learning::{learning_design, MOST_LANES};
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_compiler::Design;
use spikeforge_runtime::driver::{Driver, Patience};
use spikeforge_runtime::inputs::Coding;
use spikeforge_runtime::learn::{network, Dataset, LearnOptions};
use spikeforge_runtime::learn_cosim::learn_cosim;
use spikeforge_runtime::learner::DeviceLearner;
use spikeforge_runtime::link::faulty::{Faults, FaultyLink};
use spikeforge_runtime::link::process::ProcessLink;
use spikeforge_runtime::link::Link;
use spikeforge_sim::plasticity::{self, Learner, LearningReference, MemoryMismatch, Rule};
use spikeforge_sim::random;
use spikeforge_sim::random::SplitMix64;

const MOST_TIMESTEPS: usize = 9;

fn design(reference: &LearningReference, board: &str) -> Design {
    let board = Board::load(board).unwrap();
    learning_design(&reference.checkpoint(), (MOST_TIMESTEPS, MOST_LANES), &board, Clock::Oscillator).unwrap()
}

fn simulated(design: &Design, start: &LearningReference) -> DeviceLearner<ProcessLink> {
    let sources = SimulationSources::rtl(&design.accelerator_files(), spikeforge_hdl::emit::ACCELERATOR);
    let (options, tools) = (VerilateOptions::for_short_runs(), Tools::from_environment());
    let program = verilate(&sources, &design.accelerator_harness(), &options, &tools, &mut |_| ()).unwrap();
    let link = ProcessLink::spawn(Command::new(program)).unwrap();
    let driver = Driver::open(link, design.arch.host_map(), Patience::SIMULATION).unwrap();
    DeviceLearner::new(driver, design.arch.clone(), &start.checkpoint())
}

/// A reference with registers from the seed.
fn reference(rule: Rule, seed: u64) -> LearningReference {
    let network = plasticity::random::network(rule, seed);
    let mut reference = LearningReference::new(&network, seed).unwrap();
    reference.set_registers(&plasticity::random::registers(&network, seed)).unwrap();
    reference
}

fn check(rule: Rule, seed: u64, board: &str, n_samples: u64) {
    let reference = reference(rule, seed);
    let dut = simulated(&design(&reference, board), &reference);
    learn_alike(reference, dut, &format!("{rule}, net {seed} on {board}"), n_samples, seed);
}

/// Teaches both `n_samples`, one in eight without a label, and compares after each.
fn learn_alike<L: Link>(
    mut reference: LearningReference,
    mut dut: DeviceLearner<L>,
    which: &str,
    n_samples: u64,
    seed: u64,
) -> DeviceLearner<L> {
    let mut random = SplitMix64::new(seed ^ 0x5eed);
    let (n_inputs, n_classes) = (reference.network().input.n(), reference.network().n_classes);
    let mut n_learned = 0;
    for sample in 0..n_samples {
        let train = random::train(random.next_word(), n_inputs, 1 + random.below(MOST_TIMESTEPS));
        let label = (random.below(8) > 0).then(|| random.below(n_classes));
        let expected = Learner::present(&mut reference, &train, label).unwrap();
        let told = dut.present(&train, label).unwrap();
        let (held, got) = (reference.checkpoint(), dut.state().unwrap());
        let mismatch = MemoryMismatch::first(&held.memories, &got.memories);
        assert!(mismatch.is_none(), "{which}, sample {sample}: {}", mismatch.unwrap());
        assert_eq!(told, expected, "{which}, sample {sample}");
        assert_eq!(got, held, "{which}, sample {sample}");
        n_learned += usize::from(expected.learned.contains(&true));
    }
    assert!(n_learned > 0, "{which}: nothing was learned");
    dut
}

#[test]
fn random_feedback() {
    for (seed, board) in (0..2).zip(["hx8k-breakout", "ulx3s-85f"]) {
        check(Rule::RandomFeedback, seed, board, 16);
    }
}

#[test]
fn drtp() {
    for (seed, board) in (0..2).zip(["ulx3s-85f", "hx8k-breakout"]) {
        check(Rule::Drtp, seed, board, 16);
    }
}

#[test]
fn stdp() {
    for (seed, board) in (0..4).zip(["ulx3s-85f", "hx8k-breakout"].into_iter().cycle()) {
        check(Rule::Stdp, seed, board, 24);
    }
}

/// From shortly before the targets are presented again.
#[test]
fn sigprop() {
    for (seed, board) in (0..3).zip(["hx8k-breakout", "ulx3s-85f"].into_iter().cycle()) {
        let mut reference = reference(Rule::Sigprop, seed);
        let (n_inputs, n_classes) = (reference.network().input.n(), reference.network().n_classes);
        for sample in 0..250 {
            let train = random::train(sample, n_inputs, 4);
            reference.present(&train, Some(usize::try_from(sample).unwrap() % n_classes)).unwrap();
        }
        let dut = simulated(&design(&reference, board), &reference);
        learn_alike(reference, dut, &format!("sigprop, net {seed} on {board}"), 20, seed);
    }
}

#[test]
fn forward_forward() {
    for (seed, board) in (0..2).zip(["ulx3s-85f", "ulx3s-25f"]) {
        check(Rule::ForwardForward, seed, board, 20);
    }
}

#[test]
fn symba() {
    for (seed, board) in (0..2).zip(["ulx3s-85f", "ulx3s-25f"]) {
        check(Rule::Symba, seed, board, 20);
    }
}

/// Small samples among them, whose timesteps are all modulated.
#[test]
fn pepita() {
    for (seed, board) in (0..4).zip(["hx8k-breakout", "ulx3s-85f"].into_iter().cycle()) {
        check(Rule::Pepita, seed, board, 24);
    }
}

#[test]
fn sign_symmetric() {
    for (seed, board) in (0..4).zip(["hx8k-breakout", "ulx3s-85f"].into_iter().cycle()) {
        check(Rule::SignSymmetric, seed, board, 24);
    }
}

/// Through the serial pins of a simulated board, with bytes lost, doubled, flipped and late: each sample is learned exactly
/// once, or the memories would differ.
#[test]
fn with_bad_bytes_on_the_line() {
    let reference = reference(Rule::SignSymmetric, 3);
    let design = design(&reference, "ulx3s-85f");
    let sources = SimulationSources::rtl(&design.top_files(), spikeforge_hdl::emit::TOP);
    let (options, tools) = (VerilateOptions::from_environment(), Tools::from_environment());
    let program = verilate(&sources, &design.board_harness().unwrap(), &options, &tools, &mut |_| ()).unwrap();
    let patience = Patience {
        silence: Duration::from_millis(300),
        settle: Duration::from_millis(50),
        attempt: Duration::from_secs(20),
        attempts: 20,
    };
    let faults = Faults { drop: 1, repeat: 1, flip: 1, delay: 1, ..Faults::default() };
    let link = FaultyLink::new(ProcessLink::spawn(Command::new(program)).unwrap(), faults, 5);
    let driver = Driver::open(link, design.arch.host_map(), patience).unwrap();
    let dut = DeviceLearner::new(driver, design.arch.clone(), &reference.checkpoint());
    let mut dut = learn_alike(reference, dut, "bad bytes", 12, 3);
    let statistics = dut.driver_mut().statistics();
    assert!(statistics.retries > 4, "{statistics:?} is no harm");
}

/// The targets of ten classes, then samples.
/// Inputs that fill their beats to the last.
#[test]
fn digits_by_stdp() {
    digits(Rule::Stdp, "icebreaker");
}

#[test]
fn digits_by_sigprop() {
    digits(Rule::Sigprop, "hx8k-breakout");
}

/// Each sample alone, then with its label and with that of its rival on 80 more lines.
#[test]
fn digits_with_labels() {
    digits(Rule::ForwardForward, "ulx3s-25f");
    digits(Rule::Symba, "ulx3s-25f");
}

/// Each sample alone, then with the error on its lines.
#[test]
fn digits_by_pepita() {
    digits(Rule::Pepita, "hx8k-breakout");
}

/// The network is that of `compile --learn RULE,threshold=12 --shape 64-32-10`.
fn digits(rule: Rule, board: &str) {
    let options = LearnOptions { thresholds: vec![12], ..LearnOptions::new(rule) };
    let mut reference = LearningReference::new(&network("64-32-10", &options).unwrap(), 1).unwrap();
    let mut dut = simulated(&design(&reference, board), &reference);
    let digits = Dataset::Digits.read(Coding::Ramp { n_timesteps: 8 }).unwrap().train;
    let samples = (0..40).map(|sample| (digits.train(sample), digits.labels()[sample]));
    let tally = learn_cosim(&mut reference, &mut dut, samples, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((tally.samples, tally.mismatch), (40, None));
    assert!(tally.learned > 20, "{} samples taught something", tally.learned);
    let start = LearningReference::new(reference.network(), 1).unwrap();
    assert_ne!(start.memories()[0].latents, reference.memories()[0].latents, "{rule}");
}

/// What was learned is written into another device, which goes on from there.
#[test]
fn another_device_takes_over() {
    for rule in [Rule::RandomFeedback, Rule::Stdp, Rule::Sigprop, Rule::ForwardForward, Rule::Pepita] {
        takes_over(rule);
    }
}

fn takes_over(rule: Rule) {
    let start = reference(rule, 1);
    let mut ahead = start.clone();
    let (n_inputs, n_classes) = (start.network().input.n(), start.network().n_classes);
    for sample in 0..6_u32 {
        let label = usize::try_from(sample).unwrap() % n_classes;
        ahead.present(&random::train(u64::from(sample), n_inputs, 5), Some(label)).unwrap();
    }
    let mut dut = simulated(&design(&start, "ulx3s-85f"), &start);
    assert_ne!(dut.state().unwrap(), ahead.checkpoint());
    dut.restore(&ahead.checkpoint()).unwrap();
    assert_eq!(dut.state().unwrap(), ahead.checkpoint());
    let mut registers = ahead.registers().to_vec();
    registers[0].slow_down();
    dut.set_registers(&registers).unwrap();
    ahead.set_registers(&registers).unwrap();
    learn_alike(ahead, dut, "taken over", 6, 9);
}
