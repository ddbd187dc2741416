//! A small network all the way to a proven bitstream, with every tool.

use std::fs;

use spikeforge_compiler::bundle::Bundle;

use crate::program::{repository, Ended, Folder, DIGITS_IMAGES};

fn run(folder: &Folder, args: &[&str]) -> Ended {
    let images = repository(DIGITS_IMAGES);
    let inputs = [
        "--inputs",
        images.to_str().unwrap(),
        "--encode",
        "rate",
        "--timesteps",
        "8",
        "--json",
    ];
    folder.run(&[args, inputs.as_slice()].concat())
}

fn check_equal(folder: &Folder, level: &str, limit: &str) {
    let json = run(
        folder,
        &["cosim", "n.bundle", "--level", level, "--limit", limit],
    )
    .done()
    .json();
    let samples: u64 = limit.parse().unwrap();
    let (n_spikes, n_membranes) = (samples * 8 * (48 + 10 + 10), samples * 8 * (48 + 10));
    assert_eq!(json["level"], level);
    assert_eq!(
        (&json["samples"], &json["timesteps"], &json["mismatches"]),
        (&samples.into(), &8.into(), &0.into())
    );
    assert_eq!(
        (&json["spikes_compared"], &json["membranes_compared"]),
        (&n_spikes.into(), &n_membranes.into())
    );
    for key in ["cycles", "cycles_per_second", "cycles_per_presentation"] {
        assert!(json[key].as_f64().unwrap() > 0.0, "{json}");
    }
}

#[test]
fn every_level_equals_the_reference() {
    let folder = Folder::with_bundle();
    check_equal(&folder, "rtl", "40");
    let build = folder.run(&["build", "n.bundle", "--json"]).done().json();
    for key in [
        "board",
        "device",
        "fmax_mhz",
        "logic_cells",
        "logic_cells_available",
        "block_rams",
        "block_rams_available",
        "microseconds_per_presentation",
        "bitstream",
    ] {
        assert!(build.get(key).is_some(), "no {key} in {build}");
    }
    let blocks = build["blocks"].as_array().unwrap();
    let sum = |what: &str| blocks.iter().map(|block| block[what].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("luts"), sum("block_rams")), (build["cells"]["SB_LUT4"].as_u64().unwrap(), build["block_rams"].as_u64().unwrap()));
    assert!(build["energy"]["nanojoules"].as_f64().unwrap() > 0.0);
    let flash = folder.run(&["flash", "n.bundle", "--print"]);
    assert_eq!(
        flash.done().stdout,
        "iceprog n.bundle/build/spikeforge.bin\n"
    );
    check_equal(&folder, "netlist", "1");
    check_equal(&folder, "bitstream", "1");
    for device in ["verilated", "simulated-board"] {
        let outputs = format!("{device}.npy");
        run(
            &folder,
            &[
                "infer",
                "n.bundle",
                "--device",
                device,
                "--limit",
                "5",
                "--outputs",
                &outputs,
            ],
        )
        .done();
        run(
            &folder,
            &[
                "infer",
                "n.bundle",
                "--limit",
                "5",
                "--outputs",
                "reference.npy",
            ],
        )
        .done();
        assert_eq!(
            fs::read(folder.path(&outputs)).unwrap(),
            fs::read(folder.path("reference.npy")).unwrap()
        );
    }
}

#[test]
fn a_difference_is_told_in_one_sentence() {
    let folder = Folder::with_bundle();
    let path = folder.path("n.bundle");
    let mut bundle = Bundle::load(&path).unwrap();
    // The reference gets another threshold than the hardware was made with.
    let (_, text) = bundle
        .files
        .iter_mut()
        .find(|(name, _)| name == "network.json")
        .unwrap();
    let mut network: serde_json::Value = serde_json::from_slice(text).unwrap();
    network["layers"][0]["neurons"]["threshold"][7] = 1.into();
    *text = serde_json::to_vec(&network).unwrap();
    bundle.save(&path).unwrap();
    let ended = run(
        &folder,
        &["cosim", "n.bundle", "--limit", "20", "--trace", "wave.fst"],
    );
    ended.check(5, "mismatch: presentation ");
    assert!(
        ended
            .stderr
            .contains("layer 0 (fc1), neuron 7: expected membrane "),
        "{ended:?}"
    );
    assert!(
        ended.stderr.contains(", written in clock cycle "),
        "{ended:?}"
    );
    assert_eq!(ended.json()["mismatches"], 1);
    assert!(fs::metadata(folder.path("wave.fst")).unwrap().len() > 1000);
}
