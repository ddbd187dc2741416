//! Verilator's own part of every simulation, compiled once: it takes more time than a small design.

use std::fs;
use std::io;
use std::path::Path;

use super::ToolError;

/// Puts kept objects into `objects`, where make finds them newer than the makefile.
pub(super) fn lend(objects: &Path, kept: &Path) -> Result<(), ToolError> {
    if !kept.is_dir() {
        return Ok(());
    }
    for path in runtime_objects(kept).map_err(ToolError::io(kept))? {
        copy_into(&path, objects).map_err(ToolError::io(&path))?;
    }
    Ok(())
}

/// Keeps the objects of a finished build, unless there are some.
pub(super) fn keep(objects: &Path, kept: &Path) -> Result<(), ToolError> {
    if kept.is_dir() {
        return Ok(());
    }
    let cache = kept.parent().unwrap_or(kept);
    let beside = tempfile::Builder::new()
        .prefix("building-")
        .tempdir_in(cache)
        .map_err(ToolError::io(cache))?;
    for path in runtime_objects(objects).map_err(ToolError::io(objects))? {
        copy_into(&path, beside.path()).map_err(ToolError::io(&path))?;
    }
    // Another process may have been faster; its objects are the same.
    match fs::rename(beside.path(), kept) {
        Err(_) if kept.is_dir() => Ok(()),
        renamed => renamed.map_err(ToolError::io(kept)),
    }
}

fn runtime_objects(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with("verilated") && name.ends_with(".o") {
            found.push(path);
        }
    }
    Ok(found)
}

fn copy_into(path: &Path, folder: &Path) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default();
    fs::write(folder.join(name), fs::read(path)?)
}
