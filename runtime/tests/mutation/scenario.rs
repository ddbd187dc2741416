//! The traffic: everything that the protocol has, and everything that it refuses.

use spikeforge_compiler::compile::Design;
use spikeforge_compiler::pack::pack;
use spikeforge_hdl::contents::contents;
use spikeforge_hdl::protocol::{RegionMap, STATE};
use spikeforge_runtime::protocol::{pack_spikes, Request};
use spikeforge_sim::random::{train, SplitMix64};
use spikeforge_sim::{Network, Spikes};

use super::network::trains;
use super::traffic::Traffic;
use super::wider;

/// Values of 16 bits in which every bit is one and every bit is zero.
const LENGTHS: [u16; 2] = [0x5555, 0xAAAA];

pub fn traffic(design: &Design) -> Traffic {
    let network = design.network();
    let mut traffic = Traffic::new(network, &design.arch.host_map());
    traffic.ask(Request::Identity);
    presentations(&mut traffic, network);
    refusals(&mut traffic, network);
    damages(&mut traffic, network);
    let other = other(network);
    traffic.write(&other, &contents(&design.arch, &pack(&other, &design.arch)), false);
    presentations(&mut traffic, &other);
    misplaced_writes(&mut traffic, &design.arch.host_map().regions);
    presentations(&mut traffic, &other);
    traffic.write(network, &contents(&design.arch, &pack(network, &design.arch)), false);
    presentations(&mut traffic, network);
    traffic
}

/// What takes long to simulate: for the mutants that are left.
pub fn late_traffic(design: &Design) -> Traffic {
    let network = design.network();
    let mut traffic = Traffic::new(network, &design.arch.host_map());
    long_requests(&mut traffic, network);
    broken_requests(&mut traffic, network);
    wider::pauses(&mut traffic, network);
    traffic
}

/// Every weight the other way; parameters handed on from neuron to neuron, so that they fit their fields.
fn other(network: &Network) -> Network {
    let mut other = network.clone();
    for layer in &mut other.layers {
        for j in 0..layer.weights.n_neurons() {
            (0..layer.weights.n_inputs()).for_each(|i| layer.weights.set(j, i, !layer.weights.get(j, i)));
        }
        layer.neurons.threshold.rotate_left(1);
        layer.neurons.bias.rotate_left(2);
        layer.neurons.beta.rotate_left(3);
    }
    other
}

fn packed(traffic: &Traffic, train: &[Spikes]) -> Vec<u8> {
    train.iter().flat_map(|spikes| pack_spikes(spikes, traffic.map.input_bytes)).collect()
}

/// Whole presentations, and timestep by timestep with states read, from the first neuron and from others.
fn presentations(traffic: &mut Traffic, network: &Network) {
    for (at, train) in trains(network.input.n()).iter().enumerate() {
        let bytes = packed(traffic, train);
        if at % 2 == 0 {
            traffic.ask(Request::Run { train: &bytes });
            states(traffic, 0);
            continue;
        }
        traffic.ask(Request::Reset);
        for (at, spikes) in bytes.chunks(traffic.map.input_bytes).enumerate() {
            let step = traffic.encode(Request::Step { spikes });
            traffic.send(&step);
            if at % 3 == 1 {
                // Again under its number, then after a READ: answered, not executed.
                traffic.send(&step);
            }
            states(traffic, at);
        }
    }
    // The next request waits at the door.
    let bytes = packed(traffic, &train(99, network.input.n(), 3));
    let run = [traffic.encode(Request::Run { train: &bytes }), traffic.encode(Request::Identity)].concat();
    let again = [traffic.encode(Request::Reset), traffic.encode(Request::Run { train: &bytes })].concat();
    traffic.send(&[run, again].concat());
}

fn states(traffic: &mut Traffic, first: usize) {
    for (layer, map) in (0..).zip(traffic.map.layers.clone()) {
        let first = first % map.n_neurons;
        let n_bytes = u16::try_from((map.n_neurons - first) * map.bytes_per_neuron()).unwrap();
        traffic.ask(Request::State { layer, first_neuron: u16::try_from(first).unwrap(), n_bytes });
    }
}

/// Operations, places and lengths that are not there.
fn refusals(traffic: &mut Traffic, network: &Network) {
    for op in (0..=255).filter(|op| !(1..=5).contains(op)) {
        let header = with_crc(&[op ^ 0x3C, op, 0, 0, 0, 0, 0, 0]);
        traffic.send(&header);
    }
    for layer in (2..255).filter(|layer: &u8| layer.count_ones() < 3 || layer.count_zeros() < 3) {
        traffic.ask(Request::State { layer, first_neuron: 0, n_bytes: 1 });
    }
    for region in 1..16 {
        traffic.ask(Request::Rows { layer: 1, region, first_row: 0, n_bytes: 1 });
    }
    let spikes = packed(traffic, &train(7, network.input.n(), 4));
    let beat = traffic.map.input_bytes;
    for n in [0, 1, beat - 1, beat + 1, 2 * beat, 3 * beat - 1] {
        traffic.ask(Request::Step { spikes: &spikes[..n] });
        if n % beat != 0 || n == 0 {
            traffic.ask(Request::Run { train: &spikes[..n] });
        }
    }
    for n_bytes in 1..=4 {
        let identity = with_crc(&[n_bytes, 1, 0xFF, STATE, 0, 0, n_bytes, 0]);
        traffic.send(&identity);
    }
}

/// A header behind its sync, with a CRC that holds.
pub fn with_crc(header: &[u8; 8]) -> Vec<u8> {
    let crc = crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740).checksum(header).to_be_bytes();
    [&[0xA5], header.as_slice(), &crc].concat()
}

/// One bit turned over, in every byte of a header and of a payload; bytes between requests.
fn damages(traffic: &mut Traffic, network: &Network) {
    let train = train(3, network.input.n(), 2);
    let (one, two) = (packed(traffic, &train[..1]), packed(traffic, &train));
    let mut random = SplitMix64::new(4);
    let header_bits: Vec<usize> = (8..88).collect();
    for bit in header_bits {
        let mut bytes = traffic.encode(Request::Reset);
        bytes[bit / 8] ^= 1 << (bit % 8);
        traffic.send(&bytes);
    }
    traffic.ask(Request::Reset);
    for (payload, at) in [(&one, 0), (&two, 1), (&one, 2)] {
        for byte in 11..13 + payload.len() {
            let mut bytes = traffic.encode(match at {
                0 => Request::Step { spikes: payload },
                1 => Request::Run { train: payload },
                _ => Request::Write { layer: 0, region: 1, first_piece: 0, pieces: payload },
            });
            bytes[byte] ^= 1 << random.below(8);
            traffic.send(&bytes);
            if at == 2 {
                traffic.ask(Request::Reset);
            }
        }
    }
    let noise: Vec<u8> = (0..=255).filter(|byte| *byte != 0xA5).collect();
    traffic.send(&noise);
    traffic.lose();
    traffic.ask(Request::Run { train: &two });
}

/// Writes to memories that are not there, of no whole piece, or within a presentation: nothing changes.
fn misplaced_writes(traffic: &mut Traffic, regions: &[RegionMap]) {
    traffic.ask(Request::Reset);
    let pieces = vec![0xFF; traffic.map.input_bytes + 1];
    let (whole, piece) = (traffic.map.input_bytes, traffic.map.piece_bytes);
    for map in regions {
        let (layer, region) = (map.layer, map.region);
        for n in [0, 1, piece - 1, piece + 1, whole + 1] {
            if n % piece != 0 || n == 0 {
                traffic.ask(Request::Write { layer, region, first_piece: 0, pieces: &pieces[..n] });
            }
        }
    }
    for (layer, region) in [(0, 0), (0, 3), (1, 5), (1, 9), (2, 1), (4, 2), (128, 1), (254, 1)] {
        traffic.ask(Request::Write { layer, region, first_piece: 0, pieces: &pieces[..piece] });
    }
    let spikes = packed(traffic, &train(5, traffic.map.n_inputs, 1));
    traffic.ask(Request::Step { spikes: &spikes });
    traffic.ask(Request::Write { layer: 0, region: 1, first_piece: 0, pieces: &pieces[..piece] });
    traffic.ask(Request::Step { spikes: &spikes });
}

fn long_requests(traffic: &mut Traffic, network: &Network) {
    let bytes = packed(traffic, &train(11, network.input.n(), 150));
    traffic.ask(Request::Run { train: &bytes });
    states(traffic, 0);
    for len in LENGTHS {
        traffic.ask(Request::Step { spikes: &vec![0x5A; usize::from(len)] });
    }
    traffic.read_past(0, u16::MAX);
    states(traffic, 0);
}

/// Requests that end early, and one that the design must find behind each.
fn broken_requests(traffic: &mut Traffic, network: &Network) {
    let bytes = packed(traffic, &train(12, network.input.n(), 1));
    for n in [6, 11, 12 + bytes.len()] {
        traffic.break_off(Request::Step { spikes: &bytes }, n);
        traffic.ask(Request::Run { train: &bytes });
    }
}
