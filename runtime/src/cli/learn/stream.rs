//! Learning online.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;

use spikeforge_runtime::learn::{learn_stream, Answer, Progress, Saved};
use spikeforge_sim::plasticity::LearningReference;

use super::Args;
use crate::cli::exit::{Exit, Failure};
use crate::cli::{interrupt, print};

/// Learns until the source ends; the state is left however it ends.
pub fn run(args: &Args, source: &Path, learner: &mut LearningReference) -> Result<(), Failure> {
    let mut source: Box<dyn Read> = match source.as_os_str() == "-" {
        true => Box::new(io::stdin().lock()),
        false => Box::new(File::open(source).map_err(|error| {
            Failure::new(Exit::BadFile, format!("{}: {error}", source.display()))
        })?),
    };
    let network = learner.network();
    let sizes = (network.input.n(), network.n_classes);
    let mut progress = Progress::default();
    let mut broken = None;
    let mut answer = |answer: Answer| {
        let printed = print::result(args.json, &answer, &text(&answer));
        let is_over = printed.is_err() || interrupt::is_asked();
        broken = printed.err();
        Ok(if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    };
    let ended = learn_stream(learner, &mut source, sizes, args.source.coding(), &mut progress, &mut answer);
    print::note(&format_args!(
        "{} of {} labelled records were told right before they were learned from",
        progress.n_right, progress.n_presented
    ));
    if let Some(path) = &args.checkpoint {
        Saved { checkpoint: learner.checkpoint(), course: None, progress, samples: String::new() }.write(path)?;
        print::note(&format_args!("the state is in {}", path.display()));
    }
    ended?;
    match broken {
        Some(failure) => Err(failure),
        None => interrupt::check(),
    }
}

fn text(answer: &Answer) -> String {
    let Answer { record, class, label, learned } = answer;
    let label = label.map_or("-".to_owned(), |label| label.to_string());
    format!("{record} class {class} label {label} {}", if *learned { "learned" } else { "kept" })
}
