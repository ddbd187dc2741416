//! Digits on an icebreaker, clocked by its PLL: what was learned goes into the routed design of an earlier state, and the
//! bitstream, turned back into a netlist, is compared with the reference of what was learned.

use std::path::Path;
use std::process::Command;

fn spikeforge(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_spikeforge")).args(arguments).output().expect("the program");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_bitstream_with_what_was_learned_is_the_learned_network() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = tempfile::tempdir().expect("a folder");
    let names = ["early.checkpoint", "early.nir", "first.bundle", "late.checkpoint", "late.bundle"];
    let [early, early_nir, first, late, learned] = names.map(|name| folder.path().join(name).display().to_string());
    let learn = |epochs: &str, checkpoint: &str| {
        spikeforge(&["learn", "--shape", "64-16-10", "--dataset", "digits", "--shuffle", "1", "--epochs", epochs, "--checkpoint", checkpoint])
    };
    learn("1", &early);
    spikeforge(&["export", "--checkpoint", &early, "-o", &early_nir]);
    let neurons = ["--fraction-bits", "0", "--beta-bits", "3"];
    let compile = ["compile", &early_nir, "--board", "icebreaker", "--pll", "30", "--swappable", "-o", &first];
    spikeforge(&[&compile[..], &neurons].concat());
    spikeforge(&["build", &first]);
    learn("4", &late);
    spikeforge(&["build", &first, "--checkpoint", &late, "-o", &learned]);
    let images = root.join("data/digits/digits-images-idx3-ubyte.gz").display().to_string();
    let report = spikeforge(&[
        "cosim", &learned, "--inputs", &images, "--encode", "ramp", "--timesteps", "8", "--level", "bitstream", "--limit", "1", "--json",
    ]);
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["mismatches"], 0);
    assert_eq!(report["membranes_compared"], 8 * 26);
    let bits = |bundle: &str| std::fs::read(Path::new(bundle).join("build/spikeforge.bin")).expect("a bitstream");
    assert_ne!(bits(&first), bits(&learned), "other weights are other bits");
}
