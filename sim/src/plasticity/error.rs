//! Why a network does not learn.

use thiserror::Error;

use super::Rule;
use crate::{DeviceError, NetworkError};

/// Why a learning network, a presentation or a checkpoint is refused.
#[derive(Debug, Error)]
pub enum LearningError {
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error("there is no rule {name:?}; the rules are {}", Rule::ALL.map(Rule::name).join(", "))]
    UnknownRule { name: String },
    #[error("the network tells {got} classes apart, it takes 2 to 256")]
    ClassCount { got: usize },
    #[error("the network has {got} label lines a class, but {rule} needs {}", if rule.shows_labels() { "at least 1" } else { "none" })]
    LabelLines { rule: Rule, got: usize },
    #[error("layer {layer} has {parameter} = {got}, it may be {lowest} to {highest}")]
    Width { layer: String, parameter: &'static str, lowest: u32, highest: u32, got: u32 },
    #[error("register {register} of layer {layer} is {got}, it may be {lowest} to {highest}")]
    Register { layer: usize, register: &'static str, lowest: i64, highest: i64, got: i64 },
    #[error("there are registers for {got} layers, the network has {expected}")]
    RegisterCount { expected: usize, got: usize },
    #[error("there are weights for {got} layers, the network has {expected}")]
    WeightCount { expected: usize, got: usize },
    #[error("the weights of layer {layer} are {} x {} (neurons x inputs), the network has {} x {}", got[0], got[1], expected[0], expected[1])]
    WeightSize { layer: usize, expected: [usize; 2], got: [usize; 2] },
    #[error("the label is {got}, the network has classes 0 to {}", n_classes - 1)]
    Label { n_classes: usize, got: usize },
    #[error("the sample has {got} timesteps, a presentation takes 1 to 255")]
    TimestepCount { got: usize },
    #[error("the checkpoint has {got} {what}, its network needs {expected}; it was altered or cut short")]
    Checkpoint { what: &'static str, expected: usize, got: usize },
    #[error("the latents of input {input} have {got} hexadecimal digits, their neurons need {expected}")]
    LatentDigits { input: usize, expected: usize, got: usize },
    #[error("the latents of input {input} hold a character that is no hexadecimal digit")]
    NotLatents { input: usize },
    #[error("a {what} is {got}, which does not fit {bits} bits; what was read is of another network, or was altered")]
    CheckpointValue { what: &'static str, bits: u32, got: i32 },
}
