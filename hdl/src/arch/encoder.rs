//! What a design needs to code its inputs itself.

use serde::{Deserialize, Serialize};

use super::{Arch, Style};

/// Of an input.
pub const VALUE_BITS: u32 = 8;
/// From the last value of a timestep to the first of the next, at least.
const PASS_CYCLES: usize = 3;
/// So few values are not worth a block RAM.
const LOGIC_VALUES: usize = 16;

/// How values become spikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EncoderArch {
    /// By the phase of each input.
    Accumulator,
    /// By random numbers, from this state at the start of a presentation.
    Lfsr { seed: u16 },
    /// One spike each, the greater the earlier, in so many timesteps.
    Latency { n_timesteps: u32 },
    /// Where a value has risen by so much.
    Delta { threshold: u8 },
}

impl EncoderArch {
    /// Whether each input has a word that lasts from timestep to timestep.
    pub fn has_states(&self) -> bool {
        matches!(self, EncoderArch::Accumulator | EncoderArch::Delta { .. })
    }

    /// Where the values of `n` inputs, and their states, are kept.
    pub fn memory_style(n: usize) -> Style {
        if n <= LOGIC_VALUES { Style::Logic } else { Style::Block }
    }

    /// Cycles of a timestep of `n` inputs: a value each.
    pub fn cycles_per_timestep(n: usize) -> usize {
        n + PASS_CYCLES
    }
}

impl Arch {
    /// Words of a timestep as the host port writes them, and their bits: beats of spikes, or a value of each input.
    pub(crate) fn host_words(&self) -> (usize, u32) {
        match (&self.encoder, self.stages.first()) {
            (_, None) => (0, VALUE_BITS),
            (Some(_), Some(first)) => (first.n_inputs, VALUE_BITS),
            (None, Some(first)) => (first.input_beats(), first.beat),
        }
    }

    /// Bits of an input on the wire.
    pub(super) fn value_bits(&self) -> u32 {
        if self.encoder.is_some() { VALUE_BITS } else { 1 }
    }

    /// Cycles of a timestep of the encoder; none without one.
    pub fn encoder_cycles(&self) -> Option<usize> {
        self.encoder.map(|_| EncoderArch::cycles_per_timestep(self.host_words().0))
    }
}
