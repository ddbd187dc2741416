//! The whole way in seven steps, each by the same functions as the other subcommands.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Instant;

use spikeforge_compiler::board::Board;
use spikeforge_compiler::{compile, Clock};
use spikeforge_compiler::model::Model;
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::report;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::cosim::check_features;
use spikeforge_runtime::infer::Wanted;
use spikeforge_runtime::inputs::{read_labels, InputError, Inputs, Coding};

use super::cosim::{compare, Bounds, LevelName};
use super::exit::{Exit, Failure};
use super::device::DeviceName;
use super::{build, infer, interrupt, print};

const MODEL: &str = "examples/snntorch/mnist_784_128_10.nir";
const IMAGES: &str = "data/mnist/t10k-images-idx3-ubyte.gz";
const LABELS: &str = "data/mnist/t10k-labels-idx1-ubyte.gz";
const N_TIMESTEPS: usize = 8;
const N_STEPS: usize = 7;
const N_ON_BITS: usize = 3;
const N_ON_BOARD: usize = 10;

#[derive(clap::Args)]
pub struct Args {
    /// The board to compile for
    #[arg(long, value_name = "NAME", default_value = "hx8k-breakout")]
    board: String,
    /// The bundle to make
    #[arg(short, long, value_name = "BUNDLE", default_value = "demo.bundle")]
    output: PathBuf,
    /// Seconds of cosimulation
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let root = root()?;
    let start = Instant::now();
    let model = step(1, "a trained model", || read_model(&root.join(MODEL)))?;
    let compiled = step(2, "compiled for a board", || {
        compile_to(&model, &args.board, &args.output)
    })?;
    check_features(&compiled.network, &images(&root, Some(1))?)?;
    let expected = step(3, "the MNIST test set on the reference", || {
        present(&DeviceName::Reference, &compiled, &root, None)
    })?;
    step(
        4,
        "the Verilated design against the reference, every spike and membrane",
        || {
            let bounds = Bounds {
                seconds: Some(args.seconds),
                trace: None,
            };
            cosimulate(
                args,
                &compiled,
                LevelName::Rtl,
                &images(&root, None)?,
                &bounds,
            )
        },
    )?;
    step(5, "the bitstream", || {
        shown(&build::make(&args.output, &compiled, 1, N_TIMESTEPS)?)
    })?;
    step(
        6,
        "the bitstream, turned back into a netlist, against the reference",
        || {
            cosimulate(
                args,
                &compiled,
                LevelName::Bitstream,
                &images(&root, Some(N_ON_BITS))?,
                &Bounds::default(),
            )
        },
    )?;
    step(
        7,
        "ten images through the simulated board's serial pins",
        || {
            let got = present(
                &DeviceName::SimulatedBoard,
                &compiled,
                &root,
                Some(N_ON_BOARD),
            )?;
            same_counts(&expected[..N_ON_BOARD], &got)
        },
    )?;
    let (seconds, bundle) = (start.elapsed().as_secs_f64(), args.output.display());
    shown(&format_args!("\nAll {N_STEPS} steps in {seconds:.0} s. With the board plugged in: spikeforge flash {bundle}"))
}

/// Announces a step, runs it, and tells its time.
fn step<T>(
    number: usize,
    what: &str,
    run: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    interrupt::check()?;
    print::result(false, &(), &format_args!("\n[{number}/{N_STEPS}] {what}"))?;
    let start = Instant::now();
    let result = run()?;
    print::result(
        false,
        &(),
        &format_args!("  {:.1} s", start.elapsed().as_secs_f64()),
    )?;
    Ok(result)
}

fn read_model(path: &Path) -> Result<Model, Failure> {
    let model = Model::read_nir(path)?;
    shown(&report::check(&model, &NeuronOptions::default()))?;
    Ok(model)
}

fn compile_to(model: &Model, board: &str, output: &Path) -> Result<Compiled, Failure> {
    let design = compile(model, &Board::load(board)?, &NeuronOptions::default(), Clock::Oscillator)?;
    let compiled = Compiled::of(&design, &model.origin)?;
    compiled.save(output)?;
    shown(&compiled.summary())?;
    Ok(compiled)
}

fn images(root: &Path, limit: Option<usize>) -> Result<Inputs, InputError> {
    Inputs::read(
        &root.join(IMAGES),
        Some(Coding::Rate {
            n_timesteps: N_TIMESTEPS,
        }),
        limit,
    )
}

/// Runs the test images, or the first of them, and tells the accuracy; returns the counts of the output neurons.
fn present(
    device: &DeviceName,
    compiled: &Compiled,
    root: &Path,
    limit: Option<usize>,
) -> Result<Vec<Vec<i64>>, Failure> {
    let (inputs, labels) = (
        images(root, limit)?,
        read_labels(&root.join(LABELS), limit)?,
    );
    let inference = infer::present(device, None, compiled, &inputs, Wanted::of(&compiled.network))?;
    shown(&infer::Report::of(
        device,
        &inputs,
        &inference,
        Some(&labels),
    )?)?;
    Ok(inference.scores)
}

/// The board must fire as often as the reference, neuron for neuron.
fn same_counts(expected: &[Vec<i64>], got: &[Vec<i64>]) -> Result<(), Failure> {
    match expected
        .iter()
        .zip(got)
        .position(|(expected, got)| expected != got)
    {
        None => shown(&"every output neuron fired as often as on the reference"),
        Some(image) => Err(Failure::new(
            Exit::Mismatch,
            format!(
                "mismatch: image {image} fired {:?} on the board, {:?} on the reference",
                got[image], expected[image]
            ),
        )),
    }
}

fn cosimulate(
    args: &Args,
    compiled: &Compiled,
    level: LevelName,
    inputs: &Inputs,
    bounds: &Bounds,
) -> Result<(), Failure> {
    let report = compare(&args.output, compiled, level, inputs, bounds)?;
    shown(&report)?;
    report.verdict()
}

fn shown(text: &dyn Display) -> Result<(), Failure> {
    print::result(false, &(), text)
}

/// The folder with the model and the images: this one or one above it, or above the program.
fn root() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().ok();
    let program = std::env::current_exe().ok();
    let above = [&here, &program]
        .into_iter()
        .flatten()
        .flat_map(|start| start.ancestors());
    let found = above
        .filter(|folder| {
            [MODEL, IMAGES, LABELS]
                .iter()
                .all(|file| folder.join(file).is_file())
        })
        .map(Path::to_owned)
        .next();
    found.ok_or_else(|| {
        let message = format!("{MODEL} and {IMAGES} are not in this folder nor above it; run the demo inside the repository");
        Failure::new(Exit::BadFile, message)
    })
}
