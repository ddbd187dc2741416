//! The leaky integrate-and-fire neurons of a layer.

use serde::{Deserialize, Serialize};

use crate::arithmetic;
use crate::synapse::Synapse;

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
    /// What the drive passes through on its way to the membrane; nothing where it acts at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synapse: Option<Synapse>,
    /// What the current is worth, by [`Neurons::scaled_by`], that of the last element beyond it too; empty where it is always
    /// worth the same. The biases are then all 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scaling: Vec<Scaling>,
    #[serde(default, skip_serializing_if = "ScaledBy::is_timestep")]
    pub scaled_by: ScaledBy,
}

/// What says which element of a layer's scaling holds at a timestep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ScaledBy {
    /// The number of the timestep in its presentation.
    #[default]
    Timestep,
    /// How many spikes have entered the layer since the presentation began, those of this timestep among them, in units of
    /// 2^`shift`. Only for dense layers of weights -1 and +1.
    Count { shift: u32 },
}

/// What a current is multiplied by, and what is added to it: one element a neuron (or, in a convolution, a channel), in units
/// of 2^-`fraction_bits`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    pub scale: Vec<i64>,
    pub bias: Vec<i64>,
}


/// What firing does to the membrane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    None,
    Zero,
    Subtract,
    /// By subtraction at once as snnTorch does it with `reset_delay = False`: a membrane that is stored above its
    /// threshold is lowered by it before the comparison, and what that took is not taken again, or given back if the
    /// neuron does not fire. Differs from [`Reset::Subtract`] where a membrane passes twice its threshold.
    SubtractAhead,
}

/// The side of the threshold on which a neuron fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fires {
    /// Fires when the membrane is above its threshold, which is at least 0.
    Above,
    /// Fires when the membrane has reached its threshold, which is at least 1.
    At,
    /// Never fires, and so is never reset: a readout, of which the membrane is what counts. Its threshold is 0.
    Never,
}

impl Neurons {
    /// Some of the neurons, in the order in which they are given.
    pub fn part(&self, neurons: &[usize]) -> Neurons {
        Neurons {
            beta: neurons.iter().map(|&j| self.beta[j]).collect(),
            threshold: neurons.iter().map(|&j| self.threshold[j]).collect(),
            bias: neurons.iter().map(|&j| self.bias[j]).collect(),
            scaling: self.scaling.iter().map(|scaling| scaling.part(neurons)).collect(),
            synapse: self.synapse.as_ref().map(|synapse| synapse.part(neurons)),
            ..*self
        }
    }

    /// One timestep of every neuron, none of which has a synapse or a scaling: from their currents, membranes and packed spikes those of the timestep.
    #[inline(always)]
    pub(crate) fn advance_all(&self, membranes: &mut [i64], fired: &mut [u64], currents: &[i32]) {
        // A loop for each kind of reset, which then decides nothing for a neuron.
        match (self.reset, self.reset_delay) {
            (Reset::None, _) => self.advance_each((Reset::None, false), membranes, fired, currents),
            (Reset::Zero, false) => self.advance_each((Reset::Zero, false), membranes, fired, currents),
            (Reset::Zero, true) => self.advance_each((Reset::Zero, true), membranes, fired, currents),
            (Reset::Subtract, false) => self.advance_each((Reset::Subtract, false), membranes, fired, currents),
            (Reset::Subtract, true) => self.advance_each((Reset::Subtract, true), membranes, fired, currents),
            (Reset::SubtractAhead, _) => self.advance_each((Reset::SubtractAhead, false), membranes, fired, currents),
        }
    }

    #[inline(always)]
    fn advance_each(&self, reset: (Reset, bool), membranes: &mut [i64], fired: &mut [u64], currents: &[i32]) {
        for (block, (membranes, currents)) in membranes.chunks_mut(64).zip(currents.chunks(64)).enumerate() {
            let (first, n) = (64 * block, membranes.len());
            let (beta, threshold) = (&self.beta[first..][..n], &self.threshold[first..][..n]);
            let (bias, currents) = (&self.bias[first..][..n], &currents[..n]);
            let mut fires = [false; 64];
            for i in 0..n {
                let drive = arithmetic::drive(currents[i].into(), self.fraction_bits, bias[i]);
                let fired = fired[block] >> i & 1 == 1;
                (membranes[i], fires[i]) = self.advance_by(reset, (beta[i], threshold[i]), membranes[i], fired, drive);
            }
            fired[block] = fires.iter().rev().fold(0, |word, &fires| word << 1 | u64::from(fires));
        }
    }

    /// One timestep of neuron `j`: its membrane and spike, from those of the timestep before and what drives it.
    pub(crate) fn advance(&self, j: usize, membrane: i64, fired: bool, drive: i64) -> (i64, bool) {
        let neuron = (self.beta[j], self.threshold[j]);
        self.advance_by((self.reset, self.reset_delay), neuron, membrane, fired, drive)
    }

    /// Which scaling holds at a timestep behind `n_spikes` in all.
    pub(crate) fn element(&self, timestep: usize, n_spikes: i64) -> usize {
        match self.scaled_by {
            ScaledBy::Timestep => timestep,
            ScaledBy::Count { shift } => usize::try_from(n_spikes >> shift).unwrap_or(usize::MAX),
        }
    }

    /// What drives neuron `j` under the scaling `element`: its current and bias, or where it has a synapse, what that keeps and them.
    pub(crate) fn drive(&self, element: usize, j: usize, current: i64, synaptic: &mut i64) -> i64 {
        let drive = self.scaled(element, j, current);
        let Some(synapse) = &self.synapse else { return drive };
        *synaptic = arithmetic::integrate(arithmetic::leak(*synaptic, synapse.decay(j), self.beta_bits), drive, 0);
        *synaptic
    }

    /// The current of neuron `j` in the units of its membrane, with its bias.
    pub(crate) fn scaled(&self, element: usize, j: usize, current: i64) -> i64 {
        match self.scaling.get(element).or(self.scaling.last()) {
            Some(scaling) => arithmetic::scaled(current, scaling.scale[j], scaling.bias[j]),
            None => arithmetic::drive(current, self.fraction_bits, self.bias[j]),
        }
    }

    #[inline(always)]
    fn advance_by(
        &self,
        (reset, reset_delay): (Reset, bool),
        (beta, threshold): (u32, i64),
        membrane: i64,
        fired: bool,
        drive: i64,
    ) -> (i64, bool) {
        let late = match reset {
            Reset::SubtractAhead => self.fires.at(membrane, threshold),
            _ => reset_delay && fired,
        };
        let leaked = match reset {
            Reset::Zero if late => 0,
            _ => arithmetic::leak(membrane, beta, self.beta_bits),
        };
        let integrated = match reset {
            Reset::Subtract | Reset::SubtractAhead if late => arithmetic::integrate(leaked, drive, threshold),
            _ => arithmetic::integrate(leaked, drive, 0),
        };
        let membrane_next = arithmetic::saturate(integrated, self.membrane_bits);
        let fires = self.fires.at(membrane_next, threshold);
        let membrane = match reset {
            Reset::Zero if fires && !reset_delay => 0,
            Reset::Subtract if fires && !reset_delay => arithmetic::integrate(membrane_next, 0, threshold),
            Reset::SubtractAhead if fires && !late => arithmetic::integrate(membrane_next, 0, threshold),
            Reset::SubtractAhead if late && !fires => {
                arithmetic::saturate(membrane_next + threshold, self.membrane_bits)
            }
            _ => membrane_next,
        };
        (membrane, fires)
    }
}

impl ScaledBy {
    #[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
    fn is_timestep(&self) -> bool {
        *self == ScaledBy::Timestep
    }
}

impl Scaling {
    fn part(&self, neurons: &[usize]) -> Scaling {
        let of = |values: &[i64]| neurons.iter().map(|&j| values[j]).collect();
        Scaling { scale: of(&self.scale), bias: of(&self.bias) }
    }
}

impl Fires {
    /// Whether a membrane fires a neuron of this threshold.
    pub(crate) fn at(self, membrane: i64, threshold: i64) -> bool {
        match self {
            Fires::Above => membrane > threshold,
            Fires::At => membrane >= threshold,
            Fires::Never => false,
        }
    }

    /// The least threshold that a neuron may have: one at which it does not fire at rest.
    pub(crate) fn lowest_threshold(self) -> i64 {
        match self {
            Fires::Above | Fires::Never => 0,
            Fires::At => 1,
        }
    }

    /// The least membrane that fires a neuron of this threshold.
    pub(crate) fn lowest(self, threshold: i64) -> i64 {
        match self {
            Fires::Above => threshold + 1,
            Fires::At => threshold,
            Fires::Never => i64::MAX,
        }
    }
}
