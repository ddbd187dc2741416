//! Teaches a network, on the reference or on whatever else is a [`spikeforge_sim::plasticity::Learner`].
//!
//! ```text
//! dataset, shift --> Samples --> session --> Learner
//!                       course ----^  |
//!                                     +--> progress, curve, saved state (resumed bit for bit)
//! ```
//!
//! * What is learned depends on the samples, the course and the seeds alone: not on time, devices or interruptions.
//! * Nothing that is saved is half written, and nothing altered is read.

mod adapt;
mod begin;
mod budget;
mod cost;
mod course;
mod curve;
mod dataset;
mod eeg;
mod error;
mod folds;
mod idx_file;
mod nir;
mod saved;
mod seizure;
mod session;
mod settings;
mod shape;
mod shift;
mod stream;
mod samples;
pub mod table;

pub use adapt::{adapt, Adapted, Adaptation};
pub use begin::begin;
pub use budget::Budget;
pub use cost::Cost;
pub use course::Course;
pub use curve::{write_curve, Point};
pub use dataset::{Dataset, Split};
pub use error::LearnError;
pub use idx_file::write_idx;
pub use nir::{learned_model, write_nir};
pub use crate::inputs::Coding;
pub use samples::Samples;
pub use saved::Saved;
pub use session::{evaluate, Progress, Session, Watch};
pub use settings::Settings;
pub use shape::{network, LearnOptions, LABEL_LINES};
pub use shift::Shift;
pub use stream::{learn_stream, Answer, Answered};
