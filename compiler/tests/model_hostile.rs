//! Damaged files: an error that names the file, never a panic, a hang, or a great allocation.

use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use spikeforge_compiler::model::{Model, ModelError};
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::quantize::quantize;
use spikeforge_sim::random::SplitMix64;

/// Files of every layout: contiguous and old, chunked and gzipped, with the newest headers, nested.
const FILES: [&str; 5] = [
    "tests/fixtures/nir_0_1_0.nir",
    "tests/fixtures/mixed.nir",
    "tests/fixtures/recurrent.nir",
    "tests/fixtures/convolution.nir",
    "../examples/snntorch/digits_64_48_10.nir",
];

/// What one file may take without optimization.
const LIMIT: Duration = Duration::from_secs(1);

#[test]
fn truncated_files_are_refused() {
    for (file, bytes) in files() {
        for length in (0..bytes.len()).step_by(97) {
            let outcome = check(file, &format!("cut at {length}"), bytes[..length].to_vec());
            assert!(outcome.is_err(), "{file} cut at {length} was taken");
        }
    }
}

#[test]
fn flipped_bits_are_read_or_refused() {
    let mut random = SplitMix64::new(1);
    for (file, bytes) in files() {
        for _ in 0..500 {
            let bit = random.below(bytes.len() * 8);
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let _ = check(file, &format!("bit {bit} flipped"), flipped);
        }
    }
}

#[test]
fn overwritten_runs_are_read_or_refused() {
    let mut random = SplitMix64::new(2);
    for (file, bytes) in files() {
        for _ in 0..200 {
            let start = random.below(bytes.len());
            let end = bytes.len().min(start + 1 + random.below(64));
            let byte = random.pick(&[0x00, 0x01, 0x7F, 0xFF]);
            let mut overwritten = bytes.clone();
            overwritten[start..end].fill(byte);
            let _ = check(
                file,
                &format!("{start}..{end} filled with {byte}"),
                overwritten,
            );
        }
    }
}

/// The whole way to a network, under the time limit and without a panic.
fn check(file: &str, damage: &str, bytes: Vec<u8>) -> Result<(), ModelError> {
    let start = Instant::now();
    let read = || {
        let model = Model::from_nir_bytes("damaged.nir", bytes)?;
        // Whether it is still a network does not matter here.
        let _ = quantize(&model, &NeuronOptions::default());
        Ok(())
    };
    let outcome = catch_unwind(read).unwrap_or_else(|_| panic!("{file} with {damage} panics"));
    assert!(
        start.elapsed() < LIMIT,
        "{file} with {damage} took {:?}",
        start.elapsed()
    );
    if let Err(ModelError::File(error)) = &outcome {
        assert!(error.to_string().starts_with("damaged.nir: "), "{error}");
    }
    outcome
}

fn files() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let read = |file| {
        (
            file,
            std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap(),
        )
    };
    FILES.into_iter().map(read)
}
