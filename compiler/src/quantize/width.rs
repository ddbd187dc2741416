//! The width of a layer's membranes: proved where it can be, asked for, or wide enough for a long presentation.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use spikeforge_sim::{limits, range, Layer, Neurons};

/// A width in bits and why it is that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembraneWidth {
    pub bits: u32,
    pub reason: WidthReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WidthReason {
    /// No input can make a membrane saturate.
    Proved,
    /// The user asked for it; a membrane that does not fit saturates.
    Asked,
    /// Some input drives a membrane beyond every width, but needs more than this many timesteps.
    Timesteps(u64),
}

/// A presentation is not expected to be longer.
const LONG_PRESENTATION: u64 = 1024;

/// The width for a layer whose `membrane_bits` does not matter. `None` where the strongest drive of a single timestep
/// exceeds every width.
pub(super) fn membrane_width(
    layer: &Layer,
    asked: Option<u32>,
) -> Option<MembraneWidth> {
    if let Some(bits) = asked {
        return Some(MembraneWidth {
            bits,
            reason: WidthReason::Asked,
        });
    }
    if let Some(bits) = range::layer_membrane_bits(layer) {
        return Some(MembraneWidth {
            bits,
            reason: WidthReason::Proved,
        });
    }
    let (neurons, currents) = (&layer.neurons, range::currents(layer));
    let n_parameters = neurons.threshold.len();
    // Parameters of a channel, or of each of its positions.
    let positions = (n_parameters / currents.len().max(1)).max(1);
    let drive = (0..n_parameters)
        .map(|j| strongest_drive(&currents[j / positions], neurons, j))
        .max()
        .unwrap_or(0);
    let threshold = neurons
        .threshold
        .iter()
        .map(|threshold| threshold.unsigned_abs())
        .max()
        .unwrap_or(0);
    let wanted = drive.saturating_mul(LONG_PRESENTATION).max(threshold);
    let bits = (u64::BITS - wanted.leading_zeros() + 1).clamp(2, limits::MEMBRANE_BITS);
    let greatest = (1u64 << (bits - 1)) - 1;
    let n_timesteps = greatest / drive.max(1);
    (n_timesteps > 0 && threshold <= greatest).then_some(MembraneWidth {
        bits,
        reason: WidthReason::Timesteps(n_timesteps),
    })
}

/// The most by which one timestep can move the membrane of a neuron with parameters `j`.
fn strongest_drive(currents: &RangeInclusive<i64>, neurons: &Neurons, j: usize) -> u64 {
    let (weakest, strongest) = range::drives(neurons, j, currents);
    let drive = match &neurons.synapse {
        Some(synapse) => 1 << (synapse.bits - 1),
        None => weakest.unsigned_abs().max(strongest.unsigned_abs()),
    };
    drive
        .saturating_add(neurons.threshold[j].unsigned_abs())
}
