//! A converted network from its training to a comparison of its hardware.

use crate::program::{repository, Folder, DIGITS_IMAGES};

#[test]
fn what_a_conversion_trained_compiles_and_equals_the_reference() {
    let folder = Folder::new();
    let train: &[&str] = &["train", "--system", "conversion", "--dataset", "digits", "--shape", "64-32-10"];
    let more = ["--epochs", "15", "--batch", "32", "--rate", "5e-3", "--timesteps", "16", "-o", "n.nir", "--json"];
    let json = folder.run(&[train, more.as_slice()].concat()).done().json();
    let rows = json["by_timesteps"].as_array().unwrap();
    let timesteps: Vec<u64> = rows.iter().map(|row| row["timesteps"].as_u64().unwrap()).collect();
    assert_eq!(timesteps, [1, 2, 4, 8, 16, 32, 64]);
    assert_eq!(rows[4]["test_integers"], json["test_integers"]);
    let float = json["test"].as_f64().unwrap();
    assert!(float > 0.88 && (rows[6]["test_integers"].as_f64().unwrap() - float).abs() < 0.02, "{json}");

    folder.run(&["compile", "n.nir", "--board", "ulx3s-12f", "-o", "n.bundle"]).done();
    let images = repository(DIGITS_IMAGES);
    let cosim = ["cosim", "n.bundle", "--limit", "20", "--encode", "rate", "--timesteps", "16", "--json", "--inputs"];
    let json = folder.run(&[cosim.as_slice(), &[images.to_str().unwrap()]].concat()).done().json();
    assert_eq!((&json["mismatches"], &json["membranes_compared"]), (&0.into(), &(20 * 16 * (32 + 10)).into()));

    let latency = folder.run(&[train, &["--encode", "latency"]].concat());
    latency.check(2, "conversion counts spikes, and takes --encode rate");
}
