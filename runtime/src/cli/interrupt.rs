//! An interrupt is seen between two presentations or commands; a second one ends the program at once.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::exit::{Exit, Failure};

static ASKED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Takes the signals from here on. Without them the program works, but ends where it stands.
pub fn watch() {
    let asked = ASKED.get_or_init(Default::default);
    for signal in [SIGINT, SIGTERM] {
        let _ = flag::register_conditional_shutdown(
            signal,
            Exit::Interrupted as i32,
            Arc::clone(asked),
        );
        let _ = flag::register(signal, Arc::clone(asked));
    }
}

pub fn is_asked() -> bool {
    ASKED
        .get()
        .is_some_and(|asked| asked.load(Ordering::SeqCst))
}

/// For the library's loops.
pub fn flow() -> ControlFlow<()> {
    if is_asked() {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

/// Ends a command in which an interrupt was seen.
pub fn check() -> Result<(), Failure> {
    if is_asked() {
        Err(Failure::new(Exit::Interrupted, "interrupted"))
    } else {
        Ok(())
    }
}
