//! What a user should know about a model that is taken all the same.

use thiserror::Error;

use super::Framework;

/// A choice that the file does not settle, or something odd in it.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum Warning {
    #[error("the file does not say which framework it is from, nor how its neurons reset: they are taken as NIR's equations have it ({choices}). A wrong reset changes spikes more than accuracy; say what the model was trained with: {options}")]
    AssumedNir { choices: String, options: String },
    #[error("the file does not say how its neurons reset; {framework} is taken from its {evidence}, and so {framework}'s defaults ({choices}). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: {options}")]
    AssumedFramework {
        framework: Framework,
        evidence: &'static str,
        choices: String,
        options: String,
    },
    #[error("the file does not say how long a timestep is, {dt} s is assumed; use --dt SECONDS, or --decay BETA")]
    AssumedDt { dt: f64 },
    #[error("node {node}: tau = {tau} s is {ratio} timesteps of {dt} s: the membrane hardly leaks; check tau and --dt")]
    SlowLeak {
        node: String,
        tau: f64,
        dt: f64,
        ratio: f64,
    },
    #[error("node {node}: the metadata says beta = {metadata}, tau and dt say {computed}; the metadata is taken")]
    BetaDiffers {
        node: String,
        metadata: f64,
        computed: f64,
    },
    #[error("node {node}: decays of {neurons} neurons are set to {decay} by --decay in place of {computed}")]
    DecayReplaced {
        node: String,
        neurons: usize,
        decay: f64,
        computed: f64,
    },
    #[error("node {node}: v_reset = {v_reset} plays no part, since the reset is by {reset}")]
    ResetVoltageIgnored {
        node: String,
        v_reset: f64,
        reset: &'static str,
    },
    #[error("node {node}: the weights were binarized to their sign times a scale a neuron, which changes them by {change:.1} % of their mean magnitude; compare the accuracy, or train with binary weights")]
    Binarized { node: String, change: f64 },
    #[error("layer {node}: weights of {bits} bits take {bits} passes over its inputs, and so {bits} times the cycles and the weight memory of weights -1 and +1")]
    WiderWeights { node: String, bits: usize },
    #[error("inputs of {bits} bits take {bits} passes of the first layer, and so {bits} times its cycles, and {bits} times the bytes of a timestep on the wire")]
    WideInputs { bits: u32 },
    #[error("node {node}: sinabs's default neuron may fire several spikes in a timestep (MultiSpike), here it fires one; train with spike_fn=SingleSpike")]
    MultiSpike { node: String },
    #[error("node {node}: strong input for more than {n_timesteps} timesteps can drive its membranes beyond {bits} bits, where they saturate; use --membrane-bits to choose the width, or neurons that leak more")]
    Unbounded {
        node: String,
        bits: u32,
        n_timesteps: u64,
    },
}
