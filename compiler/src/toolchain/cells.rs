//! Models of the cells that a netlist is made of: Yosys' own, and ours where it has none that
//! simulates.

use super::ToolError;
use crate::board::Family;

/// One PLL is one wire: the simulated clock is the design's clock, locked from the start.
const ICE40_PLL: &str = include_str!("cells/ice40_pll.v");

/// Of ECP5 and Gowin, of which the libraries show no more than the ports.
const BLOCK_RAM: &str = include_str!("cells/block_ram.v");
const ECP5_RAM: &str = include_str!("cells/ecp5_ram.v");
const GOWIN_RAM: &str = include_str!("cells/gowin_ram.v");
const ECP5_MULTIPLIER: &str = include_str!("cells/ecp5_multiplier.v");
const GOWIN_MULTIPLIER: &str = include_str!("cells/gowin_multiplier.v");
/// Of both families, one PLL is one wire too.
const GOWIN_PLL: &str = include_str!("cells/gowin_pll.v");

/// `library` gives the text of a file of Yosys' share folder.
pub(super) fn models(
    family: Family,
    library: impl Fn(&str) -> Result<String, ToolError>,
) -> Result<String, ToolError> {
    match family {
        Family::Ice40 => {
            Ok(without_modules(&library("ice40/cells_sim.v")?, "SB_PLL40_") + ICE40_PLL)
        }
        Family::Ecp5 => {
            let included = |text: String| with_includes(&text, |file| library(&format!("ecp5/{file}")));
            let cells = included(library("ecp5/cells_sim.v")?)?;
            let models = ["\\$", "DP16KD", "EHXPLLL", "MULT18X18D"];
            let cells = models.iter().fold(cells, |cells, name| without_modules(&cells, name));
            Ok(cells + BLOCK_RAM + &with_contents(ECP5_RAM, "INITVAL_", 320) + ECP5_MULTIPLIER)
        }
        Family::Gowin => {
            let cells = library("gowin/cells_sim.v")?;
            let models = ["SP ", "SPX9 ", "SDP ", "SDPX9 ", "rPLL ", "PLLVR "];
            let cells = models.iter().fold(cells, |cells, name| without_modules(&cells, name));
            Ok(cells + BLOCK_RAM + &gowin_rams() + &gowin_multipliers() + GOWIN_PLL)
        }
    }
}

/// Each block RAM with bytes of 8 bits, and of 9.
fn gowin_rams() -> String {
    let text = with_contents(GOWIN_RAM, "INIT_RAM_", 288);
    let named = |names: [&str; 3]| {
        let ours = ["SPIKEFORGE_SP ", "SPIKEFORGE_SDP ", "SPIKEFORGE_DP "];
        ours.iter().zip(names).fold(text.clone(), |text, (ours, name)| text.replace(ours, name))
    };
    named(["SP ", "SDPB ", "DPB "]) + &named(["SPX9 ", "SDPX9B ", "DPX9B "]).replace("parameter UNIT = 8", "parameter UNIT = 9")
}

fn gowin_multipliers() -> String {
    let of = |(name, width): (&str, &str)| {
        let text = GOWIN_MULTIPLIER.replace("SPIKEFORGE_MULT ", name);
        text.replace("parameter integer WIDTH = 9", &format!("parameter integer WIDTH = {width}"))
    };
    [("MULT9X9 ", "9"), ("MULT18X18 ", "18"), ("MULT36X36 ", "36")].map(of).concat()
}

/// The 64 parameters of `bits` bits that hold a block RAM's contents, and all of them as one.
fn with_contents(text: &str, prefix: &str, bits: u32) -> String {
    let names: Vec<String> = (0..64).map(|index| format!("{prefix}{index:02X}")).collect();
    let parameters: Vec<String> = names.iter().map(|name| format!("parameter [{}:0] {name} = {bits}'h0", bits - 1)).collect();
    let values: Vec<&str> = names.iter().rev().map(String::as_str).collect();
    text.replace("SPIKEFORGE_PARAMETERS", &parameters.join(", "))
        .replace("SPIKEFORGE_VALUES", &format!("{{{}}}", values.join(", ")))
}

/// *before* `` `include "x.vh" `` *after* the text of x.vh
fn with_includes(
    text: &str,
    library: impl Fn(&str) -> Result<String, ToolError>,
) -> Result<String, ToolError> {
    let mut whole = String::with_capacity(text.len());
    for line in text.lines() {
        match line.trim().strip_prefix("`include \"").and_then(|rest| rest.strip_suffix('"')) {
            // What it includes in its turn are names of other vendors' cells, which synthesis does not make.
            Some(file) => {
                let text = library(file)?;
                let kept = text.lines().filter(|line| !line.trim().starts_with("`include"));
                kept.for_each(|line| whole.extend([line, "\n"]));
            }
            None => whole.push_str(line),
        }
        whole.push('\n');
    }
    Ok(whole)
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
        // Of two models of a cell the first would be taken, which may be the library's black box.
        "-Werror-MODDUP",
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

#[cfg(test)]
mod multiplier_tests;
#[cfg(test)]
mod tests;
