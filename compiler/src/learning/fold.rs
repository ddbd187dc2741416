//! Chooses the lanes of layers that learn: as many as fit the board.

use spikeforge_hdl::arch::{Arch, HostOptions, StageArch, Style};
use spikeforge_hdl::plasticity::arch::{LearningArch, PlasticArch, RuleArch};
use spikeforge_hdl::plasticity::lessons::MOST_LAYERS;
use spikeforge_hdl::plasticity::word_memory::WordShape;
use spikeforge_sim::plasticity::{LearningNetwork, ReadoutKind};
use spikeforge_sim::Network;

use super::LearningDesignError;
use crate::board::Board;
use crate::memory::{block_rams, memories, outbound, Memory, MemoryKind};
use crate::place::{identity, stage};

/// More classes are not told apart a class a cycle and a weight a lane.
const MOST_CLASSES: usize = 64;
const MOST_INPUTS: usize = 8192;

/// Shares of the logic cells that a design may use by the estimate: lanes are added up to the first, beyond which routes
/// grow long; a design that does not fit it with one lane may fill the second.
const LOGIC_PERCENTS: [u32; 2] = [80, 92];
const LANES: [usize; 7] = [MOST_LANES, 32, 16, 8, 4, 2, 1];
/// Neurons of a layer that learn at once, at most.
pub const MOST_LANES: usize = 64;

/// The arch with the most lanes that fits, up to `most_lanes` (from 1), with room where it can; `forward` is the network of spikes.
pub(super) fn fold(
    network: &LearningNetwork,
    forward: &Network,
    (rule, max_timesteps, most_lanes): (RuleArch, usize, usize),
    board: &Board,
) -> Result<Arch, LearningDesignError> {
    check_sizes(network, max_timesteps)?;
    let mut refused = LearningDesignError::NotLearning;
    for percent in LOGIC_PERCENTS {
        for lanes in LANES.into_iter().filter(|&lanes| lanes <= most_lanes) {
            let arch = arch(network, forward, (rule, max_timesteps), lanes, board);
            match fits(&arch, board, percent) {
                Ok(()) => return Ok(arch),
                Err(error) => refused = error,
            }
        }
    }
    Err(refused)
}

pub(super) fn learning(arch: &Arch) -> Result<&LearningArch, LearningDesignError> {
    arch.learning.as_ref().ok_or(LearningDesignError::NotLearning)
}

fn check_sizes(network: &LearningNetwork, max_timesteps: usize) -> Result<(), LearningDesignError> {
    let neurons = network.layers.iter().map(|layer| layer.n_neurons()).max().unwrap_or(0);
    let sizes = [
        ("classes", network.n_classes, MOST_CLASSES),
        ("layers", network.layers.len(), MOST_LAYERS),
        ("inputs", network.n_lines(), MOST_INPUTS),
        ("neurons in a layer", neurons, MOST_INPUTS),
        ("timesteps in a sample", max_timesteps, 255),
    ];
    match sizes.into_iter().find(|&(_, got, most)| got > most) {
        Some((what, got, most)) => Err(LearningDesignError::TooLarge { what, got, most }),
        None => Ok(()),
    }
}

fn arch(
    network: &LearningNetwork,
    forward: &Network,
    (rule, max_timesteps): (RuleArch, usize),
    lanes: usize,
    board: &Board,
) -> Arch {
    let beat = if board.resources.block_ram_bits >= 9000 { 32 } else { 16 };
    let stages: Vec<StageArch> = (forward.layers.iter().enumerate())
        .map(|(index, layer)| StageArch {
            lanes: lanes.min(layer.weights.n_neurons()),
            skip_zero_beats: true,
            ..stage(index, layer, beat)
        })
        .collect();
    let layers = network.layers.iter().map(|layer| PlasticArch {
        latent_bits: layer.latent_bits,
        readout_bits: layer.readout.bits(),
        readout_of_signs: matches!(layer.readout, ReadoutKind::Sign { .. }),
        latents: Style::Block,
        readout: Style::Block,
    });
    let learning = LearningArch { rule, n_classes: network.n_classes, label_lines: network.label_lines, max_timesteps, layers: layers.collect() };
    Arch { identity: identity(forward, None), stages, host: HostOptions::default(), encoder: None, learning: Some(learning) }
}

fn fits(arch: &Arch, board: &Board, percent: u32) -> Result<(), LearningDesignError> {
    let (needed, available) = (total_block_rams(arch, board), board.resources.block_rams);
    if needed > available {
        return Err(LearningDesignError::BlockRams { board: board.name.clone(), needed, available });
    }
    let (needed, available) = (logic_cells(arch), board.resources.logic_cells);
    if needed > available * percent / 100 {
        return Err(LearningDesignError::LogicCells { board: board.name.clone(), needed, available });
    }
    Ok(())
}

/// Block RAMs of a learning design.
pub fn total_block_rams(arch: &Arch, board: &Board) -> u32 {
    let Some(learning) = &arch.learning else { return 0 };
    let memory = |words: usize, width: usize, style: Style| match style {
        Style::Logic | Style::Spram | Style::Distributed => 0,
        Style::Block => block_rams(&Memory { layer: 0, kind: MemoryKind::State, words, width, style }, board),
    };
    let shape = |shape: WordShape| memory(shape.words, shape.lanes * wide(shape.bits), shape.style);
    let time = bits(learning.max_timesteps);
    let of_stage = |(index, stage): (usize, &StageArch)| -> u32 {
        let forward = memories(std::slice::from_ref(stage)).into_iter().filter(|memory| memory.kind != MemoryKind::Weights);
        let forward: u32 = forward.map(|part| memory(part.words, part.width, part.style)).sum();
        let list = memory(stage.n_inputs, bits(stage.n_inputs - 1) + time, stage.memories.spikes);
        let counts = memory(stage.n_neurons, time, stage.memories.state);
        let plastic = shape(learning.latents(index, stage, stage.beat)) + shape(learning.readout(index, stage, stage.beat));
        let table = learning.table(stage, stage.beat).map_or(0, shape);
        let charges = match learning.rule {
            RuleArch::Stdp => memory(stage.n_neurons, wide(learning.crossed_bits(stage)), stage.memories.state),
            RuleArch::Sigprop => {
                memory(stage.n_neurons, wide(learning.crossed_bits(stage)), stage.memories.state)
                    + memory(stage.n_neurons, wide(learning.charge_bits(stage)), stage.memories.state)
            }
            RuleArch::ForwardForward | RuleArch::Symba => memory(stage.n_neurons, time, stage.memories.state),
            RuleArch::Pepita => {
                memory(stage.n_neurons, wide(learning.crossed_bits(stage)), stage.memories.state)
                    + memory(stage.n_neurons, wide(learning.charge_bits(stage)) + 1, stage.memories.state)
            }
            _ => 0,
        };
        forward + list + counts + plastic + table + charges
    };
    let first = &arch.stages[0];
    let sample = memory(first.beats() * learning.max_timesteps, wide(first.beat), first.memories.spikes);
    // PEPITA reads the label's and the rival's at once.
    let copies = if learning.rule == RuleArch::Pepita { 2 } else { 1 };
    let patterns = copies * learning.patterns(first, first.beat).map_or(0, shape);
    let outbound = outbound(arch).map_or(0, |part| memory(part.words, part.width, part.style));
    sample + patterns + outbound + arch.stages.iter().enumerate().map(of_stage).sum::<u32>()
}

/// Logic cells by a linear estimate: the update and the sum of each lane, the weight and the score of each class, the
/// changes that lanes share, and constants for control and host port. By sign-symmetric it was held against builds for
/// the HX8K with 16 lanes and the UP5K with 4; what other rules add is a guess from their registers and adders.
pub(super) fn logic_cells(arch: &Arch) -> u32 {
    let Some(learning) = &arch.learning else { return 0 };
    let classes = narrow(learning.n_classes);
    let of_stage = |(index, stage): (usize, &StageArch)| {
        let plastic = &learning.layers[index];
        let (lanes, counts) = (narrow(stage.lanes), narrow(bits(stage.n_inputs)) + 1);
        let score = plastic.readout_bits + narrow(bits(stage.n_neurons * learning.max_timesteps));
        // A lane chooses one of four changes, or of fourteen.
        let choice = if learning.rule.is_contrastive() { 8 * plastic.latent_bits } else { 0 };
        let lane = 5 * plastic.latent_bits + choice + 2 * counts;
        let class = 8 * plastic.readout_bits + 2 * score;
        let charges = match learning.rule {
            RuleArch::Sigprop => 6 * learning.charge_bits(stage) + 2 * classes,
            RuleArch::ForwardForward | RuleArch::Symba => 1800,
            RuleArch::Pepita => 6 * learning.charge_bits(stage),
            _ => 0,
        };
        lanes * lane + classes * class + 12 * stage.neuron.membrane_bits + charges + 1400
    };
    let beside = match learning.rule {
        RuleArch::Sigprop => 100,
        RuleArch::Pepita => 100 + 4 * arch.stages[0].beat,
        _ => 0,
    };
    1600 + beside + arch.stages.iter().enumerate().map(of_stage).sum::<u32>()
}

fn bits(max: usize) -> usize {
    usize::try_from((usize::BITS - max.leading_zeros()).max(1)).unwrap_or(64)
}

fn wide(bits: u32) -> usize {
    usize::try_from(bits).unwrap_or(usize::MAX)
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
