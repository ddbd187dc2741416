use std::ops::ControlFlow;
use std::path::PathBuf;

use spikeforge_train::activity::spikes_by_layer;
use spikeforge_train::shape::NetShape;
use spikeforge_train::course;
use spikeforge_train::export::{integer_accuracy, network};
use spikeforge_train::table::{markdown, recipes, Recipe, Run};
use spikeforge_train::Options;

use super::exit::{Exit, Failure};
use super::train::read_samples;
use super::{interrupt, print, runs};

const EXAMPLES: &str = "\
Examples:
  spikeforge train-table --runs bench/training/runs.jsonl
  spikeforge train-table --runs bench/training/runs.jsonl --only 'digits, rate code' --json";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Trainings that were done, a JSON object a line; those that are there are not done again, new ones are added
    #[arg(long, value_name = "FILE")]
    runs: PathBuf,
    /// Only train for rows whose name holds this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// Do at most N of the trainings that are missing
    #[arg(long, value_name = "N")]
    most: Option<usize>,
    /// The commit that is noted beside new runs
    #[arg(long, value_name = "HASH", default_value = "unknown")]
    commit: String,
    /// Print the runs as one JSON array
    #[arg(long)]
    json: bool,
}

/// A recipe with its seed and split.
type Planned = (Recipe, u64, Option<usize>);

pub fn run(args: &Args) -> Result<(), Failure> {
    let mut runs: Vec<Run> = runs::read(&args.runs)?;
    let is_done = |(recipe, seed, split): &Planned| runs.iter().any(|run| run.row == recipe.row && run.command == recipe.command(*seed, *split));
    let chosen = recipes().into_iter().filter(|recipe| recipe.row.contains(&args.only));
    let of_recipe = |recipe: Recipe| -> Vec<Planned> {
        let of_split = |&split: &Option<usize>| recipe.seeds.iter().map(move |&seed| (seed, split));
        recipe.splits.iter().flat_map(of_split).map(|(seed, split)| (recipe.clone(), seed, split)).collect()
    };
    let missing: Vec<Planned> = chosen
        .flat_map(of_recipe)
        .filter(|planned| !is_done(planned))
        .take(args.most.unwrap_or(usize::MAX))
        .collect();
    for planned in missing {
        let run = train(&planned, &args.commit)?;
        print::note(&format_args!("  {}, seed {}: {:.2} % in floats, {:.2} % in integers", run.row, run.seed, 100.0 * run.accuracy, 100.0 * run.integers));
        runs::add(&args.runs, &run)?;
        runs.push(run);
    }
    print::result(args.json, &runs, &markdown(&runs))
}

fn train((recipe, seed, split): &Planned, commit: &str) -> Result<Run, Failure> {
    let (learned, tested) = read_samples(recipe.dataset, *split, Some(recipe.limit), false)?;
    let options = Options { seed: *seed, ..recipe.options.clone() };
    let mut training = course::Training::new(&options, &learned)?;
    let is_done = training.run(&mut |_| Ok(if interrupt::is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }))?;
    if !is_done {
        return Err(Failure::new(Exit::Interrupted, "interrupted; the runs that were done are kept"));
    }
    let (system, coding) = (training.system.as_ref(), options.coding()?);
    let n_hidden = options.shape.parse::<NetShape>()?.layers.len() - 1;
    let spikes = spikes_by_layer(&network(&system.model()?)?, &tested, coding, system.n_chip_timesteps(options.n_timesteps))?;
    Ok(Run {
        row: recipe.row.clone(),
        seed: *seed,
        accuracy: training.accuracy(&tested)?,
        integers: integer_accuracy(system, &tested, coding, options.n_timesteps)?,
        // What has a readout in floats leaves a model of its hidden layers alone.
        hidden_spikes: Some(spikes.iter().take(n_hidden).sum()),
        command: recipe.command(*seed, *split),
        commit: commit.to_owned(),
    })
}
