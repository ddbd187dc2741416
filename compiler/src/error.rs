//! Why a model does not become a design.

use thiserror::Error;

use crate::model::ModelError;
use crate::options::OptionsError;

/// Everything that stops a compilation, by the part that found it.
#[derive(Debug, Error)]
pub enum CompileError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(transparent)]
    Model(#[from] ModelError),
}
