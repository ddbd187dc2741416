use std::fmt::Write;
use std::path::PathBuf;

use serde::Serialize;
use spikeforge_runtime::learn::{adapt, Adaptation, Adapted, Coding, Dataset, Saved, Settings, Shift};

use super::exit::Failure;
use super::{interrupt, print};

#[derive(clap::Args)]
pub struct Args {
    /// What `spikeforge learn --checkpoint` left of a network trained for the data set
    #[arg(long, value_name = "FILE")]
    checkpoint: PathBuf,
    /// mnist | fashion | digits | cancer | blink | scp1
    #[arg(long, value_name = "NAME")]
    dataset: String,
    /// rotate=DEGREES, dead=PERCENT, noise=PERCENT, rename or invert; each repetition is an adaptation of its own
    #[arg(long, value_name = "SHIFT", required = true)]
    shift: Vec<String>,
    /// Measure after so many samples of the new domain
    #[arg(long, value_name = "N,..", value_delimiter = ',', default_values_t = [0, 100, 1000, 10_000])]
    after: Vec<usize>,
    /// Registers while adapting, as in shift=9,margin=2048,1.learn=0 (only later layers and readouts learn)
    #[arg(long, value_name = "NAME=VALUE,..", default_value = "")]
    set: String,
    /// The guard against forgetting: after every N new samples, learn one of the old ones again
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    replay: Option<u32>,
    /// Timesteps that each image is shown for
    #[arg(long, value_name = "T", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=255))]
    timesteps: u32,
    /// Of the control, which learns from scratch
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    shift: String,
    rows: Vec<Adapted>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let trained = Saved::read(&args.checkpoint)?.checkpoint;
    let dataset: Dataset = args.dataset.parse()?;
    let split = dataset.read(Coding::Ramp { n_timesteps: args.timesteps as usize })?;
    split.train.check(trained.network.input.n(), trained.network.n_classes)?;
    let mut reports = Vec::new();
    for text in &args.shift {
        let adaptation = Adaptation {
            shift: text.parse::<Shift>()?,
            after: args.after.clone(),
            settings: Settings::parse(&args.set)?,
            replay: args.replay.map(|every| every as usize),
            seed: args.seed,
        };
        let mut watch = |row: &Adapted| {
            print::note(&format_args!("  {text}: {}", line(row)));
            interrupt::flow()
        };
        let rows = adapt(&trained, &split, &adaptation, &mut watch)?;
        interrupt::check()?;
        reports.push(Report { shift: adaptation.shift.to_string(), rows });
    }
    print::result(args.json, &reports, &table(&reports))
}

fn line(row: &Adapted) -> String {
    let Adapted { n_samples, new_domain, from_scratch, old_domain } = row;
    format!(
        "after {n_samples}: {:.2} %, from scratch {:.2} %, old domain {:.2} %",
        100.0 * new_domain,
        100.0 * from_scratch,
        100.0 * old_domain
    )
}

fn table(reports: &[Report]) -> String {
    let mut text = "| shift | samples | adapted | from scratch | old domain |\n|---|---|---|---|---|\n".to_owned();
    for Report { shift, rows } in reports {
        for row in rows {
            let percent = |share: f64| format!("{:.2}", 100.0 * share);
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "| {shift} | {} | {} | {} | {} |",
                row.n_samples,
                percent(row.new_domain),
                percent(row.from_scratch),
                percent(row.old_domain)
            );
        }
    }
    text
}
