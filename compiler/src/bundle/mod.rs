//! A compiled model on disk: a folder of design files under an index that vouches for each.
//!
//! ```text
//! mnist.bundle/
//!   bundle.json     format, version of the program, board, every other file with its SHA-256
//!   board.json      the board as it was when the model was compiled
//!   manifest.json   what the compiler says of the network and its plan
//!   design.v  weights0.hex  harness.cpp ...
//! ```
//! A bundle is whole or not there: it is written beside its place and renamed into it.

mod error;
mod index;
mod load;
mod save;

use std::path::Path;

use crate::board::Board;

pub use error::BundleError;

/// What a bundle holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    pub board: Board,
    /// What the compiler says of the network and its plan.
    pub manifest: serde_json::Value,
    /// Design files by their plain names.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Bundle {
    /// Writes the folder `path`. A bundle that stands there is replaced, anything else is left
    /// alone and is an error; after an error nothing new is left behind.
    pub fn save(&self, path: &Path) -> Result<(), BundleError> {
        save::save(self, path)
    }

    /// Reads the folder `path`; every file must be the one that was written.
    pub fn load(path: &Path) -> Result<Bundle, BundleError> {
        load::load(path)
    }

    /// The contents of one design file.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, contents)| contents.as_slice())
    }
}
