//! The frameworks that export NIR, and what their neurons do when their user says nothing.

use serde::{Deserialize, Serialize};
use spikeforge_sim::{Fires, Reset};

/// A framework whose exporter and default neuron are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Framework {
    SnnTorch,
    Norse,
    Sinabs,
    SpikingJelly,
}

/// How the equation of the membrane becomes a factor a timestep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Discretization {
    /// beta = 1 - dt / tau, as in NIR and most frameworks.
    Euler,
    /// beta = exp(-dt / tau), as in sinabs.
    Exponential,
}

/// What a framework does when its user says nothing.
pub(super) struct Defaults {
    pub reset: Reset,
    pub reset_delay: bool,
    pub fires: Fires,
    /// Seconds.
    pub dt: f64,
    pub discretization: Discretization,
}

/// Fixed in snnTorch's exporter, and the default of SpikingJelly's.
pub(super) const SNNTORCH_DT: f64 = 1e-4;

/// NIR's equations: `v > v_threshold` fires and sets v to v_reset at once. They leave dt open.
pub(super) const NIR_DEFAULTS: Defaults = Defaults {
    reset: Reset::Zero,
    reset_delay: false,
    fires: Fires::Above,
    dt: SNNTORCH_DT,
    discretization: Discretization::Euler,
};

impl Framework {
    pub(super) fn defaults(self) -> Defaults {
        match self {
            Framework::SnnTorch => Defaults {
                reset: Reset::Subtract,
                reset_delay: true,
                ..NIR_DEFAULTS
            },
            Framework::Norse => Defaults {
                dt: 1e-3,
                ..NIR_DEFAULTS
            },
            Framework::Sinabs => Defaults {
                reset: Reset::Subtract,
                fires: Fires::At,
                dt: 1.0,
                discretization: Discretization::Exponential,
                ..NIR_DEFAULTS
            },
            Framework::SpikingJelly => Defaults {
                fires: Fires::At,
                ..NIR_DEFAULTS
            },
        }
    }
}

impl std::fmt::Display for Framework {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Framework {
    // Inlined into another unit of this crate, its table of names is lost when rustc 1.95 links the tests.
    #[inline(never)]
    fn name(self) -> &'static str {
        match self {
            Framework::SnnTorch => "snnTorch",
            Framework::Norse => "Norse",
            Framework::Sinabs => "sinabs",
            Framework::SpikingJelly => "SpikingJelly",
        }
    }
}
