//! The bitstream of a bundle, in `BUNDLE/build`, and whether it is of this bundle.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use spikeforge_compiler::toolchain::reports::CellCounts;
use spikeforge_compiler::toolchain::{
    build, synthesize, BuildOptions, BuildPlan, BuildReport, Progress, Runner, ToolError, Tools,
};

use spikeforge_hdl::arch::{Arch, StageArch};
use spikeforge_hdl::emit::ACCELERATOR;

use crate::compiled::Compiled;

/// Written last, so that a build which broke off has none.
const REPORT: &str = "report.json";

/// Bits of weights that a design meets in a cycle, with which routing is known to come to an end: what the block RAMs of an
/// LFE5U-25F give. With twice as many it did not.
const FINE_BITS: usize = 2048;

fn is_wide(arch: &Arch) -> bool {
    let bits = |layers: &[StageArch]| layers[0].lanes * usize::try_from(layers[0].beat).unwrap_or(usize::MAX);
    arch.learning.is_some() || arch.turns().map(bits).sum::<usize>() > FINE_BITS
}

/// A build that ended well.
#[derive(Clone, Debug, PartialEq)]
pub struct Built {
    pub folder: PathBuf,
    pub bitstream: PathBuf,
    /// Cells after synthesis.
    pub cells: CellCounts,
    pub fmax_mhz: f64,
}

/// What is read of a report, which has the names of [`BuildReport`].
#[derive(Deserialize)]
struct Kept {
    identity: u32,
    cells: CellCounts,
    fmax_mhz: f64,
    bitstream: PathBuf,
}

#[derive(Serialize)]
struct Keep<'a> {
    identity: u32,
    #[serde(flatten)]
    report: &'a BuildReport,
}

impl Built {
    /// The build of the bundle `bundle`, if there is one of this design.
    pub fn find(bundle: &Path, compiled: &Compiled) -> Option<Built> {
        let folder = folder(bundle);
        let kept: Kept = serde_json::from_slice(&fs::read(folder.join(REPORT)).ok()?).ok()?;
        let bitstream = folder.join(kept.bitstream.file_name()?);
        let is_whole = kept.identity == compiled.host_map().identity && bitstream.is_file();
        is_whole.then_some(Built {
            folder,
            bitstream,
            cells: kept.cells,
            fmax_mhz: kept.fmax_mhz,
        })
    }

    /// Makes the bitstream with `seeds` tries of place and route. Logs stay beside it, also of a build that failed.
    pub fn make(
        bundle: &Path,
        compiled: &Compiled,
        seeds: u32,
        tools: &Tools,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<BuildReport, ToolError> {
        let folder = folder(bundle);
        let report_path = folder.join(REPORT);
        let failed = |source: io::Error| ToolError::Io {
            path: report_path.clone(),
            source,
        };
        match fs::remove_file(&report_path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let options = BuildOptions {
            design_hz: compiled.system_hz(),
            exchangeable: compiled.exchangeable()?,
            wide: is_wide(compiled.arch()),
            ..BuildOptions::new(&compiled.board).with_seeds(seeds)
        };
        let report = build(
            &compiled.top_files(),
            &compiled.board,
            &options,
            tools,
            &folder,
            progress,
        )?;
        let keep = Keep {
            identity: compiled.host_map().identity,
            report: &report,
        };
        let text = serde_json::to_vec_pretty(&keep).map_err(|error| failed(error.into()))?;
        write_report(&folder, text).map_err(failed)?;
        Ok(report)
    }

    /// The bitstream of `other`, which is `bundle`'s design with other contents: made of `bundle`'s own build, without
    /// synthesis or place and route.
    pub fn exchange(
        bundle: &Path,
        (other_bundle, other): (&Path, &Compiled),
        tools: &Tools,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<PathBuf, ToolError> {
        let (from, into) = (folder(bundle), folder(other_bundle));
        let contents = other.exchangeable()?.ok_or_else(|| ToolError::Exchange {
            what: bundle.display().to_string(),
            reason: "it was not compiled for it; compile it with --swappable".to_owned(),
        })?;
        let options = BuildOptions { design_hz: other.system_hz(), ..BuildOptions::new(&other.board) };
        let plan = BuildPlan::new(&other.top_files(), &other.board, &options);
        let mut runner = Runner { tools, folder: &into, progress };
        runner.write(&plan.files)?;
        contents.fill_again(&from, &into, &plan, other.board.family)?;
        runner.run(&plan.pack)?;
        let (report, bitstream) = (from.join(REPORT), into.join(plan.bitstream));
        let failed = |source: io::Error| ToolError::Io { path: report.clone(), source };
        let mut kept: serde_json::Value = fs::read(&report).and_then(|text| Ok(serde_json::from_slice(&text)?)).map_err(failed)?;
        kept["bitstream"] = bitstream.display().to_string().into();
        let text = serde_json::to_vec_pretty(&kept).map_err(|error| failed(error.into()))?;
        write_report(&into, text).map_err(failed)?;
        Ok(bitstream)
    }

    /// The build of the bundle, made now when there is none.
    pub fn find_or_make(
        bundle: &Path,
        compiled: &Compiled,
        tools: &Tools,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Built, ToolError> {
        if let Some(built) = Built::find(bundle, compiled) {
            return Ok(built);
        }
        let report = Built::make(bundle, compiled, 1, tools, progress)?;
        Ok(Built {
            folder: folder(bundle),
            bitstream: report.bitstream,
            cells: report.cells,
            fmax_mhz: report.fmax_mhz,
        })
    }
}

/// The folder of the bundle's netlist, which is synthesized now when there is no build: without place and route.
pub fn netlist(
    bundle: &Path,
    compiled: &Compiled,
    tools: &Tools,
    progress: &mut dyn FnMut(Progress),
) -> Result<PathBuf, ToolError> {
    if let Some(built) = Built::find(bundle, compiled) {
        return Ok(built.folder);
    }
    let folder = bundle.join("synthesis");
    let options = BuildOptions {
        design_hz: compiled.system_hz(),
        ..BuildOptions::new(&compiled.board)
    };
    synthesize(
        &compiled.top_files(),
        &compiled.board,
        &options,
        tools,
        &folder,
        progress,
    )?;
    Ok(folder)
}

/// The folder of a netlist of the accelerator alone, without the board's pins, which is synthesized now.
pub fn accelerator_netlist(
    bundle: &Path,
    compiled: &Compiled,
    tools: &Tools,
    progress: &mut dyn FnMut(Progress),
) -> Result<PathBuf, ToolError> {
    let folder = bundle.join("accelerator");
    let options = BuildOptions { top: ACCELERATOR, ..BuildOptions::new(&compiled.board) };
    synthesize(&compiled.accelerator_files(), &compiled.board, &options, tools, &folder, progress)?;
    Ok(folder)
}

/// In one step, so that it is whole or not there.
fn write_report(folder: &Path, text: Vec<u8>) -> io::Result<()> {
    let beside = folder.join(".report.json");
    fs::write(&beside, text)?;
    fs::rename(&beside, folder.join(REPORT))
}

fn folder(bundle: &Path) -> PathBuf {
    bundle.join("build")
}
