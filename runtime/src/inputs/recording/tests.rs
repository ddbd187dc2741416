use std::path::Path;

use super::{Channel, Recording, RecordingError};

/// Written by h5py: two channels of 12 values -3 to 3 in gzipped chunks of 5, and a note at each end.
const SMALL: &[u8] = include_bytes!("../../../../fuzz/corpora/recording/small.h5");

fn refusal(bytes: &[u8]) -> String {
    Recording::of_bytes(Path::new("x.h5"), bytes).expect_err("a refusal").to_string()
}

/// The file with the only place where `from` stands altered.
fn altered(from: &[u8], to: &[u8]) -> Vec<u8> {
    let places: Vec<usize> = (0..SMALL.len() - from.len()).filter(|&at| SMALL[at..].starts_with(from)).collect();
    assert_eq!(places.len(), 1, "{from:?} is in the file at {places:?}");
    [&SMALL[..places[0]], to, &SMALL[places[0] + from.len()..]].concat()
}

#[test]
fn channels_are_read_in_microvolts() {
    let recording = Recording::of_bytes(Path::new("x.h5"), SMALL).expect("a recording");
    assert_eq!((recording.sample_rate, recording.n_values()), (200.0, 12));
    assert_eq!(recording.labels().collect::<Vec<_>>(), ["EEG Fp1", "Marks"]);
    let rounded = |label: &str| recording.microvolts(label).expect("a channel").iter().map(|v| (v * 10.0).round()).collect::<Vec<_>>();
    assert_eq!(rounded("EEG Fp1"), [-3, -2, -1, 0, 1, 2, 3, -3, -2, -1, 0, 1].map(f64::from));
    // A mV for 4.
    assert_eq!(rounded("Marks"), [2, 3, -3, -2, -1, 0, 1, 2, 3, -3, -2, -1].map(|digit| f64::from(digit * 2500)));
    let notes: Vec<(f64, &str)> = recording.annotations.iter().map(|note| (note.start, note.text.as_str())).collect();
    assert_eq!(notes, [(0.0, "SZ START"), (0.5, "SZ END")]);
    let missing = recording.microvolts("EEG Cz").expect_err("no such channel").to_string();
    assert_eq!(missing, "there is no channel \"EEG Cz\"; there are EEG Fp1, Marks");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    assert!(refusal(b"GIF89a").starts_with("x.h5: it is no HDF5 file"));
    assert!(refusal(&SMALL[..SMALL.len() / 2]).starts_with("x.h5: "));
    for (from, to, expected) in [
        (b"record-0".as_slice(), b"record-1".as_slice(), "there is no /record-0;"),
        (b"sample_frequency", b"sample_frequence", "there is no /record-0, attribute sample_frequency"),
        (b"signals\0", b"singals\0", "there is no /record-0/signals"),
        (&200f64.to_le_bytes(), &(-200f64).to_le_bytes(), "the sample frequency is -200 Hz"),
        (&200f64.to_le_bytes(), &f64::NAN.to_le_bytes(), "the sample frequency is NaN Hz"),
    ] {
        let refusal = refusal(&altered(from, to));
        assert!(refusal.starts_with(&format!("x.h5: {expected}")), "{refusal}");
    }
    // Sizes of signals that no memory has, or the file cannot hold.
    let sizes = |rows: u64, columns: u64| [rows.to_le_bytes(), columns.to_le_bytes()].concat();
    for (rows, columns, expected) in [
        (1 << 40, 1 << 40, "x.h5: /record-0/signals has 18446744073709551615 values, at most 33554432 are read"),
        (2, 1 << 23, "x.h5: /record-0/signals cannot be read: it calls itself 33554432 bytes long, which a file of 15200 bytes cannot hold"),
    ] {
        // Sizes and the greatest sizes are the same.
        let file = altered(&[sizes(2, 12), sizes(2, 12)].concat(), &[sizes(rows, columns), sizes(rows, columns)].concat());
        let refusal = refusal(&file);
        assert!(refusal.starts_with(expected), "{refusal}");
    }
}

#[test]
fn a_channel_needs_a_unit_and_a_scale() {
    let channel = |unit: &str, digital, physical| Channel { label: "x".to_owned(), unit: unit.to_owned(), digital, physical };
    assert_eq!(channel("V", [0.0, 2.0], [1.0, 2.0]).line(), Ok((5e5, 1e6)));
    assert!(matches!(channel("", [0.0, 1.0], [0.0, 1.0]).line(), Err(RecordingError::Unit { .. })));
    for (digital, physical) in [([1.0, 1.0], [0.0, 1.0]), ([0.0, 1.0], [2.0, 2.0]), ([0.0, 1.0], [f64::NAN, 1.0]), ([0.0, 1.0], [0.0, f64::MAX])] {
        let line = channel("mV", digital, physical).line();
        assert!(matches!(line, Err(RecordingError::Scale { .. })), "{digital:?} {physical:?}: {line:?}");
    }
}
