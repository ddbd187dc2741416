//! A Verilated design in this process, over the crate `verilated`: the bytes of its host port in, the chunks that the same
//! design writes as a process out. It is the design that was in the folder `SPIKEFORGE_VERILATED` when this was compiled.
#![allow(unsafe_code)] // calls into C++, each with its reason

use std::ffi::{c_int, c_void};
use std::io;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};

use verilated::vcd::{Vcd, VcdC};
use verilated::RandomMode;

mod ffi {
    use super::{c_int, c_void, VcdC};

    extern "C" {
        pub fn spikeforge_new(seed: c_int) -> *mut c_void;
        pub fn spikeforge_delete(session: *mut c_void);
        pub fn spikeforge_run(session: *mut c_void, bytes: *const u8, count: usize, n_written: *mut usize) -> *const u8;
        pub fn spikeforge_trace(session: *mut c_void, file: *mut VcdC) -> bool;
    }
}

/// The runtime has one context, and what a session wrote lies in one buffer.
static RUNTIME: Mutex<()> = Mutex::new(());

/// What registers and memories without a first value hold at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Zeros,
    /// Random bits from this seed, where the model was Verilated with `--x-initial unique`.
    Random(u32),
}

/// The design, which keeps its state between two runs.
pub struct Design {
    session: NonNull<c_void>,
    /// Closed after the session that writes to it has ended.
    waveform: Option<Vcd>,
}

// SAFETY: a session and its file are touched by one call at a time, under RUNTIME.
unsafe impl Send for Design {}

impl Design {
    /// A design at its start.
    pub fn new(start: Start) -> Design {
        let _alone = alone();
        let (mode, seed) = match start {
            Start::Zeros => (RandomMode::AllZeros, 1),
            Start::Random(seed) => (RandomMode::Randomize, c_int::try_from(seed.max(1)).unwrap_or(c_int::MAX)),
        };
        verilated::set_rand_reset(mode);
        // SAFETY: it takes a number, and returns a session of its own, never null: operator new throws.
        let session = unsafe { ffi::spikeforge_new(seed) };
        Design { session: NonNull::new(session).unwrap_or_else(|| unreachable!()), waveform: None }
    }

    /// Hands `bytes` to the host port and clocks until the design rests. Returns chunks `[u8 kind][u32 length][bytes]` as the
    /// design's process writes them.
    pub fn run(&mut self, bytes: &[u8]) -> Vec<u8> {
        let _alone = alone();
        let mut n_written = 0;
        // SAFETY: the session lives as long as self; bytes are read within the call; what comes back is n_written bytes that stand
        // until the next call, which waits for RUNTIME.
        unsafe {
            let written = ffi::spikeforge_run(self.session.as_ptr(), bytes.as_ptr(), bytes.len(), &raw mut n_written);
            if n_written == 0 { Vec::new() } else { std::slice::from_raw_parts(written, n_written).to_vec() }
        }
    }

    /// Writes the waveform of all that follows, in VCD.
    ///
    /// # Errors
    /// Of the file; [`io::ErrorKind::Unsupported`] where the model was Verilated without `--trace`.
    pub fn trace(&mut self, path: &Path) -> io::Result<()> {
        let _alone = alone();
        let mut waveform = Vcd::default();
        // SAFETY: session and file live; the file is kept until the session has ended.
        if !unsafe { ffi::spikeforge_trace(self.session.as_ptr(), waveform.0) } {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "the design was Verilated without --trace"));
        }
        let opened = waveform.open(path);
        self.waveform = Some(waveform);
        opened
    }
}

impl Drop for Design {
    fn drop(&mut self) {
        let _alone = alone();
        // SAFETY: made by spikeforge_new, deleted once.
        unsafe { ffi::spikeforge_delete(self.session.as_ptr()) };
        self.waveform = None;
    }
}

fn alone() -> MutexGuard<'static, ()> {
    RUNTIME.lock().unwrap_or_else(PoisonError::into_inner)
}
