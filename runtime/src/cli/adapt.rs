use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use spikeforge_compiler::model::Model;
use spikeforge_compiler::quantize::quantize;
use spikeforge_compiler::CompileError;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::learn::{adapt, begin, Adaptation, Adapted, Coding, Dataset, LearnOptions, Saved, Settings, Shift};
use spikeforge_sim::plasticity::Checkpoint;

use super::exit::Failure;
use super::learn::of_bundle;
use super::neuron_args::NeuronArgs;
use super::{interrupt, print};

#[derive(clap::Args)]
pub struct Args {
    /// What was trained for the data set: a NIR file (of export, say), the bundle of one, or a design that learns, as it is at
    /// power-on
    #[arg(required_unless_present = "checkpoint", conflicts_with = "checkpoint")]
    model: Option<PathBuf>,
    /// What `spikeforge learn --checkpoint` left of a network trained for the data set
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// What a network without a rule of its own adapts by: sign-symmetric | random-feedback | drtp | sigprop | pepita | stdp
    #[arg(long, value_name = "NAME", default_value = "sign-symmetric", conflicts_with = "checkpoint")]
    rule: String,
    /// Bits of its latent weights
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(2..=8))]
    latent_bits: u32,
    /// mnist | fashion | digits | cancer | blink | scp1 | seizure
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
    #[command(flatten)]
    neurons: NeuronArgs,
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
    let trained = args.trained()?;
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

impl Args {
    /// What the samples of the new domain meet first.
    fn trained(&self) -> Result<Checkpoint, Failure> {
        if let Some(path) = &self.checkpoint {
            return Ok(Saved::read(path)?.checkpoint);
        }
        let path = self.model.as_deref().unwrap_or(Path::new(""));
        let network = if path.is_dir() {
            let compiled = Compiled::load(path)?;
            if let Some(start) = compiled.learning() {
                return Ok(start);
            }
            compiled.network
        } else {
            quantize(&Model::read(path)?, &self.neurons.options()).map_err(CompileError::from)?.network
        };
        let options = LearnOptions { latent_bits: self.latent_bits, ..LearnOptions::new(self.rule.parse()?) };
        Ok(begin(&of_bundle(&network, &options)?, &network, self.seed)?.checkpoint())
    }
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
