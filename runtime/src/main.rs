//! The command line. Exit status: 0 done, 2 usage, 3 model not supported, 4 bad file, 6 does not fit,
//! 7 tool missing or failed, 1 anything else.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::run(cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("spikeforge: {error:#}");
            ExitCode::from(cli::exit_status(&error))
        }
    }
}
