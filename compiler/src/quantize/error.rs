//! Why a network in floats has no integer twin, and what to change.

use spikeforge_sim::{limits, NetworkError};
use thiserror::Error;

use crate::model::ModelError;
use crate::options::OptionsError;

/// A network whose numbers do not fit the integers of the hardware.
#[derive(Debug, Error)]
pub enum QuantizeError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error("layer {layer}, neuron {neuron}: the {parameter} {asked}, in units of its weights ({float} over a scale of {scale}), does not fit {} bits with {fraction_bits} of them behind the point; use --fraction-bits {advice}, or look for a weight scale that is almost zero", limits::BIAS_BITS)]
    Value {
        layer: String,
        neuron: usize,
        parameter: &'static str,
        asked: f64,
        float: f64,
        scale: f64,
        fraction_bits: u32,
        advice: String,
    },
    #[error("layer {layer}: its {n_inputs} inputs can drive a membrane beyond {} bits in one timestep with {fraction_bits} fraction bits; use fewer --fraction-bits, or saturate with --membrane-bits {}", limits::MEMBRANE_BITS, limits::MEMBRANE_BITS)]
    Membrane {
        layer: String,
        n_inputs: usize,
        fraction_bits: u32,
    },
    #[error("layer {layer}: its {n_inputs} inputs can drive a synaptic current beyond {} bits with {fraction_bits} fraction bits; use fewer --fraction-bits, or a synapse that decays faster (it keeps {kept:.4})", limits::MEMBRANE_BITS)]
    Synapse { layer: String, n_inputs: usize, fraction_bits: u32, kept: f64 },
    #[error("layer {layer}, neuron {neuron}: its synapse keeps all of its current; the hardware has those that decay: train with less than 1")]
    NoSynapseDecay { layer: String, neuron: usize },
    #[error("layer {layer}, neuron {neuron}: a membrane with a synapse leaks towards v_leak = {v_leak}; the hardware has those that leak towards 0: move it into the bias")]
    SynapseLeak { layer: String, neuron: usize, v_leak: f64 },
    #[error("layer {layer}: a window slides over {n_dims} dimensions, the hardware has those of one and two")]
    Dimensions { layer: String, n_dims: usize },
    #[error(transparent)]
    Network(#[from] NetworkError),
}
