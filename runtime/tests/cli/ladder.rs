//! `spikeforge verify`: what it compares, and that a fault ends it at the rung that sees it.

use std::fs;

use serde_json::Value;
use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{compile, Clock};
use spikeforge_compiler::model::Model;
use spikeforge_runtime::compiled::Compiled;

use crate::program::{repository, Ended, Folder, DIGITS, DIGITS_IMAGES};

/// A bundle whose hardware is not its network: one weight of 3552 is turned over in `network.json`.
fn with_fault() -> Folder {
    let folder = Folder::new();
    let model = Model::read_nir(&repository(DIGITS)).unwrap();
    let board = Board::load("icebreaker").unwrap();
    let design = compile(&model, &board, &Default::default(), Clock::Oscillator).unwrap();
    let mut compiled = Compiled::of(&design, "digits").unwrap();
    let weights = &mut compiled.network.layers[0].weights;
    weights.set(29, 35, !weights.get(29, 35));
    compiled.save(&folder.path("n.bundle")).unwrap();
    folder
}

fn verify(folder: &Folder, rungs: &[&str], args: &[&str]) -> Ended {
    let levels = rungs.iter().flat_map(|rung| ["--level", rung]);
    let all: Vec<&str> = ["verify", "n.bundle", "--json"].into_iter().chain(levels).chain(args.iter().copied()).collect();
    folder.run(&all)
}

#[track_caller]
fn row(json: &Value, rung: &str) -> Value {
    let rows = json["rungs"].as_array().unwrap();
    rows.iter().find(|row| row["rung"] == rung).unwrap_or_else(|| panic!("no {rung} in {json}")).clone()
}

#[test]
fn rungs_that_need_no_synthesis() {
    let folder = Folder::with_bundle();
    let json = verify(&folder, &["memories", "rtl", "icarus", "starts", "pressure"], &["--trains", "7"]).done().json();
    assert_eq!(row(&json, "memories")["weights"], 64 * 48 + 48 * 10);
    assert_eq!(row(&json, "memories")["parameters"], 3 * 58);
    for (rung, presentations, seeds) in [("rtl", 7, 0), ("icarus", 3, 0), ("starts", 60, 20), ("pressure", 15, 5)] {
        let row = row(&json, rung);
        assert_eq!((&row["outcome"], &row["seeds"]), (&"equal".into(), &seeds.into()), "{row}");
        assert_eq!(row["membranes"], presentations * 8 * 58, "{row}");
    }
    assert!(row(&json, "pressure")["cycles"].as_u64() > row(&json, "starts")["cycles"].as_u64().map(|n| n / 4));
}

#[test]
fn a_fault_in_the_memories_is_named() {
    let folder = with_fault();
    let ended = verify(&folder, &["memories", "rtl"], &[]);
    ended.check(5, "mismatch at memories: ");
    ended.check(5, "neuron 29, input 35: the network has");
    assert_eq!(row(&ended.json(), "rtl")["outcome"], "open");
}

#[test]
fn a_fault_in_the_hardware_is_named_and_drawn() {
    let folder = with_fault();
    let images = repository(DIGITS_IMAGES);
    let inputs = ["--inputs", images.to_str().unwrap(), "--encode", "rate", "--timesteps", "8", "--limit", "20"];
    for rung in ["rtl", "icarus", "pressure"] {
        let ended = verify(&folder, &[rung], &[inputs.as_slice(), &["--waveform", "last.fst"]].concat());
        ended.check(5, &format!("mismatch at {rung}: "));
        ended.check(5, "neuron 29: expected membrane");
        let json = ended.json();
        let row = row(&json, rung);
        assert_eq!((&row["outcome"], &row["waveform"]), (&"mismatch".into(), &"last.fst".into()));
        let waveform = fs::read(folder.path("last.fst")).unwrap();
        // The first block of an FST file is its header, of 329 bytes.
        assert_eq!(waveform[..9], [0, 0, 0, 0, 0, 0, 0, 1, 73]);
        assert!(waveform.len() > 5000, "{rung}: {} bytes", waveform.len());
        fs::remove_file(folder.path("last.fst")).unwrap();
    }
}

#[test]
fn a_rung_whose_tool_is_missing_fails_and_the_others_are_climbed() {
    let folder = Folder::with_bundle();
    let mut command = folder.command(&["verify", "n.bundle", "--level", "icarus", "--level", "memories"]);
    let ended = Ended::of(command.env("PATH", "/nowhere").output().unwrap());
    ended.check(7, "vvp is not installed; type: apt install iverilog");
    assert!(ended.stdout.contains("equal: 3,552 weights"), "{ended:?}");
    assert!(ended.stdout.contains("FAILED: vvp is not installed"), "{ended:?}");
}

#[test]
fn what_cannot_apply_is_refused_with_its_reason() {
    let folder = Folder::new();
    let model = repository(DIGITS);
    folder.run(&["compile", model.to_str().unwrap(), "--board", "ulx3s-25f", "-o", "n.bundle"]).done();
    let json = verify(&folder, &["placed", "bitstream"], &[]).done().json();
    for rung in ["placed", "bitstream"] {
        let row = row(&json, rung);
        assert_eq!(row["outcome"], "refused");
        assert!(row["reason"].as_str().unwrap().contains("only iCE40 can be read back"), "{row}");
    }
}
