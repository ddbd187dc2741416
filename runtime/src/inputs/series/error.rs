//! What is wrong with a file of series.

use thiserror::Error;

/// Lines, channels and values are counted from 1 in messages.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum SeriesError {
    #[error("line {line} is no header: {text:?}; above @data there are lines such as @seriesLength 896, and comments behind #")]
    Header { line: usize, text: String },
    #[error("line {line} says that values have timestamps, which are not read; write them at even steps, without timestamps")]
    Timestamps { line: usize },
    #[error("line {line} says that values are missing; fill them in first")]
    Missing { line: usize },
    #[error("there is no line @data; it is no .ts file, or was cut off: get it again")]
    NoData,
    #[error("no line names the classes, as @classLabel true ONE OTHER does; regression is not read")]
    NoClasses,
    #[error("there is no recording below @data; it was cut off: get it again")]
    Empty,
    #[error("line {line} has {got} channels before its label, {expected} are expected; channels are parted by ':'")]
    Channels { line: usize, got: usize, expected: usize },
    #[error("line {line}, channel {}: {got} values, {expected} are expected; recordings of other lengths must be cut or filled first", channel + 1)]
    Length { line: usize, channel: usize, got: usize, expected: usize },
    #[error("line {line}, channel {}, value {}: {text:?} is no finite number", channel + 1, index + 1)]
    Value { line: usize, channel: usize, index: usize, text: String },
    #[error("line {line} ends in the label {got:?}; the header has the classes {known}")]
    Class { line: usize, got: String, known: String },
    #[error("recordings of {n_values} values cannot be cut into {n_windows} windows; take 1 to {n_values}")]
    Windows { n_windows: usize, n_values: usize },
}

/// What of a stranger's text goes into a message.
pub(super) fn clipped(text: &str) -> String {
    const MOST: usize = 24;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
