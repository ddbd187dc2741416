//! What learning costs in clock cycles, beside inference.

use serde::{Deserialize, Serialize};
use spikeforge_sim::plasticity::Cycles;

/// The cycles of some labelled samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Of all samples up to their verdicts, and to the end of what was learned.
    pub verdict: u64,
    pub all: u64,
    /// Of the sample that took most beside its verdict.
    pub most: (u64, u64),
}

impl Cost {
    pub fn add(&mut self, sample: Cycles) {
        self.verdict += sample.verdict;
        self.all += sample.all;
        let (verdict, all) = self.most;
        if sample.all * verdict > all * sample.verdict || verdict == 0 {
            self.most = (sample.verdict, sample.all);
        }
    }

    /// Cycles of a learning presentation over those of inference, on average; nothing where no cycles were counted.
    pub fn average(&self) -> Option<f64> {
        ratio(self.all, self.verdict)
    }

    /// The same of the costliest sample.
    pub fn highest(&self) -> Option<f64> {
        ratio(self.most.1, self.most.0)
    }
}

#[allow(clippy::cast_precision_loss)]
fn ratio(all: u64, verdict: u64) -> Option<f64> {
    (verdict > 0).then(|| all as f64 / verdict as f64)
}

#[cfg(test)]
mod tests {
    use spikeforge_sim::plasticity::Cycles;

    use super::Cost;

    #[test]
    fn samples_weigh_by_their_cycles() {
        let mut cost = Cost::default();
        assert_eq!((cost.average(), cost.highest()), (None, None));
        for (verdict, all) in [(100, 100), (100, 150), (200, 250)] {
            cost.add(Cycles { verdict, all });
        }
        assert_eq!((cost.average(), cost.highest()), (Some(1.25), Some(1.5)));
    }
}
