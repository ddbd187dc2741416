use std::fmt;
use std::path::PathBuf;

use serde::Serialize;
use spikeforge_compiler::cost::activity::Activity;
use spikeforge_compiler::cost::switching::{Switching, SwitchingEnergy};
use spikeforge_compiler::toolchain::reports::Part;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::cosim::check_features;
use spikeforge_runtime::switching::{count, Counted};

use super::build::part_name;
use super::exit::Failure;
use super::input_args::InputArgs;
use super::print::grouped;
use super::{interrupt, print, progress};

/// Presentations, unless --limit says more: each is a waveform of everything.
const FEW: usize = 3;

#[derive(clap::Args)]
pub struct Args {
    /// A compiled network
    bundle: PathBuf,
    #[command(flatten)]
    input: InputArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    board: String,
    timesteps: usize,
    switching: Switching,
    energy: SwitchingEnergy,
    /// Wires that a cell drives, and those of them whose changes were seen.
    wires: usize,
    wires_seen: usize,
    blocks: Vec<Block>,
}

#[derive(Serialize)]
struct Block {
    name: String,
    part: Part,
    stage: Option<usize>,
    logic: u64,
    local: u64,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let compiled = Compiled::load(&args.bundle)?;
    let inputs = compiled.taken(args.input.read_at_most(Some(FEW))?)?;
    check_features(&compiled.network, &inputs)?;
    let counted = count(&args.bundle, &compiled, &inputs, &Tools::from_environment(), &mut progress::tools, interrupt::flow)?;
    let activity = Activity::of(&compiled.network, (0..inputs.n_samples()).map(|sample| inputs.spikes(sample)))?;
    let energy = SwitchingEnergy::of(&counted.all, compiled.arch(), &compiled.board, &activity);
    let report = Report::of(&compiled, counted, energy, inputs.n_timesteps());
    print::result(args.json, &report, &report)
}

impl Report {
    fn of(compiled: &Compiled, counted: Counted, energy: SwitchingEnergy, timesteps: usize) -> Report {
        let stages = compiled.stage_names();
        let blocks = counted.blocks.into_iter().map(|((stage, part), (logic, local))| Block {
            name: part_name(part, stage.and_then(|stage| stages.get(stage))),
            part,
            stage,
            logic,
            local,
        });
        Report {
            board: compiled.board.name.clone(),
            timesteps,
            switching: counted.all,
            energy,
            wires: counted.wires,
            wires_seen: counted.seen,
            blocks: blocks.collect(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Switching { presentations, cycles, logic, local, block_ram_outputs } = self.switching;
        let each = |count: u64| grouped(count / presentations.max(1));
        writeln!(
            f,
            "{}: {} presentations of {} timesteps, the netlist equal to the reference; {} cycles each",
            self.board,
            grouped(presentations),
            self.timesteps,
            each(cycles)
        )?;
        writeln!(
            f,
            "  changes of wires each: {} behind logic, {} local, {} of outputs of block RAMs ({} of {} wires seen)",
            each(logic),
            each(local),
            each(block_ram_outputs),
            grouped(self.wires_seen as u64),
            grouped(self.wires as u64)
        )?;
        let width = self.blocks.iter().map(|block| block.name.len()).max().unwrap_or(0);
        writeln!(f, "  {:width$} {:>12} {:>12}", "block", "logic", "local")?;
        for block in &self.blocks {
            writeln!(f, "  {:width$} {:>12} {:>12}", block.name, each(block.logic), each(block.local))?;
        }
        write!(f, "  energy of a presentation, estimated from this switching: {}", self.energy)
    }
}
