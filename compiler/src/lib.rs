pub mod board;
pub mod compile;
pub mod bundle;
pub mod error;
pub mod fold;
pub mod memory;
pub mod model;
pub mod options;
pub mod pack;
mod place;
pub mod quantize;
pub mod readback;
pub mod report;
pub mod swap;
mod taps;
pub mod toolchain;

pub use compile::{compile, Clock, Design, HardwareOptions};
pub use error::CompileError;
