use std::path::PathBuf;

use spikeforge_compiler::model::Model;
use spikeforge_compiler::report;

use super::exit::{Exit, Failure};
use super::neuron_args::NeuronArgs;
use super::print;

#[derive(clap::Args)]
pub struct Args {
    /// A trained model: .nir, or the .toml of a snnTorch state_dict in safetensors
    model: PathBuf,
    #[command(flatten)]
    neurons: NeuronArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let options = args.neurons.options();
    options
        .validate()
        .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    let model = Model::read(&args.model)?;
    let report = report::check(&model, &options);
    print::result(args.json, &report, &report)?;
    if report.can_be_compiled {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Unsupported,
        format!("{} cannot be compiled as it is", report.model),
    ))
}
