use std::fmt;

use serde::Serialize;
use spikeforge_train::spikeprop::{compare, Compared};

use super::exit::Failure;
use super::print;

const EXAMPLES: &str = "\
Examples:
  spikeforge spikeprop
  spikeforge spikeprop --starts 50 --epochs 2000 --json";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// From how many first weights, each by all three descents
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    starts: u16,
    /// Epochs after which a training that has not solved it counts as failed
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    epochs: u32,
    /// The seed of the first start; the others follow it
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    task: &'static str,
    most_epochs: u32,
    seed: u64,
    descents: Vec<Compared>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let descents = compare(args.seed, args.starts.into(), args.epochs as usize);
    let report = Report { task: "xor", most_epochs: args.epochs, seed: args.seed, descents };
    print::result(args.json, &report, &report)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "XOR by the times of single spikes, epochs until 1/2 sum (t - wanted)^2 is 1/2 ms^2, of those that solved it:")?;
        writeln!(f, "{:<10} {:>5} {:>9} {:>16} {:>7}", "descent", "rate", "solved", "mean", "median")?;
        for row in &self.descents {
            let rate = row.rate.map_or_else(|| "-".to_owned(), |rate| rate.to_string());
            let mean = match (row.mean_epochs, row.deviation) {
                (Some(mean), Some(deviation)) => format!("{mean:.1} +- {deviation:.1}"),
                _ => "-".to_owned(),
            };
            let median = row.median_epochs.map_or_else(|| "-".to_owned(), |median| median.to_string());
            writeln!(f, "{:<10} {rate:>5} {:>9} {mean:>16} {median:>7}", row.descent, format!("{}/{}", row.solved, row.starts))?;
        }
        Ok(())
    }
}
