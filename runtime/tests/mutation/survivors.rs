//! What became of the mutants, and why those that live do.

use std::fmt::Write;

/// Lines of what the names of cells begin with, a bar, and why no traffic tells such a mutant from the design.
const REASONS: &str = include_str!("reasons.txt");
pub const UNEXPLAINED: &str = "**unexplained**";

/// The table that the README links to.
pub fn report(planted: &[String], verdicts: &[String]) -> String {
    let count = |verdict: &str| verdicts.iter().filter(|of| *of == verdict).count();
    let (n, n_survivors) = (planted.len(), count("equal"));
    let mut text = format!(
        "# Mutants of the netlist\n\nWritten by `make mutate`.\n\n{} of {n} mutants killed: {} by a byte or a membrane, {} by a cycle, \
         {} stood still or computed without end, {} broke the simulation. {n_survivors} survived:\n\n\
         | mutant | cell and pin | why |\n|---|---|---|\n",
        n - n_survivors,
        count("value"),
        count("time"),
        count("stuck"),
        count("broken")
    );
    for mutant in planted.iter().zip(verdicts).filter(|(_, verdict)| *verdict == "equal").map(|(mutant, _)| mutant) {
        let of = |option: &str| mutant.split(option).nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or("");
        let (mode, cell, pin, bit) = (of(" -mode ").to_owned(), of(" -cell "), of(" -port "), of(" -portbit "));
        let mode = if of(" -ctrlbit ").is_empty() { mode } else { format!("{mode} of bit {}", of(" -ctrlbit ")) };
        writeln!(text, "| {mode} | `{cell}` {pin}[{bit}] | {} |", reason(cell, pin)).unwrap();
    }
    text
}

/// The reason of the longest beginning of `cell.pin` that has one.
fn reason(cell: &str, pin: &str) -> String {
    let name = format!("{cell}.{pin}");
    let matches = REASONS.lines().filter_map(|line| line.split_once(" | ")).filter(|(start, _)| name.starts_with(start));
    matches.max_by_key(|(start, _)| start.len()).map_or(UNEXPLAINED.to_owned(), |(_, reason)| reason.to_owned())
}
