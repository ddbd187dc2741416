//! One small design with block RAM behaves the same as written, after synthesis, and when its
//! packed bitstream is turned back into a netlist.
#![allow(clippy::unwrap_used)]

mod toolchain_support;

use std::path::Path;

use spikeforge_compiler::board::pll::Pll;
use spikeforge_compiler::board::{Board, Family};
use spikeforge_compiler::toolchain::{
    build, unpack, verilate, BuildOptions, Files, Generation, SimulationSources, ToolError,
    PLL_FILE, TOP,
};
use toolchain_support::{echo, options, output_of, silent, tools, HARNESS};

/// Builds `design` for `board` and compares all levels.
fn check(design: &Files, board: &str, generation: Generation) {
    let folder = tempfile::tempdir().unwrap();
    let board = Board::load(board).unwrap();
    let chosen = BuildOptions {
        generation: Some(generation),
        ..BuildOptions::new(&board)
    };
    let report = build(
        design,
        &board,
        &chosen,
        &tools(),
        folder.path(),
        &mut silent,
    )
    .unwrap();
    assert_eq!(report.block_rams, 2, "both memories are block RAM");

    let rtl = simulate(&SimulationSources::rtl(design, TOP), folder.path());
    let netlist =
        SimulationSources::netlist(folder.path(), Family::Ice40, generation, &tools()).unwrap();
    assert_eq!(rtl, simulate(&netlist, folder.path()), "after synthesis");
    let bitstream = unpack(folder.path(), &report.cells, &tools(), &mut silent).unwrap();
    assert_eq!(
        rtl,
        simulate(&bitstream, folder.path()),
        "from the bitstream"
    );
    assert_eq!(rtl.lines().count(), 601, "every byte is answered");
    assert!(
        rtl.starts_with("90\n"),
        "the first entry of the table: {rtl}"
    );
}

fn simulate(sources: &SimulationSources, folder: &Path) -> String {
    let executable = verilate(
        sources,
        HARNESS,
        &options(&folder.join("cache")),
        &tools(),
        &mut silent,
    )
    .unwrap();
    output_of(&executable, &[])
}

/// The design with its clock from the PLL of `board`.
fn with_pll(board: &str) -> Files {
    let pll = Pll::fastest(&Board::load(board).unwrap(), 36_000_000).unwrap();
    let mut design = echo();
    design[0].1 = design[0]
        .1
        .replace("module spikeforge_top", "module echo")
        .replace("12 cycles", "many cycles");
    let top = "module spikeforge_top (input clock, input uart_rx, output uart_tx, output led);\n    wire fast;\n    spikeforge_pll pll (.clock_in(clock), .clock_out(fast), .locked());\n    echo echo (.clock(fast), .uart_rx(uart_rx), .uart_tx(uart_tx), .led(led));\nendmodule\n";
    design.push(("top.v".to_owned(), top.to_owned()));
    design.push((PLL_FILE.to_owned(), pll.verilog()));
    design
}

#[test]
fn hx8k_breakout() {
    check(&echo(), "hx8k-breakout", Generation::Debian);
}

#[test]
fn icebreaker() {
    check(&echo(), "icebreaker", Generation::Debian);
}

#[test]
fn icebreaker_with_pll() {
    check(&with_pll("icebreaker"), "icebreaker", Generation::Debian);
}

#[test]
fn hx8k_breakout_with_pll() {
    check(
        &with_pll("hx8k-breakout"),
        "hx8k-breakout",
        Generation::Debian,
    );
}

#[test]
#[ignore = "needs scripts/setup.sh --with-yowasp; run by make test-boards"]
fn the_newer_tools() {
    check(&echo(), "hx8k-breakout", Generation::Pypi);
    check(&echo(), "icebreaker", Generation::Pypi);
}

#[test]
fn what_a_bitstream_loses_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let cells = [("SB_LUT4".to_owned(), 10), ("SB_SPRAM256KA".to_owned(), 2)].into();
    let error = unpack(folder.path(), &cells, &tools(), &mut silent).unwrap_err();
    assert!(
        matches!(&error, ToolError::NotInBitstream { cell, count: 2 } if cell == "SB_SPRAM256KA"),
        "{error}"
    );
}
