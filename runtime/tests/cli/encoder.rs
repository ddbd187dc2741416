//! Inputs that the design codes itself, through the program.

use crate::program::{npy, npy_of, repository, Folder, DIGITS, DIGITS_IMAGES, DIGITS_LABELS};

#[test]
fn an_image_is_sent_once_and_coded_by_the_design() {
    let folder = Folder::new();
    let [model, images, labels] = [DIGITS, DIGITS_IMAGES, DIGITS_LABELS].map(|path| repository(path).display().to_string());
    let compile = ["compile", &model, "--board", "hx8k-breakout", "-o", "n.bundle"];
    let json = folder.run(&[compile.as_slice(), &["--encoder", "accumulator", "--json"]].concat()).done().json();
    let encoder = &json["encoder"];
    assert_eq!((&encoder["coding"], &encoder["cycles_per_timestep"], &encoder["block_rams"]), (&"accumulator".into(), &67.into(), &2.into()));

    let shown = ["--inputs", &images, "--encode", "accumulator", "--timesteps", "8", "--limit", "40", "--json"];
    let json = folder.run(&[["cosim", "n.bundle"].as_slice(), &shown].concat()).done().json();
    assert_eq!((&json["mismatches"], &json["membranes_compared"]), (&0.into(), &(40 * 8 * (48 + 10)).into()));

    // The same coding in software, before the reference and before a design that takes spikes.
    let infer = |bundle: &str, more: &[&str]| folder.run(&[["infer", bundle, "--labels", &labels].as_slice(), &shown, more].concat()).done().json();
    let accuracy = infer("n.bundle", &["--device", "verilated"])["accuracy"].clone();
    assert_eq!(accuracy, infer("n.bundle", &[])["accuracy"]);
    assert!(accuracy.as_f64().unwrap() > 0.8, "{accuracy}");
    folder.run(&["compile", &model, "--board", "hx8k-breakout", "-o", "plain.bundle"]).done();
    assert_eq!(accuracy, infer("plain.bundle", &[])["accuracy"]);

    let cosim = |more: &[&str]| folder.run(&[["cosim", "n.bundle", "--limit", "2", "--inputs"].as_slice(), more].concat());
    cosim(&[&images, "--encode", "rate", "--timesteps", "8"]).check(2, "compiled with --encoder accumulator");
    cosim(&[&images, "--encode", "lfsr", "--timesteps", "8"]).check(2, "say --encode accumulator");
    cosim(&[&images, "--encode", "accumulator"]).check(2, "say how long each is shown: --timesteps T");
    cosim(&[&images, "--encode", "poisson", "--timesteps", "8"]).check(2, "there are rate, repeat, ramp, values, frames, events, accumulator");
    folder.file("wide.npy", &npy_of("|i1", "False", "(2, 1, 64)", &[1; 128]));
    cosim(&["wide.npy", "--encode", "accumulator"]).check(4, "has the type");
    folder.file("few.npy", &npy("(2, 1, 63)", &[1; 126]));
    cosim(&["few.npy", "--encode", "accumulator"]).check(4, "63 features");
}

#[test]
fn what_an_encoder_is_not_asked_for() {
    let folder = Folder::new();
    let model = repository(DIGITS).display().to_string();
    let compile = |more: &[&str]| folder.run(&[["compile", &model, "--board", "icebreaker", "-o", "n.bundle"].as_slice(), more].concat());
    compile(&["--encoder", "latency"]).check(2, "say --encoder latency,timesteps=T");
    compile(&["--encoder", "delta,threshold=256"]).check(2, "delta[,threshold=1..255]");
    compile(&["--encoder", "accumulator", "--repeat-input"]).check(2, "leave one of them out");
    compile(&["--encoder", "accumulator", "--input-bits", "4"]).check(3, "leave out --input-bits");
    compile(&["--encoder", "latency,timesteps=8"]).done();
    let images = repository(DIGITS_IMAGES).display().to_string();
    let infer = |more: &[&str]| folder.run(&[["infer", "n.bundle", "--limit", "5", "--inputs", &images, "--encode"].as_slice(), more].concat());
    infer(&["latency", "--timesteps", "8"]).done();
    infer(&["latency", "--timesteps", "6"]).check(2, "compiled with --encoder latency,timesteps=8");
}
