//! Networks that snnTorch, Norse, sinabs and spikingjelly make, export and run here and now, spike for spike per layer
//! against our reference. Nothing of it is recorded: `scripts/frameworks.sh` installs them, `tests/frameworks` runs them.

use std::path::{Path, PathBuf};
use std::process::Command;

use spikeforge_compiler::model::Model;
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::quantize::{quantize, LayerRounding};
use spikeforge_sim::{coding, Device, Network, Reference, Spikes};

/// There are this many at least, so that no net can go unnoticed.
const LEAST_CASES: usize = 42;

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
    let quantized = quantize(&model, &options).map_err(|error| format!("{name}: {error}"))?;
    let network = &quantized.network;
    let input = Npy::read(&case.join("input.npy"));
    let readout = case.join("membranes.npy");
    let membranes = readout.exists().then(|| Npy::read(&readout));
    let n_spiking = network.layers.len() - usize::from(membranes.is_some());
    let expected: Vec<Npy> = (0..n_spiking).map(|layer| Npy::read(&case.join(format!("layer{layer}.npy")))).collect();
    assert!(!case.join(format!("layer{n_spiking}.npy")).exists(), "{name} has more layers");
    let mut reference = Reference::new(network);
    let [n_timesteps, n_samples, _] = input.shape;
    for sample in 0..n_samples {
        let train: Vec<Spikes> = (0..n_timesteps).map(|t| lines(network, input.at(t, sample))).collect();
        let trace = reference.trace(&train).unwrap();
        for (t, states) in trace.timesteps.iter().enumerate() {
            for (layer, (state, expected)) in states.iter().zip(&expected).enumerate() {
                if state.fired != spikes(expected.at(t, sample)) {
                    return Err(format!("{name}: sample {sample}, timestep {t}, layer {layer} differs"));
                }
            }
            if let (Some(membranes), Some(rounding)) = (&membranes, quantized.roundings.last()) {
                let got = &states[n_spiking].membranes;
                read_out(got, membranes.at(t, sample), rounding).map_err(|told| format!("{name}: sample {sample}, timestep {t}: {told}"))?;
            }
        }
    }
    Ok(())
}

/// The membranes of a readout are the framework's but for what leaks round: a unit at each timestep, most of which leaks.
fn read_out(got: &[i64], expected: &[f64], rounding: &LayerRounding) -> Result<(), String> {
    let (low, high) = rounding.scale;
    assert!(high - low <= 1e-6 * high, "one unit for all neurons");
    let unit = high / 2f64.powi(rounding.fraction_bits.try_into().unwrap());
    for (j, (&got, &expected)) in got.iter().zip(expected).enumerate() {
        let worth = got as f64 * unit;
        if (worth - expected).abs() > 4.0 * unit + 1e-5 {
            return Err(format!("the membrane of neuron {j} is {worth}, the framework's {expected}"));
        }
    }
    Ok(())
}

/// What enters at a timestep: spikes, or the bits of values.
fn lines(network: &Network, values: &[f64]) -> Spikes {
    let bits = network.value_bits();
    match &network.layers[0].window {
        Some(window) if bits > 1 => {
            let bytes: Vec<u8> = values.iter().map(|&value| value as u8).collect();
            coding::planes(&bytes, bits, window.n_frame() / bits as usize)
        }
        _ => spikes(values),
    }
}

fn spikes(values: &[f64]) -> Spikes {
    values.iter().map(|&value| value == 1.0).collect()
}

/// Bytes or doubles of shape (timesteps, samples, features) as numpy saves them.
struct Npy {
    shape: [usize; 3],
    content: Vec<f64>,
}

impl Npy {
    fn read(path: &Path) -> Npy {
        let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let end = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let header = String::from_utf8(bytes[10..end].to_vec()).unwrap();
        assert!(header.contains("'fortran_order': False"), "{header}");
        let double = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().unwrap());
        let content = match header.contains("'<f8'") {
            true => bytes[end..].chunks(8).map(double).collect(),
            false => bytes[end..].iter().map(|&byte| f64::from(byte)).collect(),
        };
        assert!(header.contains("'<f8'") || header.contains("'|u1'"), "{header}");
        let sizes = header.split(['(', ')']).nth(1).unwrap().split(',');
        let sizes: Vec<usize> = sizes.map(|size| size.trim().parse().unwrap()).collect();
        Npy { shape: sizes.try_into().unwrap(), content }
    }

    fn at(&self, t: usize, sample: usize) -> &[f64] {
        let [_, n_samples, n_features] = self.shape;
        &self.content[(t * n_samples + sample) * n_features..][..n_features]
    }
}
