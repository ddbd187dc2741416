//! The training systems of the papers, in Rust: what they train is quantized, compiled and run bit for bit.
//!
//! ```text
//! Samples --coding--> Batch --> System (one a file in systems/) <-- Course: epochs, validation, early stop, checkpoint
//!                                  |
//!                                  +--> Model --> .nir, and integers on sim::Reference
//! ```
//!
//! * The course is the same for all systems: the split is made by the seed, a tenth of the training samples validates,
//!   the best epoch by validation is kept, and the test is seen once, by the caller, at the end.
//! * Chance is a function of seed, epoch and batch, so a checkpoint needs no state of a generator.
//! * Systems that train forward only use no gradient of the library: their rules are written out in tensors.
//!
//! The tensors and their gradients are candle-core's. Compiled cold on two cores, candle took 4 min 41 s of CPU with
//! candle-nn, while burn 0.22 (ndarray and autodiff alone) had not ended after 9 minutes. candle-nn is left out: its AdamW
//! hides the moments that a training must save to resume. What candle pulls and this crate never calls is compiled
//! without optimization (the root Cargo.toml).

pub mod activity;
pub mod adam;
pub mod attention;
mod augment;
pub mod causal;
pub mod checkpoint;
mod coding;
pub mod course;
mod error;
pub mod export;
pub mod loss;
mod named;
pub mod net;
pub mod neurons;
pub mod norm;
pub mod random;
mod samples;
pub mod shape;
pub mod spike;
pub mod spikeprop;
pub mod statistics;
mod system;
pub mod systems;
pub mod table;
pub mod window;

pub use coding::Coding;
pub use error::TrainError;
pub use loss::{Decoding, Loss};
pub use samples::{Batch, Samples};
pub use spike::Surrogate;
pub use system::{Options, System, SystemName};
