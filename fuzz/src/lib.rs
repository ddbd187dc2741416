//! What strangers' bytes can reach: files, tool reports, what passes between a host and a board. None of it may panic, hang or take
//! memory without bound, whatever the bytes are.
//!
//! Each target stands in [`TARGETS`] with its corpus in `corpora/<name>`; `tests/corpora.rs` runs and changes every file
//! of it, `src/bin/fuzz.rs` lets libFuzzer look for more.

mod requests;

use std::path::Path;

use spikeforge_compiler::board::{Board, Family};
use spikeforge_compiler::model::Model;
use spikeforge_compiler::quantize::quantize;
use spikeforge_compiler::toolchain::reports::{parse_log, parse_report, parse_stat};
use spikeforge_runtime::inputs::{Binning, Coding, EventOptions, Inputs, Recording, Sensor, Series};
use spikeforge_runtime::protocol::Decoder;
use spikeforge_sim::plasticity::{Checkpoint, LearningReference};
use spikeforge_sim::{Device, Network, Reference};

/// A target by the name of its corpus.
pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: [Target; 14] = [
    ("nir", nir),
    ("state_dict", state_dict),
    ("npy", npy),
    ("idx", idx),
    ("events", events),
    ("series", series),
    ("recording", recording),
    ("network", network),
    ("checkpoint", checkpoint),
    ("answers", answers),
    ("requests", requests::requests),
    ("reports", reports),
    ("board", board),
    ("pins", pins),
];

/// A model, as far as it goes towards a network.
fn nir(bytes: &[u8]) {
    if let Ok(model) = Model::from_nir_bytes("fuzz", bytes.to_vec()) {
        let _ = quantize(&model, &Default::default());
    }
}

/// A topology, a zero, and the safetensors that it names.
fn state_dict(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let weights = bytes.get(at + 1..).unwrap_or_default();
    if let Ok(model) = Model::from_state_dict_bytes("fuzz", bytes[..at].to_vec(), weights) {
        let _ = quantize(&model, &Default::default());
    }
}

/// Spikes and images, zipped or not; what is accepted can be read to its end.
fn npy(bytes: &[u8]) {
    for coding in [None, Some(Coding::Rate { n_timesteps: 3 }), Some(Coding::Repeat { n_timesteps: 3 })] {
        read_all(Inputs::of_bytes(Path::new("fuzz.npy"), bytes.to_vec(), coding, Some(4)));
    }
}

fn idx(bytes: &[u8]) {
    read_all(Inputs::of_bytes(Path::new("fuzz.idx"), bytes.to_vec(), Some(Coding::Rate { n_timesteps: 3 }), Some(4)));
}

/// Recordings of event cameras, of each format.
fn events(bytes: &[u8]) {
    let path = Path::new("fuzz.aedat");
    for binning in [Binning::Bins(3), Binning::Microseconds(1000)] {
        let options = EventOptions { binning, sensor: None };
        read_all(Inputs::events_of_bytes(path, bytes.to_vec(), options));
    }
    let sensor = Some(Sensor { width: 346, height: 260 });
    read_all(Inputs::events_of_bytes(path, bytes.to_vec(), EventOptions { binning: Binning::Bins(2), sensor }));
}

/// Series of EEG; what is accepted is cut into windows.
fn series(bytes: &[u8]) {
    if let Ok(series) = Series::of_bytes(Path::new("fuzz.ts"), bytes) {
        let n_windows = series.n_values().min(4);
        let images = series.windows(n_windows, 0.5).expect("at least as many values as windows");
        assert_eq!(images.pixels.len(), series.labels.len() * n_windows * series.n_channels());
    }
}

/// Long recordings; each channel of one that is accepted is whole, or refused.
fn recording(bytes: &[u8]) {
    let Ok(recording) = Recording::of_bytes(Path::new("fuzz.h5"), bytes) else { return };
    for label in recording.labels() {
        if let Ok(values) = recording.microvolts(label) {
            assert_eq!(values.len(), recording.n_values());
        }
    }
}

fn read_all<E>(inputs: Result<Inputs, E>) {
    let Ok(inputs) = inputs else { return };
    for sample in 0..inputs.n_samples() {
        let train = inputs.train(sample);
        assert_eq!(train.len(), inputs.n_timesteps());
        assert!(train.iter().all(|spikes| spikes.len() == inputs.n_features()));
    }
}

/// The network of a bundle: one that is accepted runs.
fn network(bytes: &[u8]) {
    let Ok(network) = serde_json::from_slice::<Network>(bytes) else { return };
    if network.input.n() <= 1 << 12 {
        let silence = (0..network.input.n()).map(|_| false).collect();
        let ones = (0..network.input.n()).map(|_| true).collect();
        let spikes = Reference::new(&network).run(&[silence, ones]);
        assert!(spikes.is_ok_and(|spikes| spikes.len() == 2));
    }
}

/// What a course of learning left: one that is resumed leaves the same.
fn checkpoint(bytes: &[u8]) {
    let Ok(checkpoint) = serde_json::from_slice::<Checkpoint>(bytes) else { return };
    if let Ok(learner) = LearningReference::resume(checkpoint.clone()) {
        assert!(learner.checkpoint() == checkpoint);
    }
}

/// What a board answers: no byte is lost without being counted.
fn answers(bytes: &[u8]) {
    let (n_spikes_bytes, n_data_bytes) = match bytes {
        [spikes, data, ..] => (usize::from(*spikes), usize::from(*data)),
        _ => (1, 1),
    };
    let mut decoder = Decoder::new(n_spikes_bytes);
    decoder.expect_data(n_data_bytes);
    for piece in bytes.chunks(7) {
        decoder.push(piece);
        while decoder.next_response().is_some() {}
    }
    while decoder.break_off().is_some() {}
    assert!(decoder.n_skipped <= bytes.len() as u64);
}

fn reports(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for family in [Family::Ice40, Family::Ecp5, Family::Gowin] {
        let _ = (parse_report(&text, family), parse_log(&text, family));
    }
    let _ = parse_stat(&text);
}

/// A board's data file, beside the pins of a board that is good.
fn board(bytes: &[u8]) {
    let pins = include_str!("../../constraints/icebreaker.pcf");
    let _ = Board::of_texts(&String::from_utf8_lossy(bytes), pins);
}

/// A board's pins, of each family's format.
fn pins(bytes: &[u8]) {
    let pins = String::from_utf8_lossy(bytes);
    for board in [
        include_str!("../../constraints/icebreaker.toml"),
        include_str!("../../constraints/ulx3s-25f.toml"),
        include_str!("../../constraints/tang-nano-9k.toml"),
    ] {
        let _ = Board::of_texts(board, &pins);
    }
}
