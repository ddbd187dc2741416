//! The data sets by name.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::eeg::{Eeg, BLINK, SCP1};
use super::folds::{even_fold, fold, validation};
use super::{seizure, Coding, LearnError, Samples};
use crate::inputs::{idx_labels, images_of_bytes, read_all, unpacked, Recording};

/// A data set that the program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dataset {
    /// 60 000 and 10 000 images of 28x28.
    Mnist,
    /// 60 000 and 10 000 images of 28x28.
    Fashion,
    /// 1437 and 360 images of 8x8, in the program; those 360 are of other writers.
    Digits,
    /// 569 samples of 30 features and their complements, in the program; a fifth of them is the test.
    Cancer,
    /// 500 and 450 recordings of short and long blinks, EEG of 4 channels in 8 windows.
    Blink,
    /// 268 and 293 recordings of slow cortical potentials, EEG of 6 channels in 8 windows.
    Scp1,
    /// An absence epilepsy, EEG of 18 electrodes as 5 spectra of 8 bins; the last of three seizures is tested.
    Seizure,
}

/// What is learned, and what is tested.
#[derive(Clone, Debug)]
pub struct Split {
    pub train: Samples,
    pub test: Samples,
}

/// A file of a data set, and the sha256 of what it is unpacked.
type Sum = (&'static str, &'static str);

const DIGITS: [&[u8]; 2] = [
    include_bytes!("../../../data/digits/digits-images-idx3-ubyte.gz"),
    include_bytes!("../../../data/digits/digits-labels-idx1-ubyte.gz"),
];
const CANCER: [&[u8]; 2] = [
    include_bytes!("../../../data/cancer/cancer-images-idx3-ubyte.gz"),
    include_bytes!("../../../data/cancer/cancer-labels-idx1-ubyte.gz"),
];
const N_DIGITS_TRAIN: usize = 1437;
/// Of the splits of the data sets in the program.
const SPLIT_SEED: u64 = 2026;
pub(super) const N_SPLITS: usize = 5;

const MNIST: [Sum; 4] = [
    ("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    ("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    ("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    ("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
];
const FASHION: [Sum; 4] = [
    ("train-images-idx3-ubyte.gz", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
    ("train-labels-idx1-ubyte.gz", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
    ("t10k-images-idx3-ubyte.gz", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
    ("t10k-labels-idx1-ubyte.gz", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
];

impl Dataset {
    pub fn name(self) -> &'static str {
        match self {
            Dataset::Mnist => "mnist",
            Dataset::Fashion => "fashion",
            Dataset::Digits => "digits",
            Dataset::Cancer => "cancer",
            Dataset::Blink => "blink",
            Dataset::Scp1 => "scp1",
            Dataset::Seizure => "seizure",
        }
    }

    /// Reads it, checked by its sha256, and parts it.
    pub fn read(self, coding: Coding) -> Result<Split, LearnError> {
        match self {
            Dataset::Mnist => self.from_cache(MNIST, coding),
            Dataset::Fashion => self.from_cache(FASHION, coding),
            Dataset::Digits => {
                let all = within(DIGITS, coding)?;
                let part = |range: std::ops::Range<usize>| all.select(&range.collect::<Vec<_>>());
                Ok(Split { train: part(0..N_DIGITS_TRAIN)?, test: part(N_DIGITS_TRAIN..all.len())? })
            }
            Dataset::Cancer => self.fold(0, coding),
            Dataset::Blink => self.from_recordings(BLINK, coding),
            Dataset::Scp1 => self.from_recordings(SCP1, coding),
            Dataset::Seizure => self.fold(seizure::N_SPLITS - 1, coding),
        }
    }

    /// The last sixth of the samples is tested, the rest is learned.
    pub fn validation_of(samples: &Samples) -> Result<Split, LearnError> {
        validation(samples)
    }

    /// One of five splits of a data set in the program: each sample is tested in one of them. Those of the digits have
    /// even shares of each class, and writers of the test among those that are learned. Or one of three of `seizure`, which
    /// tests the seizure of that number and the time about it.
    pub fn fold(self, number: usize, coding: Coding) -> Result<Split, LearnError> {
        match self {
            Dataset::Cancer | Dataset::Digits if number >= N_SPLITS => Err(LearnError::Split { name: self.name(), got: number, n_splits: N_SPLITS }),
            Dataset::Cancer => fold(&within(CANCER, coding)?, number, N_SPLITS, SPLIT_SEED),
            Dataset::Digits => even_fold(&within(DIGITS, coding)?, number, N_SPLITS, SPLIT_SEED),
            Dataset::Seizure => {
                let (path, bytes) = self.whole(&cache().join(self.name()), seizure::FILE)?;
                seizure::split(&path, &Recording::of_bytes(&path, &bytes)?, number, coding)
            }
            Dataset::Mnist | Dataset::Fashion | Dataset::Blink | Dataset::Scp1 => Err(LearnError::NoSplits { name: self.name() }),
        }
    }

    fn from_cache(self, files: [Sum; 4], coding: Coding) -> Result<Split, LearnError> {
        let folder = cache().join(self.name());
        let [train_images, train_labels, test_images, test_labels] = files;
        Ok(Split {
            train: self.part(&folder, train_images, train_labels, coding)?,
            test: self.part(&folder, test_images, test_labels, coding)?,
        })
    }

    fn part(self, folder: &Path, images: Sum, labels: Sum, coding: Coding) -> Result<Samples, LearnError> {
        of_idx(self.whole(folder, images)?, self.whole(folder, labels)?, coding)
    }

    fn from_recordings(self, eeg: Eeg, coding: Coding) -> Result<Split, LearnError> {
        let folder = cache().join(self.name());
        let [train, test] = eeg.files.map(|file| eeg.samples(self.whole(&folder, file)?, coding));
        Ok(Split { train: train?, test: test? })
    }

    /// A file, if it is the one that is meant.
    fn whole(self, folder: &Path, (name, expected): Sum) -> Result<(PathBuf, Vec<u8>), LearnError> {
        let path = folder.join(name);
        if !path.is_file() {
            return Err(LearnError::NoDataset { name: self.name(), folder: folder.to_owned() });
        }
        let bytes = read_all(&path)?;
        let got = format!("{:x}", Sha256::digest(&bytes));
        match got == expected {
            true => Ok((path, bytes)),
            false => Err(LearnError::DatasetSum { name: self.name(), path, expected, got }),
        }
    }
}

impl FromStr for Dataset {
    type Err = LearnError;

    fn from_str(name: &str) -> Result<Self, LearnError> {
        let all = [Dataset::Mnist, Dataset::Fashion, Dataset::Digits, Dataset::Cancer, Dataset::Blink, Dataset::Scp1, Dataset::Seizure];
        let found = all.into_iter().find(|dataset| dataset.name() == name);
        found.ok_or_else(|| LearnError::UnknownDataset { name: name.to_owned() })
    }
}

/// Where `scripts/datasets.sh` puts files.
fn cache() -> PathBuf {
    match std::env::var_os("SPIKEFORGE_DATA") {
        Some(folder) => folder.into(),
        None => Path::new("data").join("cache"),
    }
}

fn within([images, labels]: [&[u8]; 2], coding: Coding) -> Result<Samples, LearnError> {
    let of_program = |bytes: &[u8]| -> Result<_, LearnError> {
        let path = PathBuf::from("the program's own data");
        let bytes = unpacked(&path, bytes.to_vec())?;
        Ok((path, bytes))
    };
    of_idx(of_program(images)?, of_program(labels)?, coding)
}

fn of_idx(images: (PathBuf, Vec<u8>), labels: (PathBuf, Vec<u8>), coding: Coding) -> Result<Samples, LearnError> {
    let images = images_of_bytes(&images.0, images.1)?;
    let labels = idx_labels(&labels.0, labels.1)?;
    Samples::of_images(images, labels.into_iter().map(usize::from).collect(), coding)
}
