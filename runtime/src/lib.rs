//! Drives a compiled network: on a board, on its Verilated design, or on the software reference.
//!
//! ```text
//!   inputs --> Device <-- sim::Reference
//!                 ^  <-- verilated::Verilated --.
//!                 '----- driver::Driver<L: Link> --- link::serial, link::process
//! ```
//!
//! * [`compiled`] is a design on disk, and what was built of it.
//! * A driver and its decoder are the same over a serial port and over a simulation, so simulations test them too.
//! * Nothing waits without an end, and nothing that failed is reported as a result.

pub mod board_model;
pub mod built;
pub mod compiled;
pub mod cosim;
pub mod driver;
pub mod infer;
pub mod inputs;
pub mod judge;
pub mod learn;
pub mod learn_cosim;
pub mod learner;
pub mod link;
pub mod protocol;
pub mod simulation;
pub mod switching;
pub mod verilated;
pub mod verify;
