//! The traffic for the mutants that the scenario leaves: networks drawn anew and written over the wire, every place that
//! can be read or written and those beside it, damage and loss within each kind of request, pauses that are no silence.

use spikeforge_compiler::compile::Design;
use spikeforge_compiler::pack::pack;
use spikeforge_compiler::swap::on_plan;
use spikeforge_hdl::contents::contents;
use spikeforge_hdl::protocol::{HostMap, RegionMap, STATE};
use spikeforge_runtime::protocol::{pack_spikes, Request};
use spikeforge_sim::random::{train, SplitMix64};
use spikeforge_sim::Network;

use super::scenario::with_crc;
use super::traffic::Traffic;

const N_NETWORKS: u64 = 14;
/// From this one on parameters are anywhere within their fields, which have room for more than the layer's own.
const FIRST_ROOMY: u64 = 8;
const N_TIMESTEPS: usize = 24;
/// Cycles that a host may pause for within a request: half of what counts as silence, and nearly all of it, which also
/// counts while the design answers.
const PAUSES: [u64; 2] = [1 << 17, (1 << 18) - 4000];

pub fn traffic(design: &Design) -> Traffic {
    let network = design.network();
    let mut traffic = Traffic::new(network, &design.arch.host_map());
    numbers_alike(&mut traffic, network);
    unknown_requests(&mut traffic);
    for seed in 0..N_NETWORKS {
        let drawn = drawn(design, seed);
        let memories = contents(&design.arch, &pack(&drawn, &design.arch));
        traffic.write(&drawn, &memories, seed % 2 == 0);
        presentations(&mut traffic, &drawn, seed);
        match seed {
            0 => reads(&mut traffic),
            1 => {
                writes_around_ends(&mut traffic);
                long_writes(&mut traffic);
                traffic.write(&drawn, &memories, true);
            }
            2 => damaged_writes(&mut traffic),
            3 => losses(&mut traffic, &drawn),
            _ => {}
        }
        presentations(&mut traffic, &drawn, seed + 100);
    }
    traffic
}

/// Requests that pause, which takes long: behind everything else.
pub fn pauses(traffic: &mut Traffic, network: &Network) {
    let spikes = packed(&traffic.map.clone(), network, 21, 1);
    for pause in PAUSES {
        for n in [6, 11 + spikes.len()] {
            traffic.pause(Request::Run { train: &spikes }, n, pause);
        }
    }
}

/// Weights of both signs alike, mostly of one, all of one, or alike by fours; each parameter anywhere between the least and
/// the most of its layer, or of its field within what a network may have.
fn drawn(design: &Design, seed: u64) -> Network {
    let mut random = SplitMix64::new(seed + 40);
    let mut drawn = design.network().clone();
    for (at, layer) in drawn.layers.iter_mut().enumerate() {
        let arch = &design.arch.stages[at].neuron;
        // The most that a sum can be needs every weight, and the least none.
        let ones = match (seed, at) {
            (4, _) | (6, 0) => 16,
            (5, _) => 0,
            _ => random.pick(&[4, 8, 12]),
        };
        // Counts are of four weights first: their most must be reached without a sum that saturates.
        let alike = if (6..FIRST_ROOMY).contains(&seed) { 4 } else { 1 };
        for j in 0..layer.weights.n_neurons() {
            let n_inputs = layer.weights.n_inputs();
            for from in (0..n_inputs).step_by(alike) {
                let one = random.chance(ones, 16);
                (from..n_inputs.min(from + alike)).for_each(|i| layer.weights.set(j, i, one));
            }
        }
        let mut beta: Vec<i64> = layer.neurons.beta.iter().map(|beta| i64::from(*beta)).collect();
        let one = 1 << layer.neurons.beta_bits;
        for (values, field, (least, most)) in [
            (&mut layer.neurons.threshold, arch.threshold, (1, (1 << (layer.neurons.membrane_bits - 1)) - 1)),
            (&mut layer.neurons.bias, arch.bias, (i64::MIN, i64::MAX)),
            (&mut beta, arch.beta, (0, one)),
        ] {
            let own = (*values.iter().min().unwrap(), *values.iter().max().unwrap());
            let (low, high) = if seed < FIRST_ROOMY { own } else { field.range() };
            within(&mut random, values, (low.max(least), high.min(most)));
        }
        layer.neurons.beta = beta.into_iter().map(|beta| u32::try_from(beta).unwrap()).collect();
    }
    let drawn = Network::new(drawn.input, drawn.layers).unwrap();
    on_plan(&drawn, design.network(), &design.arch).unwrap()
}

/// Every other value an end of the range.
fn within(random: &mut SplitMix64, values: &mut [i64], (least, most): (i64, i64)) {
    for value in values {
        *value = match random.below(4) {
            0 => least,
            1 => most,
            _ => random.within(least, most),
        };
    }
}

fn packed(map: &HostMap, network: &Network, seed: u64, n_timesteps: usize) -> Vec<u8> {
    let train = train(seed, network.input.n(), n_timesteps);
    train.iter().flat_map(|spikes| pack_spikes(spikes, map.input_bytes)).collect()
}

/// Requests whose numbers differ in one bit: each is executed.
fn numbers_alike(traffic: &mut Traffic, network: &Network) {
    let spikes = packed(&traffic.map.clone(), network, 55, 16);
    for (at, step) in spikes.chunks(traffic.map.input_bytes).enumerate() {
        traffic.ask_beside(Request::Step { spikes: step }, 1 << (at % 8));
    }
    states(traffic);
}

/// A RUN, STEPs that go on from where it ended, a RESET, and states behind each.
fn presentations(traffic: &mut Traffic, network: &Network, seed: u64) {
    let map = traffic.map.clone();
    traffic.ask(Request::Run { train: &packed(&map, network, seed + 1, N_TIMESTEPS) });
    states(traffic);
    let ones = vec![0xFF; map.input_bytes];
    let more = [packed(&map, network, seed + 2, 6), ones.repeat(3), vec![0; map.input_bytes * 3], ones].concat();
    for resets in [false, true] {
        if resets {
            traffic.ask(Request::Reset);
        }
        for spikes in more.chunks(map.input_bytes) {
            traffic.ask(Request::Step { spikes });
            states(traffic);
        }
    }
}

fn states(traffic: &mut Traffic) {
    for (layer, map) in (0..).zip(traffic.map.layers.clone()) {
        let n_bytes = u16::try_from(map.n_neurons * map.bytes_per_neuron()).unwrap();
        traffic.ask(Request::State { layer, first_neuron: 0, n_bytes });
    }
}

/// The state of each neuron alone, and of those from it on, cut within the last; no memory of weights can be read.
fn reads(traffic: &mut Traffic) {
    for (layer, map) in (0..).zip(traffic.map.layers.clone()) {
        for first in 0..map.n_neurons {
            let first_neuron = u16::try_from(first).unwrap();
            let rest = (map.n_neurons - first) * map.bytes_per_neuron();
            for n_bytes in [1, map.bytes_per_neuron(), rest - 1, rest] {
                traffic.ask(Request::State { layer, first_neuron, n_bytes: u16::try_from(n_bytes).unwrap() });
            }
        }
        for region in 1..16 {
            traffic.ask(Request::Rows { layer, region, first_row: 0, n_bytes: 4 });
        }
    }
}

/// Whatever op is not there, with fields that would mean something to one that is, and no payload.
fn unknown_requests(traffic: &mut Traffic) {
    let mut random = SplitMix64::new(8);
    for op in (0..=255).filter(|op| !(1..=5).contains(op)) {
        let [layer, region] = [random.pick(&[0, 1, 2, 254, 255]), random.pick(&[STATE, 1, 2, 0x11])];
        let len = random.pick(&[0, 1, 4, 8]);
        let header = with_crc(&[op ^ 0x5A, op, layer, region, random.pick(&[0, 1, 255]), random.pick(&[0, 128]), len, 0]);
        traffic.send(&header);
    }
}

/// Ones up to where a memory ends, over it, and a bit of the address away; all memories must be written anew behind it.
fn writes_around_ends(traffic: &mut Traffic) {
    traffic.ask(Request::Reset);
    let most = traffic.map.input_bytes / traffic.map.piece_bytes;
    for map in traffic.map.regions.clone() {
        let end = map.places();
        for n in 1..=most {
            let near = end.saturating_sub(4)..end + 2;
            let far = (0..20).map(|bit| (1 << bit) | (end - n)).filter(|place| place + n > end);
            near.chain(far).for_each(|place| write(traffic, &map, place, n));
        }
    }
    let reached: Vec<(u8, u8)> = traffic.map.regions.iter().map(|map| (map.layer, map.region)).collect();
    for (layer, region) in (0..4).chain([16, 64, 128]).flat_map(|layer| (0..16).map(move |region| (layer, region))) {
        if !reached.contains(&(layer, region)) {
            let map = RegionMap { layer, region, ..traffic.map.regions[0] };
            write(traffic, &map, 0, 1);
        }
    }
}

fn write(traffic: &mut Traffic, map: &RegionMap, place: usize, n_pieces: usize) {
    let pieces = vec![0xFF; n_pieces * traffic.map.piece_bytes];
    let first_piece = u32::try_from(place).unwrap();
    traffic.ask(Request::Write { layer: map.layer, region: map.region, first_piece, pieces: &pieces });
}

/// Longer than a timestep's input, by a little and by each bit of the length, in whole pieces: refused.
fn long_writes(traffic: &mut Traffic) {
    let map = traffic.map.regions[0].clone();
    let most = traffic.map.input_bytes / traffic.map.piece_bytes;
    (most + 1..most + 8).for_each(|n_pieces| write(traffic, &map, 0, n_pieces));
    for bit in 3..16 {
        write(traffic, &map, 0, (1 << bit) / traffic.map.piece_bytes);
    }
}

/// To every memory, each bit of the payload's CRC turned over: nothing is written.
fn damaged_writes(traffic: &mut Traffic) {
    traffic.ask(Request::Reset);
    let pieces = vec![0xFF; traffic.map.piece_bytes];
    for map in traffic.map.regions.clone() {
        for bit in 0..16 {
            let mut bytes =
                traffic.encode(Request::Write { layer: map.layer, region: map.region, first_piece: 0, pieces: &pieces });
            let crc = bytes.len() - 2;
            bytes[crc + bit / 8] ^= 1 << (bit % 8);
            traffic.send(&bytes);
        }
    }
}

/// A byte lost before each kind of request: it is answered, and its status tells.
fn losses(traffic: &mut Traffic, network: &Network) {
    let map = traffic.map.clone();
    let (one, three) = (packed(&map, network, 31, 1), packed(&map, network, 32, 3));
    traffic.lose_before(Request::Reset);
    traffic.lose_before(Request::Step { spikes: &one });
    traffic.lose_before(Request::Run { train: &three });
    traffic.lose_before(Request::State { layer: 1, first_neuron: 0, n_bytes: 2 });
    traffic.lose_before(Request::Step { spikes: &one[1..] });
    traffic.ask(Request::Step { spikes: &one });
}
