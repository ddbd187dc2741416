//! What long work is doing, on standard error.

use indicatif::{ProgressBar, ProgressStyle};
use spikeforge_compiler::toolchain::Progress;

use super::print;

/// A bar over `n` presentations; nothing where standard error is no terminal.
pub fn bar(n: usize) -> ProgressBar {
    let style =
        ProgressStyle::with_template("  {bar:30} {pos}/{len} images  {msg}  {elapsed}, {eta} left");
    ProgressBar::new(n as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Tells of every tool that is run, and of its time.
pub fn tools(progress: Progress) {
    match progress {
        Progress::Started { command } => print::note(&format_args!("  {}", shortened(&command))),
        Progress::Finished { took, .. } => {
            print::note(&format_args!("  ... {:.1} s", took.as_secs_f64()))
        }
    }
}

/// Command lines of Verilator are longer than anyone reads.
fn shortened(command: &str) -> String {
    const LONGEST: usize = 90;
    match command.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{} ...", &command[..at]),
        None => command.to_owned(),
    }
}
