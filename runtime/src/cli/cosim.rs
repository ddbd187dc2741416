use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use serde::Serialize;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::built::Built;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::cosim::{cosim, Extent, Tally};
use spikeforge_runtime::inputs::Inputs;
use spikeforge_runtime::simulation::{Level, Simulation, Simulator};

use super::counted::Counted;
use super::exit::{Exit, Failure};
use super::input_args::InputArgs;
use super::print::grouped;
use super::{interrupt, print, progress};

/// Behind serial pins an image takes seconds.
const FEW: usize = 3;

#[derive(clap::Args)]
pub struct Args {
    /// A compiled network
    bundle: PathBuf,
    #[command(flatten)]
    input: InputArgs,
    /// How far towards bits; behind the serial pins of netlist and bitstream only 3 images, unless --limit says more
    #[arg(long, default_value = "rtl")]
    level: LevelName,
    /// Teach reference and design the samples by this rule, side by side, and compare all that they learn after each
    #[arg(long, value_name = "RULE", requires = "labels", conflicts_with_all = ["trace", "seconds"])]
    learn: Option<String>,
    /// The labels to learn: .npy of integers, or IDX
    #[arg(long, value_name = "Y", requires = "learn")]
    labels: Option<PathBuf>,
    /// Begin no presentation after this time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: Option<u64>,
    /// Write a waveform of everything (FST, for GTKWave or Surfer); use it with a small --limit
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LevelName {
    /// The accelerator as Verilog, its membranes seen from inside
    Rtl,
    /// The cells that synthesis made, behind the board's serial pins
    Netlist,
    /// The packed bitstream turned back into cells, behind the board's serial pins (iCE40)
    Bitstream,
}

/// What was compared.
#[derive(Serialize)]
pub struct Report {
    level: LevelName,
    samples: usize,
    timesteps: usize,
    spikes_compared: u64,
    membranes_compared: u64,
    /// Classes that the design told.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdicts_compared: Option<u64>,
    mismatches: u64,
    cycles: u64,
    cycles_per_second: f64,
    cycles_per_presentation: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    counters: Option<Counted>,
    /// The first mismatch in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    mismatch: Option<String>,
}

/// How much is compared, and what of it is kept.
#[derive(Default)]
pub struct Bounds {
    pub seconds: Option<u64>,
    pub trace: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    if args
        .trace
        .as_ref()
        .and_then(|path| path.extension())
        .is_some_and(|end| end == "vcd")
    {
        return Err(Failure::new(
            Exit::Usage,
            "waveforms are FST; name a file that ends in .fst (fst2vcd makes VCD of it)",
        ));
    }
    let compiled = Compiled::load(&args.bundle)?;
    let few = (args.level != LevelName::Rtl && args.seconds.is_none()).then_some(FEW);
    let inputs = args.input.read_at_most(few)?;
    if let Some(rule) = &args.learn {
        return super::cosim_learn::run(&compiled, rule, &inputs, args.labels.as_deref(), args.json);
    }
    let inputs = compiled.taken(inputs)?;
    let bounds = Bounds {
        seconds: args.seconds,
        trace: args.trace.clone(),
    };
    let report = compare(&args.bundle, &compiled, args.level, &inputs, &bounds)?;
    print::result(args.json, &report, &report)?;
    report.verdict()
}

/// Simulates at `level` and compares, with progress. Builds what is missing.
pub fn compare(
    bundle: &Path,
    compiled: &Compiled,
    level: LevelName,
    inputs: &Inputs,
    bounds: &Bounds,
) -> Result<Report, Failure> {
    let mut simulation = open(bundle, compiled, level, bounds)?;
    let bar = progress::bar(inputs.n_samples());
    let extent = Extent {
        time: bounds.seconds.map(Duration::from_secs),
    };
    let mut seen = |tally: &Tally| {
        let (spikes, membranes) = (
            grouped(tally.spikes_compared),
            grouped(tally.membranes_compared),
        );
        bar.set_position(tally.samples as u64);
        bar.set_message(format!("{spikes} spikes, {membranes} membranes compared"));
        interrupt::flow()
    };
    let tally = cosim(
        &compiled.network,
        &mut simulation,
        inputs,
        extent,
        &mut seen,
    )?;
    bar.finish_and_clear();
    interrupt::check()?;
    let counters = simulation.counters()?.map(|counters| Counted::of(counters, compiled));
    let cycles = simulation.finish()?;
    Ok(Report { counters, ..Report::of(level, inputs, &tally, cycles) })
}

fn open(
    bundle: &Path,
    compiled: &Compiled,
    level: LevelName,
    bounds: &Bounds,
) -> Result<Simulation, Failure> {
    let tools = Tools::from_environment();
    let built = match level {
        LevelName::Rtl => None,
        _ => Some(Built::find_or_make(
            bundle,
            compiled,
            &tools,
            &mut progress::tools,
        )?),
    };
    interrupt::check()?;
    let level = match (level, &built) {
        (LevelName::Netlist, Some(built)) => Level::Netlist(&built.folder),
        (LevelName::Bitstream, Some(built)) => Level::Bitstream(built),
        _ => Level::Rtl,
    };
    let waveform = bounds.trace.clone();
    let mut simulator = Simulator {
        tools: &tools,
        waveform,
        progress: &mut progress::tools,
    };
    Ok(simulator.open(compiled, level)?)
}

impl Report {
    #[allow(clippy::cast_precision_loss)]
    fn of(level: LevelName, inputs: &Inputs, tally: &Tally, cycles: u64) -> Self {
        Report {
            level,
            samples: tally.samples,
            timesteps: inputs.n_timesteps(),
            spikes_compared: tally.spikes_compared,
            membranes_compared: tally.membranes_compared,
            verdicts_compared: Some(tally.verdicts_compared).filter(|&n| n > 0),
            mismatches: u64::from(tally.mismatch.is_some()),
            cycles,
            cycles_per_second: cycles as f64 / tally.elapsed.as_secs_f64().max(1e-9),
            cycles_per_presentation: cycles as f64 / tally.samples.max(1) as f64,
            counters: None,
            mismatch: tally
                .mismatch
                .as_ref()
                .map(|(sample, mismatch)| format!("presentation {sample}, {mismatch}")),
        }
    }

    /// A mismatch is a failure.
    pub fn verdict(&self) -> Result<(), Failure> {
        match &self.mismatch {
            Some(mismatch) => Err(Failure::new(
                Exit::Mismatch,
                format!("mismatch: {mismatch}"),
            )),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let level = match self.level {
            LevelName::Rtl => "RTL",
            LevelName::Netlist => "netlist",
            LevelName::Bitstream => "bitstream",
        };
        let (spikes, membranes) = (
            grouped(self.spikes_compared),
            grouped(self.membranes_compared),
        );
        writeln!(
            f,
            "{level} against the reference: {} presentations of {} timesteps",
            self.samples, self.timesteps
        )?;
        writeln!(
            f,
            "  {spikes} spikes and {membranes} membranes compared, {} mismatches",
            self.mismatches
        )?;
        write!(
            f,
            "  {} cycles, {:.2} M cycles/s, {:.0} cycles a presentation",
            grouped(self.cycles),
            self.cycles_per_second / 1e6,
            self.cycles_per_presentation
        )?;
        if let Some(n) = self.verdicts_compared {
            write!(f, "\n  {} classes that the design told compared", grouped(n))?;
        }
        self.counters.as_ref().map_or(Ok(()), |counted| write!(f, "\n{counted}"))
    }
}
