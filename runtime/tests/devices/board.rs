//! Boards in software for the tests, and what to ask of them.

use spikeforge_hdl::protocol::{HostMap, RegionMap, StateMap, WEIGHTS};
use spikeforge_runtime::board_model::BoardModel;
use spikeforge_runtime::driver::Patience;
use spikeforge_sim::random::{network_within, Bounds};
use spikeforge_sim::{Network, Reference};
use std::time::Duration;

/// No time passes in a board model, so none need be waited for.
pub const IMPATIENT: Patience = Patience {
    silence: Duration::from_millis(1),
    settle: Duration::from_millis(1),
    attempt: Duration::from_secs(10),
    attempts: 25,
};

pub fn small_network(seed: u64) -> Network {
    network_within(
        Bounds {
            max_size: 40,
            ..Bounds::default()
        },
        seed,
    )
}

/// The addresses of a network whose input is padded to beats of 4 bytes.
pub fn host_map(network: &Network) -> HostMap {
    let layers = network.layers.iter().zip(0..).map(|(layer, stage)| StateMap {
        stage,
        first_neuron: 0,
        n_neurons: layer.n_neurons(),
        channels: layer.weights.n_neurons(),
        membrane_bits: layer.neurons.membrane_bits,
        row_bits: 64,
    });
    HostMap {
        identity: 0x5F1C_E0DE,
        n_inputs: network.input.n(),
        input_channels: network.input.n(),
        value_bits: 1,
        input_bytes: network.input.n().div_ceil(32) * 4,
        n_outputs: network.n_outputs(),
        output_bytes: network.n_outputs().div_ceil(8),
        layers: layers.collect(),
        repeats: false,
        counts: false,
        tells_class: false,
        piece_bytes: 4,
        regions: regions(network),
        lessons: None,
    }
}

/// Memories of five lanes of 32 inputs.
fn regions(network: &Network) -> Vec<RegionMap> {
    let weights = |(layer, name): (u8, &spikeforge_sim::Layer)| RegionMap {
        layer,
        region: WEIGHTS,
        rows: name.weights.n_inputs().div_ceil(32) * name.weights.n_neurons().div_ceil(5),
        row_bits: 160,
        piece_bits: 32,
        is_volatile: false,
    };
    (0..).zip(&network.layers).map(weights).collect()
}

pub fn board(network: &Network) -> BoardModel<Reference> {
    BoardModel::new(Reference::new(network), host_map(network))
}
