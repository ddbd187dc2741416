//! All combinations of codings, decodings, losses and surrogates, as a table of codes and surrogates by decodings and losses,
//! of the compiler's integers.

use super::recipes::row;
use super::{of_row, Run};
use crate::statistics::mean_and_deviation;
use crate::{Coding, Decoding, Loss, Surrogate};

pub(super) const CODINGS: [Coding; 3] = [Coding::Rate, Coding::Latency, Coding::Delta];
pub(super) const DECODINGS: [Decoding; 3] = [Decoding::Rate, Decoding::Latency, Decoding::Population];

/// A line a code, surrogate and decoding, a column a loss; then the mean of each choice over all others.
pub(super) fn markdown(runs: &[Run]) -> String {
    let losses: Vec<&str> = Loss::ALL.iter().map(|loss| loss.name()).collect();
    let mut text = format!("| code | surrogate | decoding | {} |\n|{}\n", losses.join(" | "), "---|".repeat(3 + losses.len()));
    for coding in CODINGS {
        for &surrogate in Surrogate::ALL {
            for decoding in DECODINGS {
                let cells: Vec<String> = Loss::ALL.iter().map(|&loss| cell(&of_row(runs, &row(coding, surrogate, decoding, loss), |run| run.integers))).collect();
                text.push_str(&format!("| {coding} | {surrogate} | {decoding} | {} |\n", cells.join(" | ")));
            }
        }
    }
    text + "\n" + &summary(runs)
}

fn cell(accuracies: &[f64]) -> String {
    match mean_and_deviation(accuracies) {
        // One run tells no deviation.
        Some((mean, _)) if accuracies.len() == 1 => format!("{mean:.1}"),
        Some((mean, deviation)) => format!("{mean:.1} +- {deviation:.1}"),
        None => "-".to_owned(),
    }
}

/// The mean of all combinations that have a choice in common.
fn summary(runs: &[Run]) -> String {
    let mut text = "| choice | mean over the others | runs |\n|---|---|---|\n".to_owned();
    let mut line = |name: &str, has: &dyn Fn(Coding, Surrogate, Decoding, Loss) -> bool| {
        let all = combinations().filter(|&(coding, surrogate, decoding, loss)| has(coding, surrogate, decoding, loss));
        let accuracies: Vec<f64> = all.flat_map(|(coding, surrogate, decoding, loss)| of_row(runs, &row(coding, surrogate, decoding, loss), |run| run.integers)).collect();
        let mean = mean_and_deviation(&accuracies).map_or_else(|| "-".to_owned(), |(mean, _)| format!("{mean:.1}"));
        text.push_str(&format!("| {name} | {mean} | {} |\n", accuracies.len()));
    };
    for chosen in CODINGS {
        line(&format!("{chosen} code"), &|coding, _, _, _| coding == chosen);
    }
    for &chosen in Surrogate::ALL {
        line(chosen.name(), &|_, surrogate, _, _| surrogate == chosen);
    }
    for chosen in DECODINGS {
        line(&format!("{chosen} decoding"), &|_, _, decoding, _| decoding == chosen);
    }
    for &chosen in Loss::ALL {
        line(chosen.name(), &|_, _, _, loss| loss == chosen);
    }
    text
}

fn combinations() -> impl Iterator<Item = (Coding, Surrogate, Decoding, Loss)> {
    CODINGS.into_iter().flat_map(|coding| {
        Surrogate::ALL.iter().flat_map(move |&surrogate| {
            DECODINGS.into_iter().flat_map(move |decoding| Loss::ALL.iter().map(move |&loss| (coding, surrogate, decoding, loss)))
        })
    })
}
