//! `spikeforge learn`: teaches a network, and leaves its state, its curve and its accuracy.

mod allowance;
mod net;
mod report;
mod source;
mod stream;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use spikeforge_runtime::learn::{write_curve, Budget, Course, Progress, Saved, Session, Settings};
use spikeforge_sim::plasticity::{Checkpoint, LearningReference, Rule};

use super::exit::{Exit, Failure};
use super::{interrupt, print, progress};
use allowance::Allowance;
use net::NetArgs;
use report::Report;
use source::SourceArgs;

pub use net::{of_bundle, open_checkpoint};

/// Where an interrupted course is left when no place was named.
const LEFT: &str = "spikeforge.checkpoint";

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    net: NetArgs,
    #[command(flatten)]
    source: SourceArgs,
    /// How often all samples are learned
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    epochs: u32,
    /// Shuffle the samples, otherwise each epoch, by this seed [default: the order of the file]
    #[arg(long, value_name = "SEED")]
    shuffle: Option<u64>,
    /// Halve the rates so many times less one, after equal parts of the course
    #[arg(long, value_name = "N", default_value_t = 3)]
    halvings: u32,
    /// The most that learning may take on average, in percent of the cycles of an inference; what comes when it is
    /// spent is told and not learned from, which only rules that present a sample twice come to (none: no bound)
    #[arg(long, value_name = "PERCENT", default_value_t = Allowance(Some(Budget::DEFAULT)))]
    budget: Allowance,
    /// Test after every N samples [default: after each epoch]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    eval_every: Option<u64>,
    /// Leave the state here at the end, at an interrupt, and with --checkpoint-every on the way
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Leave the state after every N samples too
    #[arg(long, value_name = "N", requires = "checkpoint", value_parser = clap::value_parser!(u64).range(1..))]
    checkpoint_every: Option<u64>,
    /// Go on with an interrupted course, to the same bits as without the interrupt
    #[arg(long, value_name = "FILE", conflicts_with_all = ["epochs", "shuffle", "halvings", "budget", "set", "from", "stream"])]
    resume: Option<PathBuf>,
    /// Registers, in all layers or one: shift=8,margin=16,2.learn=0; shift, readout-shift, margin, dense, goodness,
    /// goodness-shift, potentiation, depression, learn, readout-learn
    #[arg(long, value_name = "NAME=VALUE,..", default_value = "")]
    set: String,
    /// The learning curve: this file (CSV), and a picture beside it (.svg) [default: beside the checkpoint]
    #[arg(long, value_name = "FILE.csv")]
    curve: Option<PathBuf>,
    /// Learn records as they come from a pipe or a serial port ("-" is standard input): a byte of label (255: tell
    /// only), a byte a feature
    #[arg(long, value_name = "SOURCE", num_args = 0..=1, default_missing_value = "-")]
    stream: Option<PathBuf>,
    /// Bits a second of a serial port that --stream reads
    #[arg(long, value_name = "HZ", default_value_t = 115_200, value_parser = clap::value_parser!(u32).range(300..))]
    stream_baud: u32,
    /// Print one JSON object (with --stream, one a record)
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let saved = args.resume.as_deref().map(Saved::read).transpose()?;
    let begun = args.start(saved.as_ref())?;
    if let Some(source) = &args.stream {
        return stream::run(args, source, &begun);
    }
    let split = args.source.read(&begun.network)?;
    let digest = split.train.digest();
    let (course, so_far) = match saved {
        None => (args.course(begun.network.rule, split.train.len()), Progress::default()),
        Some(saved) => {
            let course = saved.course.ok_or_else(|| Failure::new(Exit::Usage, "this checkpoint is of a stream, which has no course to resume; say --from"))?;
            if saved.samples != digest {
                return Err(spikeforge_runtime::learn::LearnError::OtherSamples { expected: digest, got: saved.samples }.into());
            }
            (course, saved.progress)
        }
    };
    let mut learner = args.net.open(&begun)?;
    let start = (Instant::now(), so_far.n_presented);
    let samples = (&split.train, Some(&split.test).filter(|test| !test.is_empty()));
    let mut session = Session::new(learner.as_mut(), &begun.registers, samples, course, args.eval_every, so_far);
    let is_done = args.teach(&mut session, &digest)?;
    let n_presented = session.progress.n_presented;
    if is_done {
        args.leave(&mut session, &digest, args.checkpoint.as_deref())?;
    } else {
        let place = args.checkpoint.as_deref().unwrap_or(Path::new(LEFT));
        args.leave(&mut session, &digest, Some(place))?;
        print::note(&format_args!("after {n_presented} samples; go on with the same command, but --resume {} in place of the options of the course", place.display()));
    }
    interrupt::check()?;
    let report = Report::of((begun.network.rule, args.net.device()), &session, start);
    print::result(args.json, &report, &report)
}

impl Args {
    /// What the learner holds at first, its registers set.
    fn start(&self, saved: Option<&Saved>) -> Result<Checkpoint, Failure> {
        let mut start = self.net.start(saved)?;
        if saved.is_none() {
            Settings::parse(&self.set)?.apply(&mut start.registers)?;
        }
        // Checked before a device is opened.
        Ok(LearningReference::resume(start)?.checkpoint())
    }

    fn course(&self, rule: Rule, n_samples: usize) -> Course {
        Course {
            n_samples,
            n_epochs: self.epochs as usize,
            shuffle: self.shuffle,
            n_halvings: self.halvings as usize,
            budget: self.budget(rule),
        }
    }

    fn budget(&self, rule: Rule) -> Option<Budget> {
        self.budget.0.map(|percent| Budget::new(rule, percent))
    }

    /// Runs the course behind a bar; true when it came to its end.
    fn teach(&self, session: &mut Session, digest: &str) -> Result<bool, Failure> {
        let total = usize::try_from(session.course().n_presentations()).unwrap_or(usize::MAX);
        let bar = progress::bar(total);
        let mut n_points = session.progress.curve.len();
        let mut watch = |session: &mut Session| {
            let seen = &session.progress;
            if seen.n_presented % 64 == 0 {
                bar.set_position(seen.n_presented);
                bar.set_message(format!("{:.2} % right", percent(seen.n_right, seen.n_since)));
            }
            if let Some(point) = seen.curve.get(n_points) {
                n_points += 1;
                bar.suspend(|| print::note(&report::line(point)));
            }
            if self.checkpoint_every.is_some_and(|every| session.progress.n_presented % every == 0) {
                if let Some(path) = &self.checkpoint {
                    session.saved(digest)?.write(path)?;
                }
            }
            Ok(if interrupt::is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        };
        let is_done = session.run(&mut watch);
        bar.finish_and_clear();
        Ok(is_done?)
    }

    /// Leaves the state and the curve.
    fn leave(&self, session: &mut Session, digest: &str, checkpoint: Option<&Path>) -> Result<(), Failure> {
        if let Some(path) = checkpoint {
            session.saved(digest)?.write(path)?;
            print::note(&format_args!("the state is in {}", path.display()));
        }
        let beside = checkpoint.map(|path| path.with_extension("csv"));
        if let Some(path) = self.curve.clone().or(beside).filter(|_| !session.progress.curve.is_empty()) {
            write_curve(&path, &session.progress.curve)?;
        }
        Ok(())
    }
}

#[allow(clippy::cast_precision_loss)]
fn percent(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
