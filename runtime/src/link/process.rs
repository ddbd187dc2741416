//! A Verilated design as a process: its standard input and output are its host port.
//!
//! ```text
//! stdin  : the bytes of the host port, as they are
//! stdout : chunks [u8 kind][u32 little-endian length][bytes]
//!          H host-port bytes    T tap records of 16 bytes    C cycles so far, u64 little endian
//! ```
//!
//! With [`ProcessLink::spawn_counting`], each packet of the standard input goes behind its length (u32 little endian).
//! One thread reads, one writes and one keeps the last of the standard error, so a process that stands still can
//! hold up nothing but a `receive`, which has its timeout.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::chunk::{Chunk, ChunkError, ChunkReader};
use super::{Link, LinkError, Tap, Tapped};

/// The end of the standard error that is kept for messages.
const STDERR_KEPT: usize = 4096;

/// A Verilated design, running as a process until this value is dropped.
#[derive(Debug)]
pub struct ProcessLink {
    program: String,
    child: Child,
    /// Each packet of bytes goes behind its length, for a reader that must not wait inside one.
    counts: bool,
    /// Taken away to close the standard input.
    to_child: Option<Sender<Vec<u8>>>,
    chunks: Receiver<Result<Chunk, ChunkError>>,
    stderr: Arc<Mutex<Vec<u8>>>,
    received: VecDeque<u8>,
    taps: Vec<Tap>,
    cycles: u64,
}

impl ProcessLink {
    /// Starts the process.
    ///
    /// # Errors
    /// [`LinkError::ProcessNotStarted`] with the reason of the system.
    pub fn spawn(command: Command) -> Result<Self, LinkError> {
        ProcessLink::start(command, false)
    }

    /// Starts a process that reads packets, each behind its length (u32 little endian), and that writes its chunks to
    /// the standard error, because its simulator says things of its own on the standard output.
    ///
    /// # Errors
    /// As [`ProcessLink::spawn`].
    pub fn spawn_counting(command: Command) -> Result<Self, LinkError> {
        ProcessLink::start(command, true)
    }

    fn start(mut command: Command, counts: bool) -> Result<Self, LinkError> {
        let program = command.get_program().to_string_lossy().into_owned();
        let failed = |source| LinkError::ProcessNotStarted {
            program: program.clone(),
            source,
        };
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // An interrupt from the terminal is for the host alone: it still has to read what was learned.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(failed)?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(failed(std::io::ErrorKind::BrokenPipe.into()));
        };
        let (to_child, to_write) = channel();
        let (read, chunks) = channel();
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keeper = Arc::clone(&kept);
        thread::spawn(move || write_all(stdin, &to_write));
        if counts {
            thread::spawn(move || read_chunks(stderr, &read));
            thread::spawn(move || keep_last(stdout, &keeper));
        } else {
            thread::spawn(move || read_chunks(stdout, &read));
            thread::spawn(move || keep_last(stderr, &keeper));
        }
        Ok(ProcessLink {
            program,
            child,
            counts,
            to_child: Some(to_child),
            chunks,
            stderr: kept,
            received: VecDeque::new(),
            taps: Vec::new(),
            cycles: 0,
        })
    }

    fn take(&mut self, chunk: Chunk) {
        match chunk {
            Chunk::Host(bytes) => self.received.extend(bytes),
            Chunk::Taps(taps) => self.taps.extend(taps),
            Chunk::Cycles(cycles) => self.cycles = cycles,
        }
    }

    fn ended(&mut self) -> LinkError {
        let status = self
            .exit_status()
            .map_or("it closed its output but still runs".to_owned(), |status| {
                status.to_string()
            });
        // The standard error is read by its own thread, which the end of the process ends too.
        thread::sleep(Duration::from_millis(20));
        let stderr = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        LinkError::ProcessEnded {
            program: self.program.clone(),
            status,
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }

    /// The exit status, which follows the end of the output by a moment.
    fn exit_status(&mut self) -> Option<ExitStatus> {
        for _ in 0..100 {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            thread::sleep(Duration::from_millis(5));
        }
        None
    }
}

impl Link for ProcessLink {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        let mut packet = Vec::with_capacity(bytes.len() + 4);
        if self.counts {
            let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            packet.extend(length.to_le_bytes());
        }
        packet.extend(bytes);
        let to_child = self.to_child.as_ref();
        let sent = to_child.is_some_and(|to_child| to_child.send(packet).is_ok());
        if sent {
            Ok(())
        } else {
            Err(self.ended())
        }
    }

    fn receive(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, LinkError> {
        let deadline = Instant::now() + timeout;
        while self.received.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.chunks.recv_timeout(left) {
                Ok(Ok(chunk)) => self.take(chunk),
                Ok(Err(ChunkError::UnknownKind(kind))) => {
                    return Err(LinkError::UnknownChunk {
                        program: self.program.clone(),
                        kind,
                    });
                }
                Ok(Err(ChunkError::End)) | Err(RecvTimeoutError::Disconnected) => {
                    return Err(self.ended())
                }
                Err(RecvTimeoutError::Timeout) => return Ok(0),
            }
        }
        let n = buffer.len().min(self.received.len());
        for (place, byte) in buffer.iter_mut().zip(self.received.drain(..n)) {
            *place = byte;
        }
        Ok(n)
    }
}

impl Tapped for ProcessLink {
    fn take_taps(&mut self) -> Vec<Tap> {
        std::mem::take(&mut self.taps)
    }

    fn cycles(&self) -> u64 {
        self.cycles
    }

    /// Closes the input and waits for the process to end by itself, so that it writes what it has left: its last
    /// cycles, and the end of a waveform.
    fn finish(mut self, timeout: Duration) -> Result<u64, LinkError> {
        self.to_child = None;
        let deadline = Instant::now() + timeout;
        while let Ok(Ok(chunk)) = self.chunks.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            self.take(chunk);
        }
        match self.exit_status() {
            Some(status) if status.success() => Ok(self.cycles),
            _ => Err(self.ended()),
        }
    }
}

impl Drop for ProcessLink {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write_all(mut stdin: ChildStdin, to_write: &Receiver<Vec<u8>>) {
    for bytes in to_write {
        if stdin
            .write_all(&bytes)
            .and_then(|()| stdin.flush())
            .is_err()
        {
            return;
        }
    }
}

fn read_chunks(stdout: impl Read, read: &Sender<Result<Chunk, ChunkError>>) {
    let mut reader = ChunkReader::new(stdout);
    loop {
        let chunk = reader.next_chunk();
        let ended = chunk.is_err();
        if read.send(chunk).is_err() || ended {
            return;
        }
    }
}

fn keep_last(mut stderr: impl Read, kept: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 1024];
    while let Ok(n @ 1..) = stderr.read(&mut buffer) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&buffer[..n]);
        let excess = kept.len().saturating_sub(STDERR_KEPT);
        kept.drain(..excess);
    }
}
