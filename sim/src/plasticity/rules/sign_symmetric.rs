//! Sign-symmetric feedback (Liao, Leibo and Poggio, 2016): a neuron moves with the sign of its weight for the label, and
//! against that for the rival.

use super::{Memory, Verdict};

pub(super) fn modulator(memory: &Memory, verdict: Verdict, j: usize) -> i32 {
    memory.readout.sign(verdict.label, j) - memory.readout.sign(verdict.rival, j)
}
