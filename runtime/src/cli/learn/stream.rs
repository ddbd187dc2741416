//! Learning online.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{sync_channel, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

use spikeforge_runtime::learn::{learn_stream, Answer, LearnError, Progress, Saved};
use spikeforge_runtime::link::serial::SerialLink;
use spikeforge_runtime::link::{Link, LinkError};
use spikeforge_sim::plasticity::{Checkpoint, Learner};

use super::Args;
use crate::cli::exit::{Exit, Failure};
use crate::cli::{interrupt, print};

/// How long nothing comes before an interrupt is looked for.
const PAUSE: Duration = Duration::from_millis(50);

/// Learns until the source ends; the state is left however it ends.
pub fn run(args: &Args, source: &Path, start: &Checkpoint) -> Result<(), Failure> {
    let mut source = Awaited::new(open(source, args.stream_baud)?);
    let mut learner = args.net.open(start)?;
    let sizes = (start.network.input.n(), start.network.n_classes);
    let mut progress = Progress::default();
    let mut broken = None;
    let mut answer = |answer: Answer, learner: &mut dyn Learner, progress: &Progress| {
        let printed = print::result(args.json, &answer, &text(&answer));
        let is_over = printed.is_err() || interrupt::is_asked();
        broken = printed.err();
        let is_due = args.checkpoint_every.is_some_and(|every| answer.label.is_some() && progress.n_presented % every == 0);
        if let Some(path) = args.checkpoint.as_deref().filter(|_| is_due) {
            leave(learner, progress, path)?;
        }
        Ok(if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    };
    let terms = (args.source.coding(), args.budget(start.network.rule));
    let ended = learn_stream(learner.as_mut(), &mut source, sizes, terms, &mut progress, &mut answer);
    print::note(&format_args!(
        "{} of {} labelled records were told right before they were learned from",
        progress.n_right, progress.n_presented
    ));
    if progress.n_withheld > 0 {
        print::note(&format_args!("{} of them were not learned from, as learning is to take no more on average (--budget)", progress.n_withheld));
    }
    if let Some(path) = &args.checkpoint {
        leave(learner.as_mut(), &progress, path)?;
        print::note(&format_args!("the state is in {}", path.display()));
    }
    ended?;
    match broken {
        Some(failure) => Err(failure),
        None => interrupt::check(),
    }
}

fn leave(learner: &mut dyn Learner, progress: &Progress, path: &Path) -> Result<(), LearnError> {
    let checkpoint = learner.state()?;
    Saved { checkpoint, course: None, progress: progress.clone(), samples: String::new() }.write(path)
}

/// A pipe, a file, or a serial port, whose bytes come as they are.
fn open(source: &Path, baud_hz: u32) -> Result<Box<dyn Read + Send>, Failure> {
    if source.as_os_str() == "-" {
        return Ok(Box::new(io::stdin()));
    }
    let failed = |why: String| Failure::new(Exit::BadFile, why);
    if is_device(source) {
        match SerialLink::open(&source.to_string_lossy(), baud_hz) {
            Ok(link) => {
                print::note(&format_args!("listening at {}, {baud_hz} bits a second", source.display()));
                return Ok(Box::new(Incoming(link)));
            }
            // A device, but no port, such as /dev/zero.
            Err(LinkError::PortSetup { .. }) => {}
            Err(error) => return Err(failed(error.to_string())),
        }
    }
    Ok(Box::new(File::open(source).map_err(|error| failed(format!("{}: {error}", source.display())))?))
}

#[cfg(unix)]
fn is_device(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|of| of.file_type().is_char_device())
}

#[cfg(not(unix))]
fn is_device(path: &Path) -> bool {
    path.to_string_lossy().starts_with("COM")
}

/// What comes in over a link.
struct Incoming(SerialLink);

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.receive(buffer, PAUSE).map_err(io::Error::other)? {
                0 => {}
                n => return Ok(n),
            }
        }
    }
}

/// A source that a thread reads, so that an interrupt is seen while nothing comes; it ends there.
struct Awaited {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: Cursor<Vec<u8>>,
}

impl Awaited {
    fn new(source: Box<dyn Read + Send>) -> Self {
        let (sender, chunks) = sync_channel(16);
        thread::spawn(move || read_all(source, &sender));
        Awaited { chunks, chunk: Cursor::default() }
    }
}

impl Read for Awaited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.chunk.read(buffer)? {
                0 => {}
                n => return Ok(n),
            }
            match self.chunks.recv_timeout(PAUSE) {
                Ok(chunk) => self.chunk = Cursor::new(chunk?),
                Err(RecvTimeoutError::Timeout) if !interrupt::is_asked() => {}
                Err(_) => return Ok(0),
            }
        }
    }
}

fn read_all(mut source: Box<dyn Read + Send>, to: &SyncSender<io::Result<Vec<u8>>>) {
    let mut buffer = [0; 4096];
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => return,
            Ok(n) => Ok(buffer[..n].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let is_over = read.is_err();
        if to.send(read).is_err() || is_over {
            return;
        }
    }
}

fn text(answer: &Answer) -> String {
    let Answer { record, class, label, learned } = answer;
    let label = label.map_or("-".to_owned(), |label| label.to_string());
    format!("{record} class {class} label {label} {}", if *learned { "learned" } else { "kept" })
}
