//! What the tools say of a design: sizes and speed, read from their reports, or from their logs
//! where a version writes no report.

mod blocks;
mod log;
mod netlist;
mod nets;
mod nextpnr;
mod yosys;

use serde::Serialize;

use crate::board::Family;

pub use blocks::{parse_blocks, Block, Cells, Part};
pub use nets::{parse_nets, Driver, Nets, Source};
pub use nextpnr::{parse_log, parse_report, parse_utilization};
pub use yosys::{parse_stat, CellCounts};

/// What place and route says of a design on a part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Routed {
    pub fmax_mhz: f64,
    pub logic_cells: Used,
    pub block_rams: Used,
    /// The slowest path in words; empty when read from a log.
    pub critical_path: String,
    /// Every kind of cell that the design uses or could use.
    pub cells: Vec<(String, Used)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Used {
    pub used: u64,
    pub available: u64,
}

/// The kinds of cell that count as logic cells of `family`: all of them use up the first one's sites.
fn logic_kinds(family: Family) -> &'static [&'static str] {
    match family {
        Family::Ice40 => &["ICESTORM_LC"],
        Family::Ecp5 => &["TRELLIS_COMB"],
        Family::Gowin => &["LUT4", "ALU"],
    }
}

fn block_ram_kind(family: Family) -> &'static str {
    match family {
        Family::Ice40 => "ICESTORM_RAM",
        Family::Ecp5 => "DP16KD",
        Family::Gowin => "BSRAM",
    }
}

/// The kind of the single-port RAM and of the multiplier, which a board file counts too.
#[must_use]
pub fn dsp_kind(family: Family) -> &'static str {
    match family {
        Family::Ice40 => "ICESTORM_DSP",
        Family::Ecp5 => "MULT18X18D",
        Family::Gowin => "MULT18X18",
    }
}

impl Routed {
    fn new(
        family: Family,
        fmax_mhz: f64,
        critical_path: String,
        cells: Vec<(String, Used)>,
    ) -> Result<Routed, String> {
        let of_kind = |kind: &str| {
            cells
                .iter()
                .find(|(name, _)| name == kind)
                .map(|(_, used)| *used)
        };
        let kinds = logic_kinds(family);
        let first = kinds.first().copied().unwrap_or_default();
        let available = of_kind(first)
            .ok_or_else(|| format!("no count of {first}"))?
            .available;
        let used = kinds
            .iter()
            .filter_map(|kind| of_kind(kind))
            .map(|cell| cell.used)
            .sum();
        let block_rams = of_kind(block_ram_kind(family)).unwrap_or_default();
        Ok(Routed {
            fmax_mhz,
            logic_cells: Used { used, available },
            block_rams,
            critical_path,
            cells,
        })
    }

    /// Cells of one kind, none if the part has no such kind.
    #[must_use]
    pub fn count(&self, kind: &str) -> Used {
        self.cells
            .iter()
            .find(|(name, _)| name == kind)
            .map(|(_, used)| *used)
            .unwrap_or_default()
    }
}
