use std::ops::ControlFlow;
use std::path::PathBuf;

use spikeforge_runtime::learn::table::{markdown, Recipe, Run, RECIPES, SEEDS};
use spikeforge_runtime::learn::{Progress, Split};

use super::exit::{Exit, Failure};
use super::{interrupt, print, progress, runs};

#[derive(clap::Args)]
pub struct Args {
    /// Trainings that were done, a JSON object a line; those that are there are not done again, new ones are added
    #[arg(long, value_name = "FILE")]
    runs: PathBuf,
    /// Only the rows whose name holds this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// Do at most N of the trainings that are missing
    #[arg(long, value_name = "N")]
    most: Option<usize>,
    /// Test on a part of what may be learned, and leave the test alone; nothing is added to the runs
    #[arg(long)]
    validate: bool,
    /// The commit that is noted beside new runs
    #[arg(long, value_name = "HASH", default_value = "unknown")]
    commit: String,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let mut runs: Vec<Run> = runs::read(&args.runs)?;
    if args.validate {
        runs.clear();
    }
    let n_before = runs.len();
    for recipe in RECIPES.iter().filter(|recipe| recipe.name.contains(&args.only)) {
        args.row(recipe, &mut runs, n_before)?;
    }
    print::result(false, &(), &markdown(&runs))
}

impl Args {
    /// Does what is missing of a row, of the runs beyond the `n_before` at most as many as asked for.
    fn row(&self, recipe: &Recipe, runs: &mut Vec<Run>, n_before: usize) -> Result<(), Failure> {
        for split_number in recipe.splits() {
            let is_done = |runs: &[Run], command: &str| runs.iter().any(|run| run.row == recipe.name && run.command == command);
            let missing: Vec<u64> =
                SEEDS.into_iter().filter(|&seed| !is_done(runs, &recipe.command(seed, split_number))).collect();
            if missing.is_empty() {
                continue;
            }
            let split = recipe.read(split_number, self.validate)?;
            for seed in missing {
                if self.most.is_some_and(|most| runs.len() >= n_before + most) {
                    return Ok(());
                }
                let accuracy = train(recipe, seed, &split)?;
                let run = Run {
                    row: recipe.name.to_owned(),
                    seed,
                    split: split_number,
                    accuracy,
                    command: recipe.command(seed, split_number),
                    commit: self.commit.clone(),
                };
                print::note(&format_args!("  {}, seed {seed}: {:.2} %", recipe.name, 100.0 * accuracy));
                if !self.validate {
                    runs::add(&self.runs, &run)?;
                }
                runs.push(run);
            }
        }
        Ok(())
    }
}

fn train(recipe: &Recipe, seed: u64, split: &Split) -> Result<f64, Failure> {
    let bar = progress::bar(split.train.len() * recipe.n_epochs);
    let mut watch = |seen: &Progress| {
        if seen.n_presented % 64 != 0 {
            return ControlFlow::Continue(());
        }
        bar.set_position(seen.n_presented);
        interrupt::flow()
    };
    let accuracy = recipe.train(seed, split, &mut watch)?;
    bar.finish_and_clear();
    accuracy.ok_or_else(|| Failure::new(Exit::Interrupted, "interrupted; the runs that were done are kept"))
}
