//! Devices that may tell the class of a presentation themselves.

use spikeforge_sim::{Device, DeviceError, Encoded, Reference, Verdict};

use crate::driver::Driver;
use crate::link::Link;

/// A device, and the class that it tells of the presentation that it ran last.
pub trait Judge: Device {
    /// Nothing from a device that leaves the comparison of the scores to its host.
    fn verdict(&mut self) -> Result<Option<Verdict>, DeviceError>;
}

impl Judge for Reference {
    fn verdict(&mut self) -> Result<Option<Verdict>, DeviceError> {
        Ok(None)
    }
}

impl Judge for Encoded<Reference> {
    fn verdict(&mut self) -> Result<Option<Verdict>, DeviceError> {
        Ok(None)
    }
}

impl<L: Link> Judge for Driver<L> {
    fn verdict(&mut self) -> Result<Option<Verdict>, DeviceError> {
        Ok(Driver::verdict(self)?)
    }
}
