//! The driver over its links, against a board in software: no tool is needed.

mod board;
mod faults;
mod process;
mod pseudo_terminal;
mod same_as_reference;
