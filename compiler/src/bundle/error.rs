use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a bundle could not be written or read.
#[derive(Debug, Error)]
pub enum BundleError {
    #[error("a file stands where the bundle folder should go: {path}; move it away or name another place", path = .0.display())]
    FileInTheWay(PathBuf),
    #[error("{path} is a folder that is not a bundle (it has no bundle.json); it is left alone, name another place", path = .0.display())]
    FolderInTheWay(PathBuf),
    #[error("there is no folder {path} to put the bundle in", path = .0.display())]
    NoFolder(PathBuf),
    #[error("no permission to write {path}", path = .0.display())]
    NotAllowed(PathBuf),
    #[error("the disk is full: {path} could not be written; nothing is left of the new bundle", path = .0.display())]
    DiskFull(PathBuf),
    #[error("{path} could not be written: {source}", path = path.display())]
    Write { path: PathBuf, source: io::Error },

    #[error("there is no bundle {path}", path = .0.display())]
    NotThere(PathBuf),
    #[error("{path} is not a bundle: it has no bundle.json", path = .0.display())]
    NotABundle(PathBuf),
    #[error("{path} could not be read: {source}", path = path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is damaged: {reason}", path = path.display())]
    Malformed { path: PathBuf, reason: String },
    #[error("{path} has bundle format {found}, this program reads format {known}; compile the model again", path = path.display())]
    Format {
        path: PathBuf,
        found: u64,
        known: u64,
    },
    #[error("{bundle} lists \"{name}\", which is not a plain file name; the bundle is refused", bundle = bundle.display())]
    FileName { bundle: PathBuf, name: String },
    #[error("{bundle} lacks its file {name}; compile the model again", bundle = bundle.display())]
    MissingFile { bundle: PathBuf, name: String },
    #[error("{bundle}: {name} is not the file that was written (its SHA-256 differs); compile the model again", bundle = bundle.display())]
    Checksum { bundle: PathBuf, name: String },
}

impl BundleError {
    /// For `map_err` on writes: the kinds that a user can mend have their own sentence.
    pub(super) fn write(path: &Path) -> impl FnOnce(io::Error) -> BundleError + '_ {
        move |source| {
            let path = path.to_owned();
            match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    BundleError::DiskFull(path)
                }
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    BundleError::NotAllowed(path)
                }
                io::ErrorKind::NotFound => BundleError::NoFolder(path),
                _ => BundleError::Write { path, source },
            }
        }
    }

    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> BundleError + '_ {
        move |source| BundleError::Read {
            path: path.to_owned(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_called_by_its_name() {
        let no_space_left = io::Error::from_raw_os_error(28);
        let error = BundleError::write(Path::new("x.bundle"))(no_space_left);
        assert!(error.to_string().starts_with("the disk is full"), "{error}");
    }
}
