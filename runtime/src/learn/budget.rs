//! How much time learning may take beside inference, so that a course has a known length and a stream is kept up with.
//!
//! A sample that fits no more is told and not learned from: it costs an inference. Counted is what a learned sample costs
//! at most by the rule, not the cycles of a device, so that all devices learn the same. A course may spend its time as
//! early as it likes, since what comes first teaches most: spread evenly, small nets lost up to ten points more.

use serde::{Deserialize, Serialize};
use spikeforge_sim::plasticity::Rule;

/// Both in percent of the cycles of an inference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// What learning may take a sample, on average.
    per_sample: u32,
    /// What it takes when a sample is learned from.
    price: u32,
}

impl Budget {
    /// Percent: with it the average sample takes at most one and a half times its inference.
    pub const DEFAULT: u32 = 50;

    pub fn new(rule: Rule, per_sample: u32) -> Self {
        // What the costliest sample took in the Verilated design, of nets so small that their inference is short, rounded
        // up. Of SigProp, whose targets come before each 16th, the average.
        let price = match rule {
            Rule::ForwardForward => 200,
            Rule::Symba => 175,
            Rule::Pepita => 140,
            Rule::SignSymmetric | Rule::RandomFeedback | Rule::Drtp | Rule::Sigprop | Rule::Stdp => 40,
        };
        Budget { per_sample, price }
    }

    /// Whether one sample more than `n_learned` may be learned from, of `n_samples`: of the whole course, or of a stream
    /// those that have come.
    pub fn allows(&self, n_samples: u64, n_learned: u64) -> bool {
        let spent = u128::from(n_learned + 1) * u128::from(self.price);
        spent <= u128::from(n_samples) * u128::from(self.per_sample)
    }
}

#[cfg(test)]
mod tests {
    use spikeforge_sim::plasticity::Rule;

    use super::Budget;

    /// The samples of a stream of `n`, each hard, that are learned from.
    fn learned(budget: Budget, n: u64) -> Vec<u64> {
        let mut learned = Vec::new();
        for sample in 0..n {
            if budget.allows(sample + 1, learned.len() as u64) {
                learned.push(sample);
            }
        }
        learned
    }

    #[test]
    fn what_presents_a_sample_twice_learns_from_some_and_the_rest_from_all() {
        assert_eq!(learned(Budget::new(Rule::ForwardForward, 50), 12), [3, 7, 11]);
        assert_eq!(learned(Budget::new(Rule::SignSymmetric, 50), 4), [0, 1, 2, 3]);
        assert!(learned(Budget::new(Rule::Pepita, 0), 100).is_empty());
        assert_eq!(learned(Budget::new(Rule::Symba, 50), 1000).len(), 285);
    }

    #[test]
    fn easy_samples_leave_time_for_hard_ones() {
        let budget = Budget::new(Rule::Symba, 50);
        assert!(!budget.allows(3, 0) && budget.allows(4, 0));
        assert!(budget.allows(1000, 284) && !budget.allows(1000, 285));
    }
}
