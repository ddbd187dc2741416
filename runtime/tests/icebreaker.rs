//! Digits on an icebreaker, clocked by its PLL: the bitstream of other weights, exchanged in the routed design, is turned
//! back into a netlist and compared with the reference of those weights.

use std::path::Path;
use std::process::Command;

use spikeforge_compiler::model::{Model, NodeKind};
use spikeforge_sim::random::SplitMix64;

const DIGITS: &str = "examples/snntorch/digits_64_48_10.nir";

fn spikeforge(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_spikeforge")).args(arguments).output().expect("the program");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The model with the sign of each weight drawn anew.
fn other(path: &Path) -> Model {
    let mut model = Model::read_nir(path).expect("digits");
    let mut random = SplitMix64::new(3);
    for node in &mut model.nodes {
        if let NodeKind::Linear(linear) = &mut node.kind {
            linear.weight.mapv_inplace(|weight| if random.chance(1, 2) { weight } else { -weight });
        }
    }
    model
}

#[test]
fn the_bitstream_with_other_weights_is_the_other_network() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = tempfile::tempdir().expect("a folder");
    let [first, swapped, other_nir] = ["one.bundle", "two.bundle", "other.nir"].map(|name| folder.path().join(name).display().to_string());
    let path = |name: &str| root.join(name).display().to_string();
    std::fs::write(&other_nir, other(&root.join(DIGITS)).nir_bytes().expect("bytes")).expect("a file");
    spikeforge(&["compile", &path(DIGITS), "--board", "icebreaker", "--pll", "30", "--swappable", "-o", &first]);
    spikeforge(&["build", &first]);
    spikeforge(&["build", &first, "--weights", &other_nir, "-o", &swapped]);
    let images = path("data/digits/digits-images-idx3-ubyte.gz");
    let report = spikeforge(&[
        "cosim", &swapped, "--inputs", &images, "--encode", "rate", "--timesteps", "8", "--level", "bitstream", "--limit", "3", "--json",
    ]);
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["mismatches"], 0);
    assert_eq!(report["membranes_compared"], 3 * 8 * 58);
    let bits = |bundle: &str| std::fs::read(Path::new(bundle).join("build/spikeforge.bin")).expect("a bitstream");
    assert_ne!(bits(&first), bits(&swapped), "other weights are other bits");
}
