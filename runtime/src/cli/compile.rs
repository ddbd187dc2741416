use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use spikeforge_compiler::board::Board;
use spikeforge_compiler::fold::WeightStyle;
use spikeforge_compiler::{compile, Clock, HardwareOptions};
use spikeforge_compiler::model::Model;
use spikeforge_hdl::arch::HostOptions;
use spikeforge_runtime::compiled::Compiled;

use super::exit::Failure;
use super::neuron_args::NeuronArgs;
use super::rewrite_args::RewriteArgs;
use super::{interrupt, print};

#[derive(clap::Args)]
pub struct Args {
    /// A trained model: .nir, or the .toml of a snnTorch state_dict in safetensors
    model: PathBuf,
    /// The name of a board (see `spikeforge boards`), or a .toml file of another
    #[arg(long, value_name = "NAME")]
    board: String,
    /// The folder to make; a bundle that is there is replaced
    #[arg(short, long, value_name = "BUNDLE")]
    output: PathBuf,
    /// A system clock from the board's PLL, of at most so many MHz; without it, the board's oscillator
    #[arg(long, value_name = "MHZ", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pll: Option<u32>,
    /// For an input that repeats at every timestep (--encode repeat): its first-layer currents are computed once a
    /// presentation and kept, a word a neuron; other inputs run as without it
    #[arg(long)]
    repeat_input: bool,
    /// Where weights lie: spram is the iCE40 UltraPlus's single-port RAM, which the host fills at each start
    /// [default: block RAM, and spram where that does not hold them]
    #[arg(long, value_parser = PossibleValuesParser::new(["block", "spram"]))]
    weights: Option<String>,
    /// Weights and parameters that can be written at run time (`infer --weights OTHER.nir`): it takes logic and block RAM,
    /// and so may leave fewer lanes
    #[arg(long)]
    host_writes: bool,
    /// Counters of cycles, beats, waits, timesteps and faults, which cosim and infer then print
    #[arg(long)]
    counters: bool,
    #[command(flatten)]
    neurons: NeuronArgs,
    #[command(flatten)]
    rewrites: RewriteArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let board = Board::load(&args.board)?;
    let model = Model::read(&args.model)?;
    let clock = args.pll.map_or(Clock::Oscillator, |mhz| Clock::Pll { at_most_hz: mhz * 1_000_000 });
    let weights = match args.weights.as_deref() {
        Some("spram") => WeightStyle::Spram,
        Some(_) => WeightStyle::Block,
        None => WeightStyle::Auto,
    };
    let host = HostOptions { writes: args.host_writes, counters: args.counters };
    let rewrites = args.rewrites.rewrites(host.writes)?;
    let hardware = HardwareOptions { clock, repeat_input: args.repeat_input, host, weights, rewrites };
    let design = compile(&model, &board, &args.neurons.options(), hardware)?;
    let compiled = Compiled::of(&design, &model.origin)?.with_options(args.neurons.options());
    interrupt::check()?;
    compiled.save(&args.output)?;
    let summary = compiled.summary();
    print::result(
        args.json,
        &summary,
        &format_args!("{summary}\nwritten to {}", args.output.display()),
    )
}
