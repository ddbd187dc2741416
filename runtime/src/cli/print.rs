//! Results go to standard output, everything else to standard error.

use std::fmt::Display;
use std::io::{self, Write};

use serde::Serialize;

use super::exit::{Exit, Failure};

/// Prints a result: one JSON object, or text for people.
pub fn result(as_json: bool, json: &impl Serialize, text: &dyn Display) -> Result<(), Failure> {
    let internal = |error: serde_json::Error| Failure::new(Exit::Internal, error.to_string());
    let printed = match as_json {
        true => serde_json::to_string(json).map_err(internal)?,
        false => text.to_string(),
    };
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", printed.trim_end())
        .and_then(|()| stdout.flush())
        .map_err(|error| match error.kind() {
            // A reader who closes the pipe has read enough.
            io::ErrorKind::BrokenPipe => Failure::new(Exit::Done, ""),
            _ => Failure::new(
                Exit::BadFile,
                format!("standard output could not be written: {error}"),
            ),
        })
}

/// Tells the user what goes on.
pub fn note(text: &dyn Display) {
    // A closed standard error must not end the work.
    let _ = writeln!(io::stderr(), "{text}");
}

/// `1234567` -> `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn digits_stand_in_threes() {
        assert_eq!(
            [0, 12, 999, 1000, 1_234_567].map(super::grouped),
            ["0", "12", "999", "1,000", "1,234,567"]
        );
    }
}
