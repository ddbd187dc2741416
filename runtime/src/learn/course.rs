//! In which order samples are learned, and when the rates are lowered.

use serde::{Deserialize, Serialize};
use spikeforge_sim::random::SplitMix64;

use super::Budget;

/// A course of training.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    pub n_samples: usize,
    pub n_epochs: usize,
    /// The seed of the order, which is another one each epoch; without it samples keep their order.
    pub shuffle: Option<u64>,
    /// How often the rates are halved, after equal parts of the course: with 3, after each third but the last.
    pub n_halvings: usize,
    /// Without it every sample may be learned from.
    #[serde(default)]
    pub budget: Option<Budget>,
}

impl Course {
    /// Samples of the whole course.
    pub fn n_presentations(&self) -> u64 {
        (self.n_samples as u64).saturating_mul(self.n_epochs as u64)
    }

    /// The order of an epoch, from 0.
    pub fn order(&self, epoch: usize) -> Vec<usize> {
        let Some(seed) = self.shuffle else {
            return (0..self.n_samples).collect();
        };
        let mut random = SplitMix64::new(seed);
        for _ in 0..epoch {
            random.shuffled(self.n_samples);
        }
        random.shuffled(self.n_samples)
    }

    /// How often the rates have been halved before the presentation of that number, from 0.
    pub fn halvings_before(&self, presentation: u64) -> u64 {
        let total = u128::from(self.n_presentations().max(1));
        let halvings = u128::from(presentation) * self.n_halvings as u128 / total;
        u64::try_from(halvings).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::Course;

    #[test]
    fn rates_fall_after_equal_parts_and_orders_differ() {
        let course = Course { n_samples: 10, n_epochs: 3, shuffle: Some(1), n_halvings: 3, budget: None };
        let halvings: Vec<u64> = [0, 9, 10, 19, 20, 29].map(|n| course.halvings_before(n)).to_vec();
        assert_eq!(halvings, [0, 0, 1, 1, 2, 2]);
        let orders: Vec<Vec<usize>> = (0..3).map(|epoch| course.order(epoch)).collect();
        assert!(orders[0] != orders[1] && orders[1] != orders[2]);
        for mut order in orders {
            order.sort_unstable();
            assert_eq!(order, (0..10).collect::<Vec<_>>());
        }
        assert_eq!(Course { shuffle: None, ..course }.order(2), (0..10).collect::<Vec<_>>());
    }
}
