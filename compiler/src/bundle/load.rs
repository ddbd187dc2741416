//! Folder -> bundle, trusting nothing in it.

use std::fs;
use std::io;
use std::path::Path;

use super::index::{is_plain, sha256, Index, BOARD, FORMAT, INDEX, MANIFEST};
use super::{Bundle, BundleError};

pub(super) fn load(path: &Path) -> Result<Bundle, BundleError> {
    let index = read_index(path)?;
    let mut files = Vec::with_capacity(index.files.len());
    for entry in &index.files {
        if !is_plain(&entry.name) {
            return Err(BundleError::FileName {
                bundle: path.to_owned(),
                name: entry.name.clone(),
            });
        }
        let contents = read_file(path, &entry.name)?;
        if sha256(&contents) != entry.sha256 {
            return Err(BundleError::Checksum {
                bundle: path.to_owned(),
                name: entry.name.clone(),
            });
        }
        files.push((entry.name.clone(), contents));
    }
    let board = take_json(&mut files, path, BOARD)?;
    let manifest = take_json(&mut files, path, MANIFEST)?;
    Ok(Bundle {
        board,
        manifest,
        files,
    })
}

fn read_index(path: &Path) -> Result<Index, BundleError> {
    if !path.is_dir() {
        return Err(match path.exists() {
            true => BundleError::NotABundle(path.to_owned()),
            false => BundleError::NotThere(path.to_owned()),
        });
    }
    let index_path = path.join(INDEX);
    let text = match fs::read(&index_path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(BundleError::NotABundle(path.to_owned()))
        }
        read => read.map_err(BundleError::read(&index_path))?,
    };
    let malformed = |reason: String| BundleError::Malformed {
        path: index_path.clone(),
        reason,
    };
    // The format first: another one may have other fields.
    let any: serde_json::Value =
        serde_json::from_slice(&text).map_err(|error| malformed(error.to_string()))?;
    let found = any.get("format").and_then(serde_json::Value::as_u64);
    let found = found.ok_or_else(|| malformed("it tells no format".to_owned()))?;
    if found != FORMAT {
        return Err(BundleError::Format {
            path: path.to_owned(),
            found,
            known: FORMAT,
        });
    }
    let index: Index = serde_json::from_value(any).map_err(|error| malformed(error.to_string()))?;
    match index.sha256 == index.own_sha256() {
        true => Ok(index),
        false => Err(BundleError::Checksum {
            bundle: path.to_owned(),
            name: INDEX.to_owned(),
        }),
    }
}

fn read_file(bundle: &Path, name: &str) -> Result<Vec<u8>, BundleError> {
    let path = bundle.join(name);
    match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(BundleError::MissingFile {
            bundle: bundle.to_owned(),
            name: name.to_owned(),
        }),
        read => read.map_err(BundleError::read(&path)),
    }
}

/// Takes the file `name` out of `files` and reads it as JSON.
fn take_json<T: serde::de::DeserializeOwned>(
    files: &mut Vec<(String, Vec<u8>)>,
    bundle: &Path,
    name: &str,
) -> Result<T, BundleError> {
    let position = files.iter().position(|(known, _)| known == name);
    let position = position.ok_or_else(|| BundleError::MissingFile {
        bundle: bundle.to_owned(),
        name: name.to_owned(),
    })?;
    let (_, text) = files.remove(position);
    serde_json::from_slice(&text).map_err(|error| BundleError::Malformed {
        path: bundle.join(name),
        reason: error.to_string(),
    })
}
