//! Samples parted into those that are learned and those that are tested.

use spikeforge_sim::random::SplitMix64;

use super::{LearnError, Samples, Split};

/// Fold `fold` of `n_folds` is tested, the rest is learned; a seed decides which samples are in it.
pub fn fold(samples: &Samples, fold: usize, n_folds: usize, seed: u64) -> Result<Split, LearnError> {
    let order = SplitMix64::new(seed).shuffled(samples.len());
    let is_tested = |&(place, _): &(usize, usize)| place * n_folds / samples.len().max(1) == fold;
    let (test, train): (Vec<_>, Vec<_>) = order.into_iter().enumerate().partition(is_tested);
    let numbers = |part: Vec<(usize, usize)>| part.into_iter().map(|(_, number)| number).collect::<Vec<_>>();
    Ok(Split { train: samples.select(&numbers(train))?, test: samples.select(&numbers(test))? })
}

/// The same with an even share of each class in every fold.
pub fn even_fold(samples: &Samples, fold: usize, n_folds: usize, seed: u64) -> Result<Split, LearnError> {
    let mut n_seen = vec![0; samples.n_classes()];
    let mut is_tested = |&number: &usize| {
        let seen = &mut n_seen[samples.labels()[number]];
        *seen += 1;
        (*seen - 1) % n_folds == fold
    };
    let (test, train): (Vec<_>, Vec<_>) =
        SplitMix64::new(seed).shuffled(samples.len()).into_iter().partition(&mut is_tested);
    Ok(Split { train: samples.select(&train)?, test: samples.select(&test)? })
}

/// The last sixth of the samples is tested, the rest is learned: for choosing settings without seeing the test.
pub fn validation(samples: &Samples) -> Result<Split, LearnError> {
    let n_train = samples.len() * 5 / 6;
    let part = |range: std::ops::Range<usize>| samples.select(&range.collect::<Vec<_>>());
    Ok(Split { train: part(0..n_train)?, test: part(n_train..samples.len())? })
}
