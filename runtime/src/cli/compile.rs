use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use spikeforge_compiler::board::Board;
use spikeforge_compiler::fold::WeightStyle;
use spikeforge_compiler::{compile, Clock, HardwareOptions};
use spikeforge_compiler::model::Model;
use spikeforge_hdl::arch::HostOptions;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::inputs::AskedCoding;

use super::exit::{Exit, Failure};
use super::goal_args::GoalArgs;
use super::neuron_args::NeuronArgs;
use super::rewrite_args::RewriteArgs;
use super::learning_args::Start;
use super::{interrupt, learning_args, print};

#[derive(clap::Args)]
pub struct Args {
    /// A trained model: .nir, or the .toml of a snnTorch state_dict in safetensors
    #[arg(required_unless_present_any = ["shape", "checkpoint"])]
    model: Option<PathBuf>,
    /// A design that learns on the chip by this rule, as in sign-symmetric,bits=6,timesteps=8; bits of a latent weight,
    /// threshold, readout=binary, seed, the longest sample in timesteps, the lanes that learn at once (fewer route more easily)
    #[arg(long, value_name = "RULE[,..]", conflicts_with_all = ["repeat_input", "host_writes", "swappable", "argmax", "encoder"])]
    learn: Option<String>,
    /// In place of a model, a network that is taught from nothing: inputs, neurons of each layer, classes, as in 784-256-10
    #[arg(long, value_name = "N-N-N", requires = "learn", conflicts_with = "model")]
    shape: Option<String>,
    /// In place of a model, what `spikeforge learn --checkpoint` left: the design goes on from there at power-on
    #[arg(long, value_name = "FILE", requires = "learn", conflicts_with_all = ["model", "shape"])]
    checkpoint: Option<PathBuf>,
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
    /// Weights and parameters that can be exchanged in the bitstream within a second, without place and route
    /// (`build BUNDLE --weights OTHER.nir`): they lie in block RAM, with room for parameters of other models
    #[arg(long)]
    swappable: bool,
    /// Counters of cycles, beats, waits, timesteps and faults, which cosim and infer then print
    #[arg(long)]
    counters: bool,
    /// The design tells the class of a presentation itself, the neuron that fired most often or, where the last layer never
    /// fires, has the greatest membrane: infer and cosim then ask for it
    #[arg(long)]
    argmax: bool,
    /// The design takes a value of 8 bits an input and codes it itself, so that an image is sent once for all its timesteps:
    /// accumulator (evenly spaced spikes at a rate), lfsr[,seed=N] (the same by chance), latency,timesteps=T (one spike, the
    /// brighter the earlier), delta[,threshold=N] (where a value rises); --encode CODING then tells cosim, infer and verify
    #[arg(long, value_name = "CODING")]
    encoder: Option<AskedCoding>,
    #[command(flatten)]
    goal: GoalArgs,
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
    let clock = args.pll.map_or(Clock::Oscillator, |mhz| Clock::Pll { at_most_hz: mhz * 1_000_000 });
    let compiled = match &args.learn {
        Some(rule) => {
            let what = match (&args.checkpoint, &args.shape) {
                (Some(checkpoint), _) => Start::Checkpoint(checkpoint),
                (None, Some(shape)) => Start::Shape(shape),
                (None, None) => Start::Model(args.model.as_deref().unwrap_or(Path::new(""))),
            };
            learning_args::compiled(rule, what, &args.neurons, &board, clock)?
        }
        None => args.compiled(&board, clock)?,
    };
    // What cannot be exchanged later is said now.
    compiled.exchangeable()?;
    interrupt::check()?;
    compiled.save(&args.output)?;
    let summary = compiled.summary();
    print::result(
        args.json,
        &summary,
        &format_args!("{summary}\nwritten to {}", args.output.display()),
    )
}

impl Args {
    fn compiled(&self, board: &Board, clock: Clock) -> Result<Compiled, Failure> {
        let model = Model::read(self.model.as_deref().unwrap_or(Path::new("")))?;
        let weights = match self.weights.as_deref() {
            Some("spram") => WeightStyle::Spram,
            Some(_) => WeightStyle::Block,
            None => WeightStyle::Auto,
        };
        let host = HostOptions { writes: self.host_writes, counters: self.counters, argmax: None };
        let no_timesteps = || Failure::new(Exit::Usage, "a latency is that of so many timesteps: say --encoder latency,timesteps=T");
        let encoder = self.encoder.map(|asked| asked.or_default(None).ok_or_else(no_timesteps)).transpose()?;
        let rewrites = self.rewrites.rewrites(host.writes || self.swappable)?;
        let hardware = HardwareOptions { clock, repeat_input: self.repeat_input, host, argmax: self.argmax, encoder, weights, swappable: self.swappable, rewrites, goal: self.goal.goal() };
        let design = compile(&model, board, &self.neurons.options(), hardware)?;
        Ok(Compiled::of(&design, &model.origin)?.with_options(self.neurons.options()))
    }
}
