use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use spikeforge_compiler::toolchain::{BuildReport, Tools};
use spikeforge_runtime::built::Built;
use spikeforge_runtime::compiled::Compiled;

use super::exit::Failure;
use super::{interrupt, print, progress};

#[derive(clap::Args)]
pub struct Args {
    /// A compiled network; the bitstream and all logs go into its folder build
    bundle: PathBuf,
    /// Tries of place and route, of which the fastest is kept
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    seeds: u32,
    /// Timesteps of the presentation whose time is told
    #[arg(long, value_name = "T", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    timesteps: u32,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// A bitstream, and what it makes of the network.
#[derive(Serialize)]
pub struct Report {
    #[serde(flatten)]
    build: BuildReport,
    timesteps: usize,
    /// At the Fmax.
    microseconds_per_presentation: f64,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let compiled = Compiled::load(&args.bundle)?;
    let report = make(&args.bundle, &compiled, args.seeds, args.timesteps as usize)?;
    print::result(args.json, &report, &report)
}

/// Builds, telling of every tool.
pub fn make(
    bundle: &Path,
    compiled: &Compiled,
    seeds: u32,
    n_timesteps: usize,
) -> Result<Report, Failure> {
    let build = Built::make(
        bundle,
        compiled,
        seeds,
        &Tools::from_environment(),
        &mut progress::tools,
    )?;
    interrupt::check()?;
    #[allow(clippy::cast_precision_loss)]
    let cycles = compiled.summary().cycles_per_presentation(n_timesteps) as f64;
    Ok(Report {
        timesteps: n_timesteps,
        microseconds_per_presentation: cycles / build.fmax_mhz,
        build,
    })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let BuildReport {
            board,
            device,
            fmax_mhz,
            clock_mhz,
            logic_cells,
            block_rams,
            ..
        } = &self.build;
        writeln!(
            f,
            "{board} ({device}): {logic_cells} of {} logic cells, {block_rams} of {} block RAMs",
            self.build.logic_cells_available, self.build.block_rams_available
        )?;
        writeln!(
            f,
            "  Fmax {fmax_mhz:.1} MHz (clock {clock_mhz:.1} MHz), {:.1} us a presentation of {} timesteps at Fmax",
            self.microseconds_per_presentation, self.timesteps
        )?;
        write!(
            f,
            "  {} in {:.0} s",
            self.build.bitstream.display(),
            self.build.seconds
        )
    }
}
