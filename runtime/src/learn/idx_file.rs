//! Samples as IDX files, for other programs.

use std::path::Path;

use super::saved::write_whole;
use super::{LearnError, Samples};

/// Writes `FOLDER/NAME-images-idx3-ubyte` (of samples of three dimensions `idx4`) and `FOLDER/NAME-labels-idx1-ubyte`.
pub fn write_idx(folder: &Path, name: &str, samples: &Samples) -> Result<(), LearnError> {
    std::fs::create_dir_all(folder).map_err(|source| LearnError::Write { path: folder.to_owned(), source })?;
    let n = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let header = |sizes: &[u32]| {
        let n_sizes = u8::try_from(sizes.len()).unwrap_or(u8::MAX);
        let sizes = sizes.iter().flat_map(|size| size.to_be_bytes());
        [0, 0, 8, n_sizes].into_iter().chain(sizes).collect::<Vec<u8>>()
    };
    let images = [header(&[&[n], samples.shape()].concat()).as_slice(), samples.pixels()].concat();
    write_whole(&folder.join(format!("{name}-images-idx{}-ubyte", 1 + samples.shape().len().max(2))), &images)?;
    let labels = samples.labels().iter().map(|&label| u8::try_from(label).unwrap_or(u8::MAX));
    let labels: Vec<u8> = header(&[n]).into_iter().chain(labels).collect();
    write_whole(&folder.join(format!("{name}-labels-idx1-ubyte")), &labels)
}
