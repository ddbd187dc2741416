use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use spikeforge_compiler::board::pll::Pll;
use spikeforge_compiler::board::Board;
use spikeforge_compiler::cost::activity::Activity;
use spikeforge_compiler::explore::explore;
use spikeforge_compiler::model::Model;
use spikeforge_compiler::quantize::quantize;
use spikeforge_compiler::CompileError;
use spikeforge_runtime::cosim::check_features;
use spikeforge_runtime::inputs::{Coding, Inputs};
use spikeforge_sim::Network;

use super::exit::Failure;
use super::neuron_args::NeuronArgs;
use super::{interrupt, print};

/// Presentations that a calibration counts when --limit says no other number.
const CALIBRATED: usize = 100;

#[derive(clap::Args)]
pub struct Args {
    /// A trained model (.nir)
    model: PathBuf,
    /// The name of a board (see `spikeforge boards`), or a .toml file of another
    #[arg(long, value_name = "NAME")]
    board: String,
    /// A system clock from the board's PLL, of at most so many MHz; without it, the board's oscillator
    #[arg(long, value_name = "MHZ", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pll: Option<u32>,
    /// Timesteps of a presentation
    #[arg(long, value_name = "T", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    timesteps: u16,
    /// Inputs to estimate from what skipping beats without a spike gains: .npy of spikes, or images with --encode
    #[arg(long, value_name = "X.npy")]
    calibration: Option<PathBuf>,
    /// How the images become spikes: at a rate in proportion to each pixel, or the bright ones at every timestep
    #[arg(long, value_parser = PossibleValuesParser::new(["rate", "repeat"]), requires = "calibration")]
    encode: Option<String>,
    /// The first N presentations only
    #[arg(long, value_name = "N", default_value_t = CALIBRATED, requires = "calibration")]
    limit: usize,
    #[command(flatten)]
    neurons: NeuronArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let board = Board::load(&args.board)?;
    let model = Model::read_nir(&args.model)?;
    let network = quantize(&model, &args.neurons.options()).map_err(CompileError::from)?.network;
    let pll = args.pll.map(|mhz| Pll::fastest(&board, mhz * 1_000_000)).transpose()?;
    let system_hz = pll.map_or(board.clock.hz, |pll| pll.output_hz);
    let activity = activity(args, &network)?;
    interrupt::check()?;
    let exploration = explore(&network, &board, system_hz, args.timesteps.into(), activity.as_ref()).map_err(CompileError::from)?;
    print::result(args.json, &exploration, &exploration)
}

fn activity(args: &Args, network: &Network) -> Result<Option<Activity>, Failure> {
    let Some(path) = &args.calibration else { return Ok(None) };
    let n_timesteps = args.timesteps.into();
    let coding = args.encode.as_deref().map(|encode| match encode {
        "repeat" => Coding::Repeat { n_timesteps },
        _ => Coding::Rate { n_timesteps },
    });
    let inputs = Inputs::read(path, coding, Some(args.limit.max(1)))?;
    check_features(network, &inputs)?;
    let trains = (0..inputs.n_samples()).map(|sample| inputs.train(sample));
    Ok(Some(Activity::of(network, trains)?))
}
