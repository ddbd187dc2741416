//! Latents as text, for checkpoints.

use serde::{Deserialize, Serialize};

use super::{Latents, LearningError};

/// Latents, the row of an input as a string of two hexadecimal digits for each neuron: a byte in two's complement.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Latents", deny_unknown_fields)]
pub(super) struct LatentsText {
    n_neurons: usize,
    bits: u32,
    rows: Vec<String>,
}

impl From<Latents> for LatentsText {
    fn from(latents: Latents) -> Self {
        let digits = |row: &[i8]| row.iter().map(|latent| format!("{latent:02x}")).collect();
        let rows = latents.values.chunks(latents.n_neurons.max(1)).map(digits).collect();
        LatentsText { n_neurons: latents.n_neurons, bits: latents.bits, rows }
    }
}

impl TryFrom<LatentsText> for Latents {
    type Error = LearningError;

    /// Allocates no more than the rows that are there need.
    fn try_from(text: LatentsText) -> Result<Self, LearningError> {
        let LatentsText { n_neurons, bits, rows } = text;
        let mut values = Vec::new();
        for (input, row) in rows.iter().enumerate() {
            let expected = n_neurons.saturating_mul(2);
            if row.len() != expected {
                return Err(LearningError::LatentDigits { input, expected, got: row.len() });
            }
            for pair in row.as_bytes().chunks_exact(2) {
                values.push(latent(pair).ok_or(LearningError::NotLatents { input })?);
            }
        }
        Ok(Latents::of(n_neurons, bits, values))
    }
}

/// The latent that two hexadecimal digits stand for.
fn latent(pair: &[u8]) -> Option<i8> {
    let digit = |&byte: &u8| char::from(byte).to_digit(16);
    let byte = 16 * digit(pair.first()?)? + digit(pair.last()?)?;
    Some(i8::from_le_bytes([u8::try_from(byte).ok()?]))
}
