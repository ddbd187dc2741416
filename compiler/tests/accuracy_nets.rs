//! The networks of `examples/accuracy`, whose training part never held a test sample: the reference gives as many right
//! answers as PyTorch counted.

use std::io::Read;
use std::path::{Path, PathBuf};

use spikeforge_compiler::model::{Model, Warning};
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::quantize::quantize;
use spikeforge_sim::{argmax, coding, scores, Readout, Spikes};

#[test]
fn digits() {
    check("digits_conv", "digits/digits", 0.97);
}

#[test]
fn mnist() {
    check("mnist_conv", "mnist/t10k", 0.985);
}

#[test]
fn breast_cancer() {
    check("cancer_dense", "cancer/cancer", 0.96);
}

#[test]
#[ignore = "needs scripts/datasets.sh fashion; run by make accuracy"]
fn fashion() {
    check("fashion_dense", "cache/fashion/t10k", 0.88);
}

/// A network by its name, its data, and the share of right answers that was promised.
fn check(name: &str, data: &str, promised: f64) {
    let folder = root().join("examples/accuracy");
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join(format!("{name}.json"))).unwrap()).unwrap();
    let number = |key: &str| usize::try_from(told[key].as_u64().unwrap()).unwrap();
    let model = Model::read_nir(&folder.join(format!("{name}.nir"))).unwrap();
    let quantized = quantize(&model, &NeuronOptions::default()).unwrap();
    let bits = quantized.network.value_bits();
    let expected = if bits > 1 { vec![Warning::WideInputs { bits }] } else { vec![] };
    assert_eq!(quantized.warnings, expected, "the file alone is enough");
    let network = quantized.network;

    let images = idx(&format!("{data}-images-idx3-ubyte.gz"));
    let labels = idx(&format!("{data}-labels-idx1-ubyte.gz"));
    let images: Vec<&[u8]> = images.chunks(network.input.n() / bits as usize).collect();
    let places: Vec<usize> = match told["test_places"].as_array() {
        Some(places) => places.iter().map(|place| usize::try_from(place.as_u64().unwrap()).unwrap()).collect(),
        None => (0..labels.len()).collect(),
    };
    assert_eq!(places.len(), number("test_images"));
    let n_timesteps = number("n_timesteps");
    let shown = |i: usize| match bits {
        1 => coding::rate(images[places[i]], n_timesteps),
        _ => vec![values(images[places[i]], bits); n_timesteps],
    };
    let scores = scores(&network, Readout::of(&network), (places.len(), 2), shown).unwrap();
    let answers = scores.iter().zip(&places);
    let n_right = answers.filter(|(scores, &place)| argmax(scores) == usize::from(labels[place])).count();
    assert_eq!(n_right, number("test_correct"));
    assert!(n_right as f64 >= promised * places.len() as f64, "{n_right} of {}", places.len());
}

/// The highest bits of an image's bytes.
fn values(image: &[u8], bits: u32) -> Spikes {
    let values: Vec<u8> = image.iter().map(|pixel| pixel >> (8 - bits)).collect();
    coding::planes(&values, bits, values.len())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The elements of a gzipped IDX file of bytes.
fn idx(file: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(root().join("data").join(file)).unwrap();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    let header = 4 + 4 * usize::from(bytes[3]);
    bytes.split_off(header)
}
