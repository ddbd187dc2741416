//! Convolutions: the crossbar of a dense layer behind a buffer of frames and a walk over the taps of every position.

pub mod frame_buffer;
pub mod front;
pub mod places;
pub mod tap_table;
pub mod view;
pub mod walk;
