//! What drives each wire of a netlist, by the wire's names: for those who count how often it changes.

use std::collections::HashMap;

use serde::Serialize;

use super::blocks::{place, Part};
use super::netlist::{Bit, Module};

/// The wires of Yosys' `write_json`, bit by bit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nets {
    /// The bits of a wire of that name from its lowest on; none for a bit that no cell drives.
    names: HashMap<String, Vec<Option<u64>>>,
    sources: HashMap<u64, Source>,
}

/// The cell that drives a bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    pub driver: Driver,
    pub part: Part,
    /// From 0, for a part that each stage has.
    pub stage: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Driver {
    /// A lookup table, to other cells.
    Logic,
    /// A lookup table to the one flip-flop beside it, a flip-flop or a carry.
    Local,
    BlockRam,
}

impl Nets {
    /// The bits of a wire, each with a number of its own, which other names of the same bit share, and with what drives it.
    pub fn bits(&self, name: &str) -> Option<Vec<Option<(u64, Source)>>> {
        let known = |bit: &Option<u64>| bit.and_then(|bit| Some((bit, *self.sources.get(&bit)?)));
        Some(self.names.get(name)?.iter().map(known).collect())
    }

    pub fn n_driven(&self) -> usize {
        self.sources.len()
    }
}

/// The wires of the top; `instance` is the path of the top in the whole design, as [`super::parse_blocks`] knows it. An error is a
/// sentence about the text.
pub fn parse_nets(text: &str, instance: &str) -> Result<Nets, String> {
    let top = Module::top_of(text)?;
    let mut beside: HashMap<u64, Vec<bool>> = HashMap::new();
    for cell in top.cells.values() {
        for (port, bit) in cell.wires("input") {
            beside.entry(bit).or_default().push(port == "D" || port == "DI");
        }
    }
    let mut sources = HashMap::new();
    for (name, cell) in &top.cells {
        let (stage, part) = place(&format!("{instance}.{name}"));
        for (_, bit) in cell.wires("output") {
            let feeds_one_flip_flop = beside.get(&bit).is_some_and(|sinks| sinks[..] == [true]);
            let driver = match cell.kind.as_str() {
                kind if kind.starts_with("SB_LUT") || kind.starts_with("LUT") => match feeds_one_flip_flop {
                    true => Driver::Local,
                    false => Driver::Logic,
                },
                kind if kind.contains("DFF") || ["TRELLIS_FF", "SB_CARRY"].contains(&kind) => Driver::Local,
                kind if kind.contains("RAM") || kind.contains("DP") || kind.starts_with("SP") => Driver::BlockRam,
                _ => Driver::Logic,
            };
            sources.insert(bit, Source { driver, part, stage });
        }
    }
    let names = top.netnames.iter().map(|(name, net)| (name.clone(), net.bits.iter().map(Bit::wire).collect()));
    Ok(Nets { names: names.collect(), sources })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A table that feeds only its flip-flop is local, one that feeds a second cell is not; both names of a bit are one bit.
    #[test]
    fn what_drives_a_bit() {
        let directions = |output: &str| serde_json::json!({ "I0": "input", "D": "input", output: "output" });
        let cell = |kind: &str, output: &str, connections: serde_json::Value| {
            serde_json::json!({ "type": kind, "port_directions": directions(output), "connections": connections })
        };
        let text = serde_json::json!({ "modules": { "m": { "attributes": { "top": "1" }, "cells": {
            "stages$1.lif.near": cell("SB_LUT4", "O", serde_json::json!({ "I0": [2], "O": [3] })),
            "stages$1.lif.ff": cell("SB_DFF", "Q", serde_json::json!({ "D": [3], "Q": [4] })),
            "host.far": cell("LUT4", "O", serde_json::json!({ "I0": ["x"], "O": [5] })),
            "host.ff": cell("TRELLIS_FF", "Q", serde_json::json!({ "D": [5], "Q": [6] })),
            "host.more": cell("LUT4", "O", serde_json::json!({ "I0": [5], "O": [7] })),
        }, "netnames": { "a": { "bits": [3, 5, "0", 2] }, "b": { "bits": [3] } } } } });
        let nets = parse_nets(&text.to_string(), "accelerator$0").unwrap();
        let bits = nets.bits("a").unwrap();
        let lif = Source { driver: Driver::Local, part: Part::Lif, stage: Some(1) };
        let host = Source { driver: Driver::Logic, part: Part::HostPort, stage: None };
        assert_eq!(bits, [Some((3, lif)), Some((5, host)), None, None]);
        assert_eq!(nets.bits("b").unwrap(), [Some((3, lif))]);
        assert_eq!((nets.bits("c"), nets.n_driven()), (None, 5));
        assert!(parse_nets("{}", "").unwrap_err().contains("not a netlist"));
    }
}
