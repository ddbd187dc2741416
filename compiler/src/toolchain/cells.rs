//! Models of the cells that a netlist is made of: Yosys' own, and ours where it has none that
//! simulates.

use super::ToolError;
use crate::board::Family;

/// One PLL is one wire: the simulated clock is the design's clock, locked from the start.
const ICE40_PLL: &str = include_str!("cells/ice40_pll.v");

/// `library` gives the text of a file of Yosys' share folder.
pub(super) fn models(
    family: Family,
    library: impl Fn(&str) -> Result<String, ToolError>,
) -> Result<String, ToolError> {
    match family {
        Family::Ice40 => {
            Ok(without_modules(&library("ice40/cells_sim.v")?, "SB_PLL40_") + ICE40_PLL)
        }
        Family::Ecp5 => library("ecp5/cells_sim.v"),
        Family::Gowin => library("gowin/cells_sim.v"),
    }
}

pub(super) fn defines(family: Family) -> Vec<String> {
    match family {
        // Default values of ports are SystemVerilog that Verilator does not take.
        Family::Ice40 => vec!["NO_ICE40_DEFAULT_ASSIGNMENTS".to_owned()],
        Family::Ecp5 | Family::Gowin => vec![],
    }
}

/// The cell library and the netlists are the tools' work; their style is not ours to judge.
pub(super) fn flags() -> Vec<String> {
    [
        "-Wno-fatal",
        "-Wno-lint",
        "-Wno-style",
        "-Wno-MULTITOP",
        "--no-timing",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// `text` less every module whose name starts with `prefix`.
fn without_modules(text: &str, prefix: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.lines() {
        inside |= line
            .trim_start()
            .strip_prefix("module ")
            .is_some_and(|name| name.trim_start().starts_with(prefix));
        if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
        inside &= !line.trim_start().starts_with("endmodule");
    }
    kept
}
