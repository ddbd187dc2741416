//! Faults that a design must not have before it is worth simulating or building.

use super::plan::strings;
use super::{Command, Generation, Runner, SimulationSources, Tool, ToolError};

/// Warnings of `verilator -Wall` about style; every other one is fatal.
const STYLE: [&str; 5] = [
    "DECLFILENAME",
    "UNUSED",
    "UNDRIVEN",
    "PINCONNECTEMPTY",
    "VARHIDDEN",
];

/// Verilator: widths, combinational loops, latches, multiple drivers. Yosys: `check -assert` on
/// the elaborated design, and no latch. The files and logs stay in the runner's folder.
pub fn lint(sources: &SimulationSources, runner: &mut Runner<'_>) -> Result<(), ToolError> {
    sources.check_memory_files()?;
    runner.write(&sources.files)?;
    runner.write(&[("lint.ys".to_owned(), script(sources))])?;
    runner.run(&verilator(sources))?;
    runner.run(&Command {
        tool: Tool::Yosys,
        generation: Generation::Debian,
        args: strings(&["-s", "lint.ys"]),
        log: "lint-yosys.log".to_owned(),
        stdout: None,
        produces: vec![],
    })
}

fn verilator(sources: &SimulationSources) -> Command {
    let mut args = strings(&["--lint-only", "-Wall", "--top-module", &sources.top]);
    args.extend(STYLE.iter().map(|warning| format!("-Wno-{warning}")));
    args.extend(sources.defines.iter().map(|define| format!("-D{define}")));
    args.extend(sources.flags.iter().cloned());
    args.extend(sources.verilog().map(str::to_owned));
    Command {
        tool: Tool::Verilator,
        generation: Generation::Debian,
        args,
        log: "lint-verilator.log".to_owned(),
        stdout: None,
        produces: vec![],
    }
}

fn script(sources: &SimulationSources) -> String {
    let files: Vec<&str> = sources.verilog().collect();
    format!(
        "read_verilog {}\nhierarchy -check -top {}\nproc\nflatten\ncheck -assert\nselect -assert-none t:$dlatch t:$adlatch t:$sr\n",
        files.join(" "),
        sources.top
    )
}
