//! A Verilated design inside this process: no pipes, no threads; it runs while bytes are handed over.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::time::Duration;

use spikeforge_sim::verilated::{Design, Start};

use super::chunk::{Chunk, ChunkError, ChunkReader, Tap};
use super::{Link, LinkError, Tapped};

/// The design that this program was built with.
pub struct InProcessLink {
    design: Design,
    received: VecDeque<u8>,
    taps: Vec<Tap>,
    cycles: u64,
}

impl InProcessLink {
    pub fn new(start: Start) -> Self {
        InProcessLink { design: Design::new(start), received: VecDeque::new(), taps: Vec::new(), cycles: 0 }
    }

    /// Writes the waveform of all that follows, in VCD.
    ///
    /// # Errors
    /// Of the file, and of a design that was Verilated without `--trace`.
    pub fn trace(&mut self, path: &Path) -> io::Result<()> {
        self.design.trace(path)
    }
}

impl Link for InProcessLink {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        let chunks = self.design.run(bytes);
        let mut reader = ChunkReader::new(chunks.as_slice());
        loop {
            match reader.next_chunk() {
                Ok(Chunk::Host(bytes)) => self.received.extend(bytes),
                Ok(Chunk::Taps(taps)) => self.taps.extend(taps),
                Ok(Chunk::Cycles(cycles)) => self.cycles = cycles,
                Err(ChunkError::End) => return Ok(()),
                Err(ChunkError::UnknownKind(kind)) => {
                    return Err(LinkError::UnknownChunk { program: "in this process".to_owned(), kind });
                }
            }
        }
    }

    /// Never waits: the design rests between two calls.
    fn receive(&mut self, buffer: &mut [u8], _timeout: Duration) -> Result<usize, LinkError> {
        let n = buffer.len().min(self.received.len());
        for (place, byte) in buffer.iter_mut().zip(self.received.drain(..n)) {
            *place = byte;
        }
        Ok(n)
    }
}

impl Tapped for InProcessLink {
    fn take_taps(&mut self) -> Vec<Tap> {
        std::mem::take(&mut self.taps)
    }

    fn cycles(&self) -> u64 {
        self.cycles
    }

    fn finish(self, _timeout: Duration) -> Result<u64, LinkError> {
        Ok(self.cycles)
    }
}
