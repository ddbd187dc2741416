//! What became of the mutants, and why those that live do.

use std::fmt::Write;

/// A line for each mutant that survives: its mode, cell and pin, a bar, and why no traffic tells it from the design.
const REASONS: &str = include_str!("reasons.txt");
/// The verdict of the simulation on a mutant that gives the same to the cycle.
pub const SURVIVES: &str = "equal";
/// The verdict on a mutant that is proved to equal the design.
pub const EQUIVALENT: &str = "equivalent";

/// What is wrong with the reasons: survivors that have none, and reasons of mutants that do not survive.
pub fn complaints(planted: &[String], verdicts: &[String]) -> Vec<String> {
    let survivors: Vec<String> = of_verdict(planted, verdicts, SURVIVES).map(|mutant| name(mutant)).collect();
    let reasons = || REASONS.lines().filter_map(|line| line.split_once(" | "));
    let unexplained = survivors.iter().filter(|name| !reasons().any(|(of, _)| of == name.as_str()));
    let idle = reasons().filter(|(of, _)| !survivors.iter().any(|name| name == of));
    unexplained
        .map(|name| format!("{name} survives without a reason in reasons.txt"))
        .chain(idle.map(|(name, _)| format!("{name} has a reason in reasons.txt, but does not survive")))
        .collect()
}

/// All of it as Markdown, survivors with their reasons.
pub fn report(planted: &[String], verdicts: &[String]) -> String {
    let count = |verdict: &str| verdicts.iter().filter(|of| *of == verdict).count();
    let (n, n_left, n_equivalent) = (planted.len(), count(SURVIVES), count(EQUIVALENT));
    let (n_killed, n_faults) = (n - n_left - n_equivalent, n - n_equivalent);
    let percent = format!("{}.{} %", n_killed * 100 / n_faults, n_killed * 1000 / n_faults % 10);
    let mut text = format!(
        "# Mutants of the netlist\n\nWritten by `make mutate`.\n\n{n_killed} of {n_faults} mutants killed ({percent}): {} by \
         a byte or a membrane, {} by a cycle, {} stood still or computed without end, {} broke the simulation. {n_equivalent} \
         more of the {n} planted are proved to equal the design, and {n_left} survive:\n\n| mutant | why |\n|---|---|\n",
        count("value"),
        count("time"),
        count("stuck"),
        count("broken")
    );
    for mutant in of_verdict(planted, verdicts, SURVIVES) {
        let name = name(mutant);
        let reason = REASONS.lines().filter_map(|line| line.split_once(" | ")).find(|(of, _)| *of == name);
        writeln!(text, "| `{name}` | {} |", reason.map_or("**unexplained**", |(_, reason)| reason)).unwrap();
    }
    writeln!(text, "\nProved equal, by induction over all registers:\n").unwrap();
    of_verdict(planted, verdicts, EQUIVALENT).for_each(|mutant| writeln!(text, "* `{}`", name(mutant)).unwrap());
    text
}

fn of_verdict<'a>(
    planted: &'a [String],
    verdicts: &'a [String],
    verdict: &'a str,
) -> impl Iterator<Item = &'a String> + 'a {
    planted.iter().zip(verdicts).filter(move |(_, of)| *of == verdict).map(|(mutant, _)| mutant)
}

/// Mode, cell and pin of a command of Yosys.
fn name(mutant: &str) -> String {
    let of = |option: &str| mutant.split(option).nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or("");
    let bit = if of(" -ctrlbit ").is_empty() { String::new() } else { format!(" of bit {}", of(" -ctrlbit ")) };
    format!("{}{bit} {} {}[{}]", of(" -mode "), of(" -cell "), of(" -port "), of(" -portbit "))
}
