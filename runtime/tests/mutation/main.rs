//! Mutation of the netlist: how many of the faults that Yosys plants in the cells of a small design does the comparison
//! with the reference find?
//!
//! One netlist holds all mutants, each switched on by its number at the port `mutant`; number 0 is the design itself. It
//! must equal the reference and the software's board on all the traffic, byte for byte and membrane for membrane, with a
//! host that never hesitates and with one that does. A mutant that gives the same to the cycle is not found; one that is
//! proved to equal the design is no fault, and is counted apart.
//!
//! The design has no counters: 32 bits each, most of which no simulation reaches; `host_writes` compares them.

#![allow(clippy::unwrap_used)]

mod equivalent;
mod network;
mod scenario;
mod survivors;
mod traffic;
mod wider;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use spikeforge_compiler::board::{Board, Family};
use spikeforge_compiler::compile::{design, Clock, Design, HardwareOptions};
use spikeforge_compiler::fold::Goal;
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::{self, verilate, Generation, Runner, SimulationSources, Tool, Tools, VerilateOptions};
use spikeforge_hdl::arch::HostOptions;
use spikeforge_hdl::emit::ACCELERATOR;

use equivalent::are_equivalent;
use network::lively_network;
use survivors::{complaints, report, EQUIVALENT, SURVIVES};
use traffic::{Taps, Traffic};

/// What Yosys lists. A mutant of a clock pin is left out: it makes clocks of its own, which are slow to simulate, and
/// what it does to its register others do too.
const N_LISTED: usize = 320;
const N_BITS: usize = 9;
/// Three lanes: with as many as there are neurons, or a power of two, half of what counts groups and lanes would do nothing.
const LOGIC_PERCENT: u32 = 28;
const HARNESS: &str = include_str!("harness.cpp");

fn small_design() -> Design {
    let quantized = Quantized { network: lively_network(), roundings: vec![], warnings: vec![] };
    let host = HostOptions { writes: true, counters: false, argmax: None };
    let goal = Goal::Logic { percent: LOGIC_PERCENT };
    let hardware = HardwareOptions { host, goal, ..Clock::Oscillator.into() };
    design(quantized, &Board::load("hx8k-breakout").unwrap(), hardware).unwrap()
}

/// Synthesizes, has Yosys list mutants, plants those that are no clock's, and gives the netlist and what was planted where.
fn mutated(design: &Design, folder: &Path) -> (SimulationSources, Vec<String>) {
    let mut files = design.accelerator_files();
    files.push((
        "list.ys".to_owned(),
        format!(
            "read_verilog {ACCELERATOR}.v\nsynth_ice40 -abc9 -device hx -top {ACCELERATOR}\nwrite_rtlil design.il\n\
             mutate -list {N_LISTED} -seed 1 -o listed.ys\n"
        ),
    ));
    yosys(folder, &files, "list.ys", "listed.ys");
    let listed = fs::read_to_string(folder.join("listed.ys")).unwrap();
    let planted: Vec<String> = listed.lines().filter(|line| !line.contains(" -port C ")).map(str::to_owned).collect();
    let planting = planting(&planted);
    let script = format!("read_rtlil design.il\n{planting}write_verilog -noattr netlist.v\n");
    yosys(folder, &[("mutate.ys".to_owned(), script)], "mutate.ys", "netlist.v");
    let tools = Tools::from_environment();
    let mut sources = SimulationSources::netlist(folder, Family::Ice40, Generation::Debian, &tools).unwrap();
    sources.top = ACCELERATOR.to_owned();
    (sources, planted)
}

/// Commands that plant them all, each behind its number.
fn planting(planted: &[String]) -> String {
    let numbered = |(number, line): (usize, &String)| {
        line.replacen("mutate ", &format!("mutate -ctrl mutant {N_BITS} {number} "), 1) + "\n"
    };
    (1..).zip(planted).map(numbered).collect()
}

fn yosys(folder: &Path, files: &[(String, String)], script: &str, produces: &str) {
    let tools = Tools::from_environment();
    let mut runner = Runner { tools: &tools, folder, progress: &mut |_| () };
    runner.write(files).unwrap();
    let command = toolchain::Command {
        tool: Tool::Yosys,
        generation: Generation::Debian,
        args: vec!["-s".into(), script.into()],
        log: format!("{script}.log"),
        stdout: None,
        produces: vec![produces.into()],
    };
    runner.run(&command).unwrap();
}

/// The simulation of all mutants. What the layers show is written as in the product's own harness.
fn simulation(design: &Design, sources: &SimulationSources) -> PathBuf {
    let product = design.accelerator_harness();
    let taps = product.split("if (taps) {").nth(1).and_then(|rest| rest.split("\n").next()).unwrap();
    let taps = taps.trim_end().strip_suffix('}').unwrap();
    let harness =
        HARNESS.replace("SPIKEFORGE_TAPS", taps).replace("SPIKEFORGE_LAYERS", &design.arch.stages.len().to_string());
    verilate(sources, &harness, &VerilateOptions::from_environment(), &Tools::from_environment(), &mut |_| ()).unwrap()
}

/// What one pass of the design without a mutant gave.
#[derive(Default)]
struct Pass {
    bytes: Vec<u8>,
    taps: Vec<Taps>,
}

fn check_golden(lines: &[String], traffic: &Traffic, n_passes: usize) {
    let mut passes: Vec<Pass> = vec![];
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        match words[0] {
            "pass" => passes.push(Pass { bytes: vec![], taps: vec![vec![]; traffic.map.layers.len()] }),
            "byte" => passes.last_mut().unwrap().bytes.push(words[1].parse().unwrap()),
            "tap" => {
                let layer: usize = words[1].parse().unwrap();
                let tap = (words[3].parse().unwrap(), words[4].parse().unwrap(), words[2] == "1");
                passes.last_mut().unwrap().taps[layer].push(tap);
            }
            _ => eprintln!("{line}"),
        }
    }
    assert_eq!(passes.len(), n_passes);
    for pass in passes {
        let is_open = |at: usize| traffic.open.iter().any(|open| open.contains(&at));
        let differs = (0..pass.bytes.len().min(traffic.expected.len()))
            .find(|at| pass.bytes[*at] != traffic.expected[*at] && !is_open(*at));
        if let Some(at) = differs {
            let from = at.saturating_sub(16);
            let (got, expected) = (&pass.bytes[from..], &traffic.expected[from..]);
            panic!("byte {at}: expected {:x?}, got {:x?}", &expected[..32.min(expected.len())], &got[..32.min(got.len())]);
        }
        assert_eq!(pass.bytes.len(), traffic.expected.len());
        assert!(pass.taps == traffic.taps(), "the membranes of the design itself do not equal the reference's");
    }
}

/// The verdict on each of `mutants` by `traffic`, run so many times, and the design itself checked.
fn verdicts(program: &Path, folder: &Path, (traffic, n_passes): (&Traffic, usize), mutants: &[usize]) -> Vec<String> {
    let path = folder.join("traffic.txt");
    fs::write(&path, &traffic.text).unwrap();
    let lines = |mutants: &[usize]| -> Vec<String> {
        let numbers = mutants.iter().map(usize::to_string);
        let ended = Command::new(program).arg(&path).arg(n_passes.to_string()).args(numbers).output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8(ended.stdout).unwrap().lines().map(str::to_owned).collect()
    };
    check_golden(&lines(&[]), traffic, n_passes);
    let n_parts = std::thread::available_parallelism().map_or(1, usize::from);
    let parts: Vec<Vec<String>> = std::thread::scope(|scope| {
        let pieces = mutants.chunks(mutants.len().div_ceil(n_parts).max(1));
        let threads: Vec<_> = pieces.map(|piece| scope.spawn(|| lines(piece))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let told = parts.concat().into_iter().filter(|line| line.starts_with("mutant "));
    let verdicts: Vec<String> = told.map(|line| line.split(' ').nth(2).unwrap().to_owned()).collect();
    assert_eq!(verdicts.len(), mutants.len());
    verdicts
}

/// The verdicts on all that is planted: what one traffic leaves meets the next.
fn all_verdicts(design: &Design, program: &Path, folder: &Path, planted: &[String]) -> Vec<String> {
    let mut verdicts = vec![SURVIVES.to_owned(); planted.len()];
    let left = |verdicts: &[String]| -> Vec<usize> { (0..planted.len()).filter(|at| verdicts[*at] == SURVIVES).collect() };
    let meet = |verdicts: &mut Vec<String>, traffic: (&Traffic, usize)| {
        let left = left(verdicts);
        let numbers: Vec<usize> = left.iter().map(|at| at + 1).collect();
        let met = self::verdicts(program, folder, traffic, &numbers);
        left.into_iter().zip(met).for_each(|(at, verdict)| verdicts[at] = verdict);
    };
    meet(&mut verdicts, (&scenario::traffic(design), 2));
    meet(&mut verdicts, (&wider::traffic(design), 2));
    let unkilled = left(&verdicts);
    let numbers: Vec<usize> = unkilled.iter().map(|at| at + 1).collect();
    let control = 1 + verdicts.iter().position(|verdict| verdict == "value").expect("a mutant that is killed");
    let proved = are_equivalent(folder, &planting(planted), &numbers, control);
    unkilled.into_iter().zip(proved).filter(|(_, proved)| *proved).for_each(|(at, _)| verdicts[at] = EQUIVALENT.to_owned());
    meet(&mut verdicts, (&scenario::late_traffic(design), 1));
    verdicts
}

#[test]
#[ignore = "minutes; run by make mutate"]
fn mutants_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let design = small_design();
    let (sources, planted) = mutated(&design, folder.path());
    assert!(planted.len() >= 250, "only {} mutants", planted.len());
    let program = simulation(&design, &sources);
    let verdicts = all_verdicts(&design, &program, folder.path(), &planted);
    let report = report(&planted, &verdicts);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutation/survivors.md");
    fs::write(path, &report).unwrap();
    eprintln!("{report}");
    let count = |verdict: &str| verdicts.iter().filter(|of| *of == verdict).count();
    let n_faults = planted.len() - count(EQUIVALENT);
    assert!((n_faults - count(SURVIVES)) * 100 >= n_faults * 95, "fewer than 95 % of the mutants that differ were killed");
    let complaints = complaints(&planted, &verdicts);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
