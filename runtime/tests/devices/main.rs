//! The driver over its links, against a board in software: no tool is needed.

#![allow(clippy::unwrap_used)]

mod board;
mod faults;
mod process;
mod pseudo_terminal;
mod same_as_reference;
mod terminal;
mod writes;
