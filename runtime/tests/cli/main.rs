//! The program as a user or a script meets it: exit statuses, messages, JSON.

#![allow(clippy::unwrap_used)]

mod bad_files;
mod bad_surroundings;
mod board;
mod by_timestep;
mod conversion;
mod encoder;
mod frames;
mod hostile;
mod interrupt;
mod ladder;
mod learning;
mod learning_devices;
mod other_weights;
mod program;
mod rewrites;
mod results;
mod tables;
#[path = "../devices/terminal.rs"]
mod terminal;
mod usage;
mod values;
mod whole_way;
