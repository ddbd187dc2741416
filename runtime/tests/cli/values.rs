//! Inputs of several bits, from images and from `.npy`, through the program; and what tells the class.

use crate::program::{npy, repository, Folder, DIGITS, DIGITS_IMAGES, DIGITS_LABELS};

#[test]
fn values_are_fed_as_they_are() {
    let folder = Folder::new();
    let (model, images) = (repository(DIGITS), repository(DIGITS_IMAGES));
    let (model, images) = (model.to_str().unwrap(), images.to_str().unwrap());
    let values = ["--input-bits", "4"];
    let check = folder.run(&[["check", model].as_slice(), &values].concat());
    let check = &check.done().stdout;
    assert!(check.contains("values of 4 bits, 1 being worth 0.066667"), "{check}");
    let compile = ["compile", model, "--board", "ulx3s-12f", "-o", "n.bundle"];
    folder.run(&[compile.as_slice(), &values].concat()).done();

    let cosim = ["cosim", "n.bundle", "--limit", "10", "--json", "--inputs"];
    let shown = [images, "--encode", "values", "--timesteps", "3"];
    let json = folder.run(&[cosim.as_slice(), &shown].concat()).done().json();
    assert_eq!((&json["mismatches"], &json["membranes_compared"]), (&0.into(), &(10 * 3 * (48 + 10)).into()));
    let series: Vec<u8> = (0..2 * 64).map(|i| i % 16).collect();
    folder.file("series.npy", &npy("(2, 1, 64)", &series));
    let json = folder.run(&[cosim.as_slice(), &["series.npy", "--encode", "values"]].concat()).done().json();
    assert_eq!((&json["mismatches"], &json["membranes_compared"]), (&0.into(), &(2 * (48 + 10)).into()));

    let infer = |more: &[&str]| folder.run(&[["infer", "n.bundle", "--inputs"].as_slice(), more].concat());
    infer(&[images, "--encode", "rate", "--timesteps", "3"]).check(2, "the network takes values of 4 bits");
    folder.file("large.npy", &npy("(1, 1, 64)", &[16; 64]));
    infer(&["large.npy", "--encode", "values"]).check(4, "element 0 of the inputs is 16, the network takes values of 4 bits");
}

#[test]
fn a_design_tells_the_class_itself() {
    let folder = Folder::new();
    let (model, images, labels) = (repository(DIGITS), repository(DIGITS_IMAGES), repository(DIGITS_LABELS));
    let (model, images, labels) = (model.to_str().unwrap(), images.to_str().unwrap(), labels.to_str().unwrap());
    folder.run(&["compile", model, "--board", "icebreaker", "--argmax", "-o", "n.bundle"]).done();
    let shown = ["n.bundle", "--inputs", images, "--encode", "rate", "--timesteps", "8", "--limit", "60", "--json"];
    let json = folder.run(&[["cosim"].as_slice(), &shown].concat()).done().json();
    assert_eq!((&json["mismatches"], &json["verdicts_compared"]), (&0.into(), &60.into()));
    let infer = |more: &[&str]| folder.run(&[["infer"].as_slice(), &shown, &["--labels", labels], more].concat()).done().json();
    let (told, reference) = (infer(&["--device", "verilated"]), infer(&[]));
    assert_eq!((&told["told"], &told["accuracy"]), (&60.into(), &reference["accuracy"]));
    assert_eq!(infer(&["--device", "verilated", "--decode", "latency"])["told"], serde_json::Value::Null);
}

#[test]
fn every_readout_gives_an_accuracy() {
    let folder = Folder::with_bundle();
    let (images, labels) = (repository(DIGITS_IMAGES), repository(DIGITS_LABELS));
    let infer = ["infer", "n.bundle", "--inputs", images.to_str().unwrap(), "--labels", labels.to_str().unwrap()];
    let shown = ["--encode", "rate", "--timesteps", "8", "--json"];
    let accuracy = |more: &[&str]| {
        let json = folder.run(&[infer.as_slice(), &shown, more].concat()).done().json();
        json["accuracy"].as_f64().unwrap()
    };
    let rate = accuracy(&[]);
    assert_eq!(rate, accuracy(&["--decode", "rate"]));
    // As many classes as neurons: each its own population.
    assert_eq!(rate, accuracy(&["--decode", "population", "--classes", "10"]));
    for decode in ["latency", "membrane"] {
        let other = accuracy(&["--decode", decode]);
        assert!((0.3..=rate).contains(&other), "{decode}: {other}, by counts {rate}");
    }
    let uneven = folder.run(&[infer.as_slice(), &shown, &["--decode", "population", "--classes", "3"]].concat());
    uneven.check(2, "the last layer has 10 neurons");
}
