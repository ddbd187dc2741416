//! The command `spikeforge`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
