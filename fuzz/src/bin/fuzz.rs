//! libFuzzer on the target that `SPIKEFORGE_FUZZ` names; `make fuzz` runs all of them.
#![no_main]

use spikeforge_fuzz::{Target, TARGETS};
use std::sync::OnceLock;

fn target() -> fn(&[u8]) {
    static CHOSEN: OnceLock<Target> = OnceLock::new();
    let chosen = || {
        let name = std::env::var("SPIKEFORGE_FUZZ").unwrap_or_default();
        let found = TARGETS.into_iter().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("SPIKEFORGE_FUZZ={name} is none of {:?}", TARGETS.map(|(name, _)| name)))
    };
    CHOSEN.get_or_init(chosen).1
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target()(bytes));
