use std::fmt;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use serde::Serialize;
use spikeforge_compiler::model::Model;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::infer::{accuracy, infer, infer_reference, Inference, Wanted};
use spikeforge_runtime::inputs::{read_labels, write_spikes, Inputs};
use spikeforge_runtime::simulation::{Level, Simulation, SimulationError, Simulator};
use spikeforge_sim::{Encoded, LayerId, Network, Readout, Reference};

use super::counted::Counted;
use super::device::{board, tell_repairs, DeviceName};
use super::exit::{Exit, Failure};
use super::input_args::{layer, InputArgs};
use super::{interrupt, print, progress};

#[derive(clap::Args)]
pub struct Args {
    /// A compiled network
    bundle: PathBuf,
    #[command(flatten)]
    input: InputArgs,
    /// Another trained model (.nir) of the same shapes: written into the hardware before the first presentation. The
    /// bundle must be compiled with --host-writes
    #[arg(long, value_name = "OTHER.nir")]
    weights: Option<PathBuf>,
    /// reference | verilated | simulated-board | the serial port of a board, such as /dev/ttyUSB1
    #[arg(long, value_name = "DEVICE", default_value = "reference", value_parser = DeviceName::parse)]
    device: DeviceName,
    /// Bits a second of the serial port [default: the board's]
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(300..))]
    baud: Option<u32>,
    /// Write the spikes: .npy, uint8, (timesteps, batch, neurons)
    #[arg(long, value_name = "OUT.npy")]
    outputs: Option<PathBuf>,
    /// The layer whose spikes are written, from 0 [default: the last]
    #[arg(long, value_name = "N", requires = "outputs")]
    layer: Option<u16>,
    /// Labels: .npy of integers, or IDX
    #[arg(long, value_name = "Y.npy")]
    labels: Option<PathBuf>,
    /// What of the last layer tells the class: how often, or how early, its neurons fire, how often those of a class fire
    /// together, or their membranes at the end [default: rate, or the membranes of a readout that never fires]
    #[arg(long, value_parser = PossibleValuesParser::new(["rate", "latency", "population", "membrane"]))]
    decode: Option<String>,
    /// Classes that share the neurons of the last layer, as many neurons each
    #[arg(long, value_name = "N", required_if_eq("decode", "population"), requires = "decode", value_parser = clap::value_parser!(u32).range(1..))]
    classes: Option<u32>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Args {
    fn readout(&self, network: &Network) -> Result<Readout, Failure> {
        let n_neurons = network.n_outputs();
        match (self.decode.as_deref(), self.classes) {
            (Some("latency"), _) => Ok(Readout::Latency),
            (Some("membrane"), _) => Ok(Readout::Membrane),
            (Some("population"), Some(n)) if n_neurons % n as usize == 0 => Ok(Readout::Population { n_classes: n as usize }),
            (Some("population"), n) => Err(Failure::new(
                Exit::Usage,
                format!("the last layer has {n_neurons} neurons, which are no whole number for each of {} classes", n.unwrap_or(0)),
            )),
            (Some(_), _) => Ok(Readout::Rate),
            (None, _) => Ok(Readout::of(network)),
        }
    }
}

/// How an inference went.
#[derive(Serialize)]
pub struct Report {
    device: String,
    samples: usize,
    timesteps: usize,
    pub accuracy: Option<f64>,
    pub images_per_second: f64,
    /// Samples of which the design told the class.
    #[serde(skip_serializing_if = "is_zero")]
    told: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    counters: Option<Counted>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let mut compiled = Compiled::load(&args.bundle)?;
    if let Some(path) = &args.weights {
        let network = compiled.other_network(&Model::read(path)?)?;
        compiled = compiled.with_network(network);
    }
    let layer = args
        .layer
        .map(|number| layer(number, compiled.network.layers.len()))
        .transpose()?;
    let inputs = compiled.taken(args.input.read()?)?;
    let labels = args
        .labels
        .as_deref()
        .map(|path| read_labels(path, args.input.limit()))
        .transpose()?;
    let inference = present(
        &args.device,
        args.baud,
        &compiled,
        &inputs,
        Wanted {
            keep: args.outputs.is_some().then_some(layer),
            ..Wanted::of(&compiled.network).by(args.readout(&compiled.network)?)
        },
    )?;
    let mut report = Report::of(&args.device, &inputs, &inference, labels.as_deref())?;
    report.counters = inference.counters.clone().map(|counters| Counted::of(counters, &compiled));
    if let Some(path) = &args.outputs {
        let of_layer = layer.map_or(compiled.network.layers.len() - 1, LayerId::index);
        write_spikes(
            path,
            &inference.spikes,
            compiled.network.layers[of_layer].n_neurons(),
        )?;
    }
    print::result(args.json, &report, &report)
}

/// Runs all presentations on the device of that name.
pub fn present(
    device: &DeviceName,
    baud_hz: Option<u32>,
    compiled: &Compiled,
    inputs: &Inputs,
    wanted: Wanted,
) -> Result<Inference, Failure> {
    let bar = progress::bar(inputs.n_samples());
    let mut seen = |n: usize| {
        bar.set_position(n as u64);
        interrupt::flow()
    };
    let inference = match device {
        DeviceName::Reference if wanted.keep.is_none() => {
            infer_reference(&compiled.network, inputs, wanted.readout, &mut seen)?
        }
        DeviceName::Reference => infer(
            &mut Encoded::new(Reference::new(&compiled.network), inputs.on_chip()),
            inputs,
            wanted,
            &mut seen,
        )?,
        DeviceName::Verilated | DeviceName::SimulatedBoard => {
            let level = match device {
                DeviceName::Verilated => Level::Rtl,
                _ => Level::Board,
            };
            let mut simulation = simulation(compiled, level)?;
            let inference = infer(&mut simulation, inputs, wanted, &mut seen)?;
            let counters = simulation.counters()?;
            Inference { counters, ..inference }
        }
        DeviceName::Port(port) => {
            let mut driver = board(port, baud_hz, compiled)?;
            let inference = infer(&mut driver, inputs, wanted, &mut seen);
            tell_repairs(driver.statistics());
            let counters = driver.counters()?;
            Inference { counters, ..inference? }
        }
    };
    bar.finish_and_clear();
    interrupt::check()?;
    Ok(inference)
}

fn simulation(compiled: &Compiled, level: Level) -> Result<Simulation, SimulationError> {
    let tools = Tools::from_environment();
    Simulator {
        tools: &tools,
        waveform: None,
        progress: &mut progress::tools,
    }
    .open(compiled, level)
}

impl Report {
    pub fn of(
        device: &DeviceName,
        inputs: &Inputs,
        inference: &Inference,
        labels: Option<&[usize]>,
    ) -> Result<Report, Failure> {
        #[allow(clippy::cast_precision_loss)]
        let images_per_second =
            inputs.n_samples() as f64 / inference.elapsed.as_secs_f64().max(1e-9);
        Ok(Report {
            device: device.to_string(),
            samples: inputs.n_samples(),
            timesteps: inputs.n_timesteps(),
            accuracy: labels
                .map(|labels| accuracy(&inference.classes, labels))
                .transpose()?,
            images_per_second,
            told: inference.n_told,
            counters: None,
        })
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Report {
            device,
            samples,
            timesteps,
            images_per_second,
            ..
        } = self;
        write!(f, "{device}: {samples} presentations of {timesteps} timesteps, {images_per_second:.1} a second")?;
        if let Some(accuracy) = self.accuracy {
            write!(f, "\naccuracy {:.2} %", 100.0 * accuracy)?;
        }
        if self.told > 0 {
            write!(f, "\nthe design told the class of {} presentations", self.told)?;
        }
        self.counters.as_ref().map_or(Ok(()), |counted| write!(f, "\n{counted}"))
    }
}
