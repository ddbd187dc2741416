//! Networks that snnTorch, Norse, sinabs and spikingjelly make, export and run here and now, spike for spike per layer
//! against our reference. Nothing of it is recorded: `scripts/frameworks.sh` installs them, `tests/frameworks` runs them.

use std::path::{Path, PathBuf};
use std::process::Command;

use spikeforge_compiler::model::Model;
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::quantize::quantize;
use spikeforge_sim::{Device, Reference, Spikes};

/// There are this many at least, so that no net can go unnoticed.
const LEAST_CASES: usize = 27;

#[test]
fn every_framework_fires_as_the_reference_does() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    assert!(cases.len() >= LEAST_CASES, "{} nets only", cases.len());
    let failures: Vec<String> = cases.iter().filter_map(|case| check(case).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Lets the frameworks make their nets.
fn make(folder: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let python = root.join("tools/venv-frameworks/bin/python");
    assert!(python.exists(), "run scripts/frameworks.sh first (make test does): it installs the frameworks");
    let script = root.join("tests/frameworks/make.py");
    let made = Command::new(python).args(["-W", "ignore"]).arg(script).arg(folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The first spike that differs, in words.
fn check(case: &Path) -> Result<(), String> {
    let name = case.file_name().unwrap().to_string_lossy();
    let options: NeuronOptions = serde_json::from_slice(&std::fs::read(case.join("options.json")).unwrap())
        .map_err(|error| format!("{name}: {error}"))?;
    // A state_dict comes with a topology in place of a graph.
    let topology = case.join("model.toml");
    let file = if topology.exists() { topology } else { case.join("model.nir") };
    let model = Model::read(&file).map_err(|error| format!("{name}: {error}"))?;
    let network = quantize(&model, &options).map_err(|error| format!("{name}: {error}"))?.network;
    let input = Npy::read(&case.join("input.npy"));
    let expected: Vec<Npy> = (0..network.layers.len())
        .map(|layer| Npy::read(&case.join(format!("layer{layer}.npy"))))
        .collect();
    assert!(!case.join(format!("layer{}.npy", expected.len())).exists(), "{name} has more layers");
    let mut reference = Reference::new(&network);
    let [n_timesteps, n_samples, _] = input.shape;
    for sample in 0..n_samples {
        let train: Vec<Spikes> = (0..n_timesteps).map(|t| spikes(input.at(t, sample))).collect();
        let trace = reference.trace(&train).unwrap();
        for (t, states) in trace.timesteps.iter().enumerate() {
            for (layer, (state, expected)) in states.iter().zip(&expected).enumerate() {
                if state.fired != spikes(expected.at(t, sample)) {
                    return Err(format!("{name}: sample {sample}, timestep {t}, layer {layer} differs"));
                }
            }
        }
    }
    Ok(())
}

fn spikes(bytes: &[u8]) -> Spikes {
    bytes.iter().map(|&byte| byte == 1).collect()
}

/// Bytes of shape (timesteps, samples, features) as numpy saves them.
struct Npy {
    shape: [usize; 3],
    content: Vec<u8>,
}

impl Npy {
    fn read(path: &Path) -> Npy {
        let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let end = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let header = String::from_utf8(bytes[10..end].to_vec()).unwrap();
        assert!(header.contains("'|u1'") && header.contains("'fortran_order': False"), "{header}");
        let sizes = header.split(['(', ')']).nth(1).unwrap().split(',');
        let sizes: Vec<usize> = sizes.map(|size| size.trim().parse().unwrap()).collect();
        Npy { shape: sizes.try_into().unwrap(), content: bytes[end..].to_vec() }
    }

    fn at(&self, t: usize, sample: usize) -> &[u8] {
        let [_, n_samples, n_features] = self.shape;
        &self.content[(t * n_samples + sample) * n_features..][..n_features]
    }
}
