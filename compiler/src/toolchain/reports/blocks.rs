//! Which block each cell of a netlist belongs to, by the names that synthesis gives them: `accelerator$0.stages$1.lif.leaked...`, or
//! `learner$0.chain.layers$0.path.lif.leaked...` in a design that learns.
//!
//! Synthesis moves logic over the edges of blocks, and a table that serves two is counted for the one that it is named after.

use std::collections::BTreeMap;

use serde::Serialize;

use super::netlist::Module;

/// A block of the hardware and the cells that it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Block {
    pub part: Part,
    /// From 0, for a part that each stage has.
    pub stage: Option<usize>,
    #[serde(flatten)]
    pub cells: Cells,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Serial port, clock and reset.
    Board,
    /// Requests, answers and the bytes of both.
    HostPort,
    /// What codes the inputs.
    Encoder,
    /// Spike buffer, schedule, drain and packer of a stage.
    Control,
    Crossbar,
    WeightMemory,
    Lif,
    /// Membranes, thresholds, biases and betas.
    StateMemory,
    /// Samples, labels and targets of a design that learns, and the order of their presentations.
    Lessons,
    /// Latent weights, their sums and their changes.
    PlasticSynapses,
    /// Class scores and readout weights, and what tells each neuron how to move.
    Readout,
    /// What belongs to no other.
    Other,
}

/// Before place and route, which packs several into a logic cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Cells {
    pub luts: u64,
    pub carries: u64,
    pub flip_flops: u64,
    pub block_rams: u64,
}

/// The blocks of the top of Yosys' `write_json`, those of the whole design before those of stages; an error is a sentence about the text.
pub fn parse_blocks(text: &str) -> Result<Vec<Block>, String> {
    let top = Module::top_of(text)?;
    let mut blocks: BTreeMap<(Option<usize>, Part), Cells> = BTreeMap::new();
    for (name, cell) in &top.cells {
        blocks.entry(place(name)).or_default().add(&cell.kind);
    }
    let counted = blocks.into_iter().filter(|(_, cells)| *cells != Cells::default());
    Ok(counted.map(|((stage, part), cells)| Block { part, stage, cells }).collect())
}

impl Cells {
    /// A cell of iCE40, ECP5 or Gowin; of other kinds (pins, multiplexers between tables) nothing is counted.
    fn add(&mut self, kind: &str) {
        let count = match kind {
            "SB_LUT4" | "LUT1" | "LUT2" | "LUT3" | "LUT4" => &mut self.luts,
            "SB_CARRY" | "CCU2C" | "ALU" => &mut self.carries,
            "DP16KD" | "PDPW16KD" | "SDPB" | "SDPX9B" | "DPB" | "DPX9B" | "SP" | "SPX9" | "pROM" => &mut self.block_rams,
            kind if kind.starts_with("SB_RAM40") => &mut self.block_rams,
            kind if kind.contains("DFF") || kind == "TRELLIS_FF" => &mut self.flip_flops,
            // 16 words of 4 bits, a table each.
            "TRELLIS_DPR16X4" => return self.luts += 4,
            _ => return,
        };
        *count += 1;
    }
}

/// The stage and part of a cell.
pub(super) fn place(name: &str) -> (Option<usize>, Part) {
    let path: Vec<&str> = name.split('.').collect();
    let index = |block: &str, of: &str| block.strip_prefix(of).and_then(|index| index.parse().ok());
    match path[..] {
        ["accelerator$0" | "learner$0", "host" | "outbound" | "departures", ..] => (None, Part::HostPort),
        ["accelerator$0", encoder, ..] if encoder.starts_with("encoders$") => (None, Part::Encoder),
        ["learner$0", "school", ..] => (None, Part::Lessons),
        ["accelerator$0", stage, ref block @ ..] if stage.starts_with("stages$") => (index(stage, "stages$"), of_stage(block)),
        ["learner$0", "chain", layer, "path", ref block @ ..] => (index(layer, "layers$"), of_stage(block)),
        ["learner$0", "chain", layer, "engine", block, ..] => {
            (index(layer, "layers$"), if block == "synapses" { Part::PlasticSynapses } else { Part::Readout })
        }
        ["accelerator$0" | "learner$0", ..] => (None, Part::Other),
        _ => (None, Part::Board),
    }
}

/// The part of a stage, or of a layer that learns, by the path within it.
fn of_stage(path: &[&str]) -> Part {
    match path {
        ["crossbar", "weights", ..] => Part::WeightMemory,
        ["crossbar", ..] => Part::Crossbar,
        ["lif", "ram" | "parameters", ..] | ["lif", _, "ram" | "parameters", ..] => Part::StateMemory,
        ["lif", ..] => Part::Lif,
        _ => Part::Control,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_counted_where_they_belong() {
        let cells = [
            ("accelerator$0.stages$1.lif.lifs$0.ram.words.0.1", "SB_RAM40_4K"),
            ("learner$0.chain.layers$1.path.lif.ram.words.0.1", "SB_RAM40_4K"),
            ("accelerator$0.stages$1.lif.leaked.q_SB_DFFSR_Q_9", "SB_DFFSR"),
            ("accelerator$0.stages$0.crossbar.weights.words.0.9", "DP16KD"),
            ("accelerator$0.stages$0.crossbar.groups$0.popcount.fours_SB_LUT4_O", "SB_LUT4"),
            ("accelerator$0.stages$0.drain.lane.q_SB_CARRY_CO", "SB_CARRY"),
            ("accelerator$0.host.answers.owed.q_TRELLIS_FF_Q", "TRELLIS_FF"),
            ("accelerator$0.encoders$0.values.words.0.0", "SB_RAM40_4K"),
            ("receiver.bits_left.q_LUT4_O", "LUT4"),
            ("uart_tx_SB_IO", "SB_IO"),
            ("learner$0.chain.layers$1.path.lif.leaked.q_SB_LUT4_O", "SB_LUT4"),
            ("learner$0.chain.layers$1.engine.synapses.latents.sum_SB_CARRY_CO", "SB_CARRY"),
            ("learner$0.chain.layers$1.engine.classifier.judge.q_SB_DFF_Q", "SB_DFF"),
            ("learner$0.school.lessons.left.q_SB_LUT4_O", "SB_LUT4"),
            ("learner$0.host.readout.index.q_SB_DFF_Q", "SB_DFF"),
        ];
        let cells: serde_json::Map<String, serde_json::Value> =
            cells.iter().map(|(name, kind)| ((*name).to_owned(), serde_json::json!({ "type": kind, "connections": {} }))).collect();
        let text = serde_json::json!({ "modules": { "t": { "attributes": { "top": "1" }, "cells": cells }, "SB_IO": {} } }).to_string();
        let blocks = parse_blocks(&text).expect("a netlist");
        let none = Cells::default();
        let expected = [
            (None, Part::Board, Cells { luts: 1, ..none }),
            (None, Part::HostPort, Cells { flip_flops: 2, ..none }),
            (None, Part::Encoder, Cells { block_rams: 1, ..none }),
            (None, Part::Lessons, Cells { luts: 1, ..none }),
            (Some(0), Part::Control, Cells { carries: 1, ..none }),
            (Some(0), Part::Crossbar, Cells { luts: 1, ..none }),
            (Some(0), Part::WeightMemory, Cells { block_rams: 1, ..none }),
            (Some(1), Part::Lif, Cells { luts: 1, flip_flops: 1, ..none }),
            (Some(1), Part::StateMemory, Cells { block_rams: 2, ..none }),
            (Some(1), Part::PlasticSynapses, Cells { carries: 1, ..none }),
            (Some(1), Part::Readout, Cells { flip_flops: 1, ..none }),
        ];
        assert_eq!(blocks, expected.map(|(stage, part, cells)| Block { part, stage, cells }));
    }

    #[test]
    fn what_is_no_netlist_is_refused() {
        for text in ["", "{}", "{\"modules\": {}}", "{\"modules\": {\"a\": {\"cells\": {\"b\": {}}}}}"] {
            assert!(parse_blocks(text).is_err(), "{text}");
        }
    }
}
