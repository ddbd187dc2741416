use std::fmt;
use std::path::PathBuf;

use serde::Serialize;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::cosim::check_features;
use spikeforge_runtime::verify::{Amount, Ladder, Outcome, Row, Rung};

use super::exit::{Exit, Failure};
use super::input_args::HowArgs;
use super::print::grouped;
use super::{interrupt, print, progress};

#[derive(clap::Args)]
pub struct Args {
    /// A compiled network
    bundle: PathBuf,
    /// Spikes: .npy, uint8, (timesteps, batch, features...); or images with --encode; without it random spikes
    #[arg(long, value_name = "X.npy")]
    inputs: Option<PathBuf>,
    #[command(flatten)]
    how: HowArgs,
    /// Without --inputs: random presentations of 8 timesteps, this many at the rung `rtl`
    #[arg(long, value_name = "N", default_value = "20", conflicts_with = "inputs", value_parser = clap::value_parser!(u16).range(1..))]
    trains: u16,
    /// Without --inputs: the seed of the random presentations
    #[arg(long, value_name = "N", default_value = "1", conflicts_with = "inputs")]
    seed: u32,
    /// These rungs only (may be repeated) [default: all]
    #[arg(long, value_name = "RUNG")]
    level: Vec<Rung>,
    /// Where the last cycles before a mismatch go (FST, for GTKWave or Surfer)
    #[arg(long, value_name = "FILE", default_value = "mismatch.fst")]
    waveform: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

const N_TIMESTEPS: usize = 8;

#[derive(Serialize)]
struct Report {
    bundle: PathBuf,
    rungs: Vec<Row>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let compiled = Compiled::load(&args.bundle)?;
    let inputs = match &args.inputs {
        Some(path) => compiled.taken(args.how.read(path, None)?)?,
        None => compiled.random_inputs(u64::from(args.seed), usize::from(args.trains), N_TIMESTEPS),
    };
    check_features(&compiled.network, &inputs)?;
    let tools = Tools::from_environment();
    let ladder = Ladder {
        bundle: &args.bundle,
        compiled: &compiled,
        inputs: &inputs,
        tools: &tools,
        waveform: args.waveform.clone(),
        progress: &mut progress::tools,
        flow: interrupt::flow,
    };
    let report = Report {
        bundle: args.bundle.clone(),
        rungs: climb(ladder, &args.level)?,
    };
    print::result(args.json, &report, &report)?;
    report.verdict()
}

/// Up to the first mismatch. A rung that could not be climbed hides none of the others.
fn climb(mut ladder: Ladder, chosen: &[Rung]) -> Result<Vec<Row>, Failure> {
    let asked = |rung: &Rung| chosen.is_empty() || chosen.contains(rung);
    let mut rows: Vec<Row> = vec![];
    for rung in Rung::ALL.into_iter().filter(asked) {
        interrupt::check()?;
        let fell = rows.iter().any(|row| matches!(row.outcome, Outcome::Mismatch { .. }));
        rows.push(match fell {
            true => Row::open(rung),
            false => ladder.climb(rung),
        });
    }
    Ok(rows)
}

impl Report {
    /// A mismatch outweighs a rung that was not climbed.
    fn verdict(self) -> Result<(), Failure> {
        let mut failed = None;
        for Row { rung, outcome, .. } in self.rungs {
            match outcome {
                Outcome::Mismatch { mismatch, .. } => {
                    let rung = rung.name();
                    return Err(Failure::new(Exit::Mismatch, format!("mismatch at {rung}: {mismatch}")));
                }
                Outcome::Failed { error } if failed.is_none() => failed = Some(error.into()),
                _ => {}
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}", self.bundle.display())?;
        writeln!(f, "  {:10}{:>11}  what was compared", "rung", "seconds")?;
        for Row { rung, outcome, amount, seconds } in &self.rungs {
            write!(f, "  {:10}{seconds:>11.1}  ", rung.name())?;
            match outcome {
                Outcome::Equal => writeln!(f, "equal: {}", told(amount)),
                Outcome::Mismatch { mismatch, waveform } => {
                    writeln!(f, "MISMATCH: {mismatch}")?;
                    match waveform {
                        Some(path) => writeln!(f, "  {:23}the last cycles: {}", "", path.display()),
                        None => Ok(()),
                    }
                }
                Outcome::Refused { reason } => writeln!(f, "refused: {reason}"),
                Outcome::Failed { error } => writeln!(f, "FAILED: {error}"),
                Outcome::Open => writeln!(f, "not begun, an earlier rung does not hold"),
            }?;
        }
        Ok(())
    }
}

fn told(amount: &Amount) -> String {
    if amount.weights > 0 {
        let (weights, parameters) = (grouped(amount.weights), grouped(amount.parameters));
        return format!("{weights} weights and {parameters} parameters read back");
    }
    let Amount { presentations, timesteps, .. } = amount;
    let (spikes, membranes, cycles) = (grouped(amount.spikes), grouped(amount.membranes), grouped(amount.cycles));
    let seeds = match amount.seeds {
        0 => String::new(),
        seeds => format!(" from {seeds} seeds"),
    };
    format!("{spikes} spikes and {membranes} membranes, {presentations} presentations of {timesteps} timesteps{seeds}, {cycles} cycles")
}
