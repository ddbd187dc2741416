//! What a board can make of a network: the foldings that no other beats in every way.

use std::fmt;

use serde::Serialize;
use spikeforge_hdl::arch::{Arch, StageArch};
use spikeforge_sim::Network;

use crate::board::Board;
use crate::cost::activity::Activity;
use crate::cost::clock::FmaxClass;
use crate::cost::energy::{Energy, UNCERTAINTY};
use crate::cost::{rounded, LOGIC_ERROR_PERCENT};
use crate::fold::{candidates, pareto, Candidate, FoldError, Wish};

/// A table of foldings, fastest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exploration {
    pub board: String,
    pub clock_mhz: f64,
    /// What clocks parts like the board's were routed for, where any was.
    pub fmax: Option<FmaxClass>,
    pub n_timesteps: usize,
    pub n_tried: usize,
    pub rows: Vec<Row>,
    /// Of each layer, where a calibration set was given.
    pub skipping: Vec<Skipping>,
}

/// A folding, predicted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// `layer+layer lanes x beat` of each stage; layers joined by + take turns.
    pub stages: String,
    /// Whether beats without a spike are skipped in the layers that are wide enough.
    pub skips: bool,
    pub cycles_per_timestep: usize,
    /// At the clock, when no beat is skipped.
    pub images_per_s: u32,
    /// Mean over the calibration set.
    pub calibrated_cycles_per_timestep: Option<usize>,
    pub calibrated_images_per_s: Option<u32>,
    pub logic_cells: u32,
    pub logic_percent: u32,
    pub flip_flops: u32,
    pub block_rams: u32,
    pub energy: Energy,
}

/// What leaving out beats without a spike gains a layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Skipping {
    pub layer: String,
    pub beat: u32,
    pub beats: usize,
    /// Mean of those that hold a spike.
    pub beats_with_a_spike: f64,
    /// Whether the fastest folding skips here.
    pub skips: bool,
}

/// Every folding that is best in some way, at a clock of `system_hz`.
pub fn explore(
    network: &Network,
    board: &Board,
    system_hz: u32,
    n_timesteps: usize,
    activity: Option<&Activity>,
) -> Result<Exploration, FoldError> {
    let all = candidates(network, board, &Wish::fastest(system_hz))?;
    let front = pareto(&all);
    let row = |candidate: &Candidate| row(network, board, candidate, (system_hz, n_timesteps), activity);
    let skipping = match (activity, front.first()) {
        (Some(activity), Some(fastest)) => skipping(network, &fastest.arch, activity),
        _ => vec![],
    };
    Ok(Exploration {
        board: board.name.clone(),
        clock_mhz: f64::from(system_hz) / 1e6,
        fmax: FmaxClass::of(board),
        n_timesteps,
        n_tried: all.len(),
        rows: front.iter().map(row).collect(),
        skipping,
    })
}

fn row(network: &Network, board: &Board, candidate: &Candidate, pace: (u32, usize), activity: Option<&Activity>) -> Row {
    let (system_hz, n_timesteps) = pace;
    let Candidate { arch, cost } = candidate;
    let calibrated = activity.map(|activity| activity.cycles_per_timestep(arch));
    let rate = |cycles: usize| rounded(f64::from(system_hz) / real(cycles * n_timesteps));
    Row {
        stages: stages(network, arch),
        skips: arch.stages.iter().any(|stage| stage.skip_zero_beats),
        cycles_per_timestep: cost.cycles_per_timestep,
        images_per_s: rounded(cost.images_per_s(n_timesteps, system_hz)),
        calibrated_cycles_per_timestep: calibrated,
        calibrated_images_per_s: calibrated.map(rate),
        logic_cells: cost.logic_cells,
        logic_percent: rounded(100.0 * f64::from(cost.logic_cells) / f64::from(board.resources.logic_cells)),
        flip_flops: cost.flip_flops,
        block_rams: cost.block_rams,
        energy: Energy::of(arch, board, activity, n_timesteps),
    }
}

/// The stages in words; behind `of` the LIF pipelines, where there are several.
pub fn stages(network: &Network, arch: &Arch) -> String {
    let mut names = network.layers.iter().map(|layer| layer.name.as_str());
    let stage = |layers: &[StageArch]| {
        let of_stage: Vec<&str> = names.by_ref().take(layers.len()).collect();
        let of = if layers[0].pipelines > 1 { format!(" of {}", layers[0].pipelines) } else { String::new() };
        format!("{} {}x{}{of}", of_stage.join("+"), layers[0].lanes, layers[0].beat)
    };
    arch.turns().map(stage).collect::<Vec<_>>().join(", ")
}

fn skipping(network: &Network, arch: &Arch, activity: &Activity) -> Vec<Skipping> {
    let layers = network.layers.iter().zip(&arch.stages).enumerate();
    layers
        .map(|(index, (layer, stage))| Skipping {
            layer: layer.name.clone(),
            beat: stage.beat,
            beats: stage.beats(),
            beats_with_a_spike: activity.beats(index, &StageArch { skip_zero_beats: true, ..stage.clone() }),
            skips: stage.skip_zero_beats,
        })
        .collect()
}

#[allow(clippy::cast_precision_loss)]
fn real(count: usize) -> f64 {
    count as f64
}

impl fmt::Display for Exploration {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Exploration { board, clock_mhz, fmax, n_timesteps, n_tried, rows, skipping } = self;
        writeln!(f, "{board} at {clock_mhz:.1} MHz, presentations of {n_timesteps} timesteps: {} of {n_tried} foldings are best in some way", rows.len())?;
        let width = rows.iter().map(|row| row.stages.len()).max().unwrap_or(0).max(33);
        writeln!(f, "  {:width$}  skips  cycles a timestep  images/s  logic cells   %  flip-flops  block RAMs  nJ an image", "layers lanes x beat of pipelines")?;
        for row in rows {
            write!(
                f,
                "  {:width$}  {:5}  {:17}  {:8}  {:11}  {:2}  {:10}  {:10}  {:11}",
                row.stages, if row.skips { "yes" } else { "no" }, row.cycles_per_timestep, row.images_per_s, row.logic_cells, row.logic_percent, row.flip_flops, row.block_rams, row.energy.nanojoules
            )?;
            match (row.calibrated_cycles_per_timestep, row.calibrated_images_per_s) {
                (Some(cycles), Some(rate)) => writeln!(f, "  calibrated: {cycles} cycles, {rate} images/s")?,
                _ => writeln!(f)?,
            }
        }
        for layer in skipping {
            let Skipping { layer, beat, beats, beats_with_a_spike, skips } = layer;
            let use_of_it = if *skips { "the others are skipped" } else { "none is skipped here" };
            writeln!(f, "  {layer}: {beats_with_a_spike:.1} of {beats} beats of {beat} hold a spike, {:.1} times fewer; {use_of_it}", real(*beats) / beats_with_a_spike.max(1.0))?;
        }
        fmax.iter().try_for_each(|fmax| writeln!(f, "  {fmax}"))?;
        write!(f, "  energy is an estimate of dynamic energy, within a factor of {UNCERTAINTY}; logic and flip-flops are estimated to {LOGIC_ERROR_PERCENT} %")
    }
}
