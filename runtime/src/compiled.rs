//! A compiled network with everything that simulating, building and driving it takes, and its place on disk.
//!
//! ```text
//! BUNDLE/   network.json  spikeforge_top.v  spikeforge_accelerator.v  *.hex  accelerator.cpp  board.cpp
//! BUNDLE/build/           what the tools make of it; a build that ended well has its report.json
//! ```

mod summary;

use std::path::Path;

use serde::{Deserialize, Serialize};
use spikeforge_compiler::board::Board;
use spikeforge_compiler::encoder::coding_of;
use spikeforge_compiler::rewrite::{InputMap, Removal};
use spikeforge_compiler::bundle::{Bundle, BundleError};
use spikeforge_compiler::exchange::Exchangeable;
use spikeforge_compiler::toolchain::{ToolError, PLL_FILE};
use spikeforge_compiler::model::Model;
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::pack::pack;
use spikeforge_compiler::quantize::quantize;
use spikeforge_compiler::swap::{on_plan, SwapError};
use spikeforge_compiler::{CompileError, Design};
use spikeforge_hdl::arch::{Arch, StageArch};
use spikeforge_hdl::contents::{contents, Contents};
use spikeforge_hdl::emit::{self, ACCELERATOR, TOP};
use spikeforge_hdl::harness::testbench;
use spikeforge_hdl::protocol::HostMap;
use spikeforge_sim::coding::Encoder;
use spikeforge_sim::plasticity::Checkpoint;
use spikeforge_sim::Network;
use thiserror::Error;

use crate::driver::counters::Counters;
use crate::inputs::{InputError, Inputs};

pub use summary::{LayerSummary, Summary};

/// Why another model does not run on a design.
#[derive(Debug, Error)]
pub enum OtherModelError {
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error("{model} does not fit the bundle of {bundle}: {source}")]
    Plan { model: String, bundle: String, source: SwapError },
}

const NETWORK: &str = "network.json";
const LEARNING: &str = "learning.json";
const ACCELERATOR_HARNESS: &str = "accelerator.cpp";
const BOARD_HARNESS: &str = "board.cpp";

/// What is needed of a design after it is compiled.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub board: Board,
    pub network: Network,
    manifest: Manifest,
    /// Verilog, memory files and harnesses by their names.
    files: Vec<(String, String)>,
    /// The network is another than the one that the memories hold at power-on.
    is_swapped: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Manifest {
    /// Where the network comes from.
    model: String,
    /// Of the clock that the whole design runs at.
    system_hz: u32,
    arch: Arch,
    /// What was said of the neurons when the model was compiled.
    #[serde(default)]
    neurons: NeuronOptions,
    /// What of a presentation the network takes: all where it says nothing.
    #[serde(default)]
    inputs: Option<InputMap>,
    #[serde(default)]
    removals: Vec<Removal>,
    /// Weights and parameters may be exchanged in the bitstream.
    #[serde(default)]
    swappable: bool,
    warnings: Vec<String>,
    roundings: serde_json::Value,
}

impl Compiled {
    /// Takes over a design of the model called `model`.
    pub fn of(design: &Design, model: &str) -> Result<Self, CompileError> {
        let mut files = design.top_files();
        let accelerator = design
            .accelerator_files()
            .into_iter()
            .filter(|(name, _)| name.ends_with(".v"));
        files.extend(accelerator);
        files.push((ACCELERATOR_HARNESS.to_owned(), design.accelerator_harness()));
        files.push((BOARD_HARNESS.to_owned(), design.board_harness()?));
        let manifest = Manifest {
            model: model.to_owned(),
            system_hz: design.system_hz(),
            arch: design.arch.clone(),
            neurons: NeuronOptions::default(),
            inputs: Some(design.inputs.clone()).filter(|map| !map.keeps_all()),
            removals: design.removals.clone(),
            swappable: design.swappable,
            warnings: design
                .quantized
                .warnings
                .iter()
                .map(ToString::to_string)
                .collect(),
            roundings: serde_json::to_value(&design.quantized.roundings).unwrap_or_default(),
        };
        Ok(Compiled {
            board: design.board.clone(),
            network: design.network().clone(),
            manifest,
            files,
            is_swapped: false,
        })
    }

    /// Keeps what was said of the neurons, for other models of the same plan.
    pub fn with_options(mut self, neurons: NeuronOptions) -> Self {
        self.manifest.neurons = neurons;
        self
    }

    /// Keeps what a design that learns begins with.
    pub fn with_learning(mut self, start: &Checkpoint) -> Self {
        let text = serde_json::to_string(start).unwrap_or_default();
        self.files.push((LEARNING.to_owned(), text));
        self
    }

    /// What a design that learns begins with; nothing of another.
    pub fn learning(&self) -> Option<Checkpoint> {
        serde_json::from_str(self.text(LEARNING)).ok()
    }

    /// The network of `other` on the plan of this design.
    ///
    /// # Errors
    /// [`OtherModelError`] where it is not supported, or has other shapes, widths or resets.
    pub fn other_network(&self, other: &Model) -> Result<Network, OtherModelError> {
        let Manifest { neurons, arch, .. } = &self.manifest;
        // Values have as many bits fewer behind the point.
        let finer = Some(self.network.value_bits()).filter(|&bits| bits > 1).unwrap_or(0);
        let options = NeuronOptions {
            fraction_bits: arch.stages.first().map(|stage| stage.neuron.fraction_bits + finer),
            beta_bits: arch.stages.first().map(|stage| stage.neuron.beta_bits),
            ..neurons.clone()
        };
        let network = quantize(other, &options).map_err(CompileError::from)?.network;
        on_plan(&network, &self.network, arch).map_err(|source| OtherModelError::Plan {
            model: other.origin.clone(),
            bundle: self.manifest.model.clone(),
            source,
        })
    }

    /// The same design with another network of its plan, to be written into it at run time.
    pub fn with_network(mut self, network: Network) -> Self {
        self.network = network;
        self.is_swapped = true;
        self
    }

    /// The same design with another network of its plan in its memories at power-on; `model` is where that comes from.
    ///
    /// The board goes on telling the identity of the design that was placed.
    pub fn exchanged(mut self, network: Network, model: &str) -> Result<Self, CompileError> {
        let arch = &self.manifest.arch;
        for memory in emit::memories(arch, &pack(&network, arch))? {
            if let Some((_, text)) = self.files.iter_mut().find(|(name, _)| *name == memory.name) {
                *text = memory.text;
            }
        }
        self.network = network;
        model.clone_into(&mut self.manifest.model);
        Ok(self)
    }

    /// What may be exchanged in the bitstream, if the design was compiled for it.
    pub fn exchangeable(&self) -> Result<Option<Exchangeable>, ToolError> {
        if !self.manifest.swappable {
            return Ok(None);
        }
        Exchangeable::of(&self.manifest.arch, &self.files).map(Some)
    }

    /// Of each stage: weight bits that had to be read, of those that its port could have read while it was busy.
    pub fn efficiencies(&self, counters: &Counters) -> Vec<f64> {
        let stages = self.manifest.arch.turns().zip(&counters.stages);
        stages.map(|(layers, counted)| counted.efficiency(share_of_lanes(layers))).collect()
    }

    /// The layers of each stage, `fc1+fc2` where they take turns.
    pub fn stage_names(&self) -> Vec<String> {
        let mut names = self.network.layers.iter().map(|layer| layer.name.as_str());
        self.manifest.arch.turns().map(|layers| names.by_ref().take(layers.len()).collect::<Vec<_>>().join("+")).collect()
    }

    /// What must be written into the hardware before it is this network.
    pub fn loads(&self) -> Vec<Contents> {
        let arch = &self.manifest.arch;
        let is_needed = |memory: &Contents| self.is_swapped || memory.map.is_volatile;
        if !self.is_swapped && !arch.regions().iter().any(|region| region.is_volatile) {
            return vec![];
        }
        let all = contents(arch, &pack(&self.network, arch));
        all.into_iter().filter(is_needed).collect()
    }

    /// Writes the bundle `path`, whole or not at all.
    pub fn save(&self, path: &Path) -> Result<(), BundleError> {
        let malformed = |error: serde_json::Error| malformed(path, NETWORK, &error);
        let mut files: Vec<(String, Vec<u8>)> = self
            .files
            .iter()
            .map(|(name, text)| (name.clone(), text.clone().into_bytes()))
            .collect();
        files.push((
            NETWORK.to_owned(),
            serde_json::to_vec(&self.network).map_err(malformed)?,
        ));
        let manifest = serde_json::to_value(&self.manifest).map_err(malformed)?;
        Bundle {
            board: self.board.clone(),
            manifest,
            files,
        }
        .save(path)
    }

    /// Reads the bundle `path`.
    pub fn load(path: &Path) -> Result<Self, BundleError> {
        let bundle = Bundle::load(path)?;
        let missing = || BundleError::MissingFile {
            bundle: path.to_owned(),
            name: NETWORK.to_owned(),
        };
        let network = bundle.file(NETWORK).ok_or_else(missing)?;
        let network =
            serde_json::from_slice(network).map_err(|error| malformed(path, NETWORK, &error))?;
        let manifest = serde_json::from_value(bundle.manifest)
            .map_err(|error| malformed(path, "manifest.json", &error))?;
        let others = bundle.files.into_iter().filter(|(name, _)| name != NETWORK);
        let text = |(name, contents): (String, Vec<u8>)| match String::from_utf8(contents) {
            Ok(text) => Ok((name, text)),
            Err(error) => Err(malformed(path, &name, &error)),
        };
        let files = others.map(text).collect::<Result<_, _>>()?;
        Ok(Compiled {
            board: bundle.board,
            network,
            manifest,
            files,
            is_swapped: false,
        })
    }

    /// Of the clock that the whole design runs at: the oscillator's, or the PLL's.
    pub fn system_hz(&self) -> u32 {
        self.manifest.system_hz
    }

    /// What a host must know to speak with the design.
    pub fn host_map(&self) -> HostMap {
        self.manifest.arch.host_map()
    }

    /// What the network takes of presentations of the model's shape.
    pub fn taken(&self, inputs: Inputs) -> Result<Inputs, InputError> {
        let inputs = inputs.for_network(&self.network)?.coded_by(self.encoder())?;
        // No label is on the lines for labels of what is not learned.
        if let Some(start) = self.learning().filter(|start| start.network.label_lines > 0) {
            inputs.check_features(start.network.input.n())?;
            return Ok(inputs.with_silent(self.network.input.n() - start.network.input.n()));
        }
        match &self.manifest.inputs {
            Some(map) => inputs.taken(map),
            None => inputs.taken(&InputMap::all(self.network.input.n())),
        }
    }

    /// The coding of the inputs that the design does itself.
    pub fn encoder(&self) -> Option<Encoder> {
        self.manifest.arch.encoder.map(coding_of)
    }

    /// Random presentations of what the design takes: spikes, or values that it codes.
    pub fn random_inputs(&self, seed: u64, n_samples: usize, n_timesteps: usize) -> Inputs {
        let n_features = self.network.input.n();
        match self.encoder() {
            Some(encoder) => Inputs::random_values(seed, encoder, (n_samples, n_timesteps, n_features)),
            None => Inputs::random(seed, n_samples, n_timesteps, n_features),
        }
    }

    /// What a user wants to know of the design.
    pub fn summary(&self) -> Summary {
        let Manifest {
            model,
            arch,
            warnings,
            removals,
            ..
        } = &self.manifest;
        Summary { removals: removals.clone(), ..Summary::of(model, &self.board, &self.network, arch, warnings) }
    }

    /// The board's top, its PLL if it has one, and its memory files.
    pub fn top_files(&self) -> Vec<(String, String)> {
        self.design_files(&[&format!("{TOP}.v"), PLL_FILE])
    }

    /// The accelerator without its pins, and its memory files.
    pub fn accelerator_files(&self) -> Vec<(String, String)> {
        self.design_files(&[&format!("{ACCELERATOR}.v")])
    }

    /// The C++ main program of the accelerator's simulation.
    pub fn accelerator_harness(&self) -> &str {
        self.text(ACCELERATOR_HARNESS)
    }

    /// The C++ main program of the simulated board, for the top and every netlist of it.
    pub fn board_harness(&self) -> &str {
        self.text(BOARD_HARNESS)
    }

    /// The Verilog main module of the accelerator's simulation in a second simulator.
    pub fn testbench(&self) -> String {
        testbench(&self.manifest.arch)
    }

    /// Verilog, memory files and harnesses by their names.
    pub fn files(&self) -> &[(String, String)] {
        &self.files
    }

    /// The sizes and widths of the design.
    pub fn arch(&self) -> &Arch {
        &self.manifest.arch
    }

    /// The named Verilog files that are there, and all memory files.
    fn design_files(&self, verilog: &[&str]) -> Vec<(String, String)> {
        self.files
            .iter()
            .filter(|(name, _)| verilog.contains(&name.as_str()) || name.ends_with(".hex"))
            .cloned()
            .collect()
    }

    fn text(&self, name: &str) -> &str {
        self.files
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, text)| text)
    }
}

/// Of the lanes of all words of a stage, those that have a neuron. Layers that take turns count by their words.
#[allow(clippy::cast_precision_loss)]
fn share_of_lanes(layers: &[StageArch]) -> f64 {
    let words = |stage: &StageArch| stage.beats() * stage.planes();
    let used: usize = layers.iter().map(|stage| stage.channels() * words(stage)).sum();
    let read: usize = layers.iter().map(|stage| stage.lanes * stage.groups() * words(stage)).sum();
    used as f64 / read.max(1) as f64
}

fn malformed(bundle: &Path, name: &str, error: &dyn std::error::Error) -> BundleError {
    BundleError::Malformed {
        path: bundle.join(name),
        reason: error.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use spikeforge_compiler::compile::{design, Clock, HardwareOptions};
    use spikeforge_compiler::Goal;

    use super::*;
    use crate::driver::counters::StageCounters;

    /// A port that is busy in every cycle reads for the lanes that have a neuron; layers that take turns are one stage.
    #[test]
    fn a_stage_has_one_efficiency() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/snntorch/mnist_784_128_10.nir");
        let quantized = quantize(&Model::read_nir(&path).unwrap(), &NeuronOptions::default()).unwrap();
        let board = Board::load("hx8k-breakout").unwrap();
        let options = HardwareOptions { goal: Goal::Logic { percent: 39 }, ..Clock::Oscillator.into() };
        let compiled = Compiled::of(&design(quantized, &board, options).unwrap(), "mnist").unwrap();
        let [hidden, output] = &compiled.arch().stages[..] else { panic!("two layers") };
        assert!(output.shared, "the layers take turns at this size");
        let stages = vec![StageCounters { busy_cycles: 1000, beats: 1000, waited: 0 }];
        let got = compiled.efficiencies(&Counters { stages, ..Counters::default() });
        let words = |stage: &StageArch| stage.groups() * stage.beats();
        let expected = (128 * hidden.beats() + 10 * output.beats()) as f64 / (hidden.lanes * (words(hidden) + words(output))) as f64;
        assert_eq!(got.len(), 1);
        assert!((got[0] - expected).abs() < 1e-12, "{got:?} {expected}");
    }
}
