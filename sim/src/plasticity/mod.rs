//! Learning on the chip: the rules in integers, so that hardware and reference agree on every latent weight, spike and
//! random number.
//!
//! All rules learn forward only. A sample is presented; each layer keeps how often each input spiked (its trace `x`) and
//! how often each neuron fired (`y`); a readout of the layer's own scores the classes; and when the label does not lead
//! the best other class, its rival, by a margin, the layer changes its latent weights `u`, whose signs are the forward
//! weights:
//!
//! ```text
//! for each input i with x[i] != 0, ascending:      random = the shift low bits of the layer's LFSR, then four steps
//!     for each neuron j:   u[j][i] = saturate(u[j][i] + ((x[i] * modulator[j] + random) >> shift))
//! modulator[j] = 0 unless 0 < y[j] < timesteps
//! ```
//!
//! then its readout `v`:
//!
//! ```text
//! for each neuron j with y[j] != 0, ascending:     random = the readout_shift low bits of the readout's LFSR, likewise
//!     v[label][j] = saturate(v[label][j] + ((64 * y[j] + random) >> readout_shift))
//!     v[rival][j] = saturate(v[rival][j] + ((-64 * y[j] + random) >> readout_shift))
//! ```
//!
//! The random number of a row is the same for all its neurons, so how many of them the hardware does at once has no say
//! in what is learned. A rule is a file: what it presents beside the sample, and how it makes the modulators.

mod checkpoint;
mod description;
mod device;
mod error;
mod forward;
mod latents;
mod latents_text;
mod lfsr;
mod memory;
mod mismatch;
mod outcome;
mod pass;
mod patterns;
pub mod random;
mod readout;
mod reference;
mod registers;
mod rules;

pub use checkpoint::Checkpoint;
pub use description::{LearningLayer, LearningNetwork, ReadoutKind, Rule};
pub use device::{Cycles, Learner, Lesson};
pub use error::LearningError;
pub use latents::Latents;
pub use lfsr::Lfsr;
pub use memory::Memory;
pub use mismatch::{MemoryMismatch, MemoryPlace};
pub use outcome::{Effort, Outcome};
pub use patterns::Patterns;
pub use readout::{Readout, Verdict};
pub use reference::LearningReference;
pub use registers::Registers;

use memory::Update;
use registers::MOST_SHIFT;
