//! Direct random feedback (the family of feedback alignment): fixed random signs take the place of the readout's.

use super::{Memory, Verdict};

pub(super) fn modulator(memory: &Memory, verdict: Verdict, j: usize) -> i32 {
    memory.feedback(verdict.label, j) - memory.feedback(verdict.rival, j)
}
