//! Fixed patterns on the input lines, one a class.

use serde::{Deserialize, Serialize};

use super::{LearningNetwork, Rule};
use crate::random::SplitMix64;
use crate::{SignMatrix, Spikes};

/// Sparse patterns: SigProp presents a class's lines as its target, PEPITA adds the lines of one class that are up and
/// takes away those that are down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patterns {
    /// `[class][input]`: the lines that take part.
    pub active: SignMatrix,
    /// `[class][input]`: those of them that are up.
    pub up: SignMatrix,
}

impl Patterns {
    /// Patterns with a share of the lines active that suits the rule; none for the rules without.
    pub(crate) fn random(network: &LearningNetwork, random: &mut SplitMix64) -> Self {
        let one_in = match network.rule {
            Rule::Sigprop => 8,
            Rule::Pepita => 32,
            _ => return Patterns { active: SignMatrix::new(0, 0), up: SignMatrix::new(0, 0) },
        };
        let (n_classes, n_inputs) = (network.n_classes, network.input.n());
        let mut patterns =
            Patterns { active: SignMatrix::new(n_classes, n_inputs), up: SignMatrix::new(n_classes, n_inputs) };
        for class in 0..n_classes {
            for i in 0..n_inputs {
                patterns.active.set(class, i, random.chance(1, one_in));
                patterns.up.set(class, i, random.chance(1, 2));
            }
        }
        patterns
    }

    /// The active lines of a class, all spiking.
    pub(crate) fn target(&self, class: usize) -> Spikes {
        (0..self.active.n_inputs()).map(|i| self.active.get(class, i)).collect()
    }

    /// What the patterns of two classes do to a line: -2 to +2, the first less the second.
    pub(crate) fn difference(&self, label: usize, rival: usize, i: usize) -> i32 {
        self.sign(label, i) - self.sign(rival, i)
    }

    fn sign(&self, class: usize, i: usize) -> i32 {
        match (self.active.get(class, i), self.up.get(class, i)) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => -1,
        }
    }
}
