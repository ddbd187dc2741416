//! The decay and input gain of each neuron of a leaky node, from its file, metadata or options.

use super::decay::{leaky, snap, with_decay, Factors};
use super::error::NeuronError;
use super::node::Lif;
use super::semantics::{Semantics, Source, Sourced};
use super::shape::spread;
use super::told::Told;
use super::warning::Warning;
use super::Node;
use crate::options::NeuronOptions;

/// One element a neuron.
pub(super) struct Leak {
    /// 0 to 1, snapped.
    pub beta: Vec<f64>,
    /// Above 0.
    pub gain: Vec<f64>,
    pub source: Source,
    /// The first decay before it was snapped, if that changed it.
    pub unsnapped: Option<f64>,
}

const NORSE_HINT: &str =
    "Norse writes tau a thousand times too small, for which --dt 1e-6 makes up; else give --dt SECONDS or --decay BETA";

impl Leak {
    /// The leak of the `n` neurons of a node. Adds what is odd about it to the warnings.
    pub fn of(
        (node, lif, n): (&Node, &Lif, usize),
        semantics: &Semantics,
        options: &NeuronOptions,
        warnings: &mut Vec<Warning>,
    ) -> Result<Leak, NeuronError> {
        let (tau, r) = (spread(&lif.tau, &[n]), spread(&lif.r, &[n]));
        let dt = semantics.dt.value;
        let of_file = |(&tau, &r): (&f64, &f64)| leaky(tau, r, dt, semantics.discretization);
        let file: Vec<Factors> = tau.iter().zip(&r).map(of_file).collect();
        let decay = decay(node, &file, options, warnings);
        let replaced = |(&factors, &r): (&Factors, &f64)| match decay.value {
            Some(decay) => with_decay(factors, r, decay),
            None => factors,
        };
        let factors: Vec<Factors> = file.iter().zip(&r).map(replaced).collect();
        let leak = Leak {
            beta: factors.iter().map(|factors| snap(factors.beta)).collect(),
            gain: factors.iter().map(|factors| factors.gain).collect(),
            source: decay.source,
            unsnapped: factors
                .first()
                .map(|factors| factors.beta)
                .filter(|&beta| beta != snap(beta)),
        };
        leak.check(node, &tau, &r, dt)?;
        if decay.value.is_none() {
            warnings.extend(slow(node, &tau, dt));
        }
        Ok(leak)
    }

    fn check(&self, node: &Node, tau: &[f64], r: &[f64], dt: f64) -> Result<(), NeuronError> {
        for (neuron, (&beta, &gain)) in self.beta.iter().zip(&self.gain).enumerate() {
            let (name, tau, r) = (node.name.clone(), tau[neuron], r[neuron]);
            if !(0.0..=1.0).contains(&beta) {
                return Err(NeuronError::Decay {
                    node: name,
                    neuron,
                    tau,
                    dt,
                    beta,
                    hint: NORSE_HINT,
                });
            }
            if !gain.is_finite() || gain <= 0.0 {
                return Err(NeuronError::Gain {
                    node: name,
                    neuron,
                    r,
                    tau,
                    dt,
                    gain,
                });
            }
        }
        Ok(())
    }
}

/// The decay to use in place of the file's, by option or else by metadata.
fn decay(
    node: &Node,
    file: &[Factors],
    options: &NeuronOptions,
    warnings: &mut Vec<Warning>,
) -> Sourced<Option<f64>> {
    let name = || node.name.clone();
    let computed = file.first().map_or(0.0, |factors| snap(factors.beta));
    let is_uniform = file.iter().all(|factors| snap(factors.beta) == computed);
    if let Some(decay) = options.decay {
        if !is_uniform || computed != decay {
            warnings.push(Warning::DecayReplaced {
                node: name(),
                neurons: file.len(),
                decay,
                computed,
            });
        }
        return Sourced {
            value: Some(decay),
            source: Source::Option,
        };
    }
    let told = Told {
        node: &node.name,
        metadata: &node.metadata,
    };
    let Some(metadata) = told.beta().filter(|_| is_uniform).map(snap) else {
        return Sourced {
            value: None,
            source: Source::File,
        };
    };
    if computed != metadata {
        warnings.push(Warning::BetaDiffers {
            node: name(),
            metadata,
            computed,
        });
    }
    Sourced {
        value: Some(metadata),
        source: Source::Metadata,
    }
}

/// A time constant of more timesteps than any presentation has.
fn slow(node: &Node, tau: &[f64], dt: f64) -> Option<Warning> {
    const SLOW: f64 = 10_000.0;
    let &tau = tau
        .iter()
        .find(|tau| tau.is_finite() && **tau > SLOW * dt)?;
    Some(Warning::SlowLeak {
        node: node.name.clone(),
        tau,
        dt,
        ratio: (tau / dt).round(),
    })
}
