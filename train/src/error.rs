//! Why nothing is trained.

use std::io;
use std::path::PathBuf;

use spikeforge_compiler::model::ModelError;
use spikeforge_compiler::quantize::QuantizeError;
use spikeforge_sim::DeviceError;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum TrainError {
    #[error("label {index} is {got}, the network tells the classes 0 to {} apart", n_classes - 1)]
    Label { index: usize, got: usize, n_classes: usize },
    #[error("there are {samples} samples; {needed} are needed at least, one in ten of them for validation")]
    TooFew { samples: usize, needed: usize },
    #[error("{values} pixels are no {samples} samples of {features} features")]
    Pixels { values: usize, samples: usize, features: usize },
    #[error("the samples have {got} inputs as they are coded, the shape {shape} has {expected}")]
    Inputs { expected: usize, got: usize, shape: String },
    #[error("{text:?} is no shape: {reason}; write 784-256-10, or 28x28-c5x16-p2-c5x32-p2-10")]
    Shape { text: String, reason: &'static str },
    #[error("{what} {got:?} is not known; there are {known}")]
    Unknown { what: &'static str, got: String, known: String },
    #[error("{system} {why}")]
    Option { system: &'static str, why: &'static str },
    #[error("epoch {epoch}, batch {batch}: the loss is {loss}, and the first number that is none is in {place}; lower --rate (it was {rate})")]
    NotFinite { epoch: usize, batch: usize, loss: f64, place: String, rate: f64 },
    #[error("no activation of layer {layer} is above 0 on the training samples but for one in 1000, so there is nothing to balance; lower --rate, or take more neurons")]
    Silent { layer: usize },
    #[error("{place} holds a number that is none")]
    NoNumber { place: String },
    #[error("{path}: {source}", path = path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} could not be written: {source}; what was there before still is", path = path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{path} is no whole checkpoint of a training: {reason}; take an older one", path = path.display())]
    Checkpoint { path: PathBuf, reason: String },
    #[error("the checkpoint is of another training: {what} is {got} there, {expected} was asked for")]
    OtherTraining { what: &'static str, expected: String, got: String },
    #[error("the tensors do not fit together: {0}")]
    Tensor(#[from] candle_core::Error),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Quantize(#[from] QuantizeError),
    #[error(transparent)]
    Device(#[from] DeviceError),
}
