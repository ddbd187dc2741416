//! No block is left out: each is compared here or proved (`tests/formal`), or is one that only joins others, of which
//! `joined.txt` says where the whole that it is part of is compared.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A line each: a block that joins others, a bar, and what compares the whole.
const JOINED: &str = include_str!("joined.txt");

#[test]
fn every_block_is_compared() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let blocks = blocks(&root.join("../hdl/src"));
    assert!(blocks.len() > 100, "only {} blocks found", blocks.len());
    let alone: BTreeSet<String> = ["hardware", "formal"].iter().flat_map(|tests| imported(&root.join("tests").join(tests))).collect();
    let joined: BTreeSet<String> = JOINED.lines().filter_map(|line| line.split_once(" | ")).map(|(name, _)| name.to_owned()).collect();
    let left_out: Vec<&String> = blocks.iter().filter(|name| !alone.contains(*name) && !joined.contains(*name)).collect();
    assert!(left_out.is_empty(), "compared nowhere: {left_out:?}; give each a twin in tests/hardware/twins, or a line in joined.txt");
    let idle: Vec<&String> = joined.iter().filter(|name| !blocks.contains(*name) || alone.contains(*name)).collect();
    assert!(idle.is_empty(), "joined.txt names what is no block, or is compared alone: {idle:?}");
}

fn sources(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of = |path: std::path::PathBuf| match path.extension().is_some_and(|extension| extension == "rs") {
        true => vec![fs::read_to_string(&path).unwrap()],
        false if path.is_dir() => sources(&path),
        false => vec![],
    };
    entries.flat_map(of).collect()
}

/// The types that derive `LogicBlock`.
fn blocks(folder: &Path) -> BTreeSet<String> {
    let of_text = |text: String| {
        let behind = |part: &str| word(part.split("struct ").nth(1).unwrap());
        text.split("#[derive(LogicBlock").skip(1).map(behind).collect::<Vec<_>>()
    };
    sources(folder).into_iter().flat_map(of_text).collect()
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric()).collect()
}

/// What tests take from the crate of blocks.
fn imported(folder: &Path) -> BTreeSet<String> {
    let of_text = |text: String| {
        let imports = text.lines().filter(|line| line.starts_with("use spikeforge_hdl::")).map(str::to_owned).collect::<Vec<_>>();
        imports.iter().flat_map(|line| line.split(|c: char| !c.is_alphanumeric())).map(str::to_owned).collect::<Vec<_>>()
    };
    sources(folder).into_iter().flat_map(of_text).collect()
}
