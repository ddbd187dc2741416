use std::path::PathBuf;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::model::Model;
use spikeforge_compiler::report;

use super::exit::{Exit, Failure};
use super::neuron_args::NeuronArgs;
use super::print;

#[derive(clap::Args)]
pub struct Args {
    /// A trained model: .nir, or the .toml of a snnTorch state_dict in safetensors
    model: PathBuf,
    /// A board that must have room for it, with what its fastest folding takes: a name (see `spikeforge boards`), or a
    /// .toml file of another
    #[arg(long, value_name = "NAME")]
    board: Option<String>,
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
    let board = args.board.as_deref().map(Board::load).transpose()?;
    let model = Model::read(&args.model)?;
    let report = match &board {
        Some(board) => report::check_on(board, &model, &options),
        None => report::check(&model, &options),
    };
    print::result(args.json, &report, &report)?;
    if report.can_be_compiled {
        return Ok(());
    }
    // What has layers has a meaning, and lacks room only.
    Err(match (&board, report.layers.is_empty()) {
        (Some(board), false) => Failure::new(Exit::DoesNotFit, format!("{} does not fit {}", report.model, board.name)),
        _ => Failure::new(Exit::Unsupported, format!("{} cannot be compiled as it is", report.model)),
    })
}
