//! The host port: requests in, responses out, a byte at a time. The protocol is in [`crate::protocol`].

pub mod bytes;
pub mod control;
pub mod crc;
pub mod crc_bytes;
pub mod header;
pub mod input_writer;
pub mod readout;
pub mod receiver;
pub mod sender;
