//! Builds and simulates the designs of the sweep: synthesis, packing and, but for Gowin, place and route.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::process;

use spikeforge_compiler::board::Family;
use spikeforge_compiler::cost::Built;
use spikeforge_compiler::toolchain::reports::{parse_report, parse_stat, parse_utilization};
use spikeforge_compiler::toolchain::{
    run, verilate, BuildOptions, BuildPlan, Command, Runner, SimulationSources, Tools, VerilateOptions,
};
use spikeforge_compiler::Design;
use spikeforge_runtime::verilated::Verilated;
use spikeforge_sim::{Device, Spikes};

use crate::designs::{design, POINTS};

/// Enough for the slowest stage to set the pace, and for layers that take turns to have found their order; the cycles are those
/// of so many of them.
const N_TIMESTEPS: usize = 40;
const COUNTED: usize = 16;

/// Measures every point whose design is not in `path` yet, and writes after each.
pub fn sweep(path: &Path) -> Result<(), Box<dyn Error>> {
    let known: Vec<Built> = fs::read(path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    let mut rows = vec![];
    for (index, point) in POINTS.iter().enumerate() {
        let design = design(*point)?;
        let hash = hash(&design);
        let row = match known.iter().find(|row| row.hash == hash && row.board == point.0) {
            Some(row) => row.clone(),
            None => measured(&design, &format!("{:?}", point.1), hash)?,
        };
        println!("{:2}/{} {} {:?}: {} logic cells, {} block RAMs, {} cycles", index + 1, POINTS.len(), row.board, point.1, row.logic_cells, row.block_rams, row.cycles_per_timestep);
        rows.push(row);
        let later = known.iter().filter(|row| !rows.iter().any(|done: &Built| done.hash == row.hash));
        let all: Vec<&Built> = rows.iter().chain(later).collect();
        fs::write(path, serde_json::to_string_pretty(&all)? + "\n")?;
    }
    fs::write(path, serde_json::to_string_pretty(&rows)? + "\n")?;
    Ok(())
}

/// Of the Verilog: another design, or another version of a block, is measured anew.
fn hash(design: &Design) -> u64 {
    let mut hasher = DefaultHasher::new();
    design.top.text.hash(&mut hasher);
    hasher.finish()
}

fn measured(design: &Design, network: &str, hash: u64) -> Result<Built, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (tools, board) = (Tools::from_environment(), &design.board);
    let plan = BuildPlan::new(&design.top_files(), board, &BuildOptions::new(board));
    let mut runner = Runner { tools: &tools, folder: folder.path(), progress: &mut |_| () };
    runner.write(&plan.files)?;
    runner.run(&plan.synthesize)?;
    let cells = parse_stat(&fs::read_to_string(folder.path().join("synth.json"))?)?;
    let place = &plan.places[0];
    // Place and route of Gowin takes minutes; packing has the counts.
    let places = board.family != Family::Gowin;
    let log = run(&if places { place.command.clone() } else { packing(&plan) }, &tools, folder.path())?;
    let (logic, rams) = parse_utilization(&fs::read_to_string(log)?, board.family)?;
    let fmax_mhz = match places {
        true => Some(parse_report(&fs::read_to_string(folder.path().join(&place.report))?, board.family)?.fmax_mhz),
        false => None,
    };
    Ok(Built {
        board: board.name.clone(),
        network: network.to_owned(),
        hash,
        logic_cells: logic.used,
        flip_flops: cells.iter().filter(|(kind, _)| kind.contains("DFF") || kind.contains("TRELLIS_FF")).map(|(_, n)| n).sum(),
        block_rams: rams.used,
        fmax_mhz,
        cycles_per_timestep: cycles(design, &tools)?,
        arch: design.arch.clone(),
    })
}

fn packing(plan: &BuildPlan) -> Command {
    let place = &plan.places[0];
    let mut packing = place.command.clone();
    // There is nothing to report on but the log.
    packing.args.retain(|argument| argument != "--report" && *argument != place.report);
    packing.args.push("--pack-only".to_owned());
    packing.produces.clear();
    packing
}

/// Cycles between two timesteps of a presentation in which every input fires, so that no beat is skipped.
fn cycles(design: &Design, tools: &Tools) -> Result<u64, Box<dyn Error>> {
    let sources = SimulationSources::rtl(&design.accelerator_files(), spikeforge_hdl::emit::ACCELERATOR);
    let program = verilate(&sources, &design.accelerator_harness(), &VerilateOptions::from_environment(), tools, &mut |_| ())?;
    let mut dut = Verilated::open(process::Command::new(program), design.arch.host_map())?;
    let train = vec![Spikes::repeat(true, design.network().input.n()); N_TIMESTEPS];
    let trace = dut.trace(&train)?;
    let written = trace.cycle.ok_or("the simulation shows no cycles")?;
    let end = |t: usize| written[t].last().and_then(|layer| layer.last()).copied().unwrap_or(0);
    Ok((end(2 * COUNTED - 1) - end(COUNTED - 1)).div_ceil(COUNTED as u64))
}
