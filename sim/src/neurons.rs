//! The leaky integrate-and-fire neurons of a layer.

use serde::{Deserialize, Serialize};

use crate::arithmetic;

/// The neurons of a layer: their parameters, one element a neuron (or, in a convolution, a channel), and what they have
/// in common.
///
/// Thresholds, biases and membranes are in units of 2^-`fraction_bits` of a weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neurons {
    pub fraction_bits: u32,
    pub beta_bits: u32,
    /// The share of the membrane that is kept, in units of 2^-`beta_bits`; `1 << beta_bits` never leaks.
    pub beta: Vec<u32>,
    pub threshold: Vec<i64>,
    pub bias: Vec<i64>,
    pub reset: Reset,
    /// The reset of a neuron that fires acts at the next timestep (snnTorch's default) instead of at once.
    pub reset_delay: bool,
    pub fires: Fires,
    /// The width of a membrane; what does not fit saturates.
    pub membrane_bits: u32,
}

/// What firing does to the membrane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reset {
    None,
    Zero,
    Subtract,
}

/// The side of the threshold on which a neuron fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fires {
    /// Fires when the membrane is above its threshold, which is at least 0.
    Above,
    /// Fires when the membrane has reached its threshold, which is at least 1.
    At,
}

impl Neurons {
    /// One timestep of every neuron: from their currents, membranes and packed spikes those of the timestep.
    pub(crate) fn advance_all(&self, membranes: &mut [i64], fired: &mut [u64], currents: &[i64]) {
        for (block, (membranes, currents)) in membranes.chunks_mut(64).zip(currents.chunks(64)).enumerate() {
            let before = fired[block];
            let mut after = 0;
            for (bit, (membrane, &current)) in membranes.iter_mut().zip(currents).enumerate() {
                let fired = before >> bit & 1 == 1;
                let (membrane_next, fires) = self.advance(64 * block + bit, *membrane, fired, current);
                *membrane = membrane_next;
                after |= u64::from(fires) << bit;
            }
            fired[block] = after;
        }
    }

    /// One timestep of neuron `j`: its membrane and spike, from those of the timestep before and its current.
    pub(crate) fn advance(&self, j: usize, membrane: i64, fired: bool, current: i64) -> (i64, bool) {
        let threshold = self.threshold[j];
        let late = self.reset_delay && fired;
        let leaked = match self.reset {
            Reset::Zero if late => 0,
            _ => arithmetic::leak(membrane, self.beta[j], self.beta_bits),
        };
        let drive = arithmetic::drive(current, self.fraction_bits, self.bias[j]);
        let integrated = match self.reset {
            Reset::Subtract if late => leaked + drive - threshold,
            _ => leaked + drive,
        };
        let membrane_next = arithmetic::saturate(integrated, self.membrane_bits);
        let fires = self.fires.at(membrane_next, threshold);
        let membrane = match self.reset {
            Reset::Zero if fires && !self.reset_delay => 0,
            Reset::Subtract if fires && !self.reset_delay => membrane_next - threshold,
            _ => membrane_next,
        };
        (membrane, fires)
    }
}

impl Fires {
    /// Whether a membrane fires a neuron of this threshold.
    pub(crate) fn at(self, membrane: i64, threshold: i64) -> bool {
        match self {
            Fires::Above => membrane > threshold,
            Fires::At => membrane >= threshold,
        }
    }

    /// The least threshold that a neuron may have: one at which it does not fire at rest.
    pub(crate) fn lowest_threshold(self) -> i64 {
        match self {
            Fires::Above => 0,
            Fires::At => 1,
        }
    }

    /// The least membrane that fires a neuron of this threshold.
    pub(crate) fn lowest(self, threshold: i64) -> i64 {
        match self {
            Fires::Above => threshold + 1,
            Fires::At => threshold,
        }
    }
}
