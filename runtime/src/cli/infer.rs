use std::path::{Path, PathBuf};

use serde::Serialize;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::cosim::check_features;
use spikeforge_runtime::driver::{Driver, Patience};
use spikeforge_runtime::infer::{accuracy, infer, infer_reference, Inference};
use spikeforge_runtime::inputs::{read_labels, write_spikes, Inputs};
use spikeforge_runtime::link::serial::SerialLink;
use spikeforge_runtime::simulation::{Level, Simulator};
use spikeforge_sim::{Device, LayerId, Reference};

use super::exit::{Exit, Failure};
use super::input_args::{layer, InputArgs};
use super::{interrupt, print, progress};

#[derive(clap::Args)]
pub struct Args {
    /// A compiled network
    bundle: PathBuf,
    #[command(flatten)]
    input: InputArgs,
    /// reference | verilated | simulated-board | the serial port of a board, such as /dev/ttyUSB1
    #[arg(long, value_name = "DEVICE", default_value = "reference")]
    device: String,
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
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// How an inference went.
#[derive(Serialize)]
pub struct Report {
    device: String,
    samples: usize,
    timesteps: usize,
    pub accuracy: Option<f64>,
    pub images_per_second: f64,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let compiled = Compiled::load(&args.bundle)?;
    let layer = args
        .layer
        .map(|number| layer(number, compiled.network.layers.len()))
        .transpose()?;
    let inputs = args.input.read()?;
    check_features(&compiled.network, &inputs)?;
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
        args.outputs.is_some().then_some(layer),
    )?;
    let report = Report::of(&args.device, &inputs, &inference, labels.as_deref())?;
    if let Some(path) = &args.outputs {
        let of_layer = layer.map_or(compiled.network.layers.len() - 1, LayerId::index);
        write_spikes(
            path,
            &inference.spikes,
            compiled.network.layers[of_layer].weights.n_neurons(),
        )?;
    }
    print::result(args.json, &report, &report)
}

/// Runs all presentations on the device of that name.
pub fn present(
    device: &str,
    baud_hz: Option<u32>,
    compiled: &Compiled,
    inputs: &Inputs,
    keep: Option<Option<LayerId>>,
) -> Result<Inference, Failure> {
    let bar = progress::bar(inputs.n_samples());
    let mut seen = |n: usize| {
        bar.set_position(n as u64);
        interrupt::flow()
    };
    let inference = if device == "reference" && keep.is_none() {
        infer_reference(&compiled.network, inputs, &mut seen)?
    } else {
        infer(
            open(device, baud_hz, compiled)?.as_mut(),
            inputs,
            keep,
            &mut seen,
        )?
    };
    bar.finish_and_clear();
    interrupt::check()?;
    Ok(inference)
}

fn open(
    device: &str,
    baud_hz: Option<u32>,
    compiled: &Compiled,
) -> Result<Box<dyn Device>, Failure> {
    let level = match device {
        "reference" => return Ok(Box::new(Reference::new(&compiled.network))),
        "verilated" => Level::Rtl,
        "simulated-board" => Level::Board,
        port => {
            check_port(port)?;
            let link = SerialLink::open(port, baud_hz.unwrap_or(compiled.board.uart.baud_hz))
                .map_err(spikeforge_runtime::driver::DriverError::from)?;
            return Ok(Box::new(Driver::open(
                link,
                compiled.host_map(),
                Patience::BOARD,
            )?));
        }
    };
    let tools = Tools::from_environment();
    let mut simulator = Simulator {
        tools: &tools,
        waveform: None,
        progress: &mut progress::tools,
    };
    Ok(Box::new(simulator.open(compiled, level)?))
}

/// A word that can be no port is a misspelt device.
fn check_port(name: &str) -> Result<(), Failure> {
    if name.contains(['/', '\\']) || name.starts_with("COM") || Path::new(name).exists() {
        return Ok(());
    }
    let message = format!("no device is called {name}; there are reference, verilated, simulated-board and serial ports such as /dev/ttyUSB1");
    Err(Failure::new(Exit::Usage, message))
}

impl Report {
    pub fn of(
        device: &str,
        inputs: &Inputs,
        inference: &Inference,
        labels: Option<&[usize]>,
    ) -> Result<Report, Failure> {
        #[allow(clippy::cast_precision_loss)]
        let images_per_second =
            inputs.n_samples() as f64 / inference.elapsed.as_secs_f64().max(1e-9);
        Ok(Report {
            device: device.to_owned(),
            samples: inputs.n_samples(),
            timesteps: inputs.n_timesteps(),
            accuracy: labels
                .map(|labels| accuracy(&inference.counts, labels))
                .transpose()?,
            images_per_second,
        })
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Report {
            device,
            samples,
            timesteps,
            images_per_second,
            ..
        } = self;
        write!(f, "{device}: {samples} presentations of {timesteps} timesteps, {images_per_second:.1} a second")?;
        self.accuracy.map_or(Ok(()), |accuracy| {
            write!(f, "\naccuracy {:.2} %", 100.0 * accuracy)
        })
    }
}
