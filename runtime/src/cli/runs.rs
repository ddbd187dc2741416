//! Files of trainings that were done, a JSON object a line.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::Serialize;

use super::exit::{Exit, Failure};

/// All runs of a file; none where there is no file yet.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Failure> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        text => text.map_err(|error| bad(path, &error))?,
    };
    let line = |(number, line): (usize, &str)| {
        let told = |error| Failure::new(Exit::BadFile, format!("{}, line {}: {error}; remove the line, and it is trained again", path.display(), number + 1));
        serde_json::from_str(line).map_err(told)
    };
    text.lines().enumerate().map(line).collect()
}

/// Adds a run that was done.
pub fn add(path: &Path, run: &impl Serialize) -> Result<(), Failure> {
    let line = serde_json::to_string(run).map_err(|error| bad(path, &error))?;
    let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(|error| bad(path, &error))?;
    writeln!(file, "{line}").map_err(|error| bad(path, &error))
}

fn bad(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::new(Exit::BadFile, format!("{}: {error}", path.display()))
}
