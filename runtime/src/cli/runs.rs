//! Files of trainings that were done, a JSON object a line.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::Serialize;

use super::exit::{Exit, Failure};

/// All runs of a file, which is made where there is none: a place that no run can be added to is refused before one is trained.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Failure> {
    opened(path)?;
    let text = std::fs::read_to_string(path).map_err(|error| bad(path, &error))?;
    let line = |(number, line): (usize, &str)| {
        let told = |error| Failure::new(Exit::BadFile, format!("{}, line {}: {error}; remove the line, and it is trained again", path.display(), number + 1));
        serde_json::from_str(line).map_err(told)
    };
    text.lines().enumerate().map(line).collect()
}

/// Adds a run that was done.
pub fn add(path: &Path, run: &impl Serialize) -> Result<(), Failure> {
    let line = serde_json::to_string(run).map_err(|error| bad(path, &error))?;
    writeln!(opened(path)?, "{line}").map_err(|error| bad(path, &error))
}

fn opened(path: &Path) -> Result<File, Failure> {
    OpenOptions::new().create(true).append(true).open(path).map_err(|error| bad(path, &error))
}

fn bad(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::new(Exit::BadFile, format!("{}: {error}", path.display()))
}
