//! Chooses the beat, the lanes and the memories of each layer, and which layers take turns on one stage's hardware.
//!
//! [`candidates`] are every balanced folding that fits the board's memories; a [`Goal`] picks one of them by
//! [`Cost`]. Cycles and block RAMs are exact; logic is a model held against builds.

mod banks;
mod candidates;
mod check;
mod ecp5;
mod fit;
mod pareto;

use spikeforge_hdl::arch::{Arch, EncoderArch, HostOptions};
use spikeforge_sim::Network;

use crate::board::Board;
use crate::cost::Cost;

pub use candidates::candidates;
pub use pareto::pareto;

/// Share of the logic cells that a design may use by the estimate, so that routing succeeds.
const LOGIC_PERCENT: u32 = 80;

/// What a folding is chosen for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// As fast as fits.
    Fastest,
    /// At least so many presentations a second at the system clock, in as little logic as it takes.
    Rate { images_per_s: f64, n_timesteps: usize },
    /// As fast as this share of the board's logic cells allows.
    Logic { percent: u32 },
}

/// What is asked of a folding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wish {
    pub goal: Goal,
    /// The first layer keeps the currents of an input that repeats.
    pub repeat_input: bool,
    /// Memories that the host writes are those of one layer.
    pub host: HostOptions,
    /// What codes the inputs before the first layer.
    pub encoder: Option<EncoderArch>,
    pub weights: WeightStyle,
    /// Weights and parameters may be exchanged in the bitstream: they lie in block RAM, with room for others.
    pub swappable: bool,
    /// Of the clock that a rate is meant at.
    pub system_hz: u32,
}

impl Wish {
    /// As fast as fits, and nothing beside.
    pub fn fastest(system_hz: u32) -> Wish {
        let (host, weights) = (HostOptions::default(), WeightStyle::Auto);
        Wish { goal: Goal::Fastest, repeat_input: false, host, encoder: None, weights, swappable: false, system_hz }
    }
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

/// A folding and what it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub arch: Arch,
    pub cost: Cost,
}

/// Why no folding will do.
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
    #[error("{asked} presentations a second are out of reach: the fastest folding for {board} gives {best} ({n_timesteps} timesteps of {cycles} cycles at {mhz:.1} MHz); use a faster clock (--pll), fewer timesteps, or one of: {others}")]
    Rate { asked: f64, board: String, best: u64, n_timesteps: usize, cycles: usize, mhz: f64, others: String },
    #[error("{percent} % of the logic of {board} are {allowed} cells: the smallest folding takes about {best}, which is {best_percent} %; use --max-logic {best_percent}, or one of: {others}")]
    Logic { percent: u32, board: String, allowed: u32, best: u32, best_percent: u32, others: String },
}

/// The folding that meets the wish.
pub fn fold(network: &Network, board: &Board, wish: &Wish) -> Result<Arch, FoldError> {
    let Wish { goal, system_hz, .. } = *wish;
    let all = candidates(network, board, wish)?;
    let chosen = match goal {
        Goal::Fastest => Some(fastest(&all)),
        Goal::Rate { images_per_s, n_timesteps } => {
            let meets = |candidate: &&Candidate| candidate.cost.images_per_s(n_timesteps, system_hz) >= images_per_s;
            all.iter().filter(meets).min_by_key(|candidate| (candidate.cost.logic_cells, candidate.cost.cycles_per_timestep))
        }
        Goal::Logic { percent } => {
            let allowed = allowed_cells(board, percent);
            let fits = |candidate: &&Candidate| candidate.cost.logic_cells <= allowed;
            all.iter().filter(fits).min_by_key(|candidate| (candidate.cost.cycles_per_timestep, candidate.cost.logic_cells))
        }
    };
    chosen.map(|candidate| candidate.arch.clone()).ok_or_else(|| unreachable_goal(&all, board, goal, system_hz))
}

/// There is always one: [`candidates`] refuses where nothing fits.
fn fastest(all: &[Candidate]) -> &Candidate {
    let pace = |candidate: &&Candidate| (candidate.cost.cycles_per_timestep, candidate.cost.skipping_cycles_per_timestep, candidate.cost.logic_cells);
    all.iter().min_by_key(pace).unwrap_or(&all[0])
}

fn allowed_cells(board: &Board, percent: u32) -> u32 {
    u32::try_from(u64::from(board.resources.logic_cells) * u64::from(percent) / 100).unwrap_or(u32::MAX)
}

fn unreachable_goal(all: &[Candidate], board: &Board, goal: Goal, system_hz: u32) -> FoldError {
    let (name, others) = (board.name.clone(), larger_boards(board));
    match goal {
        Goal::Rate { images_per_s, n_timesteps } => {
            let best = &fastest(all).cost;
            FoldError::Rate {
                asked: images_per_s,
                board: name,
                best: crate::cost::rounded(best.images_per_s(n_timesteps, system_hz).floor()).into(),
                n_timesteps,
                cycles: best.cycles_per_timestep,
                mhz: f64::from(system_hz) / 1e6,
                others,
            }
        }
        Goal::Fastest | Goal::Logic { .. } => {
            let percent = if let Goal::Logic { percent } = goal { percent } else { LOGIC_PERCENT };
            let best = all.iter().map(|candidate| candidate.cost.logic_cells).min().unwrap_or(0);
            let best_percent = (u64::from(best) * 100).div_ceil(u64::from(board.resources.logic_cells));
            FoldError::Logic {
                percent,
                board: name,
                allowed: allowed_cells(board, percent),
                best,
                best_percent: u32::try_from(best_percent).unwrap_or(u32::MAX),
                others,
            }
        }
    }
}

fn larger_boards(board: &Board) -> String {
    let in_blocks = |board: &Board| u64::from(board.resources.block_rams) * u64::from(board.resources.block_ram_bits);
    let bits = |board: &Board| in_blocks(board) + u64::from(board.resources.spram_bits);
    let all = Board::all().unwrap_or_default();
    let names: Vec<String> = all.into_iter().filter(|other| bits(other) > bits(board)).map(|other| other.name).collect();
    if names.is_empty() { "(none of the boards has more)".into() } else { names.join(", ") }
}
