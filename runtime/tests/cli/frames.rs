//! Samples of several frames, and a convolutional LSTM from its training to a comparison of its hardware.

use crate::program::{repository, Folder, DIGITS_IMAGES};

/// Digits row by row. Each frame is shown for three timesteps, in which the threshold neurons of a cell follow each other.
#[test]
fn an_lstm_trains_compiles_and_equals_the_reference() {
    let folder = Folder::new();
    let train: &[&str] = &["train", "--system", "conv-lstm", "--dataset", "digits", "--shape", "8x1-c1x4-c1x2-10", "--timesteps", "8"];
    let coded: &[&str] = &["--encode", "frames", "--decode", "membrane"];
    let more: &[&str] = &["--epochs", "4", "--batch", "32", "--rate", "1e-2", "-o", "n.nir", "--json"];
    let json = folder.run(&[train, coded, more].concat()).done().json();
    let [float, integer] = ["test", "test_integers"].map(|name| json[name].as_f64().unwrap());
    assert!(float > 0.15 && (float - integer).abs() < 1e-9, "{json}");
    assert_eq!(json["test_integers_by_class"].as_array().unwrap().len(), 10);
    assert_eq!(json["spikes_by_layer"].as_array().unwrap().len(), 3, "{json}");

    folder.run(&["compile", "n.nir", "--board", "ulx3s-25f", "-o", "n.bundle"]).done();
    let images = repository(DIGITS_IMAGES);
    let cosim = ["cosim", "n.bundle", "--limit", "10", "--json", "--inputs", images.to_str().unwrap(), "--encode", "frames", "--timesteps"];
    let json = folder.run(&[cosim.as_slice(), &["24"]].concat()).done().json();
    // 32 neurons that encode, 10 for each of 16 cells, 10 classes.
    assert_eq!((&json["mismatches"], &json["membranes_compared"]), (&0.into(), &(10 * 24 * (32 + 160 + 10)).into()));
    folder.run(&[cosim.as_slice(), &["23"]].concat()).check(2, "samples of 8 frames, which 23 timesteps cannot show for equal times");
    folder.run(&[train, &["--encode", "values", "--decode", "membrane"]].concat()).check(2, "64 inputs as they are coded");
}
