//! The host's side of the wire protocol: requests to bytes, bytes to responses.
//!
//! What the bytes mean is said once, in [`spikeforge_hdl::protocol`]. A response carries no length: the host knows from
//! its own request how long each kind is.

mod request;
mod response;
mod state;

pub use request::{FrameTooLong, Request};
pub use response::{Decoder, Response, Status};
pub use state::{from_wire, neurons_of_bytes, pack_spikes, spikes_from_wire, to_wire, values_to_wire, unpack_spikes};

/// The most payload bytes that a frame can announce.
pub const MAX_PAYLOAD: usize = 0xFFFF;

/// CRC-16/CCITT-FALSE: polynomial 1021, start FFFF, most significant bit first.
pub(crate) const CRC: crc::Crc<u16> = crc::Crc::<u16>::new(&crc::CRC_16_IBM_3740);
