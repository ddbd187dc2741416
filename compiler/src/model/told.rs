//! What the metadata of a node says about its neurons.

use spikeforge_sim::{limits, Fires, Reset};

use super::error::NeuronError;
use super::framework::Framework;
use super::node::{Metadata, Value};

/// What the metadata of a node says.
pub(super) struct Told<'a> {
    pub node: &'a str,
    pub metadata: &'a Metadata,
}

impl Told<'_> {
    pub fn framework(&self) -> Option<Framework> {
        let Some(Value::Text(name)) = self.metadata.get("framework") else {
            return None;
        };
        let name = name.to_lowercase();
        let known = [
            ("snntorch", Framework::SnnTorch),
            ("norse", Framework::Norse),
            ("sinabs", Framework::Sinabs),
            ("spikingjelly", Framework::SpikingJelly),
        ];
        known
            .into_iter()
            .find(|(known, _)| name.contains(known))
            .map(|(_, framework)| framework)
    }

    pub fn reset(&self) -> Result<Option<Reset>, NeuronError> {
        self.one_of(
            "reset",
            "zero, subtract or none",
            "reset",
            |value| match word(value)?.as_str() {
                "zero" => Some(Reset::Zero),
                "subtract" => Some(Reset::Subtract),
                "none" => Some(Reset::None),
                _ => None,
            },
        )
    }

    pub fn reset_delay(&self) -> Result<Option<bool>, NeuronError> {
        self.one_of(
            "reset_delay",
            "true or false",
            "reset-delay",
            |value| match value {
                Value::Flag(flag) => Some(*flag),
                Value::Number(number) if *number == 0.0 || *number == 1.0 => Some(*number == 1.0),
                Value::Number(_) => None,
                Value::Text(text) => match text.to_lowercase().as_str() {
                    "on" | "true" => Some(true),
                    "off" | "false" => Some(false),
                    _ => None,
                },
            },
        )
    }

    pub fn fires(&self) -> Result<Option<Fires>, NeuronError> {
        self.one_of(
            "fires",
            "above (>) or at (>=) the threshold",
            "fires",
            |value| match word(value)?.as_str() {
                "above" | ">" => Some(Fires::Above),
                "at" | ">=" => Some(Fires::At),
                _ => None,
            },
        )
    }

    pub fn dt(&self) -> Result<Option<f64>, NeuronError> {
        self.one_of("dt", "seconds, above 0", "dt", |value| match value {
            Value::Number(dt) if dt.is_finite() && *dt > 0.0 => Some(*dt),
            _ => None,
        })
    }

    /// Bits of the values at the input.
    pub fn input_bits(&self) -> Result<Option<u32>, NeuronError> {
        let most = f64::from(limits::VALUE_BITS);
        self.one_of("input_bits", "1 to 8, whole", "input-bits", |value| match value {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole and in range
            Value::Number(bits) if bits.fract() == 0.0 && (1.0..=most).contains(bits) => Some(*bits as u32),
            _ => None,
        })
    }

    /// Bits of the weights of a node, which then are whole numbers.
    pub fn weight_bits(&self) -> Result<Option<u32>, NeuronError> {
        self.one_of("weight_bits", "2 to 12, whole (without it, weights of 1 to 8 bits are told by themselves)", "weight-bits", |value| match value {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole and in range
            Value::Number(bits) if bits.fract() == 0.0 && (2.0..=12.0).contains(bits) => Some(*bits as u32),
            _ => None,
        })
    }

    /// What a value of 1 is worth.
    pub fn input_scale(&self) -> Result<Option<f64>, NeuronError> {
        self.one_of("input_scale", "a number above 0", "input-scale", |value| match value {
            Value::Number(scale) if scale.is_finite() && *scale > 0.0 => Some(*scale),
            _ => None,
        })
    }

    /// The decay a timestep, if it is one.
    pub fn beta(&self) -> Option<f64> {
        match self.metadata.get("beta") {
            Some(Value::Number(beta)) if (0.0..=1.0).contains(beta) => Some(*beta),
            _ => None,
        }
    }

    fn one_of<T>(
        &self,
        key: &'static str,
        expected: &'static str,
        option: &'static str,
        understand: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, NeuronError> {
        let Some(value) = self.metadata.get(key) else {
            return Ok(None);
        };
        let misunderstood = || NeuronError::Metadata {
            node: self.node.to_string(),
            key,
            got: value.to_string(),
            expected,
            option,
        };
        understand(value).map(Some).ok_or_else(misunderstood)
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_lowercase()),
        _ => None,
    }
}
