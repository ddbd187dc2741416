//! The random numbers of the rules.

use serde::{Deserialize, Serialize};

use crate::arithmetic::low_bits;

/// A Galois shift register of 16 bits with the feedback mask 0xB400, whose states repeat after 65 535 steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u16", into = "u16")]
pub struct Lfsr(u16);

impl Lfsr {
    /// A register in state `seed`, or in state 1 for a seed of 0, which it would never leave.
    pub fn new(seed: u16) -> Self {
        Lfsr(seed.max(1))
    }

    pub fn state(self) -> u16 {
        self.0
    }

    /// The `bits` (1..=16) high bits of the state, which stays.
    pub(crate) fn highest(self, bits: u32) -> usize {
        usize::from(self.0 >> (16 - bits))
    }

    /// The `bits` (0..=16) low bits of the state, after which the register goes on by four steps.
    pub fn draw(&mut self, bits: u32) -> i32 {
        let drawn = low_bits(self.0, bits);
        for _ in 0..4 {
            let feedback = if self.0 & 1 == 1 { 0xB400 } else { 0 };
            self.0 = (self.0 >> 1) ^ feedback;
        }
        drawn
    }
}

impl From<u16> for Lfsr {
    fn from(seed: u16) -> Self {
        Lfsr::new(seed)
    }
}

impl From<Lfsr> for u16 {
    fn from(lfsr: Lfsr) -> Self {
        lfsr.0
    }
}
