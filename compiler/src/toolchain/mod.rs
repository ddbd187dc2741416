//! The tools that make bitstreams and simulations, used only through values.
//!
//! ```text
//! design files + Board + BuildOptions -> BuildPlan --run--> BuildReport + bitstream
//!                                     '-> SimulationSources --verilate--> executable
//!                       bitstream     --unpack--> SimulationSources
//! ```
//! A [`BuildPlan`] can be printed, compared and tested without a tool. Running one checks every
//! exit status and keeps every log. No shell is involved.

mod build;
mod cells;
mod doctor;
mod ecp5;
mod error;
mod gowin;
mod icarus;
mod ice40;
mod lint;
mod plan;
pub mod reports;
mod run;
mod runtime;
mod sources;
mod tool;
mod unpack;
mod verilate;

pub use build::{build, synthesize, BuildReport, SeedResult};
pub use doctor::{doctor, Finding};
pub use error::ToolError;
pub use icarus::icarus;
pub use lint::lint;
pub use plan::{BuildOptions, BuildPlan, Command, Files, TOP};
pub use run::{run, Progress, Runner};
pub use sources::{SimulationSources, PLL_FILE};
pub use tool::{Generation, Tool, Tools};
pub use unpack::{placed, unpack};
pub use verilate::{verilate, VerilateOptions};
