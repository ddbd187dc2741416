//! A packed iCE40 bitstream -> the netlist that it holds, block RAM contents included.
//!
//! `iceunpack` and `icebox_vlog` drop single-port RAM and multipliers without a word, so a design
//! with a cell that they do not know is refused.

use std::path::Path;

use super::ice40::PINS;
use super::plan::strings;
use super::reports::CellCounts;
use super::sources::read;
use super::{
    Command, Generation, Progress, Runner, SimulationSources, Tool, ToolError, Tools, TOP,
};
use crate::board::Family;

/// Cells that come back out of a bitstream.
const RETURNING: [&str; 7] = [
    "SB_LUT4",
    "SB_CARRY",
    "SB_DFF",
    "SB_RAM40_4K",
    "SB_GB",
    "SB_IO",
    "SB_PLL40_",
];

/// Turns `spikeforge.bin` of the build folder `folder` back into a netlist.
///
/// `cells` are the cells after synthesis (`BuildReport::cells`).
pub fn unpack(
    folder: &Path,
    cells: &CellCounts,
    tools: &Tools,
    progress: &mut dyn FnMut(Progress),
) -> Result<SimulationSources, ToolError> {
    let unpack = Command {
        tool: Tool::Iceunpack,
        generation: Generation::Debian,
        args: strings(&["spikeforge.bin", "unpacked.asc"]),
        log: "iceunpack.log".to_owned(),
        stdout: None,
        produces: strings(&["unpacked.asc"]),
    };
    let mut runner = Runner {
        tools,
        folder,
        progress,
    };
    refuse_what_is_lost(cells)?;
    runner.run(&unpack)?;
    of_asc("unpacked.asc", "bitstream", &mut runner)
}

/// The netlist of `spikeforge.asc`, which place and route wrote; what is lost in a bitstream is lost here too.
pub fn placed(
    folder: &Path,
    cells: &CellCounts,
    tools: &Tools,
    progress: &mut dyn FnMut(Progress),
) -> Result<SimulationSources, ToolError> {
    refuse_what_is_lost(cells)?;
    let mut runner = Runner {
        tools,
        folder,
        progress,
    };
    of_asc("spikeforge.asc", "placed", &mut runner)
}

fn refuse_what_is_lost(cells: &CellCounts) -> Result<(), ToolError> {
    let returns = |kind: &str| RETURNING.iter().any(|known| kind.starts_with(known));
    let lost = cells
        .iter()
        .find(|(kind, count)| **count > 0 && !returns(kind));
    match lost {
        Some((cell, count)) => Err(ToolError::NotInBitstream {
            cell: cell.clone(),
            count: *count,
        }),
        None => Ok(()),
    }
}

/// The configuration of every tile, as text -> `<name>.v`.
fn of_asc(asc: &str, name: &str, runner: &mut Runner<'_>) -> Result<SimulationSources, ToolError> {
    let verilog = format!("{name}.v");
    runner.run(&Command {
        tool: Tool::IceboxVlog,
        generation: Generation::Debian,
        args: strings(&["-p", PINS, "-s", "-n", TOP, asc]),
        log: format!("{name}-icebox_vlog.log"),
        stdout: Some(verilog.clone()),
        produces: vec![verilog.clone()],
    })?;
    let path = runner.folder.join(&verilog);
    let netlist = one_declaration_a_port(&with_pll_pad(read(&path)?)).map_err(|reason| {
        ToolError::Netlist {
            from: path.display().to_string(),
            reason,
        }
    })?;
    let (family, generation) = (Family::Ice40, Generation::Debian);
    SimulationSources::of_cells((&verilog, netlist), family, generation, runner.tools)
}

/// *before* `module m (input a, output b);  wire a;  reg b = 0;` (b is declared twice)
/// *after*  `module m (a, b); input a; output b;  wire a;  reg b = 0;` (which is how Verilog-1995 does it)
fn one_declaration_a_port(text: &str) -> Result<String, String> {
    let header = text.find("module ").zip(text.find(");"));
    let (start, end) = header
        .filter(|(start, end)| start < end)
        .ok_or("no module header in it")?;
    let (head, body) = (&text[start..end], &text[end + 2..]);
    let (name, ports) = head.split_once('(').ok_or("no port list in it")?;
    let ports: Vec<&str> = ports.split(',').map(str::trim).collect();
    let names: Vec<&str> = ports
        .iter()
        .filter_map(|port| port.split_whitespace().last())
        .collect();
    Ok(format!(
        "{name}({});\n{};\n{body}",
        names.join(", "),
        ports.join(";\n")
    ))
}

/// The pad of an UltraPlus PLL comes out as a net of its own, and the port as one without a pad:
///
/// *before* `.PACKAGEPIN(n146)` and `// Warning: unmatched port 'clock'`
/// *after*  `.PACKAGEPIN(clock)`
fn with_pll_pad(text: String) -> String {
    let mut unmatched = text.lines().filter_map(|line| {
        line.strip_prefix("// Warning: unmatched port '")?
            .strip_suffix('\'')
    });
    let pads = text.matches(".PACKAGEPIN(").count();
    let (Some(port), None, 1) = (unmatched.next(), unmatched.next(), pads) else {
        return text;
    };
    let Some((before, after)) = text.split_once(".PACKAGEPIN(") else {
        return text;
    };
    let Some((_, after)) = after.split_once(')') else {
        return text;
    };
    format!("{before}.PACKAGEPIN({port}){after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_declared_in_the_old_way() {
        let text = "\nmodule top (input a, output b);\n\nwire a;\nreg b = 0;\nendmodule\n";
        let expected =
            "module top (a, b);\ninput a;\noutput b;\n\n\nwire a;\nreg b = 0;\nendmodule\n";
        assert_eq!(one_declaration_a_port(text).as_deref(), Ok(expected));
        assert!(one_declaration_a_port("nothing").is_err());
    }

    #[test]
    fn the_pad_of_a_pll_is_its_port() {
        let text = "  .PACKAGEPIN(n146),\n  .LOCK(n148)\n// Warning: unmatched port 'clock'\n";
        assert!(with_pll_pad(text.to_owned()).starts_with("  .PACKAGEPIN(clock),\n  .LOCK"));
        let two = text.replace("// W", "// Warning: unmatched port 'led'\n// W");
        assert_eq!(
            with_pll_pad(two.clone()),
            two,
            "which of the two it is cannot be told"
        );
    }
}
