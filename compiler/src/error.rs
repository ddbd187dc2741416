//! Why a model does not become a design.

use thiserror::Error;

use crate::quantize::QuantizeError;

/// Everything that stops a compilation, by the part that found it.
#[derive(Debug, Error)]
pub enum CompileError {
    #[error(transparent)]
    Quantize(#[from] QuantizeError),
}
