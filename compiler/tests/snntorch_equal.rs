//! A network that snnTorch trained and exported fires the same spikes here as there: every spike of every layer on the
//! recorded images, and the number of correct answers on all test images.

use std::io::Read;
use std::path::{Path, PathBuf};

use spikeforge_compiler::model::Model;
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::quantize::{quantize, Quantized};
use spikeforge_sim::{argmax, coding, evaluate, Device, Reference};

/// A committed model, its data, and what snnTorch did with them.
struct Trained {
    model: &'static str,
    expected: &'static str,
    images: &'static str,
    labels: &'static str,
    /// Where the test part of the images starts.
    first_test: usize,
    n_inputs: usize,
}

#[test]
fn mnist_fires_as_in_snntorch() {
    check(&Trained {
        model: "mnist_784_128_10.nir",
        expected: "mnist_expected",
        images: "mnist/t10k-images-idx3-ubyte.gz",
        labels: "mnist/t10k-labels-idx1-ubyte.gz",
        first_test: 0,
        n_inputs: 784,
    });
}

#[test]
fn digits_fire_as_in_snntorch() {
    check(&Trained {
        model: "digits_64_48_10.nir",
        expected: "digits_expected",
        images: "digits/digits-images-idx3-ubyte.gz",
        labels: "digits/digits-labels-idx1-ubyte.gz",
        first_test: 1437,
        n_inputs: 64,
    });
}

fn check(trained: &Trained) {
    let examples = root().join("examples/snntorch");
    let expected = examples.join(trained.expected);
    let truth: serde_json::Value =
        serde_json::from_slice(&std::fs::read(expected.join("expected.json")).unwrap()).unwrap();
    let n_timesteps = usize::try_from(truth["n_timesteps"].as_u64().unwrap()).unwrap();
    let model = Model::read_nir(&examples.join(trained.model)).unwrap();
    let quantized = quantize(&model, &NeuronOptions::default()).unwrap();
    assert_eq!(
        quantized.warnings,
        [],
        "the metadata of the example settles everything"
    );

    let pixels = idx(
        &root().join("data").join(trained.images),
        trained.first_test * trained.n_inputs,
    );
    let images: Vec<&[u8]> = pixels.chunks(trained.n_inputs).collect();
    compare_spikes(&quantized, &images, n_timesteps, &expected);

    let labels = idx(
        &root().join("data").join(trained.labels),
        trained.first_test,
    );
    assert_eq!(images.len(), labels.len());
    let counts = evaluate(&quantized.network, images.len(), 2, |i| {
        coding::rate(images[i], n_timesteps)
    })
    .unwrap();
    let correct = counts
        .iter()
        .zip(&labels)
        .filter(|(counts, &label)| argmax(counts) == usize::from(label));
    assert_eq!(Some(correct.count() as u64), truth["correct"].as_u64());
}

/// Every spike of every layer, on the images that snnTorch was recorded with.
fn compare_spikes(quantized: &Quantized, images: &[&[u8]], n_timesteps: usize, expected: &Path) {
    let recorded = ["hidden.npy", "output.npy"].map(|file| Npy::read(&expected.join(file)));
    let n_recorded = recorded[0].shape[1];
    let mut reference = Reference::new(&quantized.network);
    for (i, image) in images.iter().enumerate().take(n_recorded) {
        let trace = reference.trace(&coding::rate(image, n_timesteps)).unwrap();
        for (t, states) in trace.timesteps.iter().enumerate() {
            for (layer, (state, recorded)) in states.iter().zip(&recorded).enumerate() {
                let fired: Vec<u8> = state.fired.iter().map(|spike| u8::from(*spike)).collect();
                assert_eq!(
                    fired,
                    recorded.at(t, i),
                    "image {i}, timestep {t}, layer {layer}"
                );
            }
        }
    }
}

/// Bytes of shape (timesteps, samples, neurons) as numpy saves them.
struct Npy {
    shape: [usize; 3],
    content: Vec<u8>,
}

impl Npy {
    fn read(path: &Path) -> Npy {
        let bytes = std::fs::read(path).unwrap();
        let (start, end) = (
            10,
            10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]])),
        );
        let header = String::from_utf8(bytes[start..end].to_vec()).unwrap();
        assert!(
            header.contains("'|u1'") && header.contains("'fortran_order': False"),
            "{header}"
        );
        let sizes = header.split(['(', ')']).nth(1).unwrap().split(',');
        let sizes: Vec<usize> = sizes.map(|size| size.trim().parse().unwrap()).collect();
        Npy {
            shape: sizes.try_into().unwrap(),
            content: bytes[end..].to_vec(),
        }
    }

    fn at(&self, t: usize, sample: usize) -> &[u8] {
        let [_, n_samples, n_neurons] = self.shape;
        let start = (t * n_samples + sample) * n_neurons;
        &self.content[start..start + n_neurons]
    }
}

/// The bytes of a gzipped IDX file without its header and the first `skipped` of them.
fn idx(path: &Path, skipped: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_end(&mut bytes)
        .unwrap();
    let header = 4 + 4 * usize::from(bytes[3]);
    bytes.split_off(header + skipped)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
