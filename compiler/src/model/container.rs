//! Bounded reading of HDF5. Nothing is allocated before its size is known to fit, and no file makes this panic.

use std::cell::Cell;
use std::panic::{catch_unwind, AssertUnwindSafe};

use hdf5_reader::group::Group;
use hdf5_reader::{Dataset, Datatype, Hdf5File, OpenOptions, StringSize};
use ndarray::{ArrayD, IxDyn};

use super::linear_map::MOST_WEIGHTS;
use super::elements;
use super::error::FileFault;
use super::fault::{absent_or_damaged, damaged, printable};

/// Numbers in one file. More weights than this fit no board: the largest has 4 Mbit of block memory.
pub(super) const MAX_ELEMENTS: u64 = MOST_WEIGHTS as u64;
/// A file of [`MAX_ELEMENTS`] float64 and what HDF5 adds.
pub(super) const MAX_FILE_BYTES: u64 = 72 << 20;
/// Deflate, the densest compression that nir writes, cannot expand a byte to more than this.
const MAX_EXPANSION: u64 = 1032;
/// All strings of a dataset: names of nodes, edges and metadata.
const MAX_TEXT_BYTES: u64 = 1 << 20;
const MAX_HEADER_BYTES: usize = 1 << 20;
const MAX_RANK: usize = 8;

/// Opens the bytes of a file and gives its root to `read`.
///
/// The HDF5 decoder promises errors for hostile files, and none of thousands made it panic. It is still tens of
/// thousands of lines that run on untrusted bytes, so a panic in it is caught here and becomes an error of the file.
pub(super) fn open<T>(
    bytes: Vec<u8>,
    read: impl FnOnce(Folder<'_>) -> Result<T, FileFault>,
) -> Result<T, FileFault> {
    let attempt = move || {
        let container = Container {
            bytes: bytes.len() as u64,
            left: Cell::new(MAX_ELEMENTS),
        };
        let file = Hdf5File::from_vec_with_options(bytes, limits()).map_err(|error| {
            FileFault::NotHdf5 {
                reason: error.to_string(),
            }
        })?;
        let group = file.root_group().map_err(|error| damaged("/", &error))?;
        read(Folder {
            container: &container,
            group,
            place: String::new(),
        })
    };
    catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|_| {
        let reason = "its structure makes the HDF5 decoder fail".to_string();
        Err(FileFault::Damaged {
            place: "the file".to_string(),
            reason,
        })
    })
}

/// What the decoder may allocate. No chunk cache: every dataset is read once.
fn limits() -> OpenOptions {
    let most = usize::try_from(MAX_ELEMENTS * 8).unwrap_or(usize::MAX);
    OpenOptions::default()
        .with_max_read_bytes(most)
        .with_max_chunk_bytes(most)
        .with_max_object_header_bytes(MAX_HEADER_BYTES)
        .with_chunk_cache_bytes(0)
}

/// What is known of the whole file: its length, and how many more numbers may be read from it.
struct Container {
    bytes: u64,
    left: Cell<u64>,
}

/// A group of the file and where it is.
pub(super) struct Folder<'a> {
    container: &'a Container,
    group: Group,
    place: String,
}

impl<'a> Folder<'a> {
    /// The path of an entry, for messages.
    pub fn place(&self, name: &str) -> String {
        format!("{}/{}", self.place, printable(name))
    }

    /// The names of the groups and the names of the datasets in here.
    pub fn names(&self) -> Result<(Vec<String>, Vec<String>), FileFault> {
        self.group
            .member_names()
            .map_err(|error| damaged(&self.place(""), &error))
    }

    pub fn folder(&self, name: &str) -> Result<Folder<'a>, FileFault> {
        let place = self.place(name);
        let group = self
            .group
            .group(name)
            .map_err(|error| absent_or_damaged(&place, &error))?;
        Ok(Folder {
            container: self.container,
            group,
            place,
        })
    }

    pub fn has_folder(&self, name: &str) -> Result<bool, FileFault> {
        Ok(self.names()?.0.iter().any(|found| found == name))
    }

    pub fn has_dataset(&self, name: &str) -> Result<bool, FileFault> {
        Ok(self.names()?.1.iter().any(|found| found == name))
    }

    /// An array of numbers of any shape, or one number, as float64.
    pub fn numbers(&self, name: &str) -> Result<ArrayD<f64>, FileFault> {
        let place = self.place(name);
        let dataset = self.dataset(name, &place)?;
        let kind = elements::kind(dataset.dtype()).ok_or_else(|| FileFault::ElementType {
            place: place.clone(),
            found: elements::describe(dataset.dtype()),
        })?;
        let shape = self.claim(&dataset, kind.size(), &place)?;
        let bytes = dataset
            .read_native_bytes()
            .map_err(|error| damaged(&place, &error))?;
        ArrayD::from_shape_vec(IxDyn(&shape), kind.decode(&bytes)).map_err(|error| {
            FileFault::Damaged {
                place,
                reason: error.to_string(),
            }
        })
    }

    /// Strings, and the shape they have.
    pub fn texts(&self, name: &str) -> Result<(Vec<usize>, Vec<String>), FileFault> {
        let place = self.place(name);
        let dataset = self.dataset(name, &place)?;
        if !is_text(&dataset) {
            return Err(FileFault::ElementType {
                place,
                found: elements::describe(dataset.dtype()),
            });
        }
        let shape = self.claim(&dataset, 1, &place)?;
        check_text_bytes(&dataset, &place)?;
        let texts = dataset
            .read_strings()
            .map_err(|error| damaged(&place, &error))?;
        Ok((shape, texts.iter().map(|text| printable(text)).collect()))
    }

    pub fn is_text(&self, name: &str) -> Result<bool, FileFault> {
        Ok(is_text(&self.dataset(name, &self.place(name))?))
    }

    /// Whether a dataset holds booleans, which HDF5 knows only as an enumeration.
    pub fn is_flag(&self, name: &str) -> Result<bool, FileFault> {
        Ok(matches!(
            self.dataset(name, &self.place(name))?.dtype(),
            Datatype::Enum { .. }
        ))
    }

    fn dataset(&self, name: &str, place: &str) -> Result<Dataset, FileFault> {
        self.group
            .dataset(name)
            .map_err(|error| absent_or_damaged(place, &error))
    }

    /// The shape of a dataset, after checking that the file can hold it and that the budget allows it.
    fn claim(
        &self,
        dataset: &Dataset,
        element_bytes: u64,
        place: &str,
    ) -> Result<Vec<usize>, FileFault> {
        let declared = dataset.shape();
        if declared.len() > MAX_RANK {
            let expected = "at most 8 dimensions";
            return Err(FileFault::Shape {
                place: place.to_string(),
                shape: declared.to_vec(),
                expected,
            });
        }
        let elements = declared
            .iter()
            .fold(1u64, |n, &size| n.saturating_mul(size));
        let left = self.container.left.get();
        if elements > left {
            let (place, shape) = (place.to_string(), declared.to_vec());
            return Err(FileFault::TooManyElements {
                place,
                shape,
                elements,
                limit: MAX_ELEMENTS,
            });
        }
        let bytes = elements.saturating_mul(element_bytes);
        if bytes > self.container.bytes.saturating_mul(MAX_EXPANSION) {
            return Err(FileFault::Unbacked {
                place: place.to_string(),
                bytes,
                file_bytes: self.container.bytes,
            });
        }
        self.container.left.set(left - elements);
        Ok(declared
            .iter()
            .map(|&size| usize::try_from(size).unwrap_or(usize::MAX))
            .collect())
    }
}

fn is_text(dataset: &Dataset) -> bool {
    matches!(
        dataset.dtype(),
        Datatype::String { .. } | Datatype::VarLen { .. }
    )
}

/// Refuses strings that are long in all. In the file many strings may be one, so its length does not bound them.
fn check_text_bytes(dataset: &Dataset, place: &str) -> Result<(), FileFault> {
    let stored = dataset
        .raw_byte_len()
        .map_err(|error| damaged(place, &error))?;
    let mut bytes = u64::try_from(stored).unwrap_or(u64::MAX);
    let fixed = matches!(
        dataset.dtype(),
        Datatype::String {
            size: StringSize::Fixed(_),
            ..
        }
    );
    if !fixed && bytes <= MAX_TEXT_BYTES {
        let references = dataset
            .read_raw_bytes()
            .map_err(|error| damaged(place, &error))?;
        bytes = references
            .chunks(dataset.vlen_reference_size())
            .map(reference_length)
            .sum();
    }
    if bytes > MAX_TEXT_BYTES {
        let reason = format!("its strings have {bytes} bytes, the limit is {MAX_TEXT_BYTES}");
        return Err(FileFault::Damaged {
            place: place.to_string(),
            reason,
        });
    }
    Ok(())
}

/// The length of a string of variable length: the first four bytes, little endian, of what refers to it.
fn reference_length(reference: &[u8]) -> u64 {
    match reference {
        [a, b, c, d, ..] => u64::from(u32::from_le_bytes([*a, *b, *c, *d])),
        _ => 0,
    }
}
