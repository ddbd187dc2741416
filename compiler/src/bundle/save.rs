//! Bundle -> folder.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::index::{is_plain, Index, BOARD, INDEX, MANIFEST};
use super::{Bundle, BundleError};

pub(super) fn save(bundle: &Bundle, path: &Path) -> Result<(), BundleError> {
    let replaces = check_place(path)?;
    let parent = parent_of(path);
    let mut folder = tempfile::Builder::new();
    folder.prefix(".bundle-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new folder, by the user's mask; a temporary one would be closed to others.
        folder.permissions(fs::Permissions::from_mode(0o777));
    }
    // Dropping it removes whatever stands in it.
    let beside = folder
        .tempdir_in(&parent)
        .map_err(BundleError::write(&parent))?;
    for (name, contents) in contents(bundle, path)? {
        write(&beside.path().join(&name), &contents)
            .map_err(BundleError::write(&path.join(&name)))?;
    }
    sync_folder(beside.path()).map_err(BundleError::write(path))?;
    match replaces {
        true => exchange(beside.path(), path).map_err(BundleError::write(path))?,
        false => fs::rename(beside.path(), path).map_err(BundleError::write(path))?,
    }
    sync_folder(&parent).map_err(BundleError::write(path))
}

/// Whether a bundle stands there; anything else that does is an error.
fn check_place(path: &Path) -> Result<bool, BundleError> {
    match path.symlink_metadata() {
        Err(_) => Ok(false),
        Ok(meta) if !meta.is_dir() => Err(BundleError::FileInTheWay(path.to_owned())),
        Ok(_) if path.join(INDEX).is_file() => Ok(true),
        Ok(_) => Err(BundleError::FolderInTheWay(path.to_owned())),
    }
}

fn parent_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// All files of the folder, the index last.
fn contents(bundle: &Bundle, path: &Path) -> Result<Vec<(String, Vec<u8>)>, BundleError> {
    let json = |name: &str, text: serde_json::Result<Vec<u8>>| match text {
        Ok(text) => Ok((name.to_owned(), text)),
        Err(error) => Err(BundleError::Malformed {
            path: path.join(name),
            reason: error.to_string(),
        }),
    };
    let mut files = bundle.files.clone();
    files.push(json(BOARD, serde_json::to_vec_pretty(&bundle.board))?);
    files.push(json(MANIFEST, serde_json::to_vec_pretty(&bundle.manifest))?);
    for (position, (name, _)) in files.iter().enumerate() {
        let is_twice = files.iter().take(position).any(|(other, _)| other == name);
        if !is_plain(name) || name == INDEX || is_twice {
            return Err(BundleError::FileName {
                bundle: path.to_owned(),
                name: name.clone(),
            });
        }
    }
    let index = Index::new(&bundle.board.name, &files);
    files.push(json(INDEX, serde_json::to_vec_pretty(&index))?);
    Ok(files)
}

fn write(path: &Path, contents: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

/// The new folder takes the place of the old one in one step; the old one goes away with the
/// temporary folder that it becomes.
#[cfg(target_os = "linux")]
fn exchange(new: &Path, old: &Path) -> std::io::Result<()> {
    use rustix::fs::{renameat_with, RenameFlags, CWD};
    match renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE) {
        // Some file systems have no such step.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => step_aside(new, old),
        exchanged => Ok(exchanged?),
    }
}

#[cfg(not(target_os = "linux"))]
fn exchange(new: &Path, old: &Path) -> std::io::Result<()> {
    step_aside(new, old)
}

fn step_aside(new: &Path, old: &Path) -> std::io::Result<()> {
    let aside = new.with_extension("old");
    fs::rename(old, &aside)?;
    match fs::rename(new, old) {
        Ok(()) => fs::remove_dir_all(&aside),
        Err(error) => fs::rename(&aside, old).and(Err(error)),
    }
}
