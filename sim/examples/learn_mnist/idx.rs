//! Samples in IDX files.

use std::path::Path;

use super::Failure;

/// Images and labels of an IDX pair.
pub struct Samples {
    pub shape: Vec<u32>,
    pub images: Vec<Vec<u8>>,
    pub labels: Vec<usize>,
}

impl Samples {
    pub fn read(folder: &Path, prefix: &str) -> Result<Self, Failure> {
        let file = |what: &str| {
            let path = folder.join(format!("{prefix}-{what}-ubyte"));
            std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let (images, labels) = (file("images-idx3")?, file("labels-idx1")?);
        if images.len() < 16 || labels.len() < 8 {
            return Err("an IDX file ends before its header does".into());
        }
        let size = |at: usize| u32::from_be_bytes([images[at], images[at + 1], images[at + 2], images[at + 3]]);
        let shape = vec![size(8), size(12)];
        let n_pixels = usize::try_from(shape[0] * shape[1])?;
        let images: Vec<_> = images[16..].chunks_exact(n_pixels.max(1)).map(<[u8]>::to_vec).collect();
        let labels: Vec<_> = labels[8..].iter().map(|&label| usize::from(label)).collect();
        if images.len() != labels.len() {
            return Err(format!("there are {} {prefix} images and {} labels", images.len(), labels.len()).into());
        }
        Ok(Samples { shape, images, labels })
    }

    pub fn n_classes(&self) -> usize {
        self.labels.iter().max().map_or(0, |label| label + 1)
    }
}
