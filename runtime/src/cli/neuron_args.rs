//! The neuron options: what the file of a model does not say, or says wrongly.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use spikeforge_compiler::model::Framework;
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_sim::{Fires, Reset};

#[derive(clap::Args)]
#[command(next_help_heading = "Neuron options (the file's own metadata where they are not given)")]
pub struct NeuronArgs {
    /// What the model was trained with: its defaults hold for what the file does not say
    #[arg(long, value_parser = PossibleValuesParser::new(["snntorch", "norse", "sinabs", "spikingjelly"]).map(|name| framework(&name)))]
    framework: Option<Framework>,
    /// What firing does to the membrane
    #[arg(long, value_parser = PossibleValuesParser::new(["zero", "subtract", "none"]).map(|name| reset(&name)))]
    reset: Option<Reset>,
    /// Whether the reset acts one timestep late, as snnTorch's does
    #[arg(long, value_parser = PossibleValuesParser::new(["on", "off"]).map(|name| name == "on"))]
    reset_delay: Option<bool>,
    /// Whether a neuron fires above its threshold only, or at it too
    #[arg(long, value_parser = PossibleValuesParser::new(["above", "at"]).map(|name| fires(&name)))]
    fires: Option<Fires>,
    /// Length of a timestep
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    dt: Option<f64>,
    /// Share of the membrane that is kept at each timestep, in place of the one from tau and dt
    #[arg(long, value_name = "BETA", allow_negative_numbers = true)]
    decay: Option<f64>,
    /// Bits behind the point of membranes, thresholds and biases [default: 12]
    #[arg(long, value_name = "N")]
    fraction_bits: Option<u32>,
    /// Bits behind the point of the decay [default: 12]
    #[arg(long, value_name = "N")]
    beta_bits: Option<u32>,
    /// Width of a membrane, which then saturates [default: the least that cannot overflow]
    #[arg(long, value_name = "N")]
    membrane_bits: Option<u32>,
    /// Bits of the unsigned values that the input is made of, fed at each timestep: 1 (spikes) to 8. Each costs a pass over
    /// the inputs
    #[arg(long, value_name = "N")]
    input_bits: Option<u32>,
    /// What an input value of 1 was worth in training [default: 1 / (2^N - 1), so that the greatest is 1]
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    input_scale: Option<f64>,
    /// Replace weights that are not binary by their sign times the mean magnitude of their neuron
    #[arg(long)]
    binarize: bool,
}

impl NeuronArgs {
    pub fn options(&self) -> NeuronOptions {
        NeuronOptions {
            framework: self.framework,
            reset: self.reset,
            reset_delay: self.reset_delay,
            fires: self.fires,
            dt: self.dt,
            decay: self.decay,
            fraction_bits: self.fraction_bits,
            beta_bits: self.beta_bits,
            membrane_bits: self.membrane_bits,
            input_bits: self.input_bits,
            input_scale: self.input_scale,
            binarize: self.binarize,
        }
    }
}

fn framework(name: &str) -> Framework {
    match name {
        "norse" => Framework::Norse,
        "sinabs" => Framework::Sinabs,
        "spikingjelly" => Framework::SpikingJelly,
        _ => Framework::SnnTorch,
    }
}

fn reset(name: &str) -> Reset {
    match name {
        "zero" => Reset::Zero,
        "subtract" => Reset::Subtract,
        _ => Reset::None,
    }
}

fn fires(name: &str) -> Fires {
    match name {
        "at" => Fires::At,
        _ => Fires::Above,
    }
}
