//! Whether the systems learn what their papers say, on digits.

mod bptt;
mod common;
mod conversion;
mod course;
mod forward_gradient;
mod local;
mod spikeprop;
