//! How many epochs the descents take for XOR, as McKennoch et al. 2006 compare them.

use serde::Serialize;

use super::descent::DescentName;
use super::network::Network;
use super::training::{xor, Training, ENOUGH};
use crate::statistics::mean_and_deviation;

/// Inputs (two and one that is always early), hidden neurons (one inhibits), the output.
pub(super) const SIZES: [usize; 3] = [3, 5, 1];
/// Of the first weights.
pub(super) const WEIGHTS: std::ops::Range<f64> = 1.0..10.0;

/// A descent from so many starts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    pub descent: &'static str,
    /// None for RProp, which goes by signs.
    pub rate: Option<f64>,
    pub starts: usize,
    /// From how many of them the error came down to 1/2 ms^2 in all.
    pub solved: usize,
    /// Epochs to there, of those that were solved; none when none was.
    pub mean_epochs: Option<f64>,
    pub deviation: Option<f64>,
    pub median_epochs: Option<usize>,
}

/// XOR by each descent from the starts of seeds `first`, `first + 1` and on, for at most `most` epochs each.
pub fn compare(first: u64, n_starts: usize, most: usize) -> Vec<Compared> {
    DescentName::ALL.iter().map(|&name| one(name, first, n_starts, most)).collect()
}

fn one(name: DescentName, first: u64, n_starts: usize, most: usize) -> Compared {
    let epochs = |seed| Training::new(Network::new(&SIZES, WEIGHTS, seed), name, name.rate()).run(&xor(), ENOUGH, most).n_epochs;
    let seeds = (first..u64::MAX).take(n_starts);
    let mut solved: Vec<usize> = seeds.filter_map(epochs).collect();
    solved.sort_unstable();
    #[allow(clippy::cast_precision_loss)] // epochs
    let spread = mean_and_deviation(&solved.iter().map(|&epochs| epochs as f64).collect::<Vec<_>>());
    Compared {
        descent: name.name(),
        rate: Some(name.rate()).filter(|_| name != DescentName::RProp),
        starts: n_starts,
        solved: solved.len(),
        mean_epochs: spread.map(|(mean, _)| mean),
        deviation: spread.map(|(_, deviation)| deviation),
        median_epochs: solved.get(solved.len().saturating_sub(1) / 2).copied(),
    }
}
