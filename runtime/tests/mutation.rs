//! Mutation of the netlist: how many of the faults that Yosys plants in the cells of a small design does the comparison
//! with the reference find?
//!
//! One netlist holds all mutants, each switched on by its number at the port `mutant`; number 0 is the design itself.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use spikeforge_compiler::board::{Board, Family};
use spikeforge_compiler::compile::{design, Clock, Design};
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::{self, verilate, Generation, Runner, SimulationSources, Tool, Tools, VerilateOptions};
use spikeforge_hdl::emit::ACCELERATOR;
use spikeforge_runtime::driver::Patience;
use spikeforge_runtime::link::process::ProcessLink;
use spikeforge_runtime::verilated::Verilated;
use spikeforge_sim::random::{network_within, train, Bounds};
use spikeforge_sim::{lockstep, Compare, Device, LayerId, Network, Reference};

/// What Yosys lists, the design itself among them.
const N_LISTED: usize = 300;
const N_MUTANTS: usize = N_LISTED - 1;
const N_BITS: usize = 9;

/// A mutant that answers nothing is as dead as one that answers wrong.
const PATIENCE: Patience = Patience {
    silence: Duration::from_secs(2),
    settle: Duration::from_millis(1),
    attempt: Duration::from_secs(4),
    attempts: 1,
};

fn small_design() -> Design {
    let bounds = Bounds { max_layers: 2, max_size: 20, max_fraction_bits: 3 };
    // The first network with two layers, a stored bias and a membrane that saturates.
    let network = (0..).map(|seed| network_within(bounds, seed)).find(is_rich).unwrap();
    let quantized = Quantized { network, roundings: vec![], warnings: vec![] };
    design(quantized, &Board::load("hx8k-breakout").unwrap(), Clock::Oscillator).unwrap()
}

fn is_rich(network: &Network) -> bool {
    let varies = |values: &[i64]| values.windows(2).any(|pair| pair[0] != pair[1]);
    network.layers.len() == 2
        && network.layers.iter().all(|layer| layer.weights.n_neurons() > 4 && varies(&layer.neurons.bias))
}

/// Synthesizes, plants every mutant, and gives the netlist and the list of what was planted where.
fn mutated(design: &Design, folder: &Path) -> (SimulationSources, Vec<String>) {
    let tools = Tools::from_environment();
    let mut files = design.accelerator_files();
    let planting = format!("mutate -list {N_LISTED} -seed 1 -none -ctrl mutant {N_BITS} 0 -o mutants.ys");
    let script = format!(
        "read_verilog {ACCELERATOR}.v\nsynth_ice40 -abc9 -device hx -top {ACCELERATOR}\n{planting}\nscript mutants.ys\n\
         write_verilog -noattr netlist.v\n"
    );
    files.push(("mutate.ys".to_owned(), script));
    let mut runner = Runner { tools: &tools, folder, progress: &mut |_| () };
    runner.write(&files).unwrap();
    let command = toolchain::Command {
        tool: Tool::Yosys,
        generation: Generation::Debian,
        args: vec!["-s".into(), "mutate.ys".into()],
        log: "mutate.log".into(),
        stdout: None,
        produces: vec!["netlist.v".into(), "mutants.ys".into()],
    };
    runner.run(&command).unwrap();
    let mut sources = SimulationSources::netlist(folder, Family::Ice40, Generation::Debian, &tools).unwrap();
    sources.top = ACCELERATOR.to_owned();
    let planted = fs::read_to_string(folder.join("mutants.ys")).unwrap();
    (sources, planted.lines().map(str::to_owned).collect())
}

/// The comparison that `spikeforge verify` makes, and what the driver does besides: steps, states, a reset within.
fn survives(design: &Design, program: &Path, mutant: usize) -> bool {
    let mut command = Command::new(program);
    command.arg("--taps").env("SPIKEFORGE_MUTANT", mutant.to_string());
    let link = ProcessLink::spawn(command).unwrap();
    let Ok(mut dut) = Verilated::over(link, design.arch.host_map(), PATIENCE) else { return false };
    let network = design.network();
    (0..6).all(|seed| {
        let train = train(seed, network.input.n(), 8);
        let compared = lockstep(&mut Reference::new(network), &mut dut, &train, Compare::States);
        compared.is_ok_and(|compared| compared.mismatch.is_none())
    }) && steps_are_equal(network, &mut dut).unwrap_or(false)
}

fn steps_are_equal(network: &Network, dut: &mut Verilated) -> Result<bool, spikeforge_sim::DeviceError> {
    let mut reference = Reference::new(network);
    for seed in 10..13 {
        reference.reset()?;
        dut.reset()?;
        for input in train(seed, network.input.n(), 5) {
            let mut equal = reference.step(&input)? == dut.step(&input)?;
            for layer in (0..).take(network.layers.len()).map(LayerId) {
                equal &= reference.state(layer)? == dut.state(layer)?;
            }
            if !equal {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

#[test]
#[ignore = "minutes; run by make mutate"]
fn mutants_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let design = small_design();
    let (sources, planted) = mutated(&design, folder.path());
    let constructed = format!("V{ACCELERATOR} dut(&context);");
    let switched = format!("{constructed}\n    dut.mutant = std::atoi(std::getenv(\"SPIKEFORGE_MUTANT\"));");
    let harness = design.accelerator_harness().replace(&constructed, &switched);
    let options = VerilateOptions::from_environment();
    let program = verilate(&sources, &harness, &options, &Tools::from_environment(), &mut |_| ()).unwrap();
    assert!(survives(&design, &program, 0), "the design itself does not equal the reference");
    assert_eq!(planted.len(), N_LISTED);
    let survivors: Vec<usize> = (1..=N_MUTANTS).filter(|&mutant| survives(&design, &program, mutant)).collect();
    let killed = N_MUTANTS - survivors.len();
    let list: String = survivors.iter().map(|&mutant| format!("  {}\n", planted[mutant])).collect();
    eprintln!("{killed} of {N_MUTANTS} mutants killed; survivors:\n{list}");
    assert!(killed * 100 >= N_MUTANTS * 95, "fewer than 95 % of the mutants were killed");
}
