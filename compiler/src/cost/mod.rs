//! What a folding takes: cycles and block RAMs exactly, logic and flip-flops by a linear model for each family.
//!
//! The model's coefficients are fitted to the builds of `sweep.json`, which `--example cost` of the runtime makes; where
//! these say little they are held near a count of tables by hand.

pub mod activity;
pub mod clock;
pub mod energy;
mod features;
pub mod switching;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use spikeforge_hdl::arch::{answer_cycles, cycles_of_beats, cycles_per_timestep, input_cycles, Arch, StageArch, Style};

use crate::board::{Board, Family};
use crate::encoder::{encoder_cells, encoder_memories};
use crate::memory::{block_rams, counts, memories, outbound};

pub use features::{features, Part, FEATURES, N_FEATURES};

/// The logic, and the flip-flops, of no design of the sweep differ more from the model.
pub const LOGIC_ERROR_PERCENT: u32 = 18;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// Between two timesteps when no beat is skipped: those of the slowest stage, or of what comes and goes at the host port.
    /// A recurrent layer takes more, as one timestep at a time is in its stage.
    pub cycles_per_timestep: usize,
    /// The same when every second beat is skipped, where a layer skips.
    pub skipping_cycles_per_timestep: usize,
    /// Until the first timestep has left the last stage.
    pub fill_cycles: usize,
    pub logic_cells: u32,
    pub flip_flops: u32,
    pub block_rams: u32,
}

impl Cost {
    pub fn of(arch: &Arch, board: &Board) -> Cost {
        Cost {
            cycles_per_timestep: arch.cycles_per_timestep().max(host_cycles(arch)),
            skipping_cycles_per_timestep: skipping_cycles(arch).max(host_cycles(arch)),
            fill_cycles: arch.turns().map(cycles_per_timestep).chain(arch.encoder_cycles()).sum(),
            logic_cells: logic_cells(arch, board),
            flip_flops: flip_flops(arch, board),
            block_rams: total_block_rams(arch, board),
        }
    }

    /// Of one presentation alone; the slowest stage sets the pace, the others fill the pipeline.
    pub fn cycles_per_presentation(&self, n_timesteps: usize) -> usize {
        self.fill_cycles + n_timesteps.saturating_sub(1) * self.cycles_per_timestep
    }

    /// Presentations one after the other, without skipped beats and waits for the host.
    #[allow(clippy::cast_precision_loss)]
    pub fn images_per_s(&self, n_timesteps: usize, system_hz: u32) -> f64 {
        f64::from(system_hz) / self.cycles_per_presentation(n_timesteps).max(1) as f64
    }
}

fn skipping_cycles(arch: &Arch) -> usize {
    let of_layers = |layers: &[StageArch]| cycles_of_beats(layers, &layers.iter().map(half_skipped).collect::<Vec<_>>());
    arch.turns().map(of_layers).chain(arch.encoder_cycles()).max().unwrap_or(0)
}

/// Beats of a timestep of which every second one that may be is skipped: spikes of images and of hidden layers fill fewer.
pub(crate) fn half_skipped(stage: &StageArch) -> usize {
    if stage.skip_zero_beats { stage.beats().div_ceil(2) } else { stage.beats() }
}

/// Of what comes and goes at the host port in a timestep; an encoder has the bytes of a whole presentation before it begins.
fn host_cycles(arch: &Arch) -> usize {
    let map = arch.host_map();
    let arrives = if arch.encoder.is_some() { 0 } else { input_cycles(map.input_bytes) };
    arrives.max(answer_cycles(8 * map.output_bytes))
}

pub fn total_block_rams(arch: &Arch, board: &Board) -> u32 {
    let in_blocks = arch.turns().flat_map(memories).chain(counts(arch)).chain(outbound(arch)).chain(encoder_memories(arch)).filter(|memory| memory.style == Style::Block);
    in_blocks.map(|memory| block_rams(&memory, board)).sum()
}

/// Logic cells as the board's place and route tool counts them.
pub fn logic_cells(arch: &Arch, board: &Board) -> u32 {
    rounded(logic_by_part(arch, board).values().sum())
}

/// Logic cells of each part of a design.
pub fn logic_by_part(arch: &Arch, board: &Board) -> BTreeMap<Part, f64> {
    let mut parts = BTreeMap::new();
    for ((feature, coefficient), (_, part)) in features(arch).iter().zip(coefficients(&LOGIC, board.family)).zip(FEATURES) {
        *parts.entry(part).or_insert(0.0) += feature * coefficient;
    }
    *parts.entry(Part::Control).or_insert(0.0) += f64::from(encoder_cells(arch));
    parts
}

/// Flip-flops as synthesis makes them; those of an encoder are left out.
pub fn flip_flops(arch: &Arch, board: &Board) -> u32 {
    let parts = features(arch).into_iter().zip(coefficients(&FLIP_FLOPS, board.family));
    rounded(parts.map(|(feature, coefficient)| feature * coefficient).sum()) + group_flip_flops(arch)
}

/// Those of them that need no model: what each group of lanes keeps for itself, a beat and three bits.
pub fn group_flip_flops(arch: &Arch) -> u32 {
    let registered = arch.turns().map(|layers| &layers[0]).filter(|stage| stage.memories.registered);
    // One group counts the inputs.
    registered.map(|stage| (u32::try_from(stage.lane_groups().len()).unwrap_or(u32::MAX) + 1) * (stage.beat + 3)).sum()
}

/// Coefficients of a family, read once.
struct Model {
    text: &'static str,
    read: OnceLock<BTreeMap<Family, [f64; N_FEATURES]>>,
}

static LOGIC: Model = Model { text: include_str!("model.json"), read: OnceLock::new() };
static FLIP_FLOPS: Model = Model { text: include_str!("flip_flops.json"), read: OnceLock::new() };

fn coefficients(model: &Model, family: Family) -> [f64; N_FEATURES] {
    let families = model.read.get_or_init(|| serde_json::from_str(model.text).unwrap_or_default());
    families.get(&family).copied().unwrap_or([0.0; N_FEATURES])
}

/// A design that was built, and what the tools and the simulation said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Built {
    pub board: String,
    /// Sizes of the layers, inputs first.
    pub network: String,
    /// Of the Verilog.
    pub hash: u64,
    pub logic_cells: u64,
    pub flip_flops: u64,
    pub block_rams: u64,
    /// Where it was routed.
    pub fmax_mhz: Option<f64>,
    /// Measured in simulation, every input firing.
    pub cycles_per_timestep: u64,
    pub arch: Arch,
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to the range first
pub(crate) fn rounded(cells: f64) -> u32 {
    cells.clamp(0.0, f64::from(u32::MAX)).round() as u32
}
