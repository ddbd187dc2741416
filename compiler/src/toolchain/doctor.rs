//! Which tools are there, which versions, and what to type for the others.

use std::path::{Path, PathBuf};
use std::process;

use serde::Serialize;

use super::{Generation, Tool, ToolError, Tools};

/// One line of `spikeforge doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub tool: String,
    pub needed_for: &'static str,
    /// Nothing works without the required ones; the others widen what works.
    pub required: bool,
    pub path: Option<PathBuf>,
    pub version: Option<String>,
    /// What to type when it is missing.
    pub install: String,
}

/// Looks for every tool; each that answers is asked for its version.
pub fn doctor(tools: &Tools) -> Vec<Finding> {
    Tool::ALL
        .into_iter()
        .map(|tool| look(tool, tools))
        .collect()
}

fn look(tool: Tool, tools: &Tools) -> Finding {
    let (needed_for, required, generation) = purpose(tool);
    let path = tools.find(tool, generation).ok();
    let version = path
        .as_deref()
        .zip(version_argument(tool))
        .and_then(|(path, argument)| first_line(path, argument).ok());
    Finding {
        tool: tool.program(generation).to_owned(),
        needed_for,
        required,
        path,
        version,
        install: tool.install(),
    }
}

fn purpose(tool: Tool) -> (&'static str, bool, Generation) {
    match tool {
        Tool::Yosys => ("synthesis", true, Generation::Debian),
        Tool::NextpnrIce40 | Tool::Icepack => ("iCE40 bitstreams", true, Generation::Debian),
        Tool::Iceunpack | Tool::IceboxVlog => {
            ("cosimulation of iCE40 bitstreams", true, Generation::Debian)
        }
        Tool::Verilator | Tool::Make | Tool::Cxx => ("simulation", true, Generation::Debian),
        Tool::Icebram => (
            "other weights in an iCE40 bitstream",
            false,
            Generation::Debian,
        ),
        Tool::Iverilog | Tool::Vvp => ("the second simulator", false, Generation::Debian),
        Tool::Smtbmc | Tool::Z3 => ("formal proofs", false, Generation::Debian),
        Tool::NextpnrEcp5 | Tool::Ecppack => ("ECP5 bitstreams", false, Generation::Pypi),
        Tool::Ecpbram => (
            "other weights in an ECP5 bitstream",
            false,
            Generation::Pypi,
        ),
        Tool::NextpnrGowin | Tool::GowinPack => ("Gowin bitstreams", false, Generation::Pypi),
    }
}

/// `None` for programs that have no such argument.
fn version_argument(tool: Tool) -> Option<&'static str> {
    match tool {
        Tool::Yosys | Tool::Iverilog | Tool::Vvp => Some("-V"),
        Tool::NextpnrIce40 | Tool::NextpnrEcp5 | Tool::NextpnrGowin => Some("--version"),
        Tool::Verilator | Tool::Z3 | Tool::Make | Tool::Cxx => Some("--version"),
        Tool::Icepack | Tool::Iceunpack | Tool::IceboxVlog | Tool::Icebram => None,
        Tool::Ecppack | Tool::Ecpbram | Tool::GowinPack | Tool::Smtbmc => None,
    }
}

/// First line that a program prints, on either stream.
pub(super) fn first_line(program: &Path, argument: &str) -> Result<String, ToolError> {
    let output = process::Command::new(program)
        .arg(argument)
        .output()
        .map_err(|source| ToolError::Start {
            program: program.display().to_string(),
            source,
        })?;
    let printed = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&printed);
    Ok(text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .trim()
        .to_owned())
}
