//! What the logic of a design grows with.

use serde::{Deserialize, Serialize};
use spikeforge_hdl::arch::{Arch, Field, HostOptions, NeuronArch, StageArch, Style, Synapse};
use spikeforge_hdl::protocol::{COUNTERS_OF_DESIGN, COUNTERS_OF_STAGE};

use crate::memory::{counts, memories, Memory};

pub const N_FEATURES: usize = 12;

/// A part of the hardware that a feature stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    HostPort,
    Control,
    Crossbars,
    Lif,
    Memories,
}

/// Name, part and meaning of each feature, in their order.
pub const FEATURES: [(&str, Part); N_FEATURES] = [
    // The host port, the serial port and the output buffer.
    ("design", Part::HostPort),
    // Schedule, drain, spike buffer and packer of a stage.
    ("stages", Part::Control),
    // What a further layer adds to a stage: its buffer, packer and constants.
    ("turns", Part::Control),
    // AND gates and popcount trees: lanes, and one that counts the inputs, times beat.
    ("synapses", Part::Crossbars),
    // Accumulators and drains: lanes times the bits of a count.
    ("counter_bits", Part::Crossbars),
    // Adders, compare and saturation of the LIF pipeline: bits of its sums.
    ("lif_bits", Part::Lif),
    // Adders of the leak: bits of the membrane times ones of a constant beta, or times the bits of a stored one; and those of
    // a factor of the timestep on the current.
    ("leak_bits", Part::Lif),
    // The walk over a window's taps: bits of a beat, and its counters.
    ("windows", Part::Control),
    // Memories built of logic, in units of a table's or a flip-flop's share.
    ("logic_memory", Part::Memories),
    // A port through which the host writes: addresses and regions.
    ("writes", Part::HostPort),
    // The way of a piece to each lane's word.
    ("written_lanes", Part::HostPort),
    // Counters, and the way of each to the host.
    ("counters", Part::HostPort),
];

/// Of `logic_memory` among the features of a stage.
const LOGIC_MEMORY: usize = 7;
/// What compares the scores of a design that tells the class, in the units of `logic_memory`.
const VERDICT_CELLS: f64 = 250.0;

/// The features of a design.
pub fn features(arch: &Arch) -> [f64; N_FEATURES] {
    let mut all = [0.0; N_FEATURES];
    let [design, stages @ .., writes, written_lanes, counters] = &mut all;
    *design = 1.0;
    let n_stages = arch.turns().count();
    if arch.host.writes {
        *writes = 1.0;
        *written_lanes = arch.turns().map(|layers| real(layers[0].lanes)).sum();
    }
    if arch.host.counters {
        *counters = real(COUNTERS_OF_DESIGN + COUNTERS_OF_STAGE * n_stages);
    }
    let counts = counts(arch).filter(|memory| memory.style == Style::Logic);
    stages[LOGIC_MEMORY] += real(counts.map_or(0, |memory| memory.logic_cost(arch.host)));
    if arch.host.argmax.is_some() {
        stages[LOGIC_MEMORY] += VERDICT_CELLS;
    }
    for layers in arch.turns() {
        for (sum, part) in stages.iter_mut().zip(of_stage(layers, arch.host)) {
            *sum += part;
        }
    }
    all
}

fn of_stage(layers: &[StageArch], host: HostOptions) -> [f64; N_FEATURES - 4] {
    let stage = &layers[0];
    let fan_in = layers.iter().map(StageArch::fan_in).max().unwrap_or(0);
    let count_bits = f64::from(usize::BITS - fan_in.leading_zeros());
    let (lanes, pipelines) = (real(stage.lanes + 1), real(stage.pipelines));
    [
        1.0,
        real(layers.len() - 1),
        lanes * f64::from(stage.beat),
        lanes * count_bits,
        pipelines * (count_bits + f64::from(stage.neuron.fraction_bits)),
        pipelines * leak_bits(&stage.neuron) + scaling_bits(stage),
        if stage.window.is_some() { 1.0 + f64::from(stage.beat) / 30.0 } else { 0.0 },
        real(logic_memory(layers, host)),
    ]
}

fn leak_bits(neuron: &NeuronArch) -> f64 {
    let terms = match neuron.beta {
        Field::Constant(beta) => non_adjacent_ones(beta.unsigned_abs()).saturating_sub(1),
        Field::Stored { .. } => neuron.beta_bits,
    };
    // A synapse leaks too, and its sum is one more.
    let of_synapse = |synapse: &Synapse| {
        let terms = non_adjacent_ones(synapse.decay.unsigned_abs()).max(1);
        f64::from(synapse.bits) * f64::from(if synapse.decays.is_empty() { terms } else { neuron.beta_bits })
    };
    f64::from(neuron.membrane_bits) * f64::from(terms) + neuron.synapse.as_ref().map_or(0.0, of_synapse)
}

fn scaling_bits(stage: &StageArch) -> f64 {
    stage.neuron.scaling.as_ref().map_or(0.0, |scaling| f64::from(stage.current_bits()) * f64::from(scaling.scale_bits))
}

/// The least number of powers of two whose sum or difference is `value`: its ones in the non-adjacent form.
fn non_adjacent_ones(value: u64) -> u32 {
    (value ^ (3 * value)).count_ones()
}

/// Memories built of logic, at what a table or a flip-flop takes.
fn logic_memory(layers: &[StageArch], host: HostOptions) -> usize {
    let in_logic = |memory: &&Memory| matches!(memory.style, Style::Logic | Style::Distributed);
    memories(layers).iter().filter(in_logic).map(|memory| memory.logic_cost(host)).sum()
}

#[allow(clippy::cast_precision_loss)]
fn real(count: usize) -> f64 {
    count as f64
}
