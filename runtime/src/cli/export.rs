use std::path::PathBuf;

use serde::Serialize;
use spikeforge_runtime::learn::write_nir;
use spikeforge_sim::plasticity::LearningReference;

use super::exit::Failure;
use super::learn::open_checkpoint;
use super::print;

#[derive(clap::Args)]
pub struct Args {
    /// The bundle that learned, to check that the checkpoint is of its network
    bundle: Option<PathBuf>,
    /// What `spikeforge learn --checkpoint` left
    #[arg(long, value_name = "FILE")]
    checkpoint: PathBuf,
    /// The NIR file to write: the layers of spikes, their learned signs and their neurons, and the readout as integrators,
    /// whose greatest membrane is the class that the learner tells
    #[arg(short, long, value_name = "LEARNED.nir")]
    output: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    layers: usize,
    weights: usize,
    n_samples: u64,
    compile_options: String,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let saved = open_checkpoint(&args.checkpoint, args.bundle.as_deref())?;
    let learner = LearningReference::resume(saved.checkpoint)?;
    let network = learner.forward();
    write_nir(&args.output, &learner)?;
    let neurons = network.layers.first().map(|layer| &layer.neurons);
    let of_readout = learner.memories().last().map_or(0, |memory| memory.readout.values().len());
    let report = Report {
        layers: network.layers.len() + 1,
        weights: network.layers.iter().map(|layer| layer.n_neurons() * layer.n_inputs()).sum::<usize>() + of_readout,
        n_samples: learner.n_samples(),
        compile_options: neurons.map_or(String::new(), |neurons| {
            format!("--fraction-bits {} --beta-bits {}", neurons.fraction_bits, neurons.beta_bits)
        }),
    };
    let text = format!(
        "{}: {} layers, the readout among them, {} weights, learned from {} samples; for the same spikes say spikeforge compile {}",
        args.output.display(),
        report.layers,
        report.weights,
        report.n_samples,
        report.compile_options
    );
    print::result(args.json, &report, &text)
}
