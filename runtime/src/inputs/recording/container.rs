//! Bounded reading of HDF5: nothing is allocated before its size is known to fit, and no file makes this panic.

use std::panic::{catch_unwind, AssertUnwindSafe};

use hdf5_reader::error::Error;
use hdf5_reader::group::Group;
use hdf5_reader::{Attribute, Dataset, Datatype, Hdf5File, OpenOptions};

use super::RecordingError;

/// Values of one dataset: more than a day of one channel, or half an hour of 90.
const MOST_VALUES: u64 = 1 << 25;
const MOST_BYTES: usize = 1 << 26;
/// Strings, and numbers of channels and annotations.
const MOST_ENTRIES: u64 = 1 << 16;
const MOST_TEXT_BYTES: u64 = 1 << 20;
const MOST_HEADER_BYTES: usize = 1 << 20;
/// Deflate cannot expand a byte to more than this.
const MOST_EXPANSION: u64 = 1032;

/// A group of the file and where it is.
pub(super) struct Folder {
    group: Group,
    place: String,
    file_bytes: u64,
}

/// Opens the bytes of a file and gives its root to `read`. The decoder promises errors for hostile files; a panic in its
/// tens of thousands of lines is caught all the same, and is an error of the file.
pub(super) fn open<T>(bytes: &[u8], read: impl FnOnce(&Folder) -> Result<T, RecordingError>) -> Result<T, RecordingError> {
    let attempt = || {
        let file_bytes = bytes.len() as u64;
        // No chunk cache: every dataset is read once.
        let limits = OpenOptions::default()
            .with_max_read_bytes(MOST_BYTES)
            .with_max_chunk_bytes(MOST_BYTES)
            .with_max_object_header_bytes(MOST_HEADER_BYTES)
            .with_chunk_cache_bytes(0);
        let file = Hdf5File::from_bytes_with_options(bytes, limits);
        let file = file.map_err(|error| RecordingError::NotHdf5 { reason: printable(&error.to_string()) })?;
        let group = file.root_group().map_err(|error| damaged("/", &error))?;
        read(&Folder { group, place: String::new(), file_bytes })
    };
    catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|_| {
        let reason = "its structure makes the HDF5 decoder fail".to_owned();
        Err(RecordingError::Damaged { place: "the file".to_owned(), reason })
    })
}

impl Folder {
    fn place(&self, name: &str) -> String {
        format!("{}/{name}", self.place)
    }

    pub fn folder(&self, name: &str) -> Result<Folder, RecordingError> {
        let place = self.place(name);
        let group = self.group.group(name).map_err(|error| damaged(&place, &error))?;
        Ok(Folder { group, place, file_bytes: self.file_bytes })
    }

    /// An attribute that is a number. Of the others nothing is decoded.
    pub fn number(&self, name: &str) -> Result<f64, RecordingError> {
        let place = format!("{}, attribute {name}", self.place);
        let attributes = self.group.raw_attributes().map_err(|error| damaged(&place, &error))?;
        let found = attributes.into_iter().find(|attribute| attribute.name() == name);
        let attribute = found.ok_or_else(|| RecordingError::Missing { place: place.clone() })?;
        let number = Attribute::from_message(attribute.into_parts().0).read_as_f64();
        number.map_err(|error| damaged(&place, &error))
    }

    /// A row of integers or floats.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, RecordingError> {
        let dataset = self.row(name)?;
        let place = self.place(name);
        let width = match dataset.dtype() {
            Datatype::FixedPoint { size: size @ (1 | 2 | 4 | 8), signed: true, .. } => usize::from(*size),
            Datatype::FloatingPoint { size: 8, .. } => 8,
            other => return Err(RecordingError::Kind { place, got: kind(other), expected: "signed integers or floats of 8 bytes" }),
        };
        let is_float = matches!(dataset.dtype(), Datatype::FloatingPoint { .. });
        let bytes = self.native(&dataset, &place)?;
        Ok(bytes.chunks_exact(width).map(|bytes| decoded(bytes, is_float)).collect())
    }

    /// A row of strings. In the file many may be one, so what they say of their lengths is added up before.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, RecordingError> {
        let dataset = self.row(name)?;
        let place = self.place(name);
        let failed = |error: Error| damaged(&place, &error);
        let bytes: u64 = match dataset.dtype() {
            Datatype::VarLen { .. } | Datatype::String { size: hdf5_reader::StringSize::Variable, .. } => {
                let references = dataset.read_raw_bytes().map_err(failed)?;
                references.chunks(dataset.vlen_reference_size()).map(reference_length).sum()
            }
            Datatype::String { .. } => dataset.raw_byte_len().map_err(failed)? as u64,
            other => return Err(RecordingError::Kind { place, got: kind(other), expected: "strings" }),
        };
        if bytes > MOST_TEXT_BYTES {
            let reason = format!("its strings have {bytes} bytes, the limit is {MOST_TEXT_BYTES}");
            return Err(RecordingError::Damaged { place, reason });
        }
        let texts = dataset.read_strings().map_err(failed)?;
        Ok(texts.iter().map(|text| printable(text)).collect())
    }

    /// Rows and columns of integers of 16 bits, as `[rows, columns]` and row by row.
    pub fn table(&self, name: &str) -> Result<([usize; 2], Vec<i16>), RecordingError> {
        let place = self.place(name);
        let dataset = self.dataset(name, &place, MOST_VALUES)?;
        let &[rows, columns] = dataset.shape() else {
            return Err(RecordingError::Shape { place, got: dataset.shape().to_vec(), expected: "(channels, values)" });
        };
        if !matches!(dataset.dtype(), Datatype::FixedPoint { size: 2, signed: true, .. }) {
            return Err(RecordingError::Kind { place, got: kind(dataset.dtype()), expected: "signed integers of 2 bytes" });
        }
        let bytes = self.native(&dataset, &place)?;
        let values = bytes.chunks_exact(2).map(|pair| i16::from_ne_bytes([pair[0], pair[1]])).collect();
        let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        Ok(([size(rows), size(columns)], values))
    }

    fn row(&self, name: &str) -> Result<Dataset, RecordingError> {
        let place = self.place(name);
        let dataset = self.dataset(name, &place, MOST_ENTRIES)?;
        match dataset.shape() {
            [_] => Ok(dataset),
            other => Err(RecordingError::Shape { place, got: other.to_vec(), expected: "one dimension" }),
        }
    }

    fn dataset(&self, name: &str, place: &str, most: u64) -> Result<Dataset, RecordingError> {
        let dataset = self.group.dataset(name).map_err(|error| damaged(place, &error))?;
        let got = dataset.shape().iter().fold(1u64, |product, &size| product.saturating_mul(size));
        match got > most {
            true => Err(RecordingError::TooLarge { place: place.to_owned(), got, most }),
            false => Ok(dataset),
        }
    }

    /// All bytes, if the file can hold them.
    fn native(&self, dataset: &Dataset, place: &str) -> Result<Vec<u8>, RecordingError> {
        let bytes = dataset.raw_byte_len().map_err(|error| damaged(place, &error))? as u64;
        if bytes > self.file_bytes.saturating_mul(MOST_EXPANSION) {
            let reason = format!("it calls itself {bytes} bytes long, which a file of {} bytes cannot hold", self.file_bytes);
            return Err(RecordingError::Damaged { place: place.to_owned(), reason });
        }
        dataset.read_native_bytes().map_err(|error| damaged(place, &error))
    }
}

/// A signed integer, or a float of 8 bytes, in the byte order of this machine.
#[allow(clippy::cast_precision_loss)]
fn decoded(bytes: &[u8], is_float: bool) -> f64 {
    match *bytes {
        [a] => f64::from(i8::from_ne_bytes([a])),
        [a, b] => f64::from(i16::from_ne_bytes([a, b])),
        [a, b, c, d] => f64::from(i32::from_ne_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] if is_float => f64::from_ne_bytes([a, b, c, d, e, f, g, h]),
        [a, b, c, d, e, f, g, h] => i64::from_ne_bytes([a, b, c, d, e, f, g, h]) as f64,
        _ => f64::NAN,
    }
}

/// The length of a string of variable length: the first four bytes, little endian, of what refers to it.
fn reference_length(reference: &[u8]) -> u64 {
    match reference {
        [a, b, c, d, ..] => u64::from(u32::from_le_bytes([*a, *b, *c, *d])),
        _ => 0,
    }
}

fn kind(datatype: &Datatype) -> &'static str {
    match datatype {
        Datatype::FloatingPoint { .. } => "floats of another size",
        Datatype::FixedPoint { .. } => "integers of another size or sign",
        Datatype::String { .. } | Datatype::VarLen { .. } => "text",
        _ => "something else",
    }
}

fn damaged(place: &str, error: &Error) -> RecordingError {
    match error {
        Error::GroupNotFound(_) | Error::DatasetNotFound(_) => RecordingError::Missing { place: place.to_owned() },
        error => RecordingError::Damaged { place: place.to_owned(), reason: printable(&error.to_string()) },
    }
}

/// A text from a file, fit for a terminal.
fn printable(text: &str) -> String {
    const LONGEST: usize = 120;
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).take(LONGEST).collect()
}
