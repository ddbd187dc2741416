//! Bad files under a limit of memory and time: the right exit status, a sentence that names the node, within a second.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::program::{npy, repository, Ended, Folder};

/// Of address space, in kB, which is more than what is ever used of it.
const MEMORY: u32 = 200_000;
const TIME: Duration = Duration::from_secs(1);

/// Runs the program with a limit on its memory. Damage can make a program slow where the machine is not: the best of
/// three runs counts.
fn limited(folder: &Folder, args: &[&str]) -> Ended {
    let program = folder.command(args);
    let line = format!("ulimit -v {MEMORY} && exec \"$@\"");
    let mut shortest = Duration::MAX;
    for _ in 0..3 {
        let mut shell = Command::new("sh");
        shell.args(["-c", &line, "sh"]).arg(program.get_program()).args(program.get_args());
        let start = Instant::now();
        let ended = Ended::of(shell.current_dir(folder.path(".")).output().unwrap());
        shortest = shortest.min(start.elapsed());
        if shortest < TIME {
            return ended;
        }
    }
    panic!("{args:?} took {shortest:?}");
}

fn check_model(bytes: &[u8], exit: i32, sentence: &str) {
    let folder = Folder::new();
    folder.file("x.nir", bytes);
    let ended = limited(&folder, &["check", "x.nir"]);
    assert_eq!(ended.exit, Some(exit), "{ended:?}");
    let told = ended.stdout + &ended.stderr;
    assert!(told.contains(sentence) && !told.contains("panicked"), "{told}");
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(repository(&format!("compiler/tests/fixtures/{name}.nir"))).unwrap()
}

#[test]
fn graphs_that_are_no_networks_name_their_node() {
    check_model(&fixture("dangling"), 3, "the edge from lif to lost dangles");
    check_model(&fixture("cycle"), 3, "the nodes loop form a cycle without a neuron");
    check_model(&fixture("mismatch"), 3, "node fc takes (11) but node input gives (12)");
    check_model(&fixture("nan"), 3, "node fc: weight[2, 3] is NaN");
    check_model(&fixture("infinite"), 3, "node lif: v_threshold[1] is inf");
    check_model(&fixture("huge"), 4, "/node/nodes/fc/weight declares the shape [65536, 65536]");
}

#[test]
fn truncated_and_flipped_models_end_well() {
    let whole = fixture("nir_1_0_4");
    for length in (0..whole.len()).step_by(whole.len() / 12) {
        check_model(&whole[..length], 4, "x.nir");
    }
    let folder = Folder::new();
    for seed in 0..24usize {
        let mut flipped = whole.clone();
        let bit = seed * 7919 * 104_729 % (whole.len() * 8);
        flipped[bit / 8] ^= 1 << (bit % 8);
        folder.file("x.nir", &flipped);
        let ended = limited(&folder, &["check", "x.nir"]);
        assert!(matches!(ended.exit, Some(0 | 3 | 4)), "bit {bit}: {ended:?}");
        assert!(!ended.stderr.contains("panicked"), "bit {bit}: {ended:?}");
    }
}

#[test]
fn inputs_that_claim_too_much() {
    let folder = Folder::with_bundle();
    let events = ["--encode", "events", "--bins", "100000"];
    let cases: [(&str, Vec<u8>, &[&str]); 4] = [
        ("x.npy", npy("(99999999999, 99999999999, 64)", &[]), &[]),
        ("x.idx", b"\x00\x00\x08\x03\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF".to_vec(), &["--encode", "rate", "--timesteps", "4"]),
        ("x.bin", vec![1; 4095], &events),
        ("x.aedat", b"#!AER-DAT3.1\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n\x01\x00\x01\x00\xFF\xFF\xFF\xFF".to_vec(), &events),
    ];
    for (name, bytes, encode) in cases {
        folder.file(name, &bytes);
        let ended = limited(&folder, &[&["infer", "n.bundle", "--inputs", name], encode].concat());
        ended.check(4, name);
    }
}

#[test]
fn state_dicts_that_are_none() {
    let folder = Folder::new();
    let topology = b"weights = \"x.safetensors\"\ninput = [4]\nmodules = [{ linear = \"0\" }, { neuron = \"1\" }]\n";
    let header = br#"{"0.weight":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,17179869184]}}"#;
    let huge = [&u64::try_from(header.len()).unwrap().to_le_bytes(), header.as_slice()].concat();
    let absent = [&2u64.to_le_bytes(), b"{}".as_slice()].concat();
    folder.file("x.toml", topology);
    limited(&folder, &["check", "x.toml"]).check(4, "x.safetensors: cannot be read");
    for (bytes, sentence) in [(huge, "is not a safetensors file"), (absent, "0.weight is missing"), (vec![0xFF; 64], "is not a safetensors file")] {
        folder.file("x.safetensors", &bytes);
        limited(&folder, &["check", "x.toml"]).check(4, sentence);
    }
    folder.file("x.toml", b"input = 4");
    limited(&folder, &["check", "x.toml"]).check(4, "x.toml: is not a topology");
}
