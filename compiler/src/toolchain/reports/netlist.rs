//! A netlist of Yosys' `write_json`, as far as it is looked at.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

#[derive(Deserialize)]
struct Netlist {
    modules: BTreeMap<String, Module>,
}

#[derive(Deserialize)]
pub(super) struct Module {
    #[serde(default)]
    attributes: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    pub cells: BTreeMap<String, Cell>,
    #[serde(default)]
    pub netnames: BTreeMap<String, NetName>,
}

#[derive(Deserialize)]
pub(super) struct Cell {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    port_directions: BTreeMap<String, String>,
    #[serde(default)]
    connections: BTreeMap<String, Vec<Bit>>,
}

#[derive(Deserialize)]
pub(super) struct NetName {
    pub bits: Vec<Bit>,
}

/// A wire by its number, or a constant.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Bit {
    Wire(u64),
    Constant(serde::de::IgnoredAny),
}

impl Bit {
    pub fn wire(&self) -> Option<u64> {
        match self {
            Bit::Wire(bit) => Some(*bit),
            Bit::Constant(_) => None,
        }
    }
}

impl Module {
    /// The top of a netlist; an error is a sentence about the text.
    pub fn top_of(text: &str) -> Result<Module, String> {
        let netlist: Netlist = serde_json::from_str(text).map_err(|error| format!("not a netlist of Yosys: {error}"))?;
        let top = netlist.modules.into_values().find(|module| module.attributes.contains_key("top"));
        top.ok_or_else(|| "the netlist has no top module".to_owned())
    }
}

impl Cell {
    /// The wires at ports of a direction, each once.
    pub fn wires<'a>(&'a self, direction: &'a str) -> BTreeSet<(&'a str, u64)> {
        let ports = self.connections.iter().filter(move |(port, _)| self.port_directions.get(*port).is_some_and(|is| is == direction));
        ports.flat_map(|(port, bits)| bits.iter().filter_map(move |bit| Some((port.as_str(), bit.wire()?)))).collect()
    }
}
