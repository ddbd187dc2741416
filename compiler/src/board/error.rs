use std::path::PathBuf;

use thiserror::Error;

/// Why a board could not be had, or cannot run a design.
#[derive(Debug, Error)]
pub enum BoardError {
    #[error("no board is called \"{name}\"{suggestion}; the boards are {known}; a path to a .toml file works too")]
    Unknown {
        name: String,
        suggestion: String,
        known: String,
    },
    #[error("{path}: {source}", path = path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    /// Not TOML, or a field that is missing, unknown or of another type.
    #[error("{path}:{line}: {message}", path = path.display())]
    Malformed {
        path: PathBuf,
        line: usize,
        message: String,
    },
    #[error("board {board}: {reason}")]
    Divisor { board: String, reason: String },
    #[error("board {board} (clock pin {clock_hz} Hz) cannot make {asked_hz} Hz: {reason}")]
    Pll {
        board: String,
        clock_hz: u32,
        asked_hz: u32,
        reason: String,
    },
}

impl BoardError {
    pub(super) fn unknown(name: &str, known: &[String]) -> BoardError {
        let nearest = known
            .iter()
            .map(|board| (strsim::jaro_winkler(name, board), board))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(similarity, _)| *similarity > 0.75);
        BoardError::Unknown {
            name: name.to_owned(),
            suggestion: nearest
                .map(|(_, board)| format!(" (did you mean {board}?)"))
                .unwrap_or_default(),
            known: known.join(", "),
        }
    }
}
