//! Weights and parameters exchanged in a routed design: no synthesis, no place and route.
//!
//! A design that is to allow it is synthesized and routed with marks in place of its memories' contents: random bits of
//! which no column is constant, so that no tool makes a wire of a bit. The netlist then tells by the marks which block
//! RAM holds which bits of which memory ([`sites`]), and whatever is to run there is put in their place ([`edit`]), each
//! bit being checked to be its mark before. The routed design with the marks and the sites are kept; the bitstream of a
//! network depends only on them and on that network, so that an exchange gives the bits of a full build.

mod edit;
mod layout;
mod memory;
mod sites;

use std::fs;
use std::path::Path;

use spikeforge_hdl::arch::{Arch, Style};
use spikeforge_hdl::block::parameter_memory::Layout;
use spikeforge_hdl::block::pipelines::parameters_file;

use crate::board::Family;
use crate::toolchain::{BuildPlan, Files, ToolError, TOP};
use edit::Change;
use memory::Memory;
use sites::Site;

/// The routed design and the netlist as the tools left them, with the marks; and where these were found.
const ROUTED: &str = "marked.routed";
const NETLIST: &str = "marked.netlist.v";
const SITES: &str = "sites.json";
/// What place and route writes beside the routed design, where that is no netlist itself.
pub const PLACED: &str = "placed.json";

/// The contents of the memories that may be exchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchangeable(Vec<Memory>);

/// Weights and parameters that lie in block RAM, by their files: which and of what width.
fn files_of(arch: &Arch) -> Vec<(String, usize)> {
    let size = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let of_stage = |stage: &spikeforge_hdl::arch::StageArch| {
        let weights = (stage.memories.weights, format!("{}_weights.hex", stage.name), stage.lanes * size(stage.beat));
        let file = format!("{}_parameters.hex", stage.name);
        let width = size(Layout::new(&stage.neuron).width());
        let (style, n) = (stage.memories.parameters, stage.pipelines);
        let parameters = (0..n).map(move |pipeline| (style, parameters_file(&file, (pipeline, n)), width));
        std::iter::once(weights).chain(parameters)
    };
    let all = arch.turns().flat_map(|layers| of_stage(&layers[0]));
    all.filter(|(style, _, width)| *style == Style::Block && *width > 0).map(|(_, file, width)| (file, width)).collect()
}

impl Exchangeable {
    /// The contents that `design` has for the memories of `arch` in block RAM.
    ///
    /// # Errors
    /// Names a memory file that is not there or no such memory.
    pub fn of(arch: &Arch, design: &[(String, String)]) -> Result<Exchangeable, ToolError> {
        let read = |(file, width): (String, usize)| {
            let text = design.iter().find(|(name, _)| *name == file).map(|(_, text)| text);
            let memory = text.ok_or_else(|| "there is no such memory file".to_owned()).and_then(|text| Memory::read(&file, width, text));
            let memory = memory.and_then(|memory| match memory.words.len() {
                0 | 1 => Err("the tools make wires of a memory of one word; compile with fewer lanes (--max-logic), or without --swappable".to_owned()),
                _ => Ok(memory),
            });
            memory.map_err(|reason| ToolError::Exchange { what: file, reason })
        };
        files_of(arch).into_iter().map(read).collect::<Result<_, _>>().map(Exchangeable)
    }

    fn marks(&self) -> Vec<Memory> {
        (1..).zip(&self.0).map(|(seed, memory)| memory.marks(seed)).collect()
    }

    /// `design` with marks in place of the contents.
    pub fn marked(&self, design: &[(String, String)]) -> Files {
        let marks = self.marks();
        let mark = |(name, text): &(String, String)| {
            let marked = marks.iter().find(|memory| memory.file == *name).map(Memory::text);
            (name.clone(), marked.unwrap_or_else(|| text.clone()))
        };
        design.iter().map(mark).collect()
    }

    /// Keeps the design with the marks that `plan` left in `folder`, and puts the contents in their place.
    pub fn fill_first(&self, folder: &Path, plan: &BuildPlan, family: Family) -> Result<(), ToolError> {
        let mut sites = sites::find(&json(&folder.join("spikeforge.json"))?, TOP, &self.marks()).map_err(exchange("the netlist"))?;
        match family {
            Family::Ice40 => sites::place(&mut sites, &json(&folder.join(PLACED))?, "NEXTPNR_BEL"),
            Family::Ecp5 => sites::place(&mut sites, &json(&folder.join(PLACED))?, "WID"),
            Family::Gowin => Ok(()),
        }
        .map_err(exchange("the routed netlist"))?;
        copy(&folder.join(plan.routed), &folder.join(ROUTED))?;
        copy(&folder.join("netlist.v"), &folder.join(NETLIST))?;
        let text = serde_json::to_string_pretty(&sites).map_err(|error| exchange(SITES)(error.to_string()))?;
        write(&folder.join(SITES), &text)?;
        self.fill(folder, plan.routed, family)
    }

    /// The same on the routed design of another folder, whose files with the marks are taken over.
    pub fn fill_again(&self, from: &Path, folder: &Path, plan: &BuildPlan, family: Family) -> Result<(), ToolError> {
        for file in [ROUTED, NETLIST, SITES] {
            copy(&from.join(file), &folder.join(file))?;
        }
        self.fill(folder, plan.routed, family)
    }

    fn fill(&self, folder: &Path, routed: &str, family: Family) -> Result<(), ToolError> {
        let sites: Vec<Site> = serde_json::from_value(json(&folder.join(SITES))?).map_err(|error| exchange(SITES)(error.to_string()))?;
        let change = Change { sites: &sites, marks: &self.marks(), contents: &self.0 };
        let read = |file: &str| fs::read_to_string(folder.join(file)).map_err(ToolError::io(&folder.join(file)));
        let filled = match family {
            Family::Ice40 => change.ice40(&read(ROUTED)?),
            Family::Ecp5 => change.ecp5(&read(ROUTED)?),
            Family::Gowin => change.gowin(&read(ROUTED)?),
        };
        write(&folder.join(routed), &filled.map_err(exchange(ROUTED))?)?;
        write(&folder.join("netlist.v"), &change.netlist(&read(NETLIST)?).map_err(exchange(NETLIST))?)
    }
}

fn exchange(what: &str) -> impl FnOnce(String) -> ToolError + '_ {
    move |reason| ToolError::Exchange { what: what.to_owned(), reason }
}

fn json(path: &Path) -> Result<serde_json::Value, ToolError> {
    let text = fs::read(path).map_err(ToolError::io(path))?;
    serde_json::from_slice(&text).map_err(|error| ToolError::Report { path: path.to_owned(), reason: error.to_string() })
}

fn copy(from: &Path, to: &Path) -> Result<(), ToolError> {
    fs::copy(from, to).map(|_| ()).map_err(ToolError::io(from))
}

fn write(path: &Path, text: &str) -> Result<(), ToolError> {
    fs::write(path, text).map_err(ToolError::io(path))
}
