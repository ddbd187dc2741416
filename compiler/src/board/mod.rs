//! Boards as data: `constraints/<board>.toml` says what a board is, the constraint file beside it
//! (`.pcf`, `.lpf` or `.cst`) ties the four ports of `spikeforge_top` to its pins.
//!
//! The boards of `constraints/` are embedded in the program; a path to any other `.toml` loads
//! that one, with its constraint file from the same folder. Adding a board is two data files.

mod check;
mod error;
mod pins;
pub mod pll;

use std::fmt;
use std::path::Path;

use include_dir::{include_dir, Dir};
use serde::{Deserialize, Serialize};

pub use error::BoardError;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../constraints");

/// The ports of `spikeforge_top`, each one bit wide, in the order of its port list.
pub const PORTS: [&str; 4] = ["clock", "uart_rx", "uart_tx", "led"];

/// A board that a design can be built for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    pub name: String,
    pub description: String,
    pub family: Family,
    /// The part as the place and route tool wants it: `up5k`, `25k`, `GW1NR-LV9QN88PC6/I5`.
    pub device: String,
    pub package: String,
    /// ECP5 only: 6, 7 or 8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<String>,
    /// Gowin only: the die behind the part, such as `GW1N-9C`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// File name of the constraint file.
    pub pin_file: String,
    /// Text of the constraint file, filled in by the loader.
    #[serde(default)]
    pub constraints: String,
    /// The PLL that the clock pin can feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pll: Option<pll::Primitive>,
    /// Argument vector of the programmer; `{bitstream}` stands for the file.
    pub programmer: Vec<String>,
    pub clock: Clock,
    pub uart: Uart,
    pub leds: Leds,
    pub resources: Resources,
}

/// Decides which tools build a design and which primitives it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    Ice40,
    Ecp5,
    Gowin,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::Ice40 => "iCE40",
            Family::Ecp5 => "ECP5",
            Family::Gowin => "Gowin",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    pub pin: String,
    pub hz: u32,
}

/// The serial port, seen from the FPGA: `rx` is an input of the design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uart {
    pub rx: String,
    pub tx: String,
    pub baud_hz: u32,
}

/// The first pin is the activity light of the design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leds {
    pub pins: Vec<String>,
    pub active_low: bool,
}

/// What the part offers, in the units of its place and route tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// LUT4s (with their flip-flops).
    pub logic_cells: u32,
    pub block_rams: u32,
    /// Bits of one block RAM.
    pub block_ram_bits: u32,
    /// Bits of all single-port RAM together; it has no initial contents.
    pub spram_bits: u32,
    pub dsp: u32,
}

impl Board {
    /// An embedded board by its name, or the board of a `.toml` file by its path.
    pub fn load(name_or_path: &str) -> Result<Board, BoardError> {
        if let Some(file) = EMBEDDED.get_file(format!("{name_or_path}.toml")) {
            return Board::embedded(file);
        }
        let looks_like_path = name_or_path.ends_with(".toml") || name_or_path.contains('/');
        if looks_like_path {
            return Board::read(Path::new(name_or_path));
        }
        Err(BoardError::unknown(name_or_path, &Board::names()))
    }

    /// Every embedded board, in the order of their names.
    pub fn all() -> Result<Vec<Board>, BoardError> {
        toml_files().map(Board::embedded).collect()
    }

    /// The names that [`Board::load`] knows.
    pub fn names() -> Vec<String> {
        toml_files()
            .filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()))
            .collect()
    }

    /// Clock cycles of one bit on the serial port when the design runs at `design_hz`.
    pub fn uart_divisor(&self, design_hz: u32) -> Result<u32, BoardError> {
        check::divisor(design_hz, self.uart.baud_hz).map_err(|reason| BoardError::Divisor {
            board: self.name.clone(),
            reason,
        })
    }

    /// The board of a `.toml` file's text, and of the text of the pin file that it names.
    pub fn of_texts(text: &str, pins: &str) -> Result<Board, BoardError> {
        check::parse(Path::new("board.toml"), text, |_| Ok(pins.to_owned()))
    }

    fn embedded(file: &include_dir::File<'static>) -> Result<Board, BoardError> {
        let path = Path::new("constraints").join(file.path());
        let text = file.contents_utf8().unwrap_or_default();
        let pins = |name: &str| {
            EMBEDDED
                .get_file(name)
                .and_then(|pins| pins.contents_utf8())
                .map(str::to_owned)
                .ok_or_else(|| {
                    std::io::Error::new(
                        std::io::ErrorKind::NotFound,
                        "no such file in constraints/",
                    )
                })
        };
        check::parse(&path, text, pins)
    }

    fn read(path: &Path) -> Result<Board, BoardError> {
        let text = std::fs::read_to_string(path).map_err(|source| BoardError::Read {
            path: path.to_owned(),
            source,
        })?;
        check::parse(path, &text, |name| {
            std::fs::read_to_string(path.with_file_name(name))
        })
    }
}

fn toml_files() -> impl Iterator<Item = &'static include_dir::File<'static>> {
    EMBEDDED
        .files()
        .filter(|file| file.path().extension().is_some_and(|end| end == "toml"))
}
