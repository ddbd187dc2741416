use std::path::PathBuf;

use spikeforge_runtime::learn::{write_idx, Coding, Dataset, Shift};

use super::exit::Failure;
use super::print;

#[derive(clap::Args)]
pub struct Args {
    /// mnist | fashion | digits | cancer | blink | scp1 | seizure
    #[arg(long, value_name = "NAME")]
    dataset: String,
    /// rotate=DEGREES, dead=PERCENT, noise=PERCENT, rename or invert; may be repeated, and left out to write the samples as they are
    #[arg(long, value_name = "SHIFT")]
    shift: Vec<String>,
    /// The folder for train-images-idx3-ubyte (of seizure, of one dimension more, idx4), train-labels-idx1-ubyte and their test- twins
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let dataset: Dataset = args.dataset.parse()?;
    let mut split = dataset.read(Coding::Ramp { n_timesteps: 1 })?;
    let n_classes = split.train.n_classes();
    for shift in &args.shift {
        let shift: Shift = shift.parse()?;
        split.train = shift.apply(&split.train, n_classes, 1)?;
        split.test = shift.apply(&split.test, n_classes, 2)?;
    }
    for (name, samples) in [("train", &split.train), ("test", &split.test)] {
        write_idx(&args.output, name, samples)?;
    }
    let (n_train, n_test) = (split.train.len(), split.test.len());
    print::result(
        false,
        &(),
        &format_args!("{}: {n_train} samples to learn, {n_test} to test", args.output.display()),
    )
}
