//! Tables of what the systems reach, by recipes that anyone can run again.

mod codings;
mod recipes;

use serde::{Deserialize, Serialize};

use crate::statistics::mean_and_deviation;

pub use recipes::{recipes, Recipe};

/// How one training of a recipe went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    pub row: String,
    pub seed: u64,
    /// 0 to 1, on the test, of the best epoch by validation, in floats.
    pub accuracy: f64,
    /// The same of the compiler's integers.
    pub integers: f64,
    /// The spikes of its hidden layers a sample of the test; runs of before they were counted tell none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden_spikes: Option<f64>,
    /// The command that does the same.
    pub command: String,
    pub commit: String,
}

/// Both tables as Markdown, in percent.
pub fn markdown(runs: &[Run]) -> String {
    format!("{}\n{}", systems(runs), codings::markdown(runs))
}

/// A line a recipe that is not of the codings: mean and deviation over the seeds.
fn systems(runs: &[Run]) -> String {
    let mut text = "| what | epochs | floats, % | integers, % | hidden spikes a sample | runs |\n|---|---|---|---|---|---|\n".to_owned();
    for recipe in recipes().iter().filter(|recipe| !recipe.is_coding) {
        let (floats, integers) = (of_row(runs, &recipe.row, |run| run.accuracy), of_row(runs, &recipe.row, |run| run.integers));
        let spikes: Vec<f64> = runs.iter().filter(|run| run.row == recipe.row).filter_map(|run| run.hidden_spikes).collect();
        let spikes = if spikes.is_empty() { "-".to_owned() } else { figure(&spikes) };
        let (n, n_epochs) = (floats.len(), recipe.options.n_epochs);
        text.push_str(&format!("| {} | {n_epochs} | {} | {} | {spikes} | {n} |\n", recipe.row, figure(&floats), figure(&integers)));
    }
    text
}

fn figure(values: &[f64]) -> String {
    match mean_and_deviation(values) {
        // One run tells no deviation.
        Some((mean, _)) if values.len() == 1 => format!("{mean:.2}"),
        Some((mean, deviation)) => format!("{mean:.2} +- {deviation:.2}"),
        None => "not run".to_owned(),
    }
}

/// What the runs of a row got right, in percent.
fn of_row(runs: &[Run], row: &str, share: impl Fn(&Run) -> f64) -> Vec<f64> {
    runs.iter().filter(|run| run.row == row).map(|run| 100.0 * share(run)).collect()
}

#[cfg(test)]
mod tests {
    use super::{markdown, recipes, Run};

    #[test]
    fn runs_become_means_in_their_rows() {
        let recipes = recipes();
        let run = |row: &str, seed, accuracy| Run { row: row.to_owned(), seed, accuracy, integers: accuracy / 2.0, hidden_spikes: None, command: String::new(), commit: "0".to_owned() };
        let coding = recipes.iter().find(|recipe| recipe.is_coding).expect("a coding");
        let table = markdown(&[run(&recipes[0].row, 1, 0.97), run(&recipes[0].row, 2, 0.98), run(&coding.row, 1, 0.5)]);
        assert!(table.contains(&format!("| {} | {} | 97.50 +- 0.71 | 48.75 +- 0.35 | - | 2 |", recipes[0].row, recipes[0].options.n_epochs)), "{table}");
        let n_others = recipes.iter().filter(|recipe| !recipe.is_coding).count() - 1;
        // Once in its place, and once for each of its code, surrogate, decoding and loss.
        assert_eq!((table.matches("not run").count(), table.matches(" 25.0 ").count()), (2 * n_others, 1 + 4), "{table}");
    }

    /// A row is found by its name, and a training by its command.
    #[test]
    fn no_two_recipes_are_one() {
        let recipes = recipes();
        let mut names: Vec<&str> = recipes.iter().map(|recipe| recipe.row.as_str()).collect();
        let mut commands: Vec<String> = recipes.iter().map(|recipe| recipe.command(1, recipe.splits[0])).collect();
        names.sort_unstable();
        names.dedup();
        commands.sort_unstable();
        commands.dedup();
        assert_eq!((names.len(), commands.len()), (recipes.len(), recipes.len()));
        assert_eq!(recipes.iter().filter(|recipe| recipe.is_coding).count(), 3 * 3 * 4 * 3);
    }
}
