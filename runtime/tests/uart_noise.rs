//! Random bytes into the serial line of the Verilated board: it answers the next request as if nothing had been.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

use std::process::Command;
use std::time::Duration;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock};
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_hdl::emit::TOP;
use spikeforge_runtime::driver::{Driver, Patience};
use spikeforge_runtime::link::process::ProcessLink;
use spikeforge_runtime::link::Link;
use spikeforge_runtime::protocol::Request;
use spikeforge_sim::random::{network_within, train, Bounds, SplitMix64};
use spikeforge_sim::{Device, Reference};

const N_ROUNDS: u64 = 40;

/// One attempt: what the noise breaks is not put right by asking again.
const ONE_ATTEMPT: Patience = Patience {
    silence: Duration::from_secs(20),
    settle: Duration::from_millis(20),
    attempt: Duration::from_secs(60),
    attempts: 1,
};

/// Bytes that mean nothing, or nearly something: beginnings of requests, whole ones with a bit turned over, and requests
/// for much more than comes.
fn noise(seed: u64) -> Vec<u8> {
    let mut random = SplitMix64::new(seed);
    let mut bytes = vec![];
    for _ in 0..=random.below(3) {
        let mut request = match random.below(4) {
            0 => Request::Reset.encode(random.next_word() as u8).unwrap(),
            1 => Request::Step { spikes: &[0x5A; 5] }.encode(random.next_word() as u8).unwrap(),
            2 => Request::Run { train: &[0xA5; 40] }.encode(random.next_word() as u8).unwrap(),
            _ => (0..random.below(60)).map(|_| random.next_word() as u8).collect(),
        };
        match random.below(3) {
            0 => request.truncate(random.below(request.len() + 1)),
            1 if !request.is_empty() => {
                let at = random.below(request.len());
                request[at] ^= 1 << random.below(8);
            }
            _ => {}
        }
        bytes.extend(request);
    }
    bytes
}

/// The host port drops a request that breaks off after 2^18 cycles; until then it listens.
fn wait_for_silence(link: &mut ProcessLink) {
    let mut buffer = [0; 4096];
    let mut quiet = 0;
    while quiet < 30 {
        let n = link.receive(&mut buffer, Duration::from_millis(20)).unwrap();
        quiet = if n == 0 { quiet + 1 } else { 0 };
    }
}

#[test]
fn the_board_answers_after_noise() {
    let network = network_within(Bounds { max_layers: 2, max_size: 24, max_fraction_bits: 3 }, 5);
    let quantized = Quantized { network: network.clone(), roundings: vec![], warnings: vec![] };
    let design = design(quantized, &Board::load("icebreaker").unwrap(), Clock::Oscillator).unwrap();
    let sources = SimulationSources::rtl(&design.top_files(), TOP);
    let (options, tools) = (VerilateOptions::from_environment(), Tools::from_environment());
    let harness = design.board_harness().unwrap();
    let program = verilate(&sources, &harness, &options, &tools, &mut |_| ()).unwrap();
    let mut link = ProcessLink::spawn(Command::new(program)).unwrap();
    for round in 0..N_ROUNDS {
        link.send(&noise(round)).unwrap();
        wait_for_silence(&mut link);
        let mut driver = Driver::open(link, design.arch.host_map(), ONE_ATTEMPT).unwrap();
        let train = train(round, network.input.n(), 3);
        assert_eq!(driver.run(&train).unwrap(), Reference::new(&network).run(&train).unwrap(), "after noise {round}");
        assert_eq!(driver.statistics().retries, 0);
        link = driver.into_link();
    }
}
