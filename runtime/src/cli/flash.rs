use std::path::PathBuf;
use std::process::Command;

use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::built::Built;
use spikeforge_runtime::compiled::Compiled;

use super::exit::{Exit, Failure};
use super::{interrupt, print, progress};

#[derive(clap::Args)]
pub struct Args {
    /// A compiled network, which is built first if need be
    bundle: PathBuf,
    /// Print the programmer's command and run nothing
    #[arg(long)]
    print: bool,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let compiled = Compiled::load(&args.bundle)?;
    if args.print {
        let built = Built::find(&args.bundle, &compiled);
        if built.is_none() {
            print::note(&format_args!("not built yet: spikeforge build {}", args.bundle.display()));
        }
        let bitstream = built.map_or(args.bundle.join("build/BITSTREAM"), |built| built.bitstream);
        let command = programmer(&compiled, &bitstream.display().to_string()).join(" ");
        return print::result(false, &(), &command);
    }
    let built = Built::find_or_make(
        &args.bundle,
        &compiled,
        &Tools::from_environment(),
        &mut progress::tools,
    )?;
    interrupt::check()?;
    let command = programmer(&compiled, &built.bitstream.display().to_string());
    print::note(&format_args!("  {}", command.join(" ")));
    let (program, arguments) = command.split_first().ok_or_else(|| {
        Failure::new(
            Exit::BadFile,
            format!("board {} names no programmer", compiled.board.name),
        )
    })?;
    let status = Command::new(program).args(arguments).status().map_err(|error| {
        let message = format!("{program} cannot be started: {error}; install it (apt install fpga-icestorm for iceprog, openfpgaloader for openFPGALoader)");
        Failure::new(Exit::Tool, message)
    })?;
    if status.success() {
        return print::result(
            false,
            &(),
            &format_args!("{} runs {}", compiled.board.name, args.bundle.display()),
        );
    }
    let message =
        format!("{program} failed ({status}); is the board plugged in, and may this user open it?");
    Err(Failure::new(Exit::Device, message))
}

fn programmer(compiled: &Compiled, bitstream: &str) -> Vec<String> {
    compiled
        .board
        .programmer
        .iter()
        .map(|argument| argument.replace("{bitstream}", bitstream))
        .collect()
}
