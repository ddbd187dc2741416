//! Why a model does not become a design.

use thiserror::Error;

use spikeforge_hdl::emit::EmitError;

use crate::board::BoardError;
use crate::encoder::EncoderError;
use crate::fold::FoldError;
use crate::learning::LearningDesignError;
use crate::quantize::QuantizeError;

/// Everything that stops a compilation, by the part that found it.
#[derive(Debug, Error)]
pub enum CompileError {
    #[error(transparent)]
    Quantize(#[from] QuantizeError),
    #[error(transparent)]
    Fold(#[from] FoldError),
    #[error(transparent)]
    Board(#[from] BoardError),
    #[error(transparent)]
    Emit(#[from] EmitError),
    #[error("--argmax wants a last layer with a neuron for each class; {layer} is a convolution with {n_positions} positions: leave it out, or end the network in a dense layer")]
    NoArgmax { layer: String, n_positions: usize },
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    #[error(transparent)]
    Learning(#[from] LearningDesignError),
}
