//! What a user may say about the neurons of a model, where the file does not say it or says it wrongly.

use serde::{Deserialize, Serialize};
use spikeforge_sim::{limits, Fires, Reset};
use thiserror::Error;

use crate::model::Framework;

/// The neuron options of the command line. `None` leaves the choice to the file, its metadata, and the defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NeuronOptions {
    /// Whose defaults hold for what nothing else settles.
    pub framework: Option<Framework>,
    /// What firing does to the membrane.
    pub reset: Option<Reset>,
    /// Whether the reset acts one timestep late, as snnTorch's default does.
    pub reset_delay: Option<bool>,
    /// Whether a membrane equal to its threshold fires.
    pub fires: Option<Fires>,
    /// Length of a timestep in seconds.
    pub dt: Option<f64>,
    /// The share of the membrane that is kept at each timestep, 0 to 1, in place of the one from tau and dt.
    pub decay: Option<f64>,
    /// Bits behind the point of membranes, thresholds and biases.
    pub fraction_bits: Option<u32>,
    /// Bits behind the point of the decay.
    pub beta_bits: Option<u32>,
    /// Width of a membrane, which then saturates, in place of the least width that cannot overflow.
    pub membrane_bits: Option<u32>,
    /// Bits of the unsigned values that the input is made of, 1 for spikes.
    pub input_bits: Option<u32>,
    /// What a value of 1 is worth to the model, in place of 1 / (2^bits - 1).
    pub input_scale: Option<f64>,
    /// Replace weights that are not binary by their sign times the mean magnitude of their neuron.
    pub binarize: bool,
}

impl NeuronOptions {
    pub const DEFAULT_FRACTION_BITS: u32 = 12;
    pub const DEFAULT_BETA_BITS: u32 = 12;

    /// Checks the range of every number that was given.
    pub fn validate(&self) -> Result<(), OptionsError> {
        check_real("dt", "seconds, above 0", self.dt, |dt| {
            dt.is_finite() && dt > 0.0
        })?;
        check_real(
            "decay",
            "the share of the membrane that is kept, 0 to 1",
            self.decay,
            |decay| (0.0..=1.0).contains(&decay),
        )?;
        check_real("input-scale", "what an input of 1 is worth, above 0", self.input_scale, |scale| {
            scale.is_finite() && scale > 0.0
        })?;
        check_width("input-bits", self.input_bits, 1, limits::VALUE_BITS)?;
        check_width(
            "fraction-bits",
            self.fraction_bits,
            0,
            limits::FRACTION_BITS,
        )?;
        check_width("beta-bits", self.beta_bits, 0, limits::BETA_BITS)?;
        check_width(
            "membrane-bits",
            self.membrane_bits,
            2,
            limits::MEMBRANE_BITS,
        )
    }
}

/// An option outside of its range.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum OptionsError {
    #[error("--{option} {got} is out of range; it takes {takes}")]
    Real {
        option: &'static str,
        got: f64,
        takes: &'static str,
    },
    #[error("--{option} {got} is out of range; it takes {lowest} to {highest}")]
    Width {
        option: &'static str,
        got: u32,
        lowest: u32,
        highest: u32,
    },
}

fn check_real(
    option: &'static str,
    takes: &'static str,
    given: Option<f64>,
    allowed: impl Fn(f64) -> bool,
) -> Result<(), OptionsError> {
    match given {
        Some(got) if !allowed(got) => Err(OptionsError::Real { option, got, takes }),
        _ => Ok(()),
    }
}

fn check_width(
    option: &'static str,
    given: Option<u32>,
    lowest: u32,
    highest: u32,
) -> Result<(), OptionsError> {
    match given {
        Some(got) if !(lowest..=highest).contains(&got) => Err(OptionsError::Width {
            option,
            got,
            lowest,
            highest,
        }),
        _ => Ok(()),
    }
}
