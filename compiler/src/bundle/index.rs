//! `bundle.json`.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub(super) const INDEX: &str = "bundle.json";
pub(super) const BOARD: &str = "board.json";
pub(super) const MANIFEST: &str = "manifest.json";
/// 4: hardware with several LIF pipelines a layer, each with memories and a tap of its own.
pub(super) const FORMAT: u64 = 4;

#[derive(Serialize, Deserialize)]
pub(super) struct Index {
    pub format: u64,
    /// Version of the program that wrote the bundle.
    pub spikeforge: String,
    pub board: String,
    pub files: Vec<Entry>,
    /// Of all the above.
    pub sha256: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Entry {
    pub name: String,
    pub sha256: String,
}

impl Index {
    pub fn new(board: &str, files: &[(String, Vec<u8>)]) -> Index {
        let entry = |(name, contents): &(String, Vec<u8>)| Entry {
            name: name.clone(),
            sha256: sha256(contents),
        };
        let mut index = Index {
            format: FORMAT,
            spikeforge: env!("CARGO_PKG_VERSION").to_owned(),
            board: board.to_owned(),
            files: files.iter().map(entry).collect(),
            sha256: String::new(),
        };
        index.sha256 = index.own_sha256();
        index
    }

    pub fn own_sha256(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.format, self.spikeforge, self.board);
        self.files
            .iter()
            .for_each(|entry| text.push_str(&format!("{} {}\n", entry.sha256, entry.name)));
        sha256(text.as_bytes())
    }
}

pub(super) fn sha256(contents: &[u8]) -> String {
    Sha256::digest(contents)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A name without any folder in it, and not one of dots.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = std::path::Path::new(name)
        .file_name()
        .is_some_and(|file| file == name);
    plain && !name.contains(['/', '\\', '\0'])
}
