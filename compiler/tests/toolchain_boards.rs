//! Every board's pins, clock and part are accepted by its tools, up to a bitstream, and its
//! resources are those that the tools count.
#![allow(clippy::unwrap_used)]

mod toolchain_support;

use spikeforge_compiler::board::{pll::Pll, Board, Family};
use spikeforge_compiler::toolchain::reports::{dsp_kind, parse_report};
use spikeforge_compiler::toolchain::{build, BuildOptions, Files, PLL_FILE};
use toolchain_support::{echo, silent, tools};

fn check(board: &Board, design: &Files, options: &BuildOptions) {
    let folder = tempfile::tempdir().unwrap();
    let report = build(design, board, options, &tools(), folder.path(), &mut silent)
        .unwrap_or_else(|error| panic!("{}: {error}", board.name));
    assert!(
        report.bitstream.metadata().unwrap().len() > 1000,
        "{}",
        board.name
    );
    let text = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    let routed = parse_report(&text, board.family).unwrap();
    let dsp = routed.count(dsp_kind(board.family)).available;
    let counted = (
        routed.logic_cells.available,
        routed.block_rams.available,
        dsp,
    );
    let told = (
        board.resources.logic_cells.into(),
        board.resources.block_rams.into(),
        board.resources.dsp.into(),
    );
    assert_eq!(
        counted, told,
        "{}: logic cells, block RAMs, DSPs",
        board.name
    );
    assert!(report.block_rams > 0, "{}: {:?}", board.name, report.cells);
}

/// The design on the oscillator, and on a PLL of about twice its rate.
fn check_boards(is_meant: impl Fn(Family) -> bool) {
    for board in Board::all()
        .unwrap()
        .iter()
        .filter(|board| is_meant(board.family))
    {
        check(board, &echo(), &BuildOptions::new(board));
        let pll = Pll::fastest(board, (2 * board.clock.hz).min(120_000_000)).unwrap();
        let mut design = echo();
        design[0].1 = design[0].1.replace("module spikeforge_top", "module echo");
        let top = "module spikeforge_top (input clock, input uart_rx, output uart_tx, output led);\n    wire fast, locked, light;\n    spikeforge_pll pll (.clock_in(clock), .clock_out(fast), .locked(locked));\n    echo echo (.clock(fast), .uart_rx(uart_rx), .uart_tx(uart_tx), .led(light));\n    assign led = light & locked;\nendmodule\n";
        design.push(("top.v".to_owned(), top.to_owned()));
        design.push((PLL_FILE.to_owned(), pll.verilog()));
        check(
            board,
            &design,
            &BuildOptions {
                design_hz: pll.output_hz,
                ..BuildOptions::new(board)
            },
        );
    }
}

#[test]
fn ice40() {
    check_boards(|family| family == Family::Ice40);
}

#[test]
#[ignore = "needs scripts/setup.sh --with-yowasp; run by make test-boards"]
fn ecp5_and_gowin() {
    check_boards(|family| family != Family::Ice40);
}

#[test]
fn more_seeds_keep_the_best() {
    let folder = tempfile::tempdir().unwrap();
    let board = Board::load("icebreaker").unwrap();
    let options = BuildOptions::new(&board).with_seeds(4);
    let report = build(
        &echo(),
        &board,
        &options,
        &tools(),
        folder.path(),
        &mut silent,
    )
    .unwrap();
    let best = report
        .seeds
        .iter()
        .max_by(|a, b| a.fmax_mhz.total_cmp(&b.fmax_mhz))
        .unwrap();
    assert_eq!(
        (report.seeds.len(), report.seed, report.fmax_mhz),
        (4, best.seed, best.fmax_mhz)
    );
    let packed = std::fs::read(folder.path().join("spikeforge.asc")).unwrap();
    assert_eq!(
        packed,
        std::fs::read(folder.path().join(format!("seed-{}.asc", best.seed))).unwrap()
    );
}
