//! A bundle with less work is used as one without: the same files of presentations, the same outputs.

use crate::program::{npy, repository, Folder, DIGITS, DIGITS_IMAGES};

/// The images of digits have pixels that are always dark.
#[test]
fn a_rewritten_bundle_takes_the_same_images() {
    let folder = Folder::new();
    let (model, images) = (repository(DIGITS), repository(DIGITS_IMAGES));
    let (model, images) = (model.to_str().unwrap(), images.to_str().unwrap());
    let coding = ["--encode", "rate", "--timesteps", "8"];
    let compile = |output: &str, more: &[&str]| {
        let args = ["compile", model, "--board", "icebreaker", "-o", output, "--json"];
        folder.run(&[args.as_slice(), more].concat()).done().json()
    };
    let whole = compile("whole.bundle", &["--no-rewrite"]);
    assert_eq!(whole["removals"].as_array().unwrap().len(), 0);
    let less = compile("less.bundle", &[["--calibration", images].as_slice(), &coding].concat());
    assert_eq!(less["removals"][0]["rewrite"], "constant-inputs");
    let n_removed = less["removals"][0]["n"].as_u64().unwrap();
    assert!(n_removed > 0);
    assert_eq!(less["layers"][0]["inputs"], 64 - n_removed);
    assert_eq!(whole["weight_bits"].as_u64().unwrap() - less["weight_bits"].as_u64().unwrap(), 48 * n_removed);

    for (bundle, outputs) in [("whole.bundle", "whole.npy"), ("less.bundle", "less.npy")] {
        let infer = ["infer", bundle, "--inputs", images, "--outputs", outputs];
        folder.run(&[infer.as_slice(), &coding].concat()).done();
    }
    assert_eq!(std::fs::read(folder.path("whole.npy")).unwrap(), std::fs::read(folder.path("less.npy")).unwrap());

    let cosim = ["cosim", "less.bundle", "--inputs", images, "--limit", "40", "--json"];
    let json = folder.run(&[cosim.as_slice(), &coding].concat()).done().json();
    assert_eq!((&json["mismatches"], &json["membranes_compared"]), (&0.into(), &(40 * 8 * (48 + 10)).into()));

    folder.file("x.npy", &npy("(1, 1, 64)", &[1; 64]));
    let refused = folder.run(&["infer", "less.bundle", "--inputs", "x.npy"]);
    refused.check(4, "is not what the bundle was compiled for in presentation 0, timestep 0");
}

#[test]
fn inputs_that_are_declared_silent_leave() {
    let folder = Folder::new();
    let model = repository(DIGITS);
    let compile = ["compile", model.to_str().unwrap(), "--board", "icebreaker", "-o", "n.bundle"];
    let done = folder.run(&[compile.as_slice(), &["--silent-inputs", "0-7,63"]].concat());
    assert!(done.done().stdout.contains("constant-inputs: 9 inputs of "), "{done:?}");
    folder.run(&[compile.as_slice(), &["--silent-inputs", "7-0"]].concat()).check(2, "7-0 is no range of inputs");
    folder.run(&[compile.as_slice(), &["--rewrite", "none"]].concat()).check(2, "constant-inputs, dead-neurons, duplicate-neurons");
}
