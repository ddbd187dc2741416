//! `.npz`: a zip of `.npy` files, of which one is taken.

use std::io::{Cursor, Read};
use std::path::Path;

use zip::ZipArchive;

use super::InputError;

/// The most bytes that an array may unpack to.
const MOST_UNPACKED: u64 = 128 << 20;
/// The array that is meant where there are several.
const NAMES: [&str; 3] = ["spikes.npy", "inputs.npy", "arr_0.npy"];

/// The only array of the file, or else that of the first of the names above.
pub(super) fn array(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, InputError> {
    let wrong = |reason: String| InputError::Npz { path: path.to_owned(), reason };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| wrong(error.to_string()))?;
    let names: Vec<String> = archive.file_names().map(String::from).collect();
    let wanted = NAMES.into_iter().find(|wanted| names.iter().any(|name| name == wanted));
    let name = match (&names[..], wanted) {
        ([only], _) => only.as_str(),
        (_, Some(wanted)) => wanted,
        _ => return Err(wrong(format!("of its {} arrays none is called spikes, inputs or arr_0", names.len()))),
    };
    let file = archive.by_name(name).map_err(|error| wrong(error.to_string()))?;
    let mut array = Vec::new();
    file.take(MOST_UNPACKED + 1).read_to_end(&mut array).map_err(|error| wrong(error.to_string()))?;
    match array.len() as u64 > MOST_UNPACKED {
        true => Err(wrong(format!("{name} unpacks to more than {MOST_UNPACKED} bytes; split it"))),
        false => Ok(array),
    }
}
