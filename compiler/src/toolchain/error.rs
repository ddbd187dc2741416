use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a tool did not do its work. A log that is named is kept.
#[derive(Debug, Error)]
pub enum ToolError {
    #[error("{program} is not installed; type: {install}")]
    Missing { program: String, install: String },
    #[error("{command} failed: {first_error}; the whole log is {log}", log = log.display())]
    Failed {
        command: String,
        log: PathBuf,
        first_error: String,
    },
    #[error("{command} ended well but wrote no {file}; its log is {log}", log = log.display())]
    NoOutput {
        command: String,
        file: String,
        log: PathBuf,
    },
    #[error("{command} did not end within {minutes} minutes; its log is {log}", log = log.display())]
    TookTooLong {
        command: String,
        minutes: u64,
        log: PathBuf,
    },
    #[error("{program} could not be started: {source}")]
    Start { program: String, source: io::Error },
    #[error("{path}: {source}", path = path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{path}: {reason}", path = path.display())]
    Report { path: PathBuf, reason: String },
    #[error("the design reaches {fmax_mhz:.1} MHz, {board} clocks it at {clock_mhz:.1} MHz; try other seeds (--seeds 8), fewer lanes or a slower clock")]
    TooSlow {
        board: String,
        fmax_mhz: f64,
        clock_mhz: f64,
    },
    /// A netlist from a bitstream would silently lack these.
    #[error("the bitstream holds {count} {cell}, which cannot be turned back into a netlist; check this design at the netlist level")]
    NotInBitstream { cell: String, count: u64 },
    #[error("{reader} reads {file}, which is not among the files of the design; a simulator would go on with a memory of zeros")]
    MemoryFile { reader: String, file: String },
    #[error("contents cannot be exchanged in {what}: {reason}")]
    Exchange { what: String, reason: String },
    #[error("{from}: {reason}")]
    Netlist { from: String, reason: String },
    #[error("{path} is a file of the design, but not a plain file name", path = .0.display())]
    FileName(PathBuf),
}

impl ToolError {
    /// For `map_err` on file operations.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> ToolError + '_ {
        move |source| ToolError::Io {
            path: path.to_owned(),
            source,
        }
    }
}
