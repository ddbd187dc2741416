//! Every file of the corpora, and some thousand damaged copies of each: nothing panics and nothing takes long.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use spikeforge_fuzz::TARGETS;
use spikeforge_sim::random::SplitMix64;

/// For each target, after its corpus.
const TIME: Duration = Duration::from_millis(1500);
/// What one input may take, on a busy machine: as for libFuzzer.
const LONGEST: Duration = Duration::from_secs(20);

fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora").join(name);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let named = |path: std::path::PathBuf| (path.display().to_string(), fs::read(&path).unwrap());
    files.into_iter().map(named).collect()
}

/// A copy with bits turned, bytes repeated, cut or taken from another file.
fn damaged(random: &mut SplitMix64, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = files[random.below(files.len())].1.clone();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let rest = bytes.len() - at;
        match random.below(6) {
            0 => bytes.truncate(at),
            1 if rest > 0 => bytes[at] ^= 1 << random.below(8),
            2 if rest > 0 => bytes[at] = random.pick(&[0, 1, 0x7F, 0x80, 0xFF, b'9', b'-']),
            3 => {
                let other = &files[random.below(files.len())].1;
                let from = random.below(other.len() + 1);
                let n = random.below(other.len() - from + 1);
                bytes.splice(at..at + n.min(rest), other[from..from + n].iter().copied());
            }
            4 => {
                let piece = bytes[at..at + random.below(rest + 1)].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                bytes.drain(at..at + random.below(rest + 1));
            }
        }
    }
    bytes
}

#[test]
fn damaged_files() {
    for (name, target) in TARGETS {
        let files = corpus(name);
        assert!(!files.is_empty(), "no corpus for {name}");
        files.iter().for_each(|(_, bytes)| target(bytes));
        let mut random = SplitMix64::new(1);
        let (start, mut n) = (Instant::now(), 0);
        while start.elapsed() < TIME {
            let bytes = damaged(&mut random, &files);
            let begun = Instant::now();
            target(&bytes);
            assert!(begun.elapsed() < LONGEST, "{name}: damaged copy {n} took {:?}", begun.elapsed());
            n += 1;
        }
        eprintln!("{name}: {} files, {n} damaged copies", files.len());
    }
}
