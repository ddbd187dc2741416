//! The command line: what was typed, and one file a subcommand, which opens, calls the library and prints.

mod adapt;
mod boards;
mod build;
mod check;
mod compile;
mod cosim;
mod cosim_learn;
mod counted;
mod demo;
mod device;
mod doctor;
mod exchange;
mod exit;
mod export;
mod explore;
mod flash;
mod goal_args;
mod infer;
mod input_args;
mod interrupt;
mod learn;
mod learning_args;
mod learning_table;
mod neuron_args;
mod power;
mod print;
mod progress;
mod rewrite_args;
mod runs;
mod shift;
mod spikeprop;
mod train;
mod train_table;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use exit::{Exit, Failure};

const EXAMPLES: &str = "\
Examples:
  spikeforge check examples/snntorch/mnist_784_128_10.nir --board icebreaker
  spikeforge compile examples/snntorch/mnist_784_128_10.nir --board hx8k-breakout -o mnist.bundle
  spikeforge infer mnist.bundle --inputs data/mnist/t10k-images-idx3-ubyte.gz --encode rate --timesteps 8 \\
      --labels data/mnist/t10k-labels-idx1-ubyte.gz
  spikeforge cosim mnist.bundle --inputs spikes.npy --level rtl --limit 100
  spikeforge verify mnist.bundle --inputs spikes.npy
  spikeforge learn --shape 64-128-10 --dataset digits --epochs 20 --shuffle 1 --checkpoint digits.checkpoint
  spikeforge train --system bptt --dataset mnist --shape 784-256-10 --epochs 12 -o mnist.nir
  spikeforge export --checkpoint digits.checkpoint -o learned.nir
  spikeforge build mnist.bundle && spikeforge flash mnist.bundle
  spikeforge power mnist.bundle --inputs spikes.npy
  spikeforge build mnist.bundle --weights other.nir                 (compile --swappable)
  spikeforge infer mnist.bundle --inputs spikes.npy --device /dev/ttyUSB1

Exit status:
  0 done   1 internal   2 usage   3 model not supported   4 bad file   5 mismatch
  6 does not fit   7 tool missing or failed   8 device or link   130 interrupted";

/// Binarized spiking networks on open FPGAs, bit for bit.
#[derive(Parser)]
#[command(name = "spikeforge", version, after_help = EXAMPLES, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what is in a model, and what can and cannot be compiled
    Check(check::Args),
    /// Compile a model for a board into a bundle
    Compile(compile::Args),
    /// Predict every folding of a model for a board that is best in some way
    Explore(explore::Args),
    /// Run presentations on the reference, a simulation or a board
    Infer(infer::Args),
    /// Teach a network from labelled samples, forward only
    Learn(Box<learn::Args>),
    /// Write what was learned as a NIR file
    Export(export::Args),
    /// Train a network off the chip by a published system, and write it as a NIR file
    Train(train::Args),
    /// Train what the table of systems, codings and losses lacks, and print it
    TrainTable(train_table::Args),
    /// Teach XOR or a data set by the times of single spikes (SpikeProp, QuickProp, RProp), and compare what they take and reach
    Spikeprop(spikeprop::Args),
    /// Adapt a trained network to a world that has shifted, beside one from scratch
    Adapt(adapt::Args),
    /// Write a data set after a shift: turned, with dead inputs, noise, other class names, inverted
    Shift(shift::Args),
    /// Train what the table of accuracies lacks, and print it
    LearningTable(learning_table::Args),
    /// Compare the hardware with the reference: every spike and every membrane
    Cosim(cosim::Args),
    /// Climb the proof ladder: memories, RTL in two simulators, cells, bits, each against the reference
    Verify(verify::Args),
    /// Estimate the energy of presentations from the switching of the simulated netlist
    Power(power::Args),
    /// Make the bitstream of a bundle
    Build(build::Args),
    /// Load the bitstream of a bundle into its board
    Flash(flash::Args),
    /// List the boards
    Boards(boards::Args),
    /// Say which tools are there, and how to get the others
    Doctor(doctor::Args),
    /// Take a trained model all the way to a proven bitstream
    Demo(demo::Args),
}

/// Runs what was typed; the exit status is the contract of [`Exit`].
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nothing can be said any more where this fails.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            }
            .into();
        }
    };
    interrupt::watch();
    match run(cli.command) {
        Ok(()) => Exit::Done.into(),
        Err(failure) => failure.tell().into(),
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Check(args) => check::run(&args),
        Command::Compile(args) => compile::run(&args),
        Command::Explore(args) => explore::run(&args),
        Command::Infer(args) => infer::run(&args),
        Command::Learn(args) => learn::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Spikeprop(args) => spikeprop::run(&args),
        Command::TrainTable(args) => train_table::run(&args),
        Command::Adapt(args) => adapt::run(&args),
        Command::Shift(args) => shift::run(&args),
        Command::LearningTable(args) => learning_table::run(&args),
        Command::Cosim(args) => cosim::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Power(args) => power::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Flash(args) => flash::run(&args),
        Command::Boards(args) => boards::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Demo(args) => demo::run(&args),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::Cli;

    /// Of two options of one name, one would never be heard.
    #[test]
    fn no_option_is_there_twice() {
        for command in Cli::command().get_subcommands() {
            let mut names = BTreeSet::new();
            for name in command.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(names.insert(name), "{} --{name}", command.get_name());
            }
        }
    }
}
