//! The neurons of a layer in floats: what a node's parameters and semantics come to.

use ndarray::ArrayD;
use spikeforge_sim::{Fires, Reset};

use super::decay::integrator_gain;
use super::error::NeuronError;
use super::framework::Framework;
use super::leak::Leak;
use super::node::{CubaLif, If, Li, Lif, Metadata, NodeKind};
use super::semantics::{Semantics, Source};
use super::shape::spread;
use super::warning::Warning;
use super::Node;
use crate::options::NeuronOptions;

/// Parameters of a layer's neurons, one element a neuron:
/// `v' = beta v + gain current + constant`, spikes when `v'` passes `threshold`. With a synapse, `current` is what the
/// synapse holds: `synapse' = decay synapse + current`.
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
    /// False for a readout (LI), of which the membrane is what counts; its thresholds are 0.
    pub spikes: bool,
    /// The decay of the synaptic current of a CubaLIF, 0 to 1.
    pub synapse: Option<Vec<f64>>,
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
        NodeKind::Li(li) => reading.readout(li, options)?,
        NodeKind::CubaLif(cuba) => reading.synaptic(cuba, options)?,
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
        let leak = Leak::of(
            (self.node, lif, self.n),
            self.semantics,
            options,
            &mut self.warnings,
        )?;
        let v_leak = self.spread(&lif.v_leak);
        let constants = leak
            .beta
            .iter()
            .zip(v_leak)
            .map(|(beta, v_leak)| (1.0 - beta) * v_leak);
        Ok(FloatNeurons {
            constant: constants.collect(),
            beta: leak.beta,
            gain: leak.gain,
            decay_source: leak.source,
            unsnapped: leak.unsnapped,
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

    /// A neuron that does not spike: neither threshold nor reset.
    fn readout(&mut self, li: &Li, options: &NeuronOptions) -> Result<FloatNeurons, NeuronError> {
        let lif = Lif {
            tau: li.tau.clone(),
            r: li.r.clone(),
            v_leak: li.v_leak.clone(),
            v_threshold: ArrayD::zeros(vec![self.n]),
            v_reset: None,
        };
        Ok(FloatNeurons {
            reset: Reset::None,
            reset_delay: false,
            spikes: false,
            ..self.leaky(&lif, options)?
        })
    }

    /// A leaky neuron behind a leaky current. What comes in is multiplied by w_in dt / tau_syn on its way, but in Norse, whose
    /// currents jump by it, by w_in.
    fn synaptic(
        &mut self,
        cuba: &CubaLif,
        options: &NeuronOptions,
    ) -> Result<FloatNeurons, NeuronError> {
        let neurons = self.leaky(&cuba.membrane, options)?;
        let one = ArrayD::from_elem(vec![self.n], 1.0);
        let synapse = Lif {
            tau: cuba.tau_syn.clone(),
            r: cuba.w_in.clone().unwrap_or(one),
            ..cuba.membrane.clone()
        };
        let no_decay = NeuronOptions {
            decay: None,
            ..options.clone()
        };
        let node = &Node {
            metadata: Metadata::new(),
            ..self.node.clone()
        };
        let leak = Leak::of((node, &synapse, self.n), self.semantics, &no_decay, &mut self.warnings)?;
        // It takes the whole membrane then, with what drives it in this timestep.
        if self.is_snntorch() && neurons.reset == Reset::Zero && neurons.reset_delay {
            return Err(NeuronError::SynapticZero { node: self.node.name.clone() });
        }
        let is_norse = self.semantics.framework.is_some_and(|framework| framework.value == Framework::Norse);
        let into_current = if is_norse { self.spread(&synapse.r) } else { leak.gain };
        let gain = neurons.gain.iter().zip(&into_current).map(|(membrane, current)| membrane * current);
        Ok(FloatNeurons {
            gain: gain.collect(),
            synapse: Some(leak.beta),
            ..neurons
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
                Reset::Subtract | Reset::SubtractAhead => {
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

    fn is_snntorch(&self) -> bool {
        self.semantics.framework.is_some_and(|framework| framework.value == Framework::SnnTorch)
    }

    /// beta = 1 and gain = 1.
    fn plain(&self, threshold: Vec<f64>, reset: Reset) -> FloatNeurons {
        let reset_delay = self.semantics.reset_delay.value && reset != Reset::None;
        FloatNeurons {
            beta: vec![1.0; self.n],
            gain: vec![1.0; self.n],
            constant: vec![0.0; self.n],
            threshold,
            // What snnTorch's own subtraction at once does.
            reset: if self.is_snntorch() && reset == Reset::Subtract && !reset_delay { Reset::SubtractAhead } else { reset },
            reset_delay,
            fires: self.semantics.fires.value,
            spikes: true,
            synapse: None,
            decay_source: Source::File,
            unsnapped: None,
        }
    }

    /// Thresholds at which a membrane at rest does not fire.
    fn check(&self, neurons: &FloatNeurons) -> Result<(), NeuronError> {
        let fires_at_rest = |&threshold: &f64| match neurons.fires {
            Fires::Above => threshold < 0.0,
            Fires::At => threshold <= 0.0,
            Fires::Never => false,
        };
        let mut thresholds = neurons.threshold.iter().filter(|_| neurons.spikes);
        match thresholds.position(fires_at_rest) {
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

    fn spread(&self, array: &ArrayD<f64>) -> Vec<f64> {
        spread(array, &[self.n])
    }
}
