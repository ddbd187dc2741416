//! The digits network in the bitstream of an icebreaker, clocked by its PLL, turned back into a netlist, against the
//! reference.

use std::path::Path;
use std::process::Command;

fn spikeforge(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_spikeforge")).args(arguments).output().expect("the program");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_bitstream_is_the_network() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = |name: &str| root.join(name).display().to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = folder.path().join("digits.bundle").display().to_string();
    spikeforge(&["compile", &path("examples/snntorch/digits_64_48_10.nir"), "--board", "icebreaker", "--pll", "30", "-o", &bundle]);
    spikeforge(&["build", &bundle]);
    let images = path("data/digits/digits-images-idx3-ubyte.gz");
    let report = spikeforge(&[
        "cosim", &bundle, "--inputs", &images, "--encode", "rate", "--timesteps", "8", "--level", "bitstream", "--limit", "3", "--json",
    ]);
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["mismatches"], 0);
    assert_eq!(report["membranes_compared"], 3 * 8 * 58);
}
