//! Spikes -> `.npy`.

use std::io::{self, Write};
use std::path::Path;

use spikeforge_sim::Spikes;

use super::header::of_bytes;
use crate::inputs::InputError;

/// Writes spikes as uint8 of shape (timesteps, batch, neurons), beside `path` and renamed into place.
///
/// `samples` are presentations of equal length, of `n_neurons` spikes a timestep.
pub fn write_spikes(
    path: &Path,
    samples: &[Vec<Spikes>],
    n_neurons: usize,
) -> Result<(), InputError> {
    let failed = |source: io::Error| InputError::Write {
        path: path.to_owned(),
        source,
    };
    let n_timesteps = samples.first().map_or(0, Vec::len);
    let shape = [n_timesteps, samples.len(), n_neurons];
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    if path.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let mut beside = as_any_new_file().tempfile_in(folder).map_err(failed)?;
    let mut write = || -> io::Result<()> {
        let mut to = io::BufWriter::new(beside.as_file_mut());
        to.write_all(&of_bytes(&shape))?;
        for t in 0..n_timesteps {
            for sample in samples {
                to.write_all(&sample[t].iter().by_vals().map(u8::from).collect::<Vec<_>>())?;
            }
        }
        to.flush()
    };
    write()
        .and_then(|()| beside.as_file().sync_all())
        .map_err(failed)?;
    beside.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A temporary file beside the place that it will be renamed to.
pub(crate) fn as_any_new_file() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".spikeforge-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file, by the user's mask; a temporary one would be closed to others.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
}
