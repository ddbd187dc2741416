//! What the tests of the toolchain share: a small design, its main program, and folders.
#![allow(dead_code, clippy::unwrap_used)] // each test file uses its part of it

use std::path::Path;
use std::process::Command;

use spikeforge_compiler::toolchain::{Files, Progress, Tools, VerilateOptions};

/// A serial port that answers bytes from a table; see the file.
pub fn echo() -> Files {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    vec![
        file("echo.v", include_str!("../toolchain_design/echo.v")),
        file("table.hex", include_str!("../toolchain_design/table.hex")),
    ]
}

pub const HARNESS: &str = include_str!("../toolchain_design/harness.cpp");

pub fn tools() -> Tools {
    Tools::from_environment()
}

pub fn silent(_: Progress) {}

pub fn options(cache: &Path) -> VerilateOptions {
    VerilateOptions {
        cache: cache.to_owned(),
        trace: false,
        trace_top_only: false,
        random_start: false,
        short_run: false,
    }
}

/// Standard output of a simulation, which must end well. It is run in a folder that holds none of its files.
pub fn output_of(executable: &Path, arguments: &[&str]) -> String {
    let output = Command::new(executable)
        .args(arguments)
        .current_dir("/")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}
