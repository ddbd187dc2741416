//! [`SimulationSources`] and a testbench in Verilog -> a program for Icarus' `vvp`, the second simulator.

use std::path::{Path, PathBuf};

use super::plan::strings;
use super::{Command, Generation, Progress, Runner, SimulationSources, Tool, ToolError, Tools};

const PROGRAM: &str = "simulation.vvp";

/// Compiles in `folder`; `testbench` holds the top module `testbench`. The answer is the command that runs it, which
/// it must do in `folder`, where the memory files are.
pub fn icarus(
    sources: &SimulationSources,
    testbench: &str,
    folder: &Path,
    tools: &Tools,
    progress: &mut dyn FnMut(Progress),
) -> Result<(PathBuf, Vec<String>), ToolError> {
    sources.check_memory_files()?;
    let vvp = tools.find(Tool::Vvp, Generation::Debian)?;
    let mut runner = Runner {
        tools,
        folder,
        progress,
    };
    let mut files = sources.files.clone();
    files.push(("testbench.v".to_owned(), testbench.to_owned()));
    runner.write(&files)?;
    let mut args = strings(&["-g2005", "-s", "testbench", "-o", PROGRAM]);
    args.extend(sources.defines.iter().map(|define| format!("-D{define}")));
    args.extend(sources.verilog().map(str::to_owned));
    args.push("testbench.v".to_owned());
    runner.run(&Command {
        tool: Tool::Iverilog,
        generation: Generation::Debian,
        args,
        log: "iverilog.log".to_owned(),
        stdout: None,
        produces: strings(&[PROGRAM]),
    })?;
    Ok((vvp, strings(&["-n", PROGRAM])))
}
