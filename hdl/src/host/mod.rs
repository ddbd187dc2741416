//! The host port: requests in, responses out, a byte at a time. The protocol is in [`crate::protocol`].

pub mod answers;
pub mod byte_slice;
pub mod bytes;
pub mod counters;
pub mod crc;
pub mod crc_bytes;
pub mod extent;
pub mod header;
pub mod input_writer;
pub mod loader;
pub mod memories;
pub mod port;
pub mod readout;
pub mod receiver;
pub mod region_end;
pub mod regions;
pub mod requests;
pub mod sender;
pub mod silence;
