//! Codes the values of inputs into the spikes of the first stage: the block, and a coding a file.

pub mod chance;
pub mod first_spike;
pub mod passes;
pub mod phase;
pub mod rise;
