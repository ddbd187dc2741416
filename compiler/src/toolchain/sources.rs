//! What a simulator needs: the Verilog of one level of a design, its memory files, its flags.

use std::fs;
use std::path::Path;

use super::{cells, Files, Generation, Tool, ToolError, Tools, TOP};
use crate::board::{pll, Family};

/// Everything that is simulated, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulationSources {
    /// The module that the simulation's main program drives.
    pub top: String,
    /// Verilog (`.v`) and the memory files that it reads, each a plain file name.
    pub files: Files,
    pub defines: Vec<String>,
    /// Further arguments for Verilator.
    pub flags: Vec<String>,
}

/// Name of the design file that holds the PLL; simulation replaces it.
pub const PLL_FILE: &str = "spikeforge_pll.v";

impl SimulationSources {
    /// The design as it was written, with `top` as its top module.
    pub fn rtl(design: &[(String, String)], top: &str) -> SimulationSources {
        let file = |(name, text): &(String, String)| match name == PLL_FILE {
            true => (name.clone(), pll::simulation_verilog()),
            false => (name.clone(), text.clone()),
        };
        SimulationSources {
            top: top.to_owned(),
            files: design.iter().map(file).collect(),
            defines: vec![],
            flags: vec![],
        }
    }

    /// The result of synthesis in the build folder `folder`, made of the cells of `family`; of [`TOP`] unless said otherwise.
    pub fn netlist(
        folder: &Path,
        family: Family,
        generation: Generation,
        tools: &Tools,
    ) -> Result<SimulationSources, ToolError> {
        let netlist = read(&folder.join("netlist.v"))?;
        SimulationSources::of_cells(("netlist.v", netlist), family, generation, tools)
    }

    /// The same with another module at the top.
    pub fn with_top(self, top: &str) -> SimulationSources {
        SimulationSources { top: top.to_owned(), ..self }
    }

    /// A netlist made of library cells, with models of those cells.
    pub(super) fn of_cells(
        netlist: (&str, String),
        family: Family,
        generation: Generation,
        tools: &Tools,
    ) -> Result<SimulationSources, ToolError> {
        let yosys = tools.find(Tool::Yosys, generation)?;
        let library = cells::models(family, |file| read(&tools.yosys_share(&yosys, file)?))?;
        Ok(SimulationSources {
            top: TOP.to_owned(),
            files: vec![
                (netlist.0.to_owned(), netlist.1),
                ("cells.v".to_owned(), library),
            ],
            defines: cells::defines(family),
            flags: cells::flags(),
        })
    }

    /// Names of the Verilog files, in their order.
    pub fn verilog(&self) -> impl Iterator<Item = &str> {
        self.files
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| name.ends_with(".v"))
    }

    /// Every file that a `$readmemh` or `$readmemb` names must be there: simulators go on without it.
    pub fn check_memory_files(&self) -> Result<(), ToolError> {
        for (reader, text) in self.files.iter().filter(|(name, _)| name.ends_with(".v")) {
            let reads = text.split("$readmem").skip(1).filter_map(literal_name);
            for file in reads {
                if !self.files.iter().any(|(name, _)| name == file) {
                    return Err(ToolError::MemoryFile {
                        reader: reader.clone(),
                        file: file.to_owned(),
                    });
                }
            }
        }
        Ok(())
    }
}

/// `h("x.hex", memory)` -> `x.hex`; a name that is not written there is a library's own affair.
pub(super) fn literal_name(after_readmem: &str) -> Option<&str> {
    let arguments = after_readmem
        .get(1..)?
        .trim_start()
        .strip_prefix('(')?
        .trim_start();
    arguments.strip_prefix('"')?.split('"').next()
}

pub(super) fn read(path: &Path) -> Result<String, ToolError> {
    fs::read_to_string(path).map_err(ToolError::io(path))
}
