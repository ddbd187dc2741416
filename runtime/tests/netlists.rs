//! What the PyPI tools make of a small network, against the reference: cells of ECP5 and Gowin with our models of their
//! block RAMs and PLLs, and an iCE40 bitstream of the newer generation.

#![allow(clippy::unwrap_used)]

use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{design, Clock};
use spikeforge_compiler::quantize::Quantized;
use spikeforge_compiler::toolchain::{build, BuildOptions, Generation, Tools};
use spikeforge_runtime::built::{netlist, Built};
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::simulation::{Level, Simulator};
use spikeforge_sim::random::{network_of, train};
use spikeforge_sim::{lockstep, Compare, Reference};

fn compiled(board: &str, clock: Clock) -> Compiled {
    // Smaller ones have their weights in logic on some board; these sizes give several pipelines.
    let network = network_of(&[60, 48, 36], 5);
    let quantized = Quantized { network, roundings: vec![], warnings: vec![] };
    Compiled::of(&design(quantized, &Board::load(board).unwrap(), clock).unwrap(), "random").unwrap()
}

fn check(compiled: &Compiled, level: Level) {
    let mut simulator = Simulator { tools: &Tools::from_environment(), waveform: None, progress: &mut |_| () };
    let mut dut = simulator.open(compiled, level).unwrap();
    let network = &compiled.network;
    for seed in 0..2 {
        let train = train(seed, network.input.n(), 4);
        let compared = lockstep(&mut Reference::new(network), &mut dut, &train, Compare::States).unwrap();
        assert_eq!(compared.mismatch, None, "{} train {seed} at {level:?}", compiled.board.name);
        assert!(compared.membranes_compared > 0);
    }
}

/// The text of the cells, which have been found equal.
fn check_cells(board: &str, clock: Clock) -> String {
    let folder = tempfile::tempdir().unwrap();
    let compiled = compiled(board, clock);
    assert!(compiled.arch().stages.iter().any(|stage| stage.pipelines > 1), "{board}: one pipeline each");
    let cells = netlist(folder.path(), &compiled, &Tools::from_environment(), &mut |_| ()).unwrap();
    let text = std::fs::read_to_string(cells.join("netlist.v")).unwrap();
    assert!(["DP16KD", "SDPX9B", "SDPB", "DPX9B", "SPX9"].iter().any(|ram| text.contains(ram)), "{board}: no block RAM was used");
    check(&compiled, Level::Netlist(&cells));
    text
}

#[test]
#[ignore = "needs scripts/setup.sh --with-yowasp; run by make test-boards"]
fn ecp5_cells() {
    let text = check_cells("ulx3s-25f", Clock::Oscillator);
    assert!(text.contains("OUTREG") && text.contains("TRELLIS_DPR16X4"), "no output registers, or no memory in lookup tables");
}

#[test]
#[ignore = "needs scripts/setup.sh --with-yowasp; run by make test-boards"]
fn gowin_cells() {
    check_cells("tang-nano-9k", Clock::Pll { at_most_hz: 54_000_000 });
}

#[test]
#[ignore = "needs scripts/setup.sh --with-yowasp; run by make test-boards"]
fn ice40_bitstream_of_the_newer_tools() {
    let folder = tempfile::tempdir().unwrap();
    let compiled = compiled("hx8k-breakout", Clock::Oscillator);
    let options = BuildOptions { generation: Some(Generation::Pypi), ..BuildOptions::new(&compiled.board) };
    let tools = Tools::from_environment();
    let report =
        build(&compiled.top_files(), &compiled.board, &options, &tools, folder.path(), &mut |_| ()).unwrap();
    let built = Built {
        folder: folder.path().to_owned(),
        bitstream: report.bitstream,
        cells: report.cells,
        fmax_mhz: report.fmax_mhz,
    };
    check(&compiled, Level::Bitstream(&built));
}
