//! Weights and parameters written into the Verilated hardware: it then is the other network, membrane for membrane.

#![allow(clippy::unwrap_used)]

use std::process::Command;
use std::time::Duration;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock, Design, HardwareOptions};
use spikeforge_compiler::pack::pack;
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_hdl::arch::{cycles_per_timestep, Field, HostOptions};
use spikeforge_hdl::contents::{contents, Contents};
use spikeforge_hdl::protocol::{HostMap, BAD_REQUEST, OK};
use spikeforge_runtime::board_model::BoardModel;
use spikeforge_runtime::link::process::ProcessLink;
use spikeforge_runtime::link::Link;
use spikeforge_runtime::protocol::{pack_spikes, Request};
use spikeforge_runtime::verilated::Verilated;
use spikeforge_sim::random::{Bounds, SplitMix64};
use spikeforge_sim::{lockstep, random, Compare, Mismatch, Network, Reference};

fn design_of(network: &Network, board: &str) -> Design {
    let quantized = Quantized { network: network.clone(), roundings: vec![], warnings: vec![] };
    let hardware = HardwareOptions { host: HostOptions { writes: true, counters: true, argmax: None }, ..Clock::Oscillator.into() };
    design(quantized, &Board::load(board).unwrap(), hardware).unwrap()
}

fn simulated(design: &Design) -> Verilated {
    Verilated::open(simulation(design), design.arch.host_map()).unwrap()
}

fn simulation(design: &Design) -> Command {
    let sources = SimulationSources::rtl(&design.accelerator_files(), spikeforge_hdl::emit::ACCELERATOR);
    let (options, tools) = (VerilateOptions::for_short_runs(), Tools::from_environment());
    Command::new(verilate(&sources, &design.accelerator_harness(), &options, &tools, &mut |_| ()).unwrap())
}

/// Every weight drawn anew; thresholds, biases and betas handed on from neuron to neuron, so that they fit the fields.
fn other(network: &Network, seed: u64) -> Network {
    let mut random = SplitMix64::new(seed);
    let mut other = network.clone();
    for layer in &mut other.layers {
        for j in 0..layer.weights.n_neurons() {
            for i in 0..layer.weights.n_inputs() {
                layer.weights.set(j, i, random.below(2) == 1);
            }
        }
        layer.neurons.threshold.rotate_left(1);
        layer.neurons.bias.rotate_left(1);
        layer.neurons.beta.rotate_left(1);
    }
    other
}

fn small(seed: u64) -> Network {
    random::network_within(Bounds { max_layers: 2, max_size: 60, ..Bounds::default() }, seed)
}

fn memories(design: &Design, network: &Network) -> Vec<Contents> {
    contents(&design.arch, &pack(network, &design.arch))
}

fn mismatch(network: &Network, dut: &mut Verilated, seed: u64) -> Option<Mismatch> {
    let train = random::train(seed, network.input.n(), 6);
    lockstep(&mut Reference::new(network), dut, &train, Compare::States).unwrap().mismatch
}

/// Sizes, widths, fields and foldings by seed and board; the old network, the other, and the old one again.
#[test]
fn a_written_network_is_the_network() {
    let mut n_stored = 0;
    let dense = (20..24).map(|seed| (seed, small(seed)));
    let networks = dense.chain([(3, random::convolutional_network(3))]);
    for ((seed, network), board) in networks.zip(["ulx3s-85f", "hx8k-breakout", "icebreaker"].into_iter().cycle()) {
        let design = design_of(&network, board);
        let other = other(&network, seed);
        let mut dut = simulated(&design);
        for (round, now) in [&network, &other, &network].into_iter().enumerate() {
            if round > 0 {
                dut.write(&memories(&design, now)).unwrap();
            }
            for train in 0..3 {
                assert_eq!(mismatch(now, &mut dut, train), None, "seed {seed} on {board}, round {round}");
            }
        }
        let fields = design.arch.stages.iter().flat_map(|stage| [stage.neuron.threshold, stage.neuron.bias, stage.neuron.beta]);
        n_stored += fields.filter(|field| matches!(field, Field::Stored { .. })).count();
    }
    assert!(n_stored > 3, "only {n_stored} parameters lie in memories");
}

/// Counted in the hardware and told by the reference.
#[test]
fn counters_tell_what_was_run() {
    let network = small(20);
    let design = design_of(&network, "hx8k-breakout");
    let mut dut = simulated(&design);
    let before = dut.counters().unwrap().unwrap();
    assert_eq!((before.timesteps, before.presentations, before.bad_frames, before.lost_bytes), (0, 0, 0, 0));
    for train in 0..3 {
        assert_eq!(mismatch(&network, &mut dut, train), None);
    }
    let counters = dut.counters().unwrap().unwrap();
    assert_eq!((counters.timesteps, counters.presentations, counters.bad_frames), (18, 3, 0));
    for (counted, stage) in counters.stages.iter().zip(&design.arch.stages) {
        let most = u32::try_from(18 * stage.weight_words()).unwrap();
        assert!(!stage.skip_zero_beats, "the number of beats is known only when none is skipped");
        assert_eq!(counted.beats, most);
        assert!(counted.busy_cycles >= counted.beats + counted.waited, "{counted:?}");
        assert!(counted.busy_cycles <= u32::try_from(18 * (cycles_per_timestep(std::slice::from_ref(stage)) + 20)).unwrap(), "{counted:?}");
    }
}

/// One wrong weight in what is written is found.
#[test]
fn a_planted_fault_is_found() {
    let network = small(21);
    let design = design_of(&network, "hx8k-breakout");
    let other = other(&network, 1);
    let mut written = memories(&design, &other);
    written[0].pieces[0] ^= 1;
    let mut dut = simulated(&design);
    dut.write(&written).unwrap();
    let found = (0..20).find_map(|train| mismatch(&other, &mut dut, train)).unwrap();
    assert_eq!((found.layer.0, found.neuron), (0, 0));
}

/// Places and numbers of pieces around the end of a memory, and far outside, where the bits above the memory's address
/// would be lost.
fn places_about(end: usize, most: usize) -> Vec<(usize, usize)> {
    let near = (1..=most).flat_map(|n| (end.saturating_sub(n)..end + 2).map(move |place| (place, n)));
    let far = (0..20).map(|bit| (1 << bit) | (end - 1)).chain([(1 << 20) - 1]).flat_map(|place| [(place, 1), (place, most)]);
    near.chain(far).collect()
}

/// Asks both, and gives the status that both tell.
fn ask_both(hardware: &mut ProcessLink, board: &mut impl Link, bytes: &[u8]) -> u8 {
    board.send(bytes).unwrap();
    let mut expected = vec![0; 4096];
    let n = board.receive(&mut expected, Duration::ZERO).unwrap();
    hardware.send(bytes).unwrap();
    let mut got = vec![];
    while got.len() < n {
        let mut buffer = vec![0; n - got.len()];
        let n_more = hardware.receive(&mut buffer, Duration::from_secs(20)).unwrap();
        assert!(n_more > 0, "the hardware is silent behind {got:x?} to {bytes:x?}");
        got.extend(&buffer[..n_more]);
    }
    assert_eq!(got, expected[..n], "hardware (left), software's board (right), to {bytes:x?}");
    got[n - 3]
}

fn run(map: &HostMap, network: &Network) -> Vec<u8> {
    let train = random::train(1, network.input.n(), 6);
    let packed: Vec<u8> = train.iter().flat_map(|spikes| pack_spikes(spikes, map.input_bytes)).collect();
    Request::Run { train: &packed }.encode(0).unwrap()
}

/// What does not end within its memory is refused by the hardware as by the software's board, whole, and nothing is
/// changed; what does is taken.
#[test]
fn a_write_past_the_end_is_refused() {
    let network = small(20);
    let design = design_of(&network, "hx8k-breakout");
    let map = design.arch.host_map();
    let mut hardware = ProcessLink::spawn(simulation(&design)).unwrap();
    let mut board = BoardModel::new(Reference::new(&network), map.clone());
    let whole: Vec<Vec<u8>> = memories(&design, &network).iter().map(|memory| bytes_of(memory, map.piece_bytes)).collect();
    let most = map.input_bytes / map.piece_bytes;
    let (mut n_taken, mut n_refused) = (0, 0);
    ask_both(&mut hardware, &mut board, &Request::Reset.encode(1).unwrap());
    for (region, whole) in map.regions.iter().zip(&whole) {
        for (place, n) in places_about(region.places(), most) {
            // What is there already; where nothing can be, ones, which would show wherever they came to lie.
            let old = whole.get(place * map.piece_bytes..(place + n) * map.piece_bytes);
            let ones = vec![0xFF; n * map.piece_bytes];
            let pieces = old.unwrap_or(&ones);
            let first_piece = u32::try_from(place).unwrap();
            let request = Request::Write { layer: region.layer, region: region.region, first_piece, pieces };
            let status = ask_both(&mut hardware, &mut board, &request.encode(2).unwrap());
            assert_eq!(status, if old.is_some() { OK } else { BAD_REQUEST }, "{n} pieces from {place} of {region:?}");
            n_taken += usize::from(old.is_some());
            n_refused += usize::from(old.is_none());
        }
    }
    assert!(n_taken >= map.regions.len() && n_refused > 30 * map.regions.len(), "{n_taken} taken, {n_refused} refused");
    assert_eq!(ask_both(&mut hardware, &mut board, &run(&map, &network)), OK);
}

/// A memory as it goes over the wire.
fn bytes_of(memory: &Contents, piece_bytes: usize) -> Vec<u8> {
    memory.pieces.iter().flat_map(|piece| piece.to_le_bytes()[..piece_bytes].to_vec()).collect()
}
