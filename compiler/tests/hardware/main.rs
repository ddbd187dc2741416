//! The blocks of the accelerator: rust-hdl's simulation of each against its Verilog in Verilator, and the lint of
//! whole designs.
#![allow(clippy::unwrap_used)]

mod contrast;
mod differential;
mod every_block;
mod extent;
mod leaves;
mod lif;
mod lint;
mod operators;
mod plasticity;
mod twins;
mod windows;
