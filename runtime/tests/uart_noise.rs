//! Random bytes into the serial line of the Verilated board: it answers the next request as if nothing had been. Bytes
//! that come while it answers are lost, and that is told once.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, Design};
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_hdl::emit::TOP;
use spikeforge_runtime::driver::{Driver, Patience};
use spikeforge_runtime::link::process::ProcessLink;
use spikeforge_runtime::link::Link;
use spikeforge_runtime::protocol::{Decoder, Request, Response, Status};
use spikeforge_sim::random::{network_within, train, Bounds, SplitMix64};
use spikeforge_sim::{Device, Network, Reference};

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

/// How long the board waits for the rest of a request, 2^18 cycles, on this machine as busy as it is: it refuses one that
/// breaks off behind its header.
fn patience_of(link: &mut ProcessLink) -> Duration {
    let request = Request::Step { spikes: &[0; 5] }.encode(1).unwrap();
    let start = Instant::now();
    link.send(&request[..12]).unwrap();
    assert_eq!(answer(link), (vec![], Status::BadCrc));
    start.elapsed()
}

/// Until it drops a request that breaks off, the board listens.
fn wait_for_silence(link: &mut ProcessLink, quiet: Duration) {
    let mut buffer = [0; 4096];
    let mut heard = Instant::now();
    while heard.elapsed() < quiet {
        if link.receive(&mut buffer, Duration::from_millis(20)).unwrap() > 0 {
            heard = Instant::now();
        }
    }
}

fn simulated_board() -> (Network, Design, PathBuf) {
    let network = network_within(Bounds { max_layers: 2, max_size: 24, max_fraction_bits: 3 }, 5);
    let quantized = Quantized { network: network.clone(), roundings: vec![], warnings: vec![] };
    let design = design(quantized, &Board::load("icebreaker").unwrap(), Clock::Oscillator).unwrap();
    let sources = SimulationSources::rtl(&design.top_files(), TOP);
    let (options, tools) = (VerilateOptions::from_environment(), Tools::from_environment());
    let harness = design.board_harness().unwrap();
    let program = verilate(&sources, &harness, &options, &tools, &mut |_| ()).unwrap();
    (network, design, program)
}

/// The answer to `request`, behind which come bytes that begin none.
fn ask(link: &mut ProcessLink, request: Request, behind: &[u8]) -> (Vec<u8>, Status) {
    link.send(&[request.encode(1).unwrap().as_slice(), behind].concat()).unwrap();
    answer(link)
}

/// Data, and the status that closes the request.
fn answer(link: &mut ProcessLink) -> (Vec<u8>, Status) {
    let mut decoder = Decoder::new(1);
    decoder.expect_data(4);
    let (mut data, mut buffer) = (vec![], [0; 64]);
    for _ in 0..1000 {
        let n = link.receive(&mut buffer, Duration::from_millis(20)).unwrap();
        decoder.push(&buffer[..n]);
        while let Some(response) = decoder.next_response() {
            match response {
                Response::Data { bytes, .. } => data = bytes,
                Response::Status { status, .. } => return (data, status),
                Response::Spikes { .. } => panic!("spikes of no timestep"),
            }
        }
    }
    panic!("no status");
}

#[test]
fn the_board_answers_after_noise() {
    let (network, design, program) = simulated_board();
    let map = design.arch.host_map();
    let mut link = ProcessLink::spawn(Command::new(program)).unwrap();
    let quiet = 4 * patience_of(&mut link) + Duration::from_millis(100);
    let mut n_told = 0;
    for round in 0..N_ROUNDS {
        link.send(&noise(round)).unwrap();
        wait_for_silence(&mut link, quiet);
        // The next frame is answered; its status may tell that the noise came faster than it was refused.
        let (identity, status) = ask(&mut link, Request::Identity, &[]);
        assert_eq!(identity, map.identity.to_le_bytes(), "after noise {round}: {status:?}");
        assert!(matches!(status, Status::Ok | Status::Overrun), "after noise {round}: {status:?}");
        n_told += u64::from(status == Status::Overrun);
        let mut driver = Driver::open(link, map.clone(), ONE_ATTEMPT).unwrap();
        let train = train(round, network.input.n(), 3);
        assert_eq!(driver.run(&train).unwrap(), Reference::new(&network).run(&train).unwrap(), "after noise {round}");
        assert_eq!(driver.statistics().retries, 0);
        link = driver.into_link();
    }
    assert!((1..N_ROUNDS).contains(&n_told), "losses told in {n_told} of {N_ROUNDS} rounds");
}

/// A status of six bytes is on its way while four come in, of which the receiver holds one.
#[test]
fn bytes_lost_during_a_status_are_told_by_the_next() {
    let (_, _, program) = simulated_board();
    let mut link = ProcessLink::spawn(Command::new(program)).unwrap();
    let mut status = |request, behind: &[u8]| ask(&mut link, request, behind).1;
    assert_eq!(status(Request::Reset, &[]), Status::Ok);
    assert_eq!(status(Request::Reset, &[0; 4]), Status::Ok);
    assert_eq!(status(Request::Identity, &[]), Status::Overrun);
    assert_eq!(status(Request::Identity, &[]), Status::Ok);
}
