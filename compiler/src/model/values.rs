//! Values at the input: how many bits they have, and what they are worth to the model.

use serde::Serialize;

use super::error::NeuronError;
use super::semantics::{Source, Sourced};
use super::told::Told;
use super::Model;
use crate::options::NeuronOptions;

/// Unsigned values that are fed at each timestep. A value `v` of the input is `v * scale` to the model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Values {
    /// 1 for spikes.
    pub bits: Sourced<u32>,
    pub scale: Sourced<f64>,
}

impl Model {
    /// The values at the input, by option, or else by what the exporter wrote beside the graph.
    ///
    /// # Errors
    /// Where the metadata makes no sense.
    pub fn values(&self, options: &NeuronOptions) -> Result<Values, NeuronError> {
        let told = Told { node: "input", metadata: &self.metadata };
        let sourced = |value, source| Sourced { value, source };
        let bits = match (options.input_bits, told.input_bits()?) {
            (Some(bits), _) => sourced(bits, Source::Option),
            (None, Some(bits)) => sourced(bits, Source::Metadata),
            (None, None) => sourced(1, Source::Default),
        };
        let whole = 1.0 / f64::from((1u32 << bits.value) - 1);
        let scale = match (options.input_scale, told.input_scale()?) {
            (Some(value), _) => Sourced { value, source: Source::Option },
            (None, Some(value)) => Sourced { value, source: Source::Metadata },
            (None, None) => Sourced { value: whole, source: Source::Default },
        };
        Ok(Values { bits, scale })
    }
}
