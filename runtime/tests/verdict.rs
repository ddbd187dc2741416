//! The class that a design tells itself, against its twin in software: after whole presentations and after each timestep.

#![allow(clippy::unwrap_used)]

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, HardwareOptions};
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_compiler::{CompileError, Goal};
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::cosim::verdict;
use spikeforge_runtime::judge::Judge;
use spikeforge_runtime::simulation::{Level, Simulation, Simulator};
use spikeforge_sim::random::{
    convolutional_network, network, network_within, readout_network, train, value_network, Bounds,
};
use spikeforge_sim::{argmax, Device, LayerId, Network, Readout, Reference, Spikes, Verdict};

const N_TIMESTEPS: usize = 6;
const N_TRAINS: u64 = 4;

fn compiled(network: &Network, board: &str, hardware: HardwareOptions) -> Result<Compiled, CompileError> {
    let quantized = Quantized { network: network.clone(), roundings: vec![], warnings: vec![] };
    let hardware = HardwareOptions { argmax: true, ..hardware };
    Compiled::of(&design(quantized, &Board::load(board).unwrap(), hardware)?, "random")
}

fn opened(compiled: &Compiled, level: Level) -> Simulation {
    let mut simulator = Simulator { tools: &Tools::from_environment(), waveform: None, progress: &mut |_| () };
    simulator.open(compiled, level).unwrap()
}

/// What was told, and how often two neurons had the greatest score.
#[derive(Default)]
struct Told {
    verdicts: Vec<Verdict>,
    n_ties: usize,
}

impl Told {
    fn compare(&mut self, dut: &mut Simulation, reference: &mut Reference, train: &[Spikes]) {
        let expected = verdict(reference, train).unwrap();
        assert_eq!(dut.verdict().unwrap(), Some(expected), "after {} timesteps", train.len());
        let readout = Readout::of(reference.network());
        let last = LayerId(u16::try_from(reference.network().layers.len() - 1).unwrap());
        let scores = readout.scores(&reference.run(train).unwrap(), &reference.state(last).unwrap().membranes);
        self.n_ties += usize::from(scores.iter().filter(|&&score| score == scores[argmax(&scores)]).count() > 1);
        self.verdicts.push(expected);
    }

    fn classes(&self) -> usize {
        self.verdicts.iter().map(|verdict| verdict.class).collect::<std::collections::HashSet<_>>().len()
    }
}

fn check(network: &Network, board: &str, hardware: HardwareOptions, level: Level, told: &mut Told) {
    let compiled = compiled(network, board, hardware).unwrap();
    let (mut dut, mut reference) = (opened(&compiled, level), Reference::new(network));
    for seed in 0..N_TRAINS {
        let train = train(seed, network.input.n(), N_TIMESTEPS);
        dut.run(&train).unwrap();
        told.compare(&mut dut, &mut reference, &train);
    }
    let train = train(N_TRAINS, network.input.n(), N_TIMESTEPS);
    dut.reset().unwrap();
    for t in 0..train.len() {
        dut.step(&train[t]).unwrap();
        told.compare(&mut dut, &mut reference, &train[..=t]);
    }
}

/// The first random network that is as asked and tells three classes at least.
fn lively(random: impl Fn(u64) -> Network, is_asked: impl Fn(&Network) -> bool) -> Network {
    let classes = |network: &Network| {
        let mut reference = Reference::new(network);
        let class = |seed| verdict(&mut reference, &train(seed, network.input.n(), N_TIMESTEPS)).unwrap().class;
        (0..N_TRAINS).map(class).collect::<std::collections::HashSet<_>>().len()
    };
    (0..1000).map(random).find(|network| is_asked(network) && classes(network) > 2).unwrap()
}

#[test]
fn spikes_are_counted() {
    let mut told = Told::default();
    let values = lively(value_network, |network| network.layers.len() == 2 && network.layers[1].window.is_none());
    for (network, board) in [(lively(network, |_| true), "hx8k-breakout"), (values, "ulx3s-25f")] {
        check(&network, board, Clock::Oscillator.into(), Level::Rtl, &mut told);
    }
    assert!(told.n_ties > 0 && told.classes() > 2, "{} ties, {} classes", told.n_ties, told.classes());
}

#[test]
fn membranes_are_compared() {
    let mut told = Told::default();
    for (start, goal) in [(0, Goal::Fastest), (100, Goal::Logic { percent: 60 })] {
        let hardware = HardwareOptions { goal, ..Clock::Oscillator.into() };
        let dense = lively(|seed| readout_network(start + seed), |network| network.layers.len() == 2 && network.layers.iter().all(|layer| layer.window.is_none()));
        check(&dense, "ulx3s-85f", hardware, Level::Rtl, &mut told);
    }
    assert!(told.classes() > 2, "{} classes", told.classes());
}

/// The counts start unknown there.
#[test]
fn in_the_second_simulator_and_behind_serial_pins() {
    let small = network_within(Bounds { max_layers: 2, max_size: 30, max_fraction_bits: 4 }, 5);
    for level in [Level::SecondSimulator, Level::Board] {
        check(&small, "hx8k-breakout", Clock::Oscillator.into(), level, &mut Told::default());
    }
}

#[test]
fn an_input_that_repeats() {
    let network = network(1);
    let hardware = HardwareOptions { repeat_input: true, ..Clock::Oscillator.into() };
    let compiled = compiled(&network, "ulx3s-25f", hardware).unwrap();
    let (mut dut, mut reference, mut told) = (opened(&compiled, Level::Rtl), Reference::new(&network), Told::default());
    for seed in 0..N_TRAINS {
        let train = vec![train(seed, network.input.n(), 1).remove(0); 20];
        dut.run(&train).unwrap();
        told.compare(&mut dut, &mut reference, &train);
    }
}

#[test]
fn a_last_layer_without_a_neuron_a_class_is_refused() {
    let convolution = (0..).map(convolutional_network).find(|network| network.layers.last().is_some_and(|last| last.n_positions() > 1));
    let error = compiled(&convolution.unwrap(), "ulx3s-85f", Clock::Oscillator.into()).unwrap_err().to_string();
    assert!(error.contains("positions: leave it out, or end the network in a dense layer"), "{error}");
}
