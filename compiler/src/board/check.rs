//! Text of a board file -> [`Board`], with every rule that its fields must keep.

use std::io;
use std::path::Path;

use super::{pins, Board, BoardError, Family, PORTS};

/// The serial receiver samples a bit at its middle; fewer cycles than this leave no middle.
const MIN_DIVISOR: u32 = 4;

/// `read_pins` gives the text of a file beside `path`.
pub(super) fn parse(
    path: &Path,
    text: &str,
    read_pins: impl Fn(&str) -> io::Result<String>,
) -> Result<Board, BoardError> {
    let mut board: Board = toml::from_str(text).map_err(|error| BoardError::Malformed {
        path: path.to_owned(),
        line: error.span().map_or(1, |span| line_at(text, span.start)),
        message: error.message().to_owned(),
    })?;
    check_fields(&board).map_err(|(key, message)| BoardError::Malformed {
        path: path.to_owned(),
        line: line_of(text, key),
        message,
    })?;
    let pins_path = path.with_file_name(&board.pin_file);
    board.constraints = read_pins(&board.pin_file).map_err(|source| BoardError::Read {
        path: pins_path.clone(),
        source,
    })?;
    check_pins(&board).map_err(|(line, message)| BoardError::Malformed {
        path: pins_path,
        line,
        message,
    })?;
    Ok(board)
}

/// Cycles of one bit, or why there is no such number.
pub(super) fn divisor(clock_hz: u32, baud_hz: u32) -> Result<u32, String> {
    if baud_hz == 0 {
        return Err("baud_hz is 0; the serial port needs a rate".to_owned());
    }
    let divisor = clock_hz / baud_hz;
    if divisor < MIN_DIVISOR {
        return Err(format!(
            "{baud_hz} baud needs a clock of at least {} Hz, it is {clock_hz} Hz; use at most {} baud",
            u64::from(baud_hz) * u64::from(MIN_DIVISOR),
            clock_hz / MIN_DIVISOR,
        ));
    }
    if clock_hz % baud_hz != 0 {
        return Err(format!(
            "{baud_hz} baud does not divide the clock of {clock_hz} Hz; {} baud would come nearest",
            nearest_rate(clock_hz, baud_hz),
        ));
    }
    Ok(divisor)
}

/// The rate nearest to `baud_hz` that divides `clock_hz`, or a bit a cycle.
fn nearest_rate(clock_hz: u32, baud_hz: u32) -> u32 {
    let divisors = (MIN_DIVISOR..=clock_hz).filter(|d| clock_hz % d == 0);
    divisors
        .map(|d| clock_hz / d)
        .min_by_key(|rate| rate.abs_diff(baud_hz))
        .unwrap_or(clock_hz)
}

/// Errors name the key whose line is to be told.
fn check_fields(board: &Board) -> Result<(), (&'static str, String)> {
    divisor(board.clock.hz, board.uart.baud_hz).map_err(|reason| ("baud_hz", reason))?;
    if !board
        .programmer
        .iter()
        .any(|argument| argument.contains("{bitstream}"))
    {
        return Err((
            "programmer",
            "no argument of the programmer has {bitstream} in it".to_owned(),
        ));
    }
    if board.leds.pins.is_empty() {
        return Err((
            "pins",
            "leds.pins is empty; the design has one light, port led".to_owned(),
        ));
    }
    let is_file_name = Path::new(&board.pin_file)
        .file_name()
        .is_some_and(|name| name == board.pin_file.as_str());
    if !is_file_name {
        return Err((
            "pin_file",
            format!(
                "\"{}\" is not the name of a file beside the board file",
                board.pin_file
            ),
        ));
    }
    match board.family {
        Family::Ecp5 if board.speed.is_none() => Err((
            "family",
            "an ecp5 board needs speed = \"6\", \"7\" or \"8\"".to_owned(),
        )),
        Family::Gowin if board.variant.is_none() => Err((
            "family",
            "a gowin board needs variant, such as \"GW1N-9C\"".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// The constraint file and the board file must tell the same pins.
fn check_pins(board: &Board) -> Result<(), (usize, String)> {
    let located = pins::locations(board.family, &board.constraints);
    let led = board.leds.pins.first().map_or("", String::as_str);
    let wanted = [&board.clock.pin, &board.uart.rx, &board.uart.tx, led];
    for (port, pin) in PORTS.into_iter().zip(wanted) {
        let Some(location) = located.iter().find(|location| location.port == port) else {
            return Err((
                1,
                format!("port {port} has no pin; the board file says pin {pin}"),
            ));
        };
        if location.pin != pin {
            let found = &location.pin;
            return Err((
                location.line,
                format!("port {port} is at pin {found}, the board file says pin {pin}"),
            ));
        }
    }
    Ok(())
}

/// First line, from 1, that sets `key`.
fn line_of(text: &str, key: &str) -> usize {
    let sets_key = |line: &str| {
        line.trim_start()
            .strip_prefix(key)
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    text.lines().position(sets_key).map_or(1, |index| index + 1)
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}
