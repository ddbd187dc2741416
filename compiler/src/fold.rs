//! Chooses lanes, beat and memories for each layer: as fast as fits the board.
//!
//! From one lane a layer, the slowest layer gets more lanes until its memories or lanes no longer fit. Cycles and
//! block RAMs are exact; logic is an estimate, kept below [`LOGIC_SHARE`] of the part.

use spikeforge_hdl::arch::{Arch, HostOptions, MemoryStyles, StageArch, Style};
use spikeforge_sim::Network;

use crate::board::Board;
use crate::memory::{block_rams, memories, MemoryKind};
use crate::place::{identity, stage};

/// Share of the logic cells that a design may use by the estimate, so that routing succeeds.
const LOGIC_SHARE: f64 = 0.8;
/// Memories of at most this many bits may be built of logic when block RAMs run short.
const LOGIC_MEMORY_BITS: usize = 1536;

/// Why no folding fits.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    #[error("the network needs {needed} block RAMs, {board} has {available}; use a smaller network, fewer --fraction-bits, or one of: {others}")]
    BlockRams { board: String, needed: u32, available: u32, others: String },
    #[error("the network needs about {needed} logic cells, {board} has {available}; use a smaller network, or one of: {others}")]
    LogicCells { board: String, needed: u32, available: u32, others: String },
    #[error("layer {layer} has {n} {what}; the host port addresses at most {most}")]
    TooLarge { layer: String, n: usize, what: &'static str, most: usize },
}

/// The fastest folding that fits.
pub fn fold(network: &Network, board: &Board, repeat_input: bool, host: HostOptions) -> Result<Arch, FoldError> {
    check_addresses(network)?;
    let beat = if board.resources.block_ram_bits >= 9000 { 32 } else { 16 };
    let lanes = vec![1; network.layers.len()];
    let arch = |lanes: &[usize], skip| with_host(arch(network, lanes, beat, skip, repeat_input), host);
    let mut best = fit(arch(&lanes, true), board).or_else(|_| fit(arch(&lanes, false), board))?;
    // Block RAMs have fixed shapes, so a wider folding may fit where a narrower one does not: try them all.
    let skip = best.stages[0].skip_zero_beats;
    let mut tried = best.clone();
    while let Some(wider) = widened(&tried) {
        let lanes: Vec<usize> = wider.stages.iter().map(|stage| stage.lanes).collect();
        tried = arch(&lanes, skip);
        if let Ok(fitting) = fit(tried.clone(), board) {
            best = fitting;
        }
    }
    Ok(best)
}

/// Addresses and lengths on the wire have 16 bits.
fn check_addresses(network: &Network) -> Result<(), FoldError> {
    const MOST: usize = 8192;
    for layer in &network.layers {
        for (n, what) in [(layer.n_inputs(), "inputs"), (layer.n_neurons(), "neurons")] {
            if n > MOST {
                return Err(FoldError::TooLarge { layer: layer.name.clone(), n, what, most: MOST });
            }
        }
    }
    Ok(())
}

fn arch(network: &Network, lanes: &[usize], beat: u32, skip_zero_beats: bool, repeat_input: bool) -> Arch {
    let styles = MemoryStyles { spikes: Style::Block, weights: Style::Block, state: Style::Block, parameters: Style::Block };
    let stages = network.layers.iter().zip(lanes).enumerate().map(|(index, (layer, &lanes))| StageArch {
        lanes,
        beat,
        keeps_currents: repeat_input && index == 0,
        skip_zero_beats: skip_zero_beats && layer.weights.n_inputs() > 128,
        memories: styles,
        ..stage(index, layer)
    });
    Arch { identity: identity(network), stages: stages.collect(), host: HostOptions::default() }
}

/// Memories that are written have room for parameters of other networks.
fn with_host(mut arch: Arch, host: HostOptions) -> Arch {
    arch.host = host;
    for stage in arch.stages.iter_mut().filter(|_| host.writes) {
        stage.neuron = stage.neuron.clone().with_room();
    }
    arch
}

/// The slowest stage with the next number of lanes that saves a group; `None` when it has a lane a neuron.
fn widened(arch: &Arch) -> Option<Arch> {
    let mut wider = arch.clone();
    let slowest = wider.stages.iter_mut().max_by_key(|stage| stage.cycles_per_timestep())?;
    let groups = slowest.groups();
    if groups == 1 {
        return None;
    }
    slowest.lanes = slowest.n_neurons.div_ceil(groups - 1);
    Some(wider)
}

/// `arch` with memories in logic where the block RAMs run short.
fn fit(mut arch: Arch, board: &Board) -> Result<Arch, FoldError> {
    let available = board.resources.block_rams;
    while total_block_rams(&arch, board) > available {
        if !move_smallest_to_logic(&mut arch) {
            return Err(FoldError::BlockRams {
                board: board.name.clone(),
                needed: total_block_rams(&arch, board),
                available,
                others: larger_boards(board),
            });
        }
    }
    let needed = logic_cells(&arch);
    let usable = f64::from(board.resources.logic_cells) * LOGIC_SHARE;
    if f64::from(needed) > usable {
        let available = board.resources.logic_cells;
        return Err(FoldError::LogicCells { board: board.name.clone(), needed, available, others: larger_boards(board) });
    }
    Ok(arch)
}

pub(crate) fn total_block_rams(arch: &Arch, board: &Board) -> u32 {
    let blocks = |stage: &StageArch| -> u32 {
        memories(stage).iter().filter(|memory| memory.style == Style::Block).map(|memory| block_rams(memory, board)).sum()
    };
    arch.stages.iter().map(blocks).sum()
}

/// False when no memory is small enough.
fn move_smallest_to_logic(arch: &mut Arch) -> bool {
    let candidate = (arch.stages.iter().enumerate())
        .flat_map(|(index, stage)| memories(stage).into_iter().map(move |memory| (index, memory)))
        .filter(|(_, memory)| memory.style == Style::Block && (1..=LOGIC_MEMORY_BITS).contains(&memory.bits()))
        // A ROM is cheap as logic, a RAM is a flip-flop a bit.
        .filter(|(_, memory)| !(arch.host.writes && matches!(memory.kind, MemoryKind::Weights | MemoryKind::Parameters)))
        .min_by_key(|(_, memory)| memory.logic_cost());
    let Some((index, memory)) = candidate else { return false };
    *memory.kind.style_mut(&mut arch.stages[index].memories) = Style::Logic;
    true
}

/// Logic cells by a linear estimate: synapses a cycle, counters a lane, LIF widths, memories in logic, and a constant
/// for the host port. Its factors are chosen by hand; the test below holds them against four builds for iCE40.
pub(crate) fn logic_cells(arch: &Arch) -> u32 {
    let stage_cells = |stage: &StageArch| -> f64 {
        let lanes = f64::from(u32::try_from(stage.lanes).unwrap_or(u32::MAX));
        let count_bits = f64::from(usize::BITS - stage.n_inputs.leading_zeros());
        let lif = 12.0 * f64::from(stage.neuron.membrane_bits);
        let in_logic: usize = memories(stage).iter().filter(|m| m.style == Style::Logic).map(|m| m.logic_cost()).sum();
        let memories = f64::from(u32::try_from(in_logic).unwrap_or(u32::MAX));
        (lanes + 1.0) * (2.6 * f64::from(stage.beat) + 2.2 * count_bits) + lif + 130.0 + memories
    };
    let cells = 650.0 + arch.stages.iter().map(stage_cells).sum::<f64>();
    rounded(cells)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to the range first
fn rounded(cells: f64) -> u32 {
    cells.clamp(0.0, f64::from(u32::MAX)).round() as u32
}

fn larger_boards(board: &Board) -> String {
    let bits = |board: &Board| u64::from(board.resources.block_rams) * u64::from(board.resources.block_ram_bits);
    let all = Board::all().unwrap_or_default();
    let names: Vec<String> = all.into_iter().filter(|other| bits(other) > bits(board)).map(|other| other.name).collect();
    if names.is_empty() { "(none of the boards has more)".into() } else { names.join(", ") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::Model;
    use crate::quantize::quantize;

    /// What yosys 0.23 and nextpnr 0.4 reported (`spikeforge build`): logic cells, block RAMs.
    const BUILT: [(&str, &str, u32, u32); 4] = [
        ("mnist_784_128_10", "hx8k-breakout", 3769, 32),
        ("mnist_784_128_10", "icebreaker", 3198, 30),
        ("digits_64_48_10", "hx8k-breakout", 2849, 32),
        ("digits_64_48_10", "icebreaker", 2896, 30),
    ];

    #[test]
    fn estimates_are_near_what_was_built() {
        for (model, board, cells, rams) in BUILT {
            let path = format!("{}/../examples/snntorch/{model}.nir", env!("CARGO_MANIFEST_DIR"));
            let network = quantize(&Model::read_nir(Path::new(&path)).unwrap(), &Default::default()).unwrap().network;
            let board = Board::load(board).unwrap();
            let arch = fold(&network, &board, false, HostOptions::default()).unwrap();
            assert_eq!(total_block_rams(&arch, &board), rams, "{model} on {}", board.name);
            let estimate = logic_cells(&arch);
            assert!(estimate.abs_diff(cells) * 10 <= cells, "{model} on {}: {estimate} for {cells}", board.name);
        }
    }
}
