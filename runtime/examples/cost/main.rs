//! The data behind the cost model: designs built and simulated, the model's coefficients, and its errors.
//!
//!     cargo run --release -p spikeforge-runtime --example cost -- sweep     builds what has changed (ECP5 and Gowin: scripts/setup.sh --with-yowasp)
//!     cargo run --release -p spikeforge-runtime --example cost -- fit       coefficients from the sweep
//!     cargo run --release -p spikeforge-runtime --example cost -- errors    the model against the sweep
#![allow(clippy::print_stdout)]

mod designs;
mod errors;
mod fit;
mod measure;

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("sweep") => measure::sweep(&data("sweep.json")),
        Some("fit") => fit::fit(&data("sweep.json"), &data("")),
        Some("errors") => errors::print(&data("sweep.json")),
        other => Err(format!("sweep, fit or errors, not {other:?}").into()),
    }
}

/// The compiler's own copy, which is built into it.
fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../compiler/src/cost").join(name)
}
