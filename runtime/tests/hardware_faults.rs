//! The Verilated hardware behind a link that loses, doubles, flips and delays bytes: its answers are right, or errors.

#![allow(clippy::unwrap_used)]

use std::process::Command;
use std::time::Duration;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, Design, HardwareOptions};
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_hdl::arch::HostOptions;
use spikeforge_runtime::driver::{Driver, Patience, Statistics};
use spikeforge_runtime::link::faulty::{Faults, FaultyLink};
use spikeforge_runtime::link::process::ProcessLink;
use spikeforge_runtime::link::Link;
use spikeforge_runtime::protocol::Request;
use spikeforge_sim::random::{network_within, train, Bounds};
use spikeforge_sim::{Device, DeviceError, LayerId, Network, Reference, Spikes};

const PATIENCE: Patience = Patience {
    silence: Duration::from_millis(100),
    settle: Duration::from_millis(20),
    attempt: Duration::from_secs(10),
    attempts: 12,
};

type HardwareDriver = Driver<FaultyLink<ProcessLink>>;

fn small_design(seed: u64) -> Design {
    let network = network_within(
        Bounds {
            max_layers: 2,
            max_size: 40,
            max_fraction_bits: 4,
        },
        seed,
    );
    design(
        Quantized {
            network,
            roundings: vec![],
            warnings: vec![],
        },
        &Board::load("ulx3s-85f").unwrap(),
        Clock::Oscillator,
    )
    .unwrap()
}

fn simulation(design: &Design) -> Command {
    let sources = SimulationSources::rtl(
        &design.accelerator_files(),
        spikeforge_hdl::emit::ACCELERATOR,
    );
    let (options, tools) = (
        VerilateOptions::for_short_runs(),
        Tools::from_environment(),
    );
    Command::new(
        verilate(
            &sources,
            &design.accelerator_harness(),
            &options,
            &tools,
            &mut |_| (),
        )
        .unwrap(),
    )
}

fn same_run(
    driver: &mut HardwareDriver,
    network: &Network,
    train: &[Spikes],
) -> Result<(), DeviceError> {
    assert_eq!(
        driver.run(train)?,
        Reference::new(network).run(train).unwrap()
    );
    Ok(())
}

fn same_steps(
    driver: &mut HardwareDriver,
    network: &Network,
    train: &[Spikes],
) -> Result<(), DeviceError> {
    let mut reference = Reference::new(network);
    reference.reset().unwrap();
    driver.reset()?;
    for input in train {
        assert_eq!(driver.step(input)?, reference.step(input).unwrap());
        for layer in (0..).take(network.layers.len()).map(LayerId) {
            assert_eq!(driver.state(layer)?, reference.state(layer).unwrap());
        }
    }
    Ok(())
}

/// Runs and steps; an error ends the session. Panics where an answer is wrong and no error says so.
fn session(
    design: &Design,
    program: Command,
    faults: Faults,
    seed: u64,
) -> Result<Statistics, DeviceError> {
    let link = FaultyLink::new(ProcessLink::spawn(program).unwrap(), faults, seed);
    let mut driver = Driver::open(link, design.arch.host_map(), PATIENCE)?;
    for round in 0..3 {
        let train = train(seed + round, design.network().input.n(), 4);
        same_run(&mut driver, design.network(), &train)?;
        same_steps(&mut driver, design.network(), &train)?;
    }
    Ok(driver.statistics())
}

#[test]
fn rare_faults_are_put_right() {
    let design = small_design(11);
    let mut retries = 0;
    for seed in 0..12 {
        let faults = Faults {
            drop: 1,
            burst: 1,
            repeat: 1,
            flip: 1,
            delay: 1,
            close_after: None,
        };
        retries += session(&design, simulation(&design), faults, seed)
            .unwrap()
            .retries;
    }
    assert!(retries > 20, "{retries} retries are no harm");
}

#[test]
fn many_faults_end_in_the_right_answer_or_an_error() {
    let design = small_design(12);
    for seed in 0..8 {
        let faults = Faults {
            drop: 8,
            burst: 2,
            repeat: 8,
            flip: 8,
            delay: 2,
            close_after: None,
        };
        // An error is as good here as a result; a wrong result has panicked.
        let _ = session(&design, simulation(&design), faults, seed);
    }
}

/// A line that closes in the middle of a request: the error says so, and another host finds the same hardware right.
#[test]
fn a_line_that_closes_is_told_and_leaves_no_wrong_state() {
    let design = small_design(13);
    let network = design.network();
    let mut link = ProcessLink::spawn(simulation(&design)).unwrap();
    for seed in 0..12 {
        let faults = Faults {
            close_after: Some(40 + 37 * seed),
            ..Faults::default()
        };
        let train = train(seed, network.input.n(), 4);
        let cut = FaultyLink::new(&mut link, faults, seed);
        let told = Driver::open(cut, design.arch.host_map(), PATIENCE)
            .map_err(|error| error.to_string())
            .and_then(|mut driver| {
                let mut endless = || driver.run(&train).map_err(|error| error.to_string());
                (0..1000).try_for_each(|_| endless().map(|_| ()))
            })
            .unwrap_err();
        assert!(told.contains("closed"), "seed {seed}: {told}");
        let mut driver = Driver::open(&mut link, design.arch.host_map(), PATIENCE).unwrap();
        assert_eq!(driver.run(&train).unwrap(), Reference::new(network).run(&train).unwrap());
    }
}

/// What was damaged on the way is counted in the hardware, each request once, and changes nothing else that it counts.
#[test]
fn counters_tell_the_damage() {
    let network = small_design(14).network().clone();
    let quantized = Quantized { network, roundings: vec![], warnings: vec![] };
    let host = HostOptions { writes: false, counters: true, argmax: None };
    let hardware = HardwareOptions { host, ..Clock::Oscillator.into() };
    let design = design(quantized, &Board::load("ulx3s-85f").unwrap(), hardware).unwrap();
    let mut link = ProcessLink::spawn(simulation(&design)).unwrap();
    let spikes = vec![0x5A; design.arch.host_map().input_bytes];
    let (reset, step) = (Request::Reset.encode(1).unwrap(), Request::Step { spikes: &spikes }.encode(2).unwrap());
    let mut n_damaged = 0;
    for request in [&reset, &step] {
        // Not the sync, without which it is no request.
        for byte in 1..request.len() {
            let mut damaged = request.clone();
            damaged[byte] ^= 0x10;
            link.send(&damaged).unwrap();
            n_damaged += 1;
            while link.receive(&mut [0; 64], Duration::from_millis(20)).unwrap() > 0 {}
        }
    }
    let mut driver = Driver::open(&mut link, design.arch.host_map(), PATIENCE).unwrap();
    let counters = driver.counters().unwrap().unwrap();
    assert_eq!((counters.bad_frames, counters.timesteps, counters.presentations), (n_damaged, 0, 0));
}
