//! The proof ladder of one bundle: each rung compares a form of the design with the reference, and can fail.
//!
//! ```text
//! network -> memory files -> Verilog -> cells -> placed cells -> bits
//!            memories        rtl, icarus, netlist placed         bitstream
//!                            starts, pressure
//! ```

mod climb;
mod error;
mod waveform;

use std::path::PathBuf;

use serde::Serialize;

pub use climb::Ladder;
pub use error::RungError;

/// One comparison of the ladder, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Rung {
    /// The memory files, read back into the network
    Memories,
    /// The Verilog in Verilator, every membrane seen from inside
    Rtl,
    /// The same in Icarus, the second simulator
    Icarus,
    /// The same in Verilator from 20 random states of registers and memories
    Starts,
    /// The same with a host that hesitates at random on both sides of its port
    Pressure,
    /// The cells that synthesis made, behind the board's serial pins
    Netlist,
    /// The cells after place and route (iCE40)
    Placed,
    /// The packed bitstream turned back into cells (iCE40)
    Bitstream,
}

/// How a rung ended.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase", tag = "outcome")]
pub enum Outcome {
    Equal,
    Mismatch {
        mismatch: String,
        /// The last cycles before it, if they could be had.
        waveform: Option<PathBuf>,
    },
    /// The rung does not exist for this design, and why.
    Refused { reason: String },
    /// Nothing was proved, and what to do about it.
    Failed {
        #[serde(rename = "reason", serialize_with = "as_text")]
        error: RungError,
    },
    /// An earlier rung did not hold.
    Open,
}

/// What a rung compared, and how much.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Amount {
    pub presentations: usize,
    pub timesteps: usize,
    pub spikes: u64,
    pub membranes: u64,
    /// Bits and numbers of the memory files.
    pub weights: u64,
    pub parameters: u64,
    pub cycles: u64,
    /// Seeds of random states or of a random host.
    pub seeds: u32,
}

/// A line of the table.
#[derive(Debug, Serialize)]
pub struct Row {
    pub rung: Rung,
    #[serde(flatten)]
    pub outcome: Outcome,
    #[serde(flatten)]
    pub amount: Amount,
    pub seconds: f64,
}

impl Rung {
    pub const ALL: [Rung; 8] = [
        Rung::Memories,
        Rung::Rtl,
        Rung::Icarus,
        Rung::Starts,
        Rung::Pressure,
        Rung::Netlist,
        Rung::Placed,
        Rung::Bitstream,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Rung::Memories => "memories",
            Rung::Rtl => "rtl",
            Rung::Icarus => "icarus",
            Rung::Starts => "starts",
            Rung::Pressure => "pressure",
            Rung::Netlist => "netlist",
            Rung::Placed => "placed",
            Rung::Bitstream => "bitstream",
        }
    }
}

impl Row {
    /// Of a rung that was not begun.
    pub fn open(rung: Rung) -> Row {
        Row {
            rung,
            outcome: Outcome::Open,
            amount: Amount::default(),
            seconds: 0.0,
        }
    }
}

fn as_text<S: serde::Serializer>(error: &RungError, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(error)
}
