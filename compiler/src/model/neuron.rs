//! The neurons of a layer in floats: what a node's parameters and semantics come to.

use ndarray::ArrayD;
use spikeforge_sim::{Fires, Reset};

use super::decay::{integrator_gain, leaky, snap, with_decay, Factors};
use super::error::NeuronError;
use super::node::{If, Lif, NodeKind};
use super::semantics::{Semantics, Source, Sourced};
use super::shape::spread;
use super::told::Told;
use super::warning::Warning;
use super::Node;
use crate::options::NeuronOptions;

/// Parameters of a layer's neurons, one element a neuron:
/// `v' = beta v + gain current + constant`, spikes when `v'` passes `threshold`.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatNeurons {
    pub beta: Vec<f64>,
    /// Above 0.
    pub gain: Vec<f64>,
    pub constant: Vec<f64>,
    /// At least 0.
    pub threshold: Vec<f64>,
    pub reset: Reset,
    pub reset_delay: bool,
    pub fires: Fires,
    /// Who says what the decay is.
    pub decay_source: Source,
    /// The first decay before it was taken for the round number it is near to, if there is one.
    pub unsnapped: Option<f64>,
}

/// The neurons of a node of `n` neurons, and what is odd about them.
pub(super) fn float_neurons(
    node: &Node,
    n: usize,
    semantics: &Semantics,
    options: &NeuronOptions,
) -> Result<(FloatNeurons, Vec<Warning>), NeuronError> {
    let mut reading = Reading {
        node,
        n,
        semantics,
        warnings: Vec::new(),
    };
    let neurons = match &node.kind {
        NodeKind::Lif(lif) => reading.leaky(lif, options)?,
        NodeKind::If(neuron) => reading.integrator(neuron)?,
        NodeKind::Threshold { threshold } => reading.comparator(threshold),
        // Only called for the kinds above; a neuron without parameters has nothing to check.
        _ => reading.comparator(&ArrayD::zeros(vec![n])),
    };
    reading.check(&neurons)?;
    Ok((neurons, reading.warnings))
}

struct Reading<'a> {
    node: &'a Node,
    n: usize,
    semantics: &'a Semantics,
    warnings: Vec<Warning>,
}

impl Reading<'_> {
    fn leaky(&mut self, lif: &Lif, options: &NeuronOptions) -> Result<FloatNeurons, NeuronError> {
        let (tau, r) = (self.spread(&lif.tau), self.spread(&lif.r));
        let dt = self.semantics.dt.value;
        let file: Vec<Factors> = tau
            .iter()
            .zip(&r)
            .map(|(&tau, &r)| leaky(tau, r, dt, self.semantics.discretization))
            .collect();
        let decay = self.decay(&file, options);
        let replaced = |(&factors, &r): (&Factors, &f64)| match decay.value {
            Some(decay) => with_decay(factors, r, decay),
            None => factors,
        };
        let factors: Vec<Factors> = file.iter().zip(&r).map(replaced).collect();
        let beta: Vec<f64> = factors.iter().map(|factors| snap(factors.beta)).collect();
        for neuron in 0..self.n {
            let (tau, r, gain) = (tau[neuron], r[neuron], factors[neuron].gain);
            let node = || self.node.name.clone();
            if !(0.0..=1.0).contains(&beta[neuron]) {
                let (beta, hint) = (beta[neuron], self.decay_hint());
                return Err(NeuronError::Decay {
                    node: node(),
                    neuron,
                    tau,
                    dt,
                    beta,
                    hint,
                });
            }
            if !(gain.is_finite() && gain > 0.0) {
                return Err(NeuronError::Gain {
                    node: node(),
                    neuron,
                    r,
                    tau,
                    dt,
                    gain,
                });
            }
        }
        self.warn_slow(&tau, dt, options);
        let v_leak = self.spread(&lif.v_leak);
        Ok(FloatNeurons {
            constant: beta
                .iter()
                .zip(v_leak)
                .map(|(beta, v_leak)| (1.0 - beta) * v_leak)
                .collect(),
            gain: factors.iter().map(|factors| factors.gain).collect(),
            unsnapped: factors
                .first()
                .map(|factors| factors.beta)
                .filter(|&raw| raw != beta[0]),
            beta,
            decay_source: decay.source,
            ..self.reset_neurons(&lif.v_threshold, lif.v_reset.as_ref())?
        })
    }

    fn integrator(&mut self, neuron: &If) -> Result<FloatNeurons, NeuronError> {
        let dt = self.semantics.dt.value;
        let r = self.spread(&neuron.r);
        let gain: Vec<f64> = r.iter().map(|&r| integrator_gain(r, dt)).collect();
        if let Some(wrong) = gain
            .iter()
            .position(|gain| !(gain.is_finite() && *gain > 0.0))
        {
            let (node, tau) = (self.node.name.clone(), f64::INFINITY);
            return Err(NeuronError::Gain {
                node,
                neuron: wrong,
                r: r[wrong],
                tau,
                dt,
                gain: gain[wrong],
            });
        }
        Ok(FloatNeurons {
            gain,
            ..self.reset_neurons(&neuron.v_threshold, neuron.v_reset.as_ref())?
        })
    }

    /// A neuron that only compares: it keeps nothing.
    fn comparator(&self, threshold: &ArrayD<f64>) -> FloatNeurons {
        let threshold = self.spread(threshold);
        FloatNeurons {
            beta: vec![0.0; self.n],
            ..self.plain(threshold, Reset::None)
        }
    }

    /// An integrator with the reset that the semantics ask for.
    fn reset_neurons(
        &mut self,
        threshold: &ArrayD<f64>,
        v_reset: Option<&ArrayD<f64>>,
    ) -> Result<FloatNeurons, NeuronError> {
        let reset = self.semantics.reset.value;
        let v_reset = v_reset
            .map(|v_reset| self.spread(v_reset))
            .unwrap_or_default();
        if let Some(neuron) = v_reset.iter().position(|&v_reset| v_reset != 0.0) {
            let (node, v_reset) = (self.node.name.clone(), v_reset[neuron]);
            match reset {
                Reset::Zero => {
                    return Err(NeuronError::ResetVoltage {
                        node,
                        neuron,
                        v_reset,
                    })
                }
                Reset::Subtract => {
                    self.warnings.push(Warning::ResetVoltageIgnored {
                        node,
                        v_reset,
                        reset: "subtraction",
                    });
                }
                Reset::None => self.warnings.push(Warning::ResetVoltageIgnored {
                    node,
                    v_reset,
                    reset: "none",
                }),
            }
        }
        Ok(self.plain(self.spread(threshold), reset))
    }

    /// beta = 1 and gain = 1.
    fn plain(&self, threshold: Vec<f64>, reset: Reset) -> FloatNeurons {
        FloatNeurons {
            beta: vec![1.0; self.n],
            gain: vec![1.0; self.n],
            constant: vec![0.0; self.n],
            threshold,
            reset,
            reset_delay: self.semantics.reset_delay.value && reset != Reset::None,
            fires: self.semantics.fires.value,
            decay_source: Source::File,
            unsnapped: None,
        }
    }

    /// The decay to use in place of the file's, by option or else by metadata.
    fn decay(&mut self, file: &[Factors], options: &NeuronOptions) -> Sourced<Option<f64>> {
        let node = || self.node.name.clone();
        let computed = file.first().map_or(0.0, |factors| snap(factors.beta));
        let is_uniform = file.iter().all(|factors| snap(factors.beta) == computed);
        if let Some(decay) = options.decay {
            if !is_uniform || computed != decay {
                self.warnings.push(Warning::DecayReplaced {
                    node: node(),
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
            node: &self.node.name,
            metadata: &self.node.metadata,
        };
        let Some(metadata) = told.beta().filter(|_| is_uniform).map(snap) else {
            return Sourced {
                value: None,
                source: Source::File,
            };
        };
        if computed != metadata {
            self.warnings.push(Warning::BetaDiffers {
                node: node(),
                metadata,
                computed,
            });
        }
        Sourced {
            value: Some(metadata),
            source: Source::Metadata,
        }
    }

    fn warn_slow(&mut self, tau: &[f64], dt: f64, options: &NeuronOptions) {
        const SLOW: f64 = 10_000.0;
        let slow = tau.iter().find(|tau| tau.is_finite() && **tau > SLOW * dt);
        if let (Some(&tau), None) = (slow, options.decay) {
            self.warnings.push(Warning::SlowLeak {
                node: self.node.name.clone(),
                tau,
                dt,
                ratio: (tau / dt).round(),
            });
        }
    }

    /// Thresholds at which a membrane at rest does not fire.
    fn check(&self, neurons: &FloatNeurons) -> Result<(), NeuronError> {
        let fires_at_rest = |&threshold: &f64| match neurons.fires {
            Fires::Above => threshold < 0.0,
            Fires::At => threshold <= 0.0,
        };
        match neurons.threshold.iter().position(fires_at_rest) {
            Some(neuron) => {
                let (node, threshold) = (self.node.name.clone(), neurons.threshold[neuron]);
                Err(NeuronError::Threshold {
                    node,
                    neuron,
                    threshold,
                })
            }
            None => Ok(()),
        }
    }

    fn decay_hint(&self) -> &'static str {
        "Norse writes tau a thousand times too small, for which --dt 1e-6 makes up; else give --dt SECONDS or --decay BETA"
    }

    fn spread(&self, array: &ArrayD<f64>) -> Vec<f64> {
        spread(array, &[self.n])
    }
}
