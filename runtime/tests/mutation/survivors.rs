//! What became of the mutants, and why those that live do.

use std::fmt::Write;

/// Lines of what the names of cells begin with, a bar, and why no traffic tells such a mutant from the design.
const REASONS: &str = include_str!("reasons.txt");
pub const UNEXPLAINED: &str = "**unexplained**";
/// The verdict of the simulation on a mutant that gives the same to the cycle.
pub const SURVIVES: &str = "equal";
/// The verdict on a mutant that is proved to equal the design.
pub const EQUIVALENT: &str = "equivalent";

/// The table that the README links to.
pub fn report(planted: &[String], verdicts: &[String]) -> String {
    let count = |verdict: &str| verdicts.iter().filter(|of| *of == verdict).count();
    let (n, n_left, n_equivalent) = (planted.len(), count(SURVIVES), count(EQUIVALENT));
    let n_killed = n - n_left - n_equivalent;
    let percent = |of: usize| format!("{}.{} %", n_killed * 100 / of, n_killed * 1000 / of % 10);
    let mut text = format!(
        "# Mutants of the netlist\n\nWritten by `make mutate`.\n\n{n_killed} of {n} mutants killed ({}), {n_killed} of the {} that are not proved \
         equal to the design ({}): {} by a byte or a membrane, {} by a cycle, {} stood still or computed without end, {} broke \
         the simulation. {n_equivalent} equal the design in every state, by SAT; {n_left} survive:\n\n\
         | mutant | cell and pin | why |\n|---|---|---|\n",
        percent(n),
        n - n_equivalent,
        percent(n - n_equivalent),
        count("value"),
        count("time"),
        count("stuck"),
        count("broken")
    );
    for (mutant, verdict) in planted.iter().zip(verdicts).filter(|(_, verdict)| [EQUIVALENT, SURVIVES].contains(&verdict.as_str())) {
        let of = |option: &str| mutant.split(option).nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or("");
        let (mode, cell, pin, bit) = (of(" -mode ").to_owned(), of(" -cell "), of(" -port "), of(" -portbit "));
        let mode = if of(" -ctrlbit ").is_empty() { mode } else { format!("{mode} of bit {}", of(" -ctrlbit ")) };
        let why = if verdict == EQUIVALENT { "proved equal by SAT".to_owned() } else { reason(cell, pin) };
        writeln!(text, "| {mode} | `{cell}` {pin}[{bit}] | {why} |").unwrap();
    }
    text
}

/// The reason of the longest beginning of `cell.pin` that has one.
fn reason(cell: &str, pin: &str) -> String {
    let name = format!("{cell}.{pin}");
    let matches = REASONS.lines().filter_map(|line| line.split_once(" | ")).filter(|(start, _)| name.starts_with(start));
    matches.max_by_key(|(start, _)| start.len()).map_or(UNEXPLAINED.to_owned(), |(_, reason)| reason.to_owned())
}
