//! Which port is at which pin, read from a constraint file.

use super::Family;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Location {
    /// From 1.
    pub line: usize,
    pub port: String,
    pub pin: String,
}

/// Lines of other kinds are the tools' business.
pub(super) fn locations(family: Family, text: &str) -> Vec<Location> {
    let words_of: fn(&str) -> Option<(String, String)> = match family {
        Family::Ice40 => pcf,
        Family::Ecp5 => lpf,
        Family::Gowin => cst,
    };
    let lines = text.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            words_of(line).map(|(port, pin)| Location {
                line: index + 1,
                port,
                pin,
            })
        })
        .collect()
}

/// `set_io [-nowarn] [-pullup yes|no] port pin  # comment`: port and pin are the last two words.
fn pcf(line: &str) -> Option<(String, String)> {
    let words: Vec<&str> = line.split('#').next()?.split_whitespace().collect();
    match words.as_slice() {
        ["set_io", .., port, pin] => Some((port.to_string(), pin.to_string())),
        _ => None,
    }
}

/// `LOCATE COMP "port" SITE "pin";`
fn lpf(line: &str) -> Option<(String, String)> {
    match words(line).as_slice() {
        [locate, comp, port, site, pin, ..]
            if [locate, comp, site] == [&"LOCATE", &"COMP", &"SITE"] =>
        {
            Some((port.to_string(), pin.to_string()))
        }
        _ => None,
    }
}

/// `IO_LOC "port" pin;`
fn cst(line: &str) -> Option<(String, String)> {
    match words(line).as_slice() {
        ["IO_LOC", port, pin, ..] => Some((port.to_string(), pin.to_string())),
        _ => None,
    }
}

fn words(line: &str) -> Vec<&str> {
    line.split(|c: char| c.is_whitespace() || c == '"' || c == ';')
        .filter(|word| !word.is_empty())
        .collect()
}
