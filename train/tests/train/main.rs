//! Whether the systems learn what their papers say, on digits.

mod attention;
mod bptt;
mod common;
mod conv_lstm;
mod conversion;
mod course;
mod forward_gradient;
mod local;
mod membrane_backprop;
mod spikeprop;
