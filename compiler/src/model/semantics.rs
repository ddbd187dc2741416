//! What NIR leaves open about a neuron, and where the answer comes from: option, metadata, file, framework, default.

use serde::Serialize;
use spikeforge_sim::{Fires, Reset};

use super::error::NeuronError;
use super::framework::{Discretization, Framework, NIR_DEFAULTS, SNNTORCH_DT};
use super::node::NodeKind;
use super::told::Told;
use super::{Model, Node};
use crate::options::NeuronOptions;

/// A choice and who made it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sourced<T> {
    pub value: T,
    pub source: Source,
}

/// Who made a choice, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The user, by an option.
    Option,
    /// The exporter, beside the node or its graph.
    Metadata,
    /// The parameters in the file.
    File,
    /// The defaults of the framework that the file is from.
    Framework(Framework),
    /// Nobody: what NIR's equations say.
    Default,
}

/// Everything about the neurons of a node that its NIR type leaves open.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Semantics {
    pub framework: Option<Sourced<Framework>>,
    pub reset: Sourced<Reset>,
    pub reset_delay: Sourced<bool>,
    pub fires: Sourced<Fires>,
    /// Seconds.
    pub dt: Sourced<f64>,
    pub discretization: Discretization,
}

impl Semantics {
    /// The semantics of a neuron node. Each choice is taken from the strongest source that makes it.
    pub fn of(
        model: &Model,
        node: &Node,
        options: &NeuronOptions,
    ) -> Result<Semantics, NeuronError> {
        let told = Told {
            node: &node.name,
            metadata: &node.metadata,
        };
        let implied_dt = implied_dt(model);
        let asked = options.framework.map(|value| (value, Source::Option));
        let told_framework = told.framework().map(|value| (value, Source::Metadata));
        let framework = match asked.or(told_framework) {
            Some((value, source)) => Some(Sourced { value, source }),
            None => implied_dt
                .filter(|&dt| is_close(dt, SNNTORCH_DT))
                .map(|_| Sourced {
                    value: Framework::SnnTorch,
                    source: Source::File,
                }),
        };
        let (defaults, source) = match framework {
            Some(framework) => (
                framework.value.defaults(),
                Source::Framework(framework.value),
            ),
            None => (NIR_DEFAULTS, Source::Default),
        };
        Ok(Semantics {
            framework,
            reset: choose(options.reset, || told.reset(), defaults.reset, source)?,
            reset_delay: choose(
                options.reset_delay,
                || told.reset_delay(),
                defaults.reset_delay,
                source,
            )?,
            fires: choose(options.fires, || told.fires(), defaults.fires, source)?,
            dt: match implied_dt {
                Some(dt) => choose(options.dt, || told.dt(), dt, Source::File)?,
                None => choose(options.dt, || told.dt(), defaults.dt, source)?,
            },
            discretization: defaults.discretization,
        })
    }
}

fn choose<T>(
    option: Option<T>,
    metadata: impl Fn() -> Result<Option<T>, NeuronError>,
    otherwise: T,
    source: Source,
) -> Result<Sourced<T>, NeuronError> {
    if let Some(value) = option {
        return Ok(Sourced {
            value,
            source: Source::Option,
        });
    }
    Ok(match metadata()? {
        Some(value) => Sourced {
            value,
            source: Source::Metadata,
        },
        None => Sourced {
            value: otherwise,
            source,
        },
    })
}

impl std::fmt::Display for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Source::Option => formatter.write_str("option"),
            Source::Metadata => formatter.write_str("metadata"),
            Source::File => formatter.write_str("file"),
            Source::Framework(framework) => write!(formatter, "{framework}'s default"),
            Source::Default => formatter.write_str("default"),
        }
    }
}

/// The length of a timestep that makes the input gain r dt / tau of every leaky neuron 1, as snnTorch exports them.
/// None where the neurons disagree or r = 1, which says nothing.
fn implied_dt(model: &Model) -> Option<f64> {
    let mut implied: Option<f64> = None;
    for node in &model.nodes {
        let lif = match &node.kind {
            NodeKind::Lif(lif) => lif,
            NodeKind::CubaLif(cuba) => &cuba.membrane,
            _ => continue,
        };
        if lif.tau.len() != lif.r.len() {
            return None;
        }
        for (&tau, &r) in lif
            .tau
            .iter()
            .zip(&lif.r)
            .filter(|(tau, r)| tau.is_finite() && r.is_finite())
        {
            let dt = tau / r;
            if is_close(r, 1.0)
                || dt.is_nan()
                || dt <= 0.0
                || implied.is_some_and(|other| !is_close(dt, other))
            {
                return None;
            }
            implied = Some(implied.unwrap_or(dt));
        }
    }
    implied.map(|dt| {
        if is_close(dt, SNNTORCH_DT) {
            SNNTORCH_DT
        } else {
            dt
        }
    })
}

/// Equal within what float32 parameters can tell.
pub(super) fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 2e-6 * b.abs()
}
