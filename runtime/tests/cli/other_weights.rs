//! Other weights for a bundle, at run time: what fits is run, what does not is refused with its reason.

use crate::program::{repository, Folder, DIGITS, DIGITS_IMAGES};

const MNIST: &str = "examples/snntorch/mnist_784_128_10.nir";

/// `infer` of two digits, on a device, with a model's weights.
fn args<'a>(images: &'a str, device: &'a str, weights: &'a str) -> Vec<&'a str> {
    let inputs = ["infer", "n.bundle", "--inputs", images, "--encode", "rate", "--timesteps", "8", "--limit", "2"];
    [&inputs[..], &["--device", device, "--weights", weights, "--json"]].concat()
}

#[test]
fn a_model_that_does_not_fit_is_refused() {
    let folder = Folder::with_bundle();
    let [images, mnist] = [DIGITS_IMAGES, MNIST].map(|path| repository(path).display().to_string());
    folder.file("cut.nir", b"\x89HDF");
    for (weights, exit, message) in [
        (mnist.as_str(), 6, "the bundle's a crossbar of 64 inputs to 48 neurons; compile it to a bundle of its own"),
        ("nothing.nir", 4, "nothing.nir"),
        ("cut.nir", 4, "cut.nir"),
    ] {
        folder.run(&args(&images, "reference", weights)).check(exit, message);
    }
}

#[test]
fn a_design_without_the_ability_says_how_to_get_it() {
    let folder = Folder::with_bundle();
    let [images, digits] = [DIGITS_IMAGES, DIGITS].map(|path| repository(path).display().to_string());
    folder.run(&args(&images, "verilated", &digits)).check(8, "cannot write the weights of layer 0 at run time; compile it with --host-writes");
    let spram = ["compile", &digits, "--board", "hx8k-breakout", "--weights", "spram", "-o", "x.bundle"];
    folder.run(&spram).check(6, "hx8k-breakout has no single-port RAM for weights");
}

#[test]
fn written_weights_run_and_are_counted() {
    let folder = Folder::new();
    let [images, digits] = [DIGITS_IMAGES, DIGITS].map(|path| repository(path).display().to_string());
    folder.run(&["compile", &digits, "--board", "icebreaker", "--host-writes", "--counters", "-o", "n.bundle"]).done();
    let ended = folder.run(&args(&images, "verilated", &digits));
    let counters = &ended.done().json()["counters"];
    assert_eq!(counters["timesteps"], 16);
    assert_eq!(counters["presentations"], 2);
    assert_eq!(counters["bad_frames"], 0);
    assert!(counters["stages"][0]["beats"].as_u64().unwrap() > 0, "{counters}");
}

#[test]
fn weights_that_cannot_be_exchanged_in_the_bitstream_are_refused() {
    let folder = Folder::with_bundle();
    let [mnist, digits] = [MNIST, DIGITS].map(|path| repository(path).display().to_string());
    folder.run(&["compile", &digits, "--board", "hx8k-breakout", "--swappable", "-o", "s.bundle"]).done();
    folder.file("cut.nir", b"\x89HDF");
    for (bundle, weights, output, exit, message) in [
        ("n.bundle", digits.as_str(), "o.bundle", 6, "n.bundle was not compiled for other weights; compile it with --swappable"),
        ("s.bundle", mnist.as_str(), "o.bundle", 6, "the bundle's a crossbar of 64 inputs to 48 neurons; compile it to a bundle of its own"),
        ("s.bundle", digits.as_str(), "s.bundle", 2, "would replace the bundle whose routed design it takes"),
        ("s.bundle", "nothing.nir", "o.bundle", 4, "nothing.nir"),
        ("s.bundle", "cut.nir", "o.bundle", 4, "cut.nir"),
    ] {
        folder.run(&["build", bundle, "--weights", weights, "-o", output]).check(exit, message);
        assert!(!folder.path("o.bundle").exists(), "{weights}");
    }
}
