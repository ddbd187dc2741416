//! Links carry bytes to a device and back: a serial port, a Verilated design as a process or in this one.

mod chunk;
pub mod faulty;
#[cfg(feature = "verilated")]
pub mod in_process;
pub mod process;
pub mod serial;

use std::io;
use std::time::Duration;

use thiserror::Error;

pub use chunk::Tap;

/// Carries bytes between the host and the host port of a device.
pub trait Link: Send {
    /// Hands over all of `bytes`, in order.
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError>;

    /// Waits for bytes and returns how many were put at the start of `buffer`; 0 when none came within `timeout`.
    fn receive(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError>;
}

/// A link to a simulation, which shows more than its host port.
pub trait Tapped: Link {
    /// The tap records that came since this was last asked, in order.
    fn take_taps(&mut self) -> Vec<Tap>;

    /// The clock cycles of the design, as of the last time that it waited for input.
    fn cycles(&self) -> u64;

    /// Ends the simulation and returns its clock cycles.
    ///
    /// # Errors
    /// [`LinkError::ProcessEnded`] when it ends badly or not at all within `timeout`.
    fn finish(self, timeout: Duration) -> Result<u64, LinkError>;
}

/// Why a link carries nothing any more.
#[derive(Debug, Error)]
pub enum LinkError {
    #[error("there is no serial port {port}; {}", ports_found(present))]
    NoSuchPort { port: String, present: Vec<String> },
    #[error("the serial port {port} may not be opened by this user; add the user to the group that owns it (dialout on Debian) and log in again")]
    NoPermission { port: String },
    #[error("the serial port {port} is used by another program; close that program")]
    PortBusy { port: String },
    #[error("the serial port {port} cannot be set up: {reason}")]
    PortSetup { port: String, reason: String },
    #[error("the serial port {port} went away: the board was unplugged or lost its power; plug it in and start again")]
    Unplugged { port: String },
    #[error("the serial port {port} took no bytes for {} ms; unplug the board once and plug it in again", waited.as_millis())]
    SendTimedOut { port: String, waited: Duration },
    #[error("the serial port {port} failed: {source}")]
    Port { port: String, source: io::Error },
    #[error("the simulation {program} cannot be started: {source}")]
    ProcessNotStarted { program: String, source: io::Error },
    #[error("the simulation {program} ended ({status}){}", last_words(stderr))]
    ProcessEnded {
        program: String,
        status: String,
        stderr: String,
    },
    #[error("the simulation {program} sent a chunk of the unknown kind {kind:#04x}; it was built by another version, build it again")]
    UnknownChunk { program: String, kind: u8 },
    #[error("the link was closed by the device")]
    Closed,
}

fn ports_found(present: &[String]) -> String {
    if present.is_empty() {
        "no serial port is there at all; is the board plugged in?".to_owned()
    } else {
        format!("there are: {}", present.join(", "))
    }
}

fn last_words(stderr: &str) -> String {
    match stderr.trim() {
        "" => ", saying nothing".to_owned(),
        text => format!(", saying: {text}"),
    }
}

/// A link behind a pointer is a link, so that a driver may be made for a link chosen at run time.
impl<L: Link + ?Sized> Link for Box<L> {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        (**self).send(bytes)
    }

    fn receive(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        (**self).receive(buffer, timeout)
    }
}

/// So that a link may be lent, to a driver or to a wrapper, and used again.
impl<L: Link + ?Sized> Link for &mut L {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        (**self).send(bytes)
    }

    fn receive(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        (**self).receive(buffer, timeout)
    }
}
