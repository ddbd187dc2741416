//! Runs the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub const DIGITS: &str = "examples/snntorch/digits_64_48_10.nir";
pub const DIGITS_IMAGES: &str = "data/digits/digits-images-idx3-ubyte.gz";
pub const DIGITS_LABELS: &str = "data/digits/digits-labels-idx1-ubyte.gz";

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join(path)
}

/// A folder in which the program is run, and what it needs there.
pub struct Folder(TempDir);

/// How the program ended.
#[derive(Debug)]
pub struct Ended {
    pub exit: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    pub fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    /// A folder with the digits network compiled for a board.
    pub fn with_bundle() -> Self {
        let folder = Folder::new();
        let model = repository(DIGITS);
        folder
            .run(&[
                "compile",
                model.to_str().unwrap(),
                "--board",
                "icebreaker",
                "-o",
                "n.bundle",
            ])
            .done();
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> &Self {
        std::fs::write(self.path(name), bytes).unwrap();
        self
    }

    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("spikeforge"));
        command.args(args).current_dir(self.0.path());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ended {
        Ended::of(self.command(args).output().unwrap())
    }
}

impl Ended {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended {
            exit: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// The exit status and a part of the message must be these, and nobody may have panicked.
    #[track_caller]
    pub fn check(&self, exit: i32, message: &str) {
        assert_eq!(self.exit, Some(exit), "{self:?}");
        assert!(
            self.stderr.contains(message),
            "no \"{message}\" in {self:?}"
        );
        assert!(!self.stderr.contains("panicked"), "{self:?}");
    }

    #[track_caller]
    pub fn done(&self) -> &Self {
        self.check(0, "");
        self
    }

    /// The one JSON object on standard output.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// A `.npy` file of uint8.
pub fn npy(shape: &str, elements: &[u8]) -> Vec<u8> {
    npy_of("|u1", "False", shape, elements)
}

pub fn npy_of(descr: &str, fortran: &str, shape: &str, elements: &[u8]) -> Vec<u8> {
    let dictionary =
        format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
    let length = u16::try_from(dictionary.len()).unwrap();
    [
        b"\x93NUMPY\x01\x00".as_slice(),
        &length.to_le_bytes(),
        dictionary.as_bytes(),
        elements,
    ]
    .concat()
}
