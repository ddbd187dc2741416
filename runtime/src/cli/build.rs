use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use spikeforge_compiler::cost::energy::Energy;
use spikeforge_compiler::toolchain::reports::{Block, Cells, Part};
use spikeforge_compiler::toolchain::{BuildReport, Tools};
use spikeforge_runtime::built::Built;
use spikeforge_runtime::compiled::Compiled;

use super::exit::{Exit, Failure};
use super::{exchange, interrupt, print, progress};

#[derive(clap::Args)]
pub struct Args {
    /// A compiled network; the bitstream and all logs go into its folder build
    bundle: PathBuf,
    /// A model whose weights and parameters take the place of the bundle's in its routed design, which --swappable
    /// compiled: within a second, and the same bits as a full build
    #[arg(long, value_name = "OTHER.nir", conflicts_with_all = ["seeds", "timesteps"])]
    weights: Option<PathBuf>,
    /// The same of what `spikeforge learn --checkpoint` left, in the design of a network that `export` wrote
    #[arg(long, value_name = "FILE", conflicts_with_all = ["seeds", "timesteps", "weights"])]
    checkpoint: Option<PathBuf>,
    /// The bundle of that model [default: its name, in this folder]
    #[arg(short, long, value_name = "BUNDLE")]
    output: Option<PathBuf>,
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
    /// Of a presentation of which no beat is skipped.
    energy: Energy,
    /// The layers of each stage.
    stages: Vec<String>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    if let Some(file) = args.weights.as_ref().or(args.checkpoint.as_ref()) {
        return exchange::run(&args.bundle, (file, args.checkpoint.is_some()), args.output.as_deref(), args.json);
    }
    if args.output.is_some() {
        return Err(Failure::new(Exit::Usage, "--output names the bundle of other weights: say which by --weights OTHER.nir or --checkpoint FILE"));
    }
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
        stages: compiled.stage_names(),
        energy: Energy::of(compiled.arch(), &compiled.board, None, n_timesteps),
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
            critical_path,
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
        if !critical_path.is_empty() {
            writeln!(f, "  slowest path: {critical_path}")?;
        }
        writeln!(f, "  energy of a presentation, estimated: {}", self.energy)?;
        self.write_blocks(f)?;
        write!(
            f,
            "  {} in {:.0} s",
            self.build.bitstream.display(),
            self.build.seconds
        )
    }
}

impl Report {
    fn write_blocks(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let names: Vec<String> = self.build.blocks.iter().map(|block| self.name(block)).collect();
        let width = names.iter().map(String::len).max().unwrap_or(0);
        writeln!(f, "  {:width$} {:>7} {:>8} {:>11} {:>11}", "block", "LUTs", "carries", "flip-flops", "block RAMs")?;
        for (name, Block { cells, .. }) in names.iter().zip(&self.build.blocks) {
            let Cells { luts, carries, flip_flops, block_rams } = cells;
            writeln!(f, "  {name:width$} {luts:>7} {carries:>8} {flip_flops:>11} {block_rams:>11}")?;
        }
        Ok(())
    }

    /// `fc1 crossbar`.
    fn name(&self, block: &Block) -> String {
        part_name(block.part, block.stage.and_then(|stage| self.stages.get(stage)))
    }
}

/// `fc1 crossbar`, of the layers `fc1`.
pub fn part_name(part: Part, layers: Option<&String>) -> String {
    let part = match part {
        Part::Board => "serial port",
        Part::HostPort => "host port",
        Part::Encoder => "encoder",
        Part::Control => "buffers, schedule",
        Part::Crossbar => "crossbar",
        Part::WeightMemory => "weights",
        Part::Lif => "LIF",
        Part::StateMemory => "state, parameters",
        Part::Lessons => "lessons",
        Part::PlasticSynapses => "plastic synapses",
        Part::Readout => "readout, modulators",
        Part::Other => "other",
    };
    layers.map_or(part.to_owned(), |layers| format!("{layers} {part}"))
}
