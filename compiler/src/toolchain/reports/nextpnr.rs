//! nextpnr: `--report` JSON, or the log.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{log, Routed, Used};
use crate::board::Family;

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    critical_paths: Vec<Path>,
    fmax: BTreeMap<String, Fmax>,
    utilization: BTreeMap<String, Cells>,
}

#[derive(Deserialize)]
struct Fmax {
    achieved: f64,
}

#[derive(Deserialize)]
struct Cells {
    available: u64,
    used: u64,
}

#[derive(Deserialize)]
struct Path {
    from: String,
    to: String,
    path: Vec<Hop>,
}

#[derive(Deserialize)]
struct Hop {
    delay: f64,
    #[serde(rename = "type")]
    kind: String,
    net: Option<String>,
    from: End,
    to: End,
}

#[derive(Deserialize)]
struct End {
    cell: String,
}

/// The report of one run; an error is a sentence about the text.
pub fn parse_report(text: &str, family: Family) -> Result<Routed, String> {
    let report: Report =
        serde_json::from_str(text).map_err(|error| format!("not a nextpnr report: {error}"))?;
    let fmax_mhz = slowest(report.fmax.values().map(|clock| clock.achieved))?;
    let on_one_clock = |path: &&Path| path.from == path.to && path.from != "<async>";
    let slowest = report
        .critical_paths
        .iter()
        .filter(on_one_clock)
        .max_by(|a, b| a.delay().total_cmp(&b.delay()));
    let words = slowest.map(Path::in_words).unwrap_or_default();
    let cells = report.utilization.into_iter();
    let cells = cells.map(|(kind, count)| {
        (
            kind,
            Used {
                used: count.used,
                available: count.available,
            },
        )
    });
    Routed::new(family, fmax_mhz, words, cells.collect())
}

/// The log of a run, for versions that write no report: the last `Max frequency` of each clock counts.
pub fn parse_log(text: &str, family: Family) -> Result<Routed, String> {
    let mut clocks = BTreeMap::new();
    let mut cells = Vec::new();
    for line in text.lines() {
        if let Ok((_, (clock, megahertz))) = log::max_frequency(line) {
            clocks.insert(clock.to_owned(), megahertz);
        } else if let Ok((_, (kind, used, available))) = log::utilization(line) {
            cells.push((kind.to_owned(), Used { used, available }));
        }
    }
    Routed::new(family, slowest(clocks.into_values())?, String::new(), cells)
}

fn slowest(clocks: impl Iterator<Item = f64>) -> Result<f64, String> {
    clocks
        .min_by(f64::total_cmp)
        .ok_or_else(|| "no clock with a flip-flop at both ends of a path".to_owned())
}

/// Logic cells and block RAMs from the log of a run that may have ended after packing.
pub fn parse_utilization(text: &str, family: Family) -> Result<(Used, Used), String> {
    let lines = text.lines().filter_map(|line| log::utilization(line).ok());
    let cells = lines.map(|(_, (kind, used, available))| (kind.to_owned(), Used { used, available }));
    let packed = Routed::new(family, 0.0, String::new(), cells.collect())?;
    Ok((packed.logic_cells, packed.block_rams))
}

impl Path {
    fn delay(&self) -> f64 {
        self.path.iter().map(|hop| hop.delay).sum()
    }

    fn in_words(&self) -> String {
        let routing: f64 = self
            .path
            .iter()
            .filter(|hop| hop.kind == "routing")
            .map(|hop| hop.delay)
            .sum();
        let total = self.delay();
        let nets = self.path.iter().filter_map(|hop| hop.net.as_deref());
        let mut named: Vec<&str> = nets.filter(|net| is_from_source(net)).map(in_design).collect();
        named.dedup();
        let ends = self.path.first().zip(self.path.last());
        let (start, end) = ends.map_or(("", ""), |(first, last)| (in_design(&first.from.cell), in_design(&last.to.cell)));
        let by = if named.is_empty() { String::new() } else { format!(", by {}", named.join(" > ")) };
        format!(
            "{total:.1} ns, {:.1} in logic and {routing:.1} in wires, {} cells, from {start} to {end}{by}",
            total - routing,
            self.path.iter().filter(|hop| hop.kind == "logic").count(),
        )
    }
}

/// Nets that keep a name of the design, not one that a tool made.
fn is_from_source(net: &str) -> bool {
    !net.starts_with('$') && in_design(net).len() == net.trim_start_matches(ACCELERATOR).len()
}

/// Before each name of a design on a board.
const ACCELERATOR: &str = "accelerator$0.";

/// The block or register that a net or cell is named after: without the accelerator before it and what synthesis and packing
/// hang on.
fn in_design(name: &str) -> &str {
    let name = name.trim_start_matches(ACCELERATOR);
    let made = ["_SB_", "_LUT4_", "_TRELLIS_", "_CCU2C_", "_PFUMX_", "_DFF", "_ALU_", "_LC"];
    let end = made.iter().filter_map(|made| name.find(made)).min().unwrap_or(name.len());
    &name[..end]
}
