//! Chooses lanes, beat and memories for each layer: as fast as fits the board.
//!
//! From one lane a layer, the slowest layer gets more lanes until its memories or lanes no longer fit. Cycles and
//! block RAMs are exact; logic is an estimate, kept below [`LOGIC_SHARE`] of the part.

use spikeforge_hdl::arch::{Arch, HostOptions, StageArch, Style};
use spikeforge_sim::{Layer, Network};

use crate::board::Board;
use crate::memory::{block_rams, memories, sprams};
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
    #[error("the weights need {needed} blocks of single-port RAM, {board} has {available}; use a smaller network")]
    Sprams { board: String, needed: u32, available: u32 },
    #[error("{board} has no single-port RAM for weights; icebreaker and icesugar have, or leave out --weights spram")]
    NoSpram { board: String },
    #[error("layer {layer} has {n} {what}; the host port addresses at most {most}")]
    TooLarge { layer: String, n: usize, what: &'static str, most: usize },
    #[error("layer {layer} sees frames of {expected} channels, the layer before it gives {got}; the channels of a convolution must be those of the convolution before it")]
    Frame { layer: String, expected: usize, got: usize },
}

/// What is asked of a folding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The first layer keeps its currents for an input that repeats.
    pub repeat_input: bool,
    pub host: HostOptions,
    pub weights: WeightStyle,
}

/// Where weights lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WeightStyle {
    /// In block RAM; those of the largest layers in single-port RAM where block RAM does not hold all.
    #[default]
    Auto,
    Block,
    /// Those of the largest layers in single-port RAM.
    Spram,
}

/// Bits of one block of single-port RAM.
const SPRAM_BITS: u32 = 1 << 18;

/// The fastest folding that fits, with the fewest layers in single-port RAM that it takes.
pub fn fold(network: &Network, board: &Board, wishes: Wishes) -> Result<Arch, FoldError> {
    let has_spram = board.resources.spram_bits > 0;
    let layers = network.layers.len();
    let tried = match wishes.weights {
        WeightStyle::Spram if !has_spram => return Err(FoldError::NoSpram { board: board.name.clone() }),
        WeightStyle::Spram => 1..=layers,
        WeightStyle::Auto if has_spram => 0..=layers,
        WeightStyle::Auto | WeightStyle::Block => 0..=0,
    };
    let mut largest: Vec<usize> = (0..layers).collect();
    largest.sort_by_key(|&layer| std::cmp::Reverse(network.layers[layer].weights.n_inputs() * network.layers[layer].weights.n_neurons()));
    let mut refused = None;
    for n_in_spram in tried {
        match fold_with(network, board, wishes, &largest[..n_in_spram]) {
            Ok(arch) => return Ok(arch),
            Err(error) => refused = Some(refused.unwrap_or(error)),
        }
    }
    Err(refused.unwrap_or(FoldError::NoSpram { board: board.name.clone() }))
}

fn fold_with(network: &Network, board: &Board, wishes: Wishes, in_spram: &[usize]) -> Result<Arch, FoldError> {
    let repeat_input = wishes.repeat_input;
    let host = HostOptions { writes: wishes.host.writes || !in_spram.is_empty(), ..wishes.host };
    check_addresses(network)?;
    let beat = if board.resources.block_ram_bits >= 9000 { 32 } else { 16 };
    let mut narrow: Vec<StageArch> =
        network.layers.iter().enumerate().map(|(index, layer)| one_lane(index, layer, beat)).collect();
    in_spram.iter().for_each(|&layer| narrow[layer].memories.weights = Style::Spram);
    let arch = |lanes: &[usize], skip: bool| {
        let stages = stages(&narrow, lanes, skip, repeat_input);
        with_room(Arch { identity: identity(network), stages, host, learning: None })
    };
    let lanes = vec![1; network.layers.len()];
    let mut best = fit(arch(&lanes, true), board).or_else(|_| fit(arch(&lanes, false), board))?;
    // Block RAMs have fixed shapes, so a wider folding may fit where a narrower one does not: try them all.
    let skip = best.stages.iter().any(|stage| stage.skip_zero_beats);
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
    const MOST: usize = 65_536;
    for layer in &network.layers {
        for (n, what) in [(layer.n_inputs(), "inputs"), (layer.n_neurons(), "neurons")] {
            if n > MOST {
                return Err(FoldError::TooLarge { layer: layer.name.clone(), n, what, most: MOST });
            }
        }
    }
    check_frames(network)
}

/// A window takes its frame in the order in which the layer before it gives its spikes.
fn check_frames(network: &Network) -> Result<(), FoldError> {
    for pair in network.layers.windows(2) {
        let Some(window) = &pair[1].window else { continue };
        let got = pair[0].weights.n_neurons();
        let expected = window.n_inputs() / window.n_frame().max(1);
        let is_vector = pair[0].window.is_none() && (expected == 1 || window.n_frame() == 1);
        if got != expected && !is_vector {
            return Err(FoldError::Frame { layer: pair[1].name.clone(), expected, got });
        }
    }
    Ok(())
}

/// A layer with one lane. A window takes the narrowest beat with which it is nearly as fast as with the widest.
fn one_lane(index: usize, layer: &Layer, widest: u32) -> StageArch {
    let beats = |stage: &StageArch| stage.window.iter().flat_map(|window| window.beats_at()).sum::<usize>();
    let stage = stage(index, layer, widest);
    let most = beats(&stage) + beats(&stage) / 10;
    let narrower = [8, 16].into_iter().filter(|&beat| stage.window.is_some() && beat < widest);
    let mut narrower = narrower.map(|beat| crate::place::stage(index, layer, beat));
    narrower.find(|narrower| beats(narrower) <= most).unwrap_or(stage)
}

fn stages(narrow: &[StageArch], lanes: &[usize], skip_zero_beats: bool, repeat_input: bool) -> Vec<StageArch> {
    let wider = |(index, (stage, &lanes)): (usize, (&StageArch, &usize))| StageArch {
        lanes,
        keeps_currents: repeat_input && index == 0 && !stage.recurrent,
        skip_zero_beats: skip_zero_beats && stage.window.is_none() && stage.n_inputs > 128,
        ..stage.clone()
    };
    narrow.iter().zip(lanes).enumerate().map(wider).collect()
}

/// Memories that are written have room for parameters of other networks.
fn with_room(mut arch: Arch) -> Arch {
    for stage in arch.stages.iter_mut().filter(|_| arch.host.writes) {
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
    slowest.lanes = match &slowest.window {
        None => slowest.n_neurons.div_ceil(groups - 1),
        // A group does not reach into the next position.
        Some(window) => (slowest.lanes + 1..=window.channels).find(|lanes| window.channels % lanes == 0)?,
    };
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
    let (needed, available) = (total_sprams(&arch), board.resources.spram_bits / SPRAM_BITS);
    if needed > available {
        return Err(FoldError::Sprams { board: board.name.clone(), needed, available });
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

fn total_sprams(arch: &Arch) -> u32 {
    arch.stages.iter().flat_map(memories).filter(|memory| memory.style == Style::Spram).map(|memory| sprams(&memory)).sum()
}

/// False when no memory is small enough.
fn move_smallest_to_logic(arch: &mut Arch) -> bool {
    let candidate = (arch.stages.iter().enumerate())
        .flat_map(|(index, stage)| memories(stage).into_iter().map(move |memory| (index, memory)))
        .filter(|(_, memory)| memory.style == Style::Block && (1..=LOGIC_MEMORY_BITS).contains(&memory.bits()))
        .min_by_key(|(_, memory)| memory.logic_cost(arch.host));
    let Some((index, memory)) = candidate else { return false };
    *memory.kind.style_mut(&mut arch.stages[index].memories) = Style::Logic;
    true
}

/// Logic cells by a linear estimate: synapses a cycle, counters a lane, LIF widths, memories in logic, and a constant
/// for the host port. Its factors are chosen by hand; the test below holds them against four builds for iCE40.
pub(crate) fn logic_cells(arch: &Arch) -> u32 {
    let stage_cells = |stage: &StageArch| -> f64 {
        let lanes = f64::from(u32::try_from(stage.lanes).unwrap_or(u32::MAX));
        let count_bits = f64::from(usize::BITS - stage.fan_in().leading_zeros());
        let window = if stage.window.is_some() { 5.0 * f64::from(stage.beat) + 150.0 } else { 0.0 };
        let lif = 12.0 * f64::from(stage.neuron.membrane_bits);
        let in_logic: usize = memories(stage).iter().filter(|m| m.style == Style::Logic).map(|m| m.logic_cost(arch.host)).sum();
        let memories = f64::from(u32::try_from(in_logic).unwrap_or(u32::MAX));
        (lanes + 1.0) * (2.6 * f64::from(stage.beat) + 2.2 * count_bits) + lif + 130.0 + window + memories
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
            let arch = fold(&network, &board, Wishes::default()).unwrap();
            assert_eq!(total_block_rams(&arch, &board), rams, "{model} on {}", board.name);
            let estimate = logic_cells(&arch);
            assert!(estimate.abs_diff(cells) * 10 <= cells, "{model} on {}: {estimate} for {cells}", board.name);
        }
    }
}
