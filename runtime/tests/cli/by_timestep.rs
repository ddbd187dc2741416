//! Networks whose currents are worth something else at each timestep, from their training to a comparison of their hardware.

use crate::program::{repository, Folder, DIGITS_IMAGES};

const N_IMAGES: u64 = 10;
/// More than were trained: the factors of the last one hold on.
const N_TIMESTEPS: u64 = 6;

fn check(system: &str, shape: &str, n_neurons: u64) {
    let folder = Folder::new();
    let train = ["train", "--system", system, "--dataset", "digits", "--shape", shape, "--epochs", "3", "--batch", "50"];
    let json = folder.run(&[train.as_slice(), &["--rate", "5e-3", "--timesteps", "4", "-o", "n.nir", "--json"]].concat()).done().json();
    assert!(json["test"].as_f64().unwrap() > 0.6 && json["test_integers"].as_f64().unwrap() > 0.4, "{json}");
    assert!(folder.run(&["check", "n.nir"]).done().stdout.contains("ScaleBy"));
    folder.run(&["compile", "n.nir", "--board", "ulx3s-12f", "-o", "n.bundle"]).done();
    let images = repository(DIGITS_IMAGES);
    let (n_images, n_timesteps) = (N_IMAGES.to_string(), N_TIMESTEPS.to_string());
    let cosim = ["cosim", "n.bundle", "--limit", &n_images, "--encode", "rate", "--timesteps", &n_timesteps, "--json", "--inputs"];
    let json = folder.run(&[cosim.as_slice(), &[images.to_str().unwrap()]].concat()).done().json();
    assert_eq!((&json["mismatches"], &json["membranes_compared"]), (&0.into(), &(N_IMAGES * N_TIMESTEPS * n_neurons).into()));
}

#[test]
fn batch_norm_through_time() {
    check("bntt", "64-32-10", 32 + 10);
}

#[test]
fn attention_by_the_spikes_so_far() {
    check("causal-attention", "64-32-10", 32 + 10);
}

#[test]
fn attention_by_its_mean_of_each_neuron() {
    check("attention", "8x8-c3x4-p2-10", 6 * 6 * 4 + 10);
}
