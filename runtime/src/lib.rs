//! Drives a compiled network: on a board, on its Verilated design, or on the software reference.

pub mod board_model;
pub mod driver;
pub mod link;
pub mod protocol;
