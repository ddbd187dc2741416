//! Board files: every embedded one loads, and each kind of mistake has its sentence and its line.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use expect_test::{expect, Expect};
use spikeforge_compiler::board::{pll::Pll, Board, Family};

const TOML: &str = include_str!("../../constraints/icebreaker.toml");
const PCF: &str = include_str!("../../constraints/icebreaker.pcf");

/// Loads a copy of the iCEBreaker's files with `from` replaced by `to`; the folder's name is cut from the error.
fn check(from: &str, to: &str, expected: Expect) {
    assert!(
        TOML.contains(from) || PCF.contains(from),
        "{from} is in neither file"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    fs::write(&path, TOML.replace(from, to)).unwrap();
    fs::write(folder.path().join("icebreaker.pcf"), PCF.replace(from, to)).unwrap();
    let error = load(&path).map(|board| board.name).unwrap_err();
    expected.assert_eq(&error.replace(&format!("{}/", folder.path().display()), ""));
}

fn load(path: &Path) -> Result<Board, String> {
    Board::load(path.to_str().unwrap()).map_err(|error| error.to_string())
}

#[test]
fn every_embedded_board_loads() {
    let boards = Board::all().unwrap();
    let names: Vec<&str> = boards.iter().map(|board| board.name.as_str()).collect();
    expect![[r#"["alchitry-cu", "colorlight-i5", "ecpix-5", "hx8k-breakout", "icebreaker", "icesugar", "tang-nano-20k", "tang-nano-9k", "ulx3s-12f", "ulx3s-25f", "ulx3s-45f", "ulx3s-85f"]"#]]
        .assert_eq(&format!("{names:?}"));
    assert_eq!(names, Board::names(), "a board is called as its file");
}

#[test]
fn families_are_called_as_their_makers_call_them() {
    let names = [Family::Ice40, Family::Ecp5, Family::Gowin].map(|family| family.to_string());
    assert_eq!(names, ["iCE40", "ECP5", "Gowin"]);
}

#[test]
fn a_board_survives_json() {
    for board in Board::all().unwrap() {
        let json = serde_json::to_string(&board).unwrap();
        assert_eq!(serde_json::from_str::<Board>(&json).unwrap(), board);
    }
}

#[test]
fn a_users_board_loads_from_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    fs::write(&path, TOML.replace("\"icebreaker\"", "\"mine\"")).unwrap();
    fs::write(folder.path().join("icebreaker.pcf"), PCF).unwrap();
    let board = load(&path).unwrap();
    assert_eq!(
        (
            board.name.as_str(),
            board.family,
            board.uart_divisor(board.clock.hz).unwrap()
        ),
        ("mine", Family::Ice40, 12)
    );
}

#[test]
fn an_unknown_board_is_answered_with_the_known_ones() {
    let error = |name: &str| Board::load(name).unwrap_err().to_string();
    expect![[r#"no board is called "icebraker" (did you mean icebreaker?); the boards are alchitry-cu, colorlight-i5, ecpix-5, hx8k-breakout, icebreaker, icesugar, tang-nano-20k, tang-nano-9k, ulx3s-12f, ulx3s-25f, ulx3s-45f, ulx3s-85f; a path to a .toml file works too"#]]
        .assert_eq(&error("icebraker"));
    expect!["no board is called \"zynq\"; the boards are alchitry-cu, colorlight-i5, ecpix-5, hx8k-breakout, icebreaker, icesugar, tang-nano-20k, tang-nano-9k, ulx3s-12f, ulx3s-25f, ulx3s-45f, ulx3s-85f; a path to a .toml file works too"]
        .assert_eq(&error("zynq"));
    assert!(
        error("./none.toml").starts_with("./none.toml: No such file"),
        "{}",
        error("./none.toml")
    );
}

#[test]
fn each_mistake_is_told_with_its_line() {
    check(
        "family = \"ice40\"",
        "family = \"ice41\"",
        expect!["mine.toml:3: unknown variant `ice41`, expected one of `ice40`, `ecp5`, `gowin`"],
    );
    check(
        "hz = 12_000_000",
        "hz = twelve",
        expect!["mine.toml:12: invalid boolean, expected `true`"],
    );
    check("package", "pakage", expect!["mine.toml:5: unknown field `pakage`, expected one of `name`, `description`, `family`, `device`, `package`, `speed`, `variant`, `pin_file`, `constraints`, `pll`, `programmer`, `clock`, `uart`, `leds`, `resources`"]);
    check("baud_hz = 1_000_000", "baud_hz = 115_200", expect!["mine.toml:17: 115200 baud does not divide the clock of 12000000 Hz; 120000 baud would come nearest"]);
    check("baud_hz = 1_000_000", "baud_hz = 4_000_000", expect!["mine.toml:17: 4000000 baud needs a clock of at least 16000000 Hz, it is 12000000 Hz; use at most 3000000 baud"]);
    check(
        "baud_hz = 1_000_000",
        "baud_hz = 0",
        expect!["mine.toml:17: baud_hz is 0; the serial port needs a rate"],
    );
    check(
        "\"{bitstream}\"",
        "\"x.bin\"",
        expect!["mine.toml:8: no argument of the programmer has {bitstream} in it"],
    );
    check(
        "[\"11\", \"37\"]",
        "[]",
        expect!["mine.toml:20: leds.pins is empty; the design has one light, port led"],
    );
    check(
        "icebreaker.pcf",
        "none.pcf",
        expect!["none.pcf: No such file or directory (os error 2)"],
    );
    check(
        "icebreaker.pcf",
        "../none.pcf",
        expect!["mine.toml:6: \"../none.pcf\" is not the name of a file beside the board file"],
    );
    check(
        "family = \"ice40\"",
        "family = \"ecp5\"",
        expect!["mine.toml:3: an ecp5 board needs speed = \"6\", \"7\" or \"8\""],
    );
    check(
        "set_io uart_tx 9",
        "",
        expect!["icebreaker.pcf:1: port uart_tx has no pin; the board file says pin 9"],
    );
    check(
        "set_io uart_tx 9",
        "set_io uart_tx 10",
        expect!["icebreaker.pcf:3: port uart_tx is at pin 10, the board file says pin 9"],
    );
}

#[test]
fn the_pll_makes_rates_that_the_serial_port_divides() {
    let rate =
        |board: &str, at_most_hz: u32| Pll::fastest(&Board::load(board).unwrap(), at_most_hz);
    let summary = |pll: Pll| {
        format!(
            "{} Hz /{} x{} post {}",
            pll.output_hz, pll.divide, pll.multiply, pll.post
        )
    };
    expect!["39000000 Hz /1 x52 post 16"]
        .assert_eq(&summary(rate("icebreaker", 39_900_000).unwrap()));
    expect!["99000000 Hz /1 x66 post 8"]
        .assert_eq(&summary(rate("hx8k-breakout", 100_000_000).unwrap()));
    expect!["120000000 Hz /5 x24 post 6"]
        .assert_eq(&summary(rate("ulx3s-25f", 120_000_000).unwrap()));
    expect!["78000000 Hz /9 x26 post 8"].assert_eq(
        &rate("tang-nano-9k", 80_000_000)
            .map(summary)
            .unwrap_or_else(|error| error.to_string()),
    );
    expect!["board icebreaker (clock pin 12000000 Hz) cannot make 5000000 Hz: the least rate of IcePad that 1000000 baud divides is 18000000 Hz"]
        .assert_eq(&rate("icebreaker", 5_000_000).unwrap_err().to_string());
}
