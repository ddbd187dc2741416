//! What is typed, and what it calls.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{bail, Result};
use clap::{Parser, Subcommand};
use serde_json::json;
use spikeforge_compiler::board::{Board, BoardError};
use spikeforge_compiler::bundle::{Bundle, BundleError};
use spikeforge_compiler::fold::FoldError;
use spikeforge_compiler::model::{Model, ModelError};
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::toolchain::{doctor, ToolError, Tools};
use spikeforge_compiler::{compile, CompileError, Design};

/// From trained binarized spiking networks to FPGA accelerators, bit for bit.
#[derive(Parser)]
#[command(version, after_help = "Example:\n  spikeforge compile examples/snntorch/mnist_784_128_10.nir --board hx8k-breakout -o mnist.bundle")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// What is in a model, and what can and cannot be compiled
    Check { model: PathBuf, #[arg(long)] json: bool },
    /// A model into a bundle of Verilog and memory files for a board
    Compile {
        model: PathBuf,
        #[arg(long, default_value = "hx8k-breakout")]
        board: String,
        #[arg(short)]
        output: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// The boards that designs can be compiled for
    Boards { #[arg(long)] json: bool },
    /// The tools, where they were found, and how to install what is missing
    Doctor { #[arg(long)] json: bool },
}

pub fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Check { model, json } => {
            let report = spikeforge_compiler::report::check(&Model::read_nir(&model)?, &NeuronOptions::default());
            if json { print(&serde_json::to_string(&report)?) } else { print(&report.to_string()) }
        }
        Command::Compile { model, board, output, json } => {
            let design = compile(&Model::read_nir(&model)?, &Board::load(&board)?, &NeuronOptions::default())?;
            save(&design, &output)?;
            if json { print(&summary(&design).to_string()) } else { print(&table(&design)) }
        }
        Command::Boards { json } => {
            let boards = Board::all()?;
            let lines: Vec<String> = boards.iter().map(|board| format!("{:<16} {}", board.name, board.description)).collect();
            if json { print(&serde_json::to_string(&boards)?) } else { print(&lines.join("\n")) }
        }
        Command::Doctor { json } => tools(json),
    }
}

fn save(design: &Design, output: &std::path::Path) -> Result<()> {
    let mut texts = design.top_files();
    texts.push((design.accelerator.name.clone(), design.accelerator.text.clone()));
    let files = texts.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    let manifest = json!({ "network": design.network(), "arch": design.arch });
    Bundle { board: design.board.clone(), manifest, files }.save(output)?;
    Ok(())
}

fn summary(design: &Design) -> serde_json::Value {
    let layer = |stage: &spikeforge_hdl::arch::StageArch| {
        json!({ "name": stage.name, "inputs": stage.n_inputs, "neurons": stage.n_neurons, "lanes": stage.lanes,
                "beat": stage.beat, "cycles_per_timestep": stage.cycles_per_timestep() })
    };
    let layers: Vec<_> = design.arch.stages.iter().map(layer).collect();
    let weight_bits: usize = design.arch.stages.iter().map(|stage| stage.n_inputs * stage.n_neurons).sum();
    let warnings: Vec<String> = design.quantized.warnings.iter().map(ToString::to_string).collect();
    json!({ "board": design.board.name, "layers": layers, "weight_bits": weight_bits, "warnings": warnings })
}

fn table(design: &Design) -> String {
    let mut text = format!("compiled for {}\nlayer    inputs neurons lanes beat cycles/timestep at most\n", design.board.name);
    for stage in &design.arch.stages {
        let cycles = stage.cycles_per_timestep();
        text += &format!("{:<8} {:>6} {:>7} {:>5} {:>4} {cycles:>6}\n", stage.name, stage.n_inputs, stage.n_neurons, stage.lanes, stage.beat);
    }
    text.trim_end().to_owned()
}

fn tools(json: bool) -> Result<()> {
    let findings = doctor(&Tools::from_environment());
    let line = |found: &spikeforge_compiler::toolchain::Finding| match &found.version {
        Some(version) => format!("found    {:<20} {version}", found.tool),
        None => format!("missing  {:<20} {}", found.tool, found.install),
    };
    let lines: Vec<String> = findings.iter().map(line).collect();
    if json { print(&serde_json::to_string(&findings)?)? } else { print(&lines.join("\n"))? }
    if let Some(missing) = findings.iter().find(|found| found.required && found.path.is_none()) {
        bail!(MissingTool(missing.install.clone()));
    }
    Ok(())
}

#[derive(Debug, thiserror::Error)]
#[error("a required tool is missing; type: {0}")]
struct MissingTool(String);

/// A reader that goes away is no error.
fn print(text: &str) -> Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

pub fn exit_status(error: &anyhow::Error) -> u8 {
    if let Some(error) = error.downcast_ref::<ModelError>() {
        return if matches!(error, ModelError::File(_)) { 4 } else { 3 };
    }
    match error.downcast_ref::<CompileError>() {
        Some(CompileError::Fold(FoldError::BlockRams { .. } | FoldError::LogicCells { .. } | FoldError::TooLarge { .. })) => return 6,
        Some(CompileError::Quantize(_)) => return 3,
        _ => {}
    }
    if error.is::<BoardError>() {
        return 2;
    }
    if error.is::<BundleError>() {
        return 4;
    }
    if error.is::<ToolError>() || error.is::<MissingTool>() {
        return 7;
    }
    1
}
