//! Why nothing is learned.

use std::io;
use std::path::PathBuf;

use spikeforge_compiler::model::ModelError;
use spikeforge_sim::plasticity::LearningError;
use thiserror::Error;

use crate::inputs::InputError;

#[derive(Debug, Error)]
pub enum LearnError {
    #[error(transparent)]
    Learning(#[from] LearningError),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Model(#[from] ModelError),

    #[error("there is no data set {name}; there are mnist, fashion, digits, cancer, blink, scp1 and seizure")]
    UnknownDataset { name: String },
    #[error("the data set {name} is not in {folder}; get it by scripts/datasets.sh {name}, or say by SPIKEFORGE_DATA where it is", folder = folder.display())]
    NoDataset { name: &'static str, folder: PathBuf },
    #[error("{path} is not the file of the data set {name} (sha256 {got}, not {expected}); get it again by scripts/datasets.sh {name}", path = path.display())]
    DatasetSum { name: &'static str, path: PathBuf, expected: &'static str, got: String },

    #[error("{name} has one test of its own; --split is for digits, cancer and seizure")]
    NoSplits { name: &'static str },
    #[error("{name} has the splits 0 to {}, not {got}", n_splits - 1)]
    Split { name: &'static str, got: usize, n_splits: usize },
    #[error("the annotations, of which number {index} is the first to be missing or wrong, do not mark two or more seizures, each by SZ START and SZ END")]
    Seizures { index: usize },

    #[error("there are {labels} labels for {samples} samples; are both files of one set?")]
    LabelCount { samples: usize, labels: usize },
    #[error("label {index} is {got}, the network tells the classes 0 to {} apart", n_classes - 1)]
    Label { index: usize, got: usize, n_classes: usize },
    #[error("the samples have {got} features, the network has {expected} inputs")]
    Features { expected: usize, got: usize },
    #[error("the samples are spikes, which cannot be {what}; give images (IDX, or .npy with --encode)")]
    NeedsPixels { what: &'static str },

    #[error("{word:?} is no setting: they are NAME=VALUE, or LAYER.NAME=VALUE with layers from 1, as in shift=8,margin=16,2.learn=0; the names are {names}")]
    Setting { word: String, names: String },
    #[error("there is no layer {layer} to set; the network has the layers 1 to {n_layers}")]
    SettingLayer { layer: usize, n_layers: usize },
    #[error("{text:?} is no shape: numbers of inputs, neurons of each layer and classes, as in 784-256-10")]
    Shape { text: String },
    #[error("{text:?} is no shift: there are rotate=DEGREES, dead=PERCENT, noise=PERCENT, rename and invert")]
    Shift { text: String },
    #[error("{what} is {got}, it may be {lowest} to {highest}")]
    Option { what: &'static str, lowest: u64, highest: u64, got: u64 },

    #[error("{path}: {source}", path = path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} could not be written: {source}; what was there before still is", path = path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{path} is no checkpoint of spikeforge", path = path.display())]
    NotCheckpoint { path: PathBuf },
    #[error("{path} has checkpoint format {got}, this program goes on from format {expected}, whose rules differ; learn anew", path = path.display())]
    CheckpointFormat { path: PathBuf, expected: u64, got: u64 },
    #[error("{path} was altered or cut short: its contents have the sha256 {got}, its first line says {expected}; take an older one", path = path.display())]
    CheckpointSum { path: PathBuf, expected: String, got: String },
    #[error("{path} is a whole checkpoint, but not one that this program reads: {reason}", path = path.display())]
    CheckpointContent { path: PathBuf, reason: String },
    #[error("the checkpoint is of another net: {what} is {got} there, {expected} was asked for")]
    OtherNet { what: &'static str, expected: String, got: String },
    #[error("the checkpoint learned from other samples (sha256 {got}, not {expected}), so it cannot go on with these; to start a new course from it, say --from")]
    OtherSamples { expected: String, got: String },

    #[error("the stream ended within record {record}: {got} of {expected} bytes came; a record is a label (255 for none) and a byte a feature")]
    CutStream { record: u64, expected: usize, got: usize },
    #[error("the stream could not be read: {0}")]
    Stream(io::Error),
}
