//! Why a device did not do what the driver asked of it.

use std::time::Duration;

use spikeforge_sim::DeviceError;
use thiserror::Error;

use crate::link::LinkError;
use crate::protocol::FrameTooLong;

/// An exchange that came to no good end.
#[derive(Debug, Error)]
pub enum DriverError {
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error("the device is another design ({got:08x}, the bundle is {expected:08x}); flash or build this bundle")]
    WrongDesign { expected: u32, got: u32 },
    #[error(
        "no answer to {request} within {} ms, {attempts} times; is this the right port, is the bundle flashed, does the \
         baud rate fit?",
        silence.as_millis()
    )]
    NoAnswer {
        request: &'static str,
        attempts: u32,
        silence: Duration,
    },
    #[error(
        "{request} was damaged on the way {attempts} times ({n_crc_errors} CRC errors so far); use a shorter cable or a \
         lower baud rate"
    )]
    Damaged {
        request: &'static str,
        attempts: u32,
        n_crc_errors: u64,
    },
    #[error("{request} overran the device {attempts} times: bytes came faster than it used them; use a lower baud rate")]
    Overrun {
        request: &'static str,
        attempts: u32,
    },
    #[error("the device does not know {request} of {n_bytes} bytes; the bundle and the flashed design are not of one version, flash it again")]
    Refused {
        request: &'static str,
        n_bytes: usize,
    },
    #[error("the device sends bytes without end that are no answer to {request}; is another program or design on this port?")]
    Babble { request: &'static str },
    #[error("the design cannot write the {memory} of layer {layer} at run time; compile it with --host-writes")]
    NotWritable { layer: u8, memory: &'static str },
    #[error("the {memory} of layer {layer} read back other than they were written, first in row {row}; the board's memory or its supply is at fault")]
    ReadBack { layer: u8, memory: &'static str, row: usize },
    #[error("the flashed design does not learn; compile the network with --learn RULE")]
    NoLessons,
    #[error("a sample has {got} timesteps, the design takes 1 to {most}; compile it with --learn RULE,timesteps={got}")]
    SampleLength { got: usize, most: usize },
    #[error("layer {layer} has {n_neurons} neurons, more than the protocol can address (65536)")]
    TooManyNeurons { layer: u8, n_neurons: usize },
    #[error("the simulation showed {got} of {expected} membranes of the presentation; it was built by another version, build it again")]
    TapsMissing { expected: usize, got: usize },
    #[error(transparent)]
    FrameTooLong(#[from] FrameTooLong),
}

impl From<DriverError> for DeviceError {
    fn from(error: DriverError) -> Self {
        DeviceError::Device(Box::new(error))
    }
}
