//! The accelerator as rust-hdl blocks, and its Verilog.
//!
//! This crate knows no file, no board and no network: an `Arch` says what to draw, an image what the
//! memories hold at power-on, and `emit` gives Verilog and memory files as text.

pub mod accelerator;
pub mod arch;
pub mod block;
pub mod board;
pub mod contents;
mod drivers;
pub mod emit;
pub mod encoder;
pub mod harness;
pub mod host;
mod merge;
pub mod plasticity;
pub mod protocol;
pub mod signal;
pub mod window;
