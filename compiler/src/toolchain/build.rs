//! Design files and a board -> bitstream and [`BuildReport`].

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::plan::Place;
use super::reports::{parse_blocks, parse_log, parse_report, parse_stat, Block, CellCounts, Routed};
use super::sources::read;
use super::{BuildOptions, BuildPlan, Progress, Runner, ToolError, Tools};
use crate::board::{Board, Family};
use crate::exchange::PLACED;

/// What was built, and how large and fast it is.
#[derive(Debug, Clone, Serialize)]
pub struct BuildReport {
    pub board: String,
    pub device: String,
    pub fmax_mhz: f64,
    /// The clock that the board gives the design.
    pub clock_mhz: f64,
    pub logic_cells: u64,
    pub logic_cells_available: u64,
    pub block_rams: u64,
    pub block_rams_available: u64,
    /// The slowest path in words.
    pub critical_path: String,
    /// The seed of place and route that was kept, and what each reached.
    pub seed: u32,
    pub seeds: Vec<SeedResult>,
    /// Cells after synthesis by their kind.
    pub cells: CellCounts,
    /// The same by block.
    pub blocks: Vec<Block>,
    pub bitstream: PathBuf,
    pub seconds: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SeedResult {
    pub seed: u32,
    pub fmax_mhz: f64,
}

/// Makes the bitstream of `design` in `folder`, where all files and logs stay.
///
/// Fails, after the bitstream is made, when the design is slower than its clock.
pub fn build(
    design: &[(String, String)],
    board: &Board,
    options: &BuildOptions,
    tools: &Tools,
    folder: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<BuildReport, ToolError> {
    let started = Instant::now();
    let marked = options.exchangeable.as_ref().map(|memories| memories.marked(design));
    let plan = BuildPlan::new(marked.as_deref().unwrap_or(design), board, options);
    let mut runner = Runner {
        tools,
        folder,
        progress,
    };
    runner.write(&plan.files)?;
    runner.run(&plan.synthesize)?;
    let mut tried = Vec::new();
    for place in &plan.places {
        place_and_route(&mut runner, place)?;
        tried.push((
            place,
            routed(
                &folder.join(&place.report),
                &folder.join(&place.command.log),
                board.family,
            )?,
        ));
    }
    let (best, routed) = keep_best(&tried, &plan, folder)?;
    if let Some(memories) = &options.exchangeable {
        memories.fill_first(folder, &plan, board.family)?;
    }
    runner.run(&plan.pack)?;
    let (fmax_mhz, clock_mhz) = (routed.fmax_mhz, f64::from(options.design_hz) / 1e6);
    if fmax_mhz < clock_mhz {
        return Err(ToolError::TooSlow { board: board.name.clone(), fmax_mhz, clock_mhz });
    }
    Ok(BuildReport {
        board: board.name.clone(),
        device: board.device.clone(),
        fmax_mhz,
        clock_mhz,
        logic_cells: routed.logic_cells.used,
        logic_cells_available: routed.logic_cells.available,
        block_rams: routed.block_rams.used,
        block_rams_available: routed.block_rams.available,
        critical_path: routed.critical_path.clone(),
        seed: best.seed,
        seeds: tried
            .iter()
            .map(|(place, routed)| SeedResult {
                seed: place.seed,
                fmax_mhz: routed.fmax_mhz,
            })
            .collect(),
        cells: parsed(&folder.join("synth.json"), parse_stat)?,
        blocks: parsed(&folder.join("spikeforge.json"), parse_blocks)?,
        bitstream: folder.join(plan.bitstream),
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// How long place and route may take where there is another way.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

fn place_and_route(runner: &mut Runner, place: &Place) -> Result<(), ToolError> {
    let Some(instead) = &place.instead else { return runner.run(&place.command) };
    match runner.run_within(&place.command, PATIENCE) {
        Err(ToolError::TookTooLong { .. }) => runner.run(instead),
        ended => ended,
    }
}

/// What `parse` reads in a file of the tools.
fn parsed<T>(path: &Path, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, ToolError> {
    parse(&read(path)?).map_err(|reason| ToolError::Report { path: path.to_owned(), reason })
}

/// Makes the netlist of `design` in `folder`, and goes no further.
pub fn synthesize(
    design: &[(String, String)],
    board: &Board,
    options: &BuildOptions,
    tools: &Tools,
    folder: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), ToolError> {
    let plan = BuildPlan::new(design, board, options);
    let mut runner = Runner {
        tools,
        folder,
        progress,
    };
    runner.write(&plan.files)?;
    runner.run(&plan.synthesize)
}

/// The fastest try becomes the routed design that is packed.
fn keep_best<'a>(
    tried: &'a [(&'a Place, Routed)],
    plan: &BuildPlan,
    folder: &Path,
) -> Result<&'a (&'a Place, Routed), ToolError> {
    let best = tried
        .iter()
        .max_by(|a, b| a.1.fmax_mhz.total_cmp(&b.1.fmax_mhz));
    let best = best.ok_or_else(|| ToolError::Report {
        path: folder.to_owned(),
        reason: "no seed was asked for, so nothing was placed".to_owned(),
    })?;
    let placed = best.0.placed.iter().map(|placed| (placed, PLACED));
    for (from, to) in [(&best.0.routed, plan.routed), (&best.0.report, "report.json")].into_iter().chain(placed) {
        let from = folder.join(from);
        fs::copy(&from, folder.join(to)).map_err(ToolError::io(&from))?;
    }
    Ok(best)
}

/// The report of place and route, or its log where a version writes no report.
fn routed(report: &Path, log: &Path, family: Family) -> Result<Routed, ToolError> {
    let (path, parsed) = match report.is_file() {
        true => (report, parse_report(&read(report)?, family)),
        false => (log, parse_log(&read(log)?, family)),
    };
    parsed.map_err(|reason| ToolError::Report {
        path: path.to_owned(),
        reason,
    })
}
