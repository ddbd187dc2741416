//! What the HDF5 decoder's errors mean to a user, and names from files made fit for a terminal.

use hdf5_reader::error::Error;

use super::elements;
use super::error::FileFault;

/// The fault for an entry that could not be opened.
pub(super) fn absent_or_damaged(place: &str, error: &Error) -> FileFault {
    match error {
        Error::GroupNotFound(_) | Error::DatasetNotFound(_) => FileFault::Missing {
            place: place.to_string(),
        },
        error => damaged(place, error),
    }
}

/// The fault for a part of the file that could not be read.
pub(super) fn damaged(place: &str, error: &Error) -> FileFault {
    let place = place.to_string();
    match innermost(error) {
        Error::UnsupportedFilter(filter) => FileFault::Compression {
            place,
            filter: elements::filter_name(filter),
        },
        error => FileFault::Damaged {
            place,
            reason: printable(&error.to_string()),
        },
    }
}

fn innermost(error: &Error) -> &Error {
    match error {
        Error::Context { source, .. } => innermost(source),
        error => error,
    }
}

/// A name from a file, fit for a terminal: no control characters, no endless lines.
pub(super) fn printable(name: &str) -> String {
    const LONGEST: usize = 120;
    name.chars()
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .take(LONGEST)
        .collect()
}
