#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use flate2::{write::GzEncoder, Compression};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

fn npy(dictionary: &str, elements: &[u8]) -> Vec<u8> {
    let length = u16::try_from(dictionary.len()).unwrap();
    [
        b"\x93NUMPY\x01\x00".as_slice(),
        &length.to_le_bytes(),
        dictionary.as_bytes(),
        elements,
    ]
    .concat()
}

fn array(descr: &str, shape: &str, elements: &[u8]) -> Vec<u8> {
    npy(
        &format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}      \n"),
        elements,
    )
}

/// The message about inputs with these bytes, the path left out.
fn refusal(bytes: &[u8]) -> String {
    refusal_coded(bytes, None)
}

fn refusal_coded(bytes: &[u8], coding: Option<Coding>) -> String {
    let folder = Folder::new();
    let path = folder.file("x", bytes);
    let error = Inputs::read(&path, coding, None).unwrap_err();
    error.to_string().replace(&path.display().to_string(), "X")
}

#[test]
fn spikes_are_read_time_first() {
    let folder = Folder::new();
    // 2 timesteps, 3 samples, 1 x 2 features.
    let path = folder.file(
        "x.npy",
        &array("|u1", "(2, 3, 1, 2)", &[1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0]),
    );
    let inputs = Inputs::read(&path, None, None).unwrap();
    assert_eq!(
        (
            inputs.n_timesteps(),
            inputs.n_samples(),
            inputs.n_features()
        ),
        (2, 3, 2)
    );
    let bits = |train: Vec<Spikes>| -> Vec<Vec<bool>> {
        train
            .iter()
            .map(|spikes| spikes.iter().by_vals().collect())
            .collect()
    };
    assert_eq!(bits(inputs.train(0)), [[true, false], [false, false]]);
    assert_eq!(bits(inputs.train(1)), [[false, false], [true, true]]);
    assert_eq!(bits(inputs.train(2)), [[false, true], [false, false]]);
    // A limit keeps the first samples of every timestep.
    let limited = Inputs::read(&path, None, Some(2)).unwrap();
    assert_eq!(limited.n_samples(), 2);
    assert_eq!(limited.train(1), inputs.train(1));
}

#[test]
fn what_is_written_is_read() {
    let folder = Folder::new();
    let samples: Vec<Vec<Spikes>> = (0..5)
        .map(|seed| spikeforge_sim::random::train(seed, 7, 3))
        .collect();
    let path = folder.0.path().join("out.npy");
    write_spikes(&path, &samples, 7).unwrap();
    let inputs = Inputs::read(&path, None, None).unwrap();
    assert_eq!(
        (0..5)
            .map(|sample| inputs.train(sample))
            .collect::<Vec<_>>(),
        samples
    );
    assert_eq!(
        fs::read(&path)
            .unwrap()
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap()
            % 64,
        63
    );
    assert_eq!(
        fs::read_dir(folder.0.path()).unwrap().count(),
        1,
        "something was left beside it"
    );
}

#[test]
fn an_output_that_cannot_be_written_is_named_and_leaves_nothing() {
    let folder = Folder::new();
    let error = write_spikes(folder.0.path(), &[], 1).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("could not be written: is a directory; nothing was left"),
        "{error}"
    );
    assert!(write_spikes(&folder.0.path().join("no/such/out.npy"), &[], 1).is_err());
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 0);
}

#[test]
fn images_are_coded_as_the_reference_codes_them() {
    let folder = Folder::new();
    let pixels = [0, 128, 255, 1, 2, 3];
    let idx = [
        [0, 0, 8, 3].as_slice(),
        &[0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3],
        &pixels,
    ]
    .concat();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&idx).unwrap();
    let npy = array("|u1", "(2, 1, 3)", &pixels);
    for bytes in [idx, gzip.finish().unwrap(), npy] {
        let path = folder.file("images", &bytes);
        let inputs = Inputs::read(&path, Some(Coding::Rate { n_timesteps: 4 }), None).unwrap();
        assert_eq!(
            (
                inputs.n_samples(),
                inputs.n_features(),
                inputs.n_timesteps()
            ),
            (2, 3, 4)
        );
        assert_eq!(inputs.train(0), coding::rate(&pixels[..3], 4));
        assert_eq!(inputs.train(1), coding::rate(&pixels[3..], 4));
        let inputs = Inputs::read(&path, Some(Coding::Repeat { n_timesteps: 4 }), None).unwrap();
        assert_eq!(inputs.train(1), coding::repeat(&pixels[3..], 4));
    }
}

#[test]
fn labels_of_any_width_are_read() {
    let folder = Folder::new();
    let labels = |bytes: &[u8]| {
        read_labels(&folder.file("y", bytes), None).map_err(|error| error.to_string())
    };
    assert_eq!(
        labels(&array("|u1", "(3,)", &[1, 2, 200])).unwrap(),
        [1, 2, 200]
    );
    assert_eq!(
        labels(&array("<i8", "(1,)", &[7, 0, 0, 0, 0, 0, 0, 0])).unwrap(),
        [7]
    );
    assert_eq!(
        labels(&array(">u2", "(2,)", &[1, 0, 0, 9])).unwrap(),
        [256, 9]
    );
    assert_eq!(labels(&[0, 0, 8, 1, 0, 0, 0, 2, 5, 6]).unwrap(), [5, 6]);
    assert!(labels(&array("<i2", "(2,)", &[0, 0, 0xFE, 0xFF]))
        .unwrap_err()
        .ends_with("label 1 is -2; labels are numbers of output neurons, from 0"));
    assert!(labels(&array("<f4", "(1,)", &[0; 4]))
        .unwrap_err()
        .contains("has the type <f4, an integer type is needed"));
    assert!(labels(&array("|u1", "(1, 1)", &[0]))
        .unwrap_err()
        .contains("has the shape [1, 1], (batch,) is needed"));
    assert_eq!(
        read_labels(
            &folder.file("y", &array("|u1", "(3,)", &[1, 2, 3])),
            Some(2)
        )
        .unwrap(),
        [1, 2]
    );
}

#[test]
fn each_wrong_array_has_its_sentence() {
    assert_eq!(refusal(b""), "X is neither .npy nor IDX (it begins with nothing, it is empty); save spikes with numpy.save as uint8");
    assert!(refusal(b"\x7FELF").starts_with("X is neither .npy nor IDX (it begins with 7f 45 4c 46)"));
    assert!(refusal(b"PK\x03\x04").starts_with("X is no .npz of an array of spikes: "));
    assert_eq!(
        refusal(&array("<f4", "(1, 1, 1)", &[0; 4])),
        "X has the type <f4, uint8 is needed; save it with .astype(\"uint8\")"
    );
    assert_eq!(
        refusal(&array("|u1", "(2, 3)", &[0; 6])),
        "X has the shape [2, 3], (timesteps, batch, features...), time first, is needed"
    );
    assert_eq!(refusal(&array("|u1", "(2, 1, 3)", &[0; 5])), "X should hold 6 bytes after its header by its shape and holds 5; it was cut or altered, get it again");
    assert_eq!(
        refusal(&array("|u1", "(1, 0, 3)", &[])),
        "X holds no presentation: a dimension of its shape is 0"
    );
    assert!(refusal(&array("|u1", "(1, 2, 3)", &[0, 0, 0, 0, 9, 0]))
        .starts_with("X: the value at timestep 0, sample 1, feature 1 is 9, spikes are 0 or 1;"));
    let fortran = "{'descr': '|u1', 'fortran_order': True, 'shape': (1, 1, 1), }\n";
    assert_eq!(
        refusal(&npy(fortran, &[0])),
        "X is in Fortran order; save numpy.ascontiguousarray of it"
    );
    let fields =
        "{'descr': [('a', '|u1'), ('b', '<f4')], 'fortran_order': False, 'shape': (1, 1, 1), }\n";
    assert!(refusal(&npy(fields, &[0]))
        .starts_with("X has the type [('a', '|u1'), ('b', '<f4')], uint8 is needed"));
}

#[test]
fn each_damaged_header_has_its_sentence() {
    let huge = "(18446744073709551615, 18446744073709551615, 18446744073709551615)";
    assert!(refusal(&array("|u1", huge, &[0]))
        .starts_with("X should hold 340282366920938463463374607431768211455 bytes"));
    assert!(refusal(&array("|u1", "(99999999999999999999, 1, 1)", &[0]))
        .contains("the .npy header is damaged"));
    assert!(refusal(b"\x93NUMPY\x02\x00\xff\xff\xff\xff").contains("longer than 10000 bytes"));
    assert!(refusal(b"\x93NUMPY\x01\x00\xff\x00{").contains("it is cut off"));
    assert!(refusal(b"\x93NUMPY").contains("it is cut off"));
    assert!(refusal(b"\x93NUMPY\x09\x00\x00\x00").contains("has .npy version 9.0"));
    assert!(refusal(&npy(&"(".repeat(9000), &[])).contains("it is no dictionary"));
    assert!(refusal(&npy("{'shape': (1, 1, 1), }", &[])).contains("must have descr"));
    assert!(refusal(b"\x93NUMPY\x01\x00\x02\x00\xff\xfe").contains("it is not text"));
}

#[test]
fn each_wrong_idx_has_its_sentence() {
    let coding = Some(Coding::Rate { n_timesteps: 2 });
    assert_eq!(
        refusal(&[0, 0, 8, 3]),
        "X holds images; say how they become spikes: --encode rate --timesteps T"
    );
    assert_eq!(
        refusal_coded(&[0, 0, 8, 3, 0, 0], coding),
        "X: the IDX header is cut off after 6 bytes"
    );
    let labels = [0, 0, 8, 1, 0, 0, 0, 0];
    assert!(refusal_coded(&labels, coding).starts_with(
        "X is IDX with elements of type 0x08 in 1 dimensions, unsigned bytes (0x08) in two"
    ));
    let huge = [[0, 0, 8, 3].as_slice(), &[0xFF; 12]].concat();
    assert!(refusal_coded(&huge, coding)
        .starts_with("X should hold 79228162458924105385300197375 bytes"));
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&[0; 1000]).unwrap();
    let gzip = gzip.finish().unwrap();
    assert!(refusal(&gzip[..gzip.len() - 9]).starts_with("X is not gzip all through: "));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = Folder::new();
    assert!(Inputs::read(&folder.0.path().join("none.npy"), None, None)
        .unwrap_err()
        .to_string()
        .contains("none.npy: "));
    assert!(Inputs::read(folder.0.path(), None, None)
        .unwrap_err()
        .to_string()
        .contains("is a folder"));
}

proptest! {
    #[test]
    fn no_bytes_end_in_a_panic(magic in 0usize..4, tail in prop::collection::vec(any::<u8>(), 0..80)) {
        let starts: [&[u8]; 4] = [b"", b"\x93NUMPY\x01\x00\x20\x00{'descr': ", &[0, 0, 8, 2], &[0x1F, 0x8B]];
        let folder = Folder::new();
        let path = folder.file("x", &[starts[magic], &tail].concat());
        for coding in [None, Some(Coding::Rate { n_timesteps: 1 })] {
            if let Ok(inputs) = Inputs::read(&path, coding, Some(1)) {
                inputs.train(0);
            }
        }
        let _ = read_labels(&path, None);
    }
}

#[test]
fn arrays_in_a_zip_are_read_as_they_are_alone() {
    let zipped = |names: &[&str], method| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in names {
            let options = zip::write::SimpleFileOptions::default().compression_method(method);
            zip.start_file(*name, options).unwrap();
            let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1, 3), }\n";
            let length = u16::try_from(header.len()).unwrap().to_le_bytes();
            let array = [b"\x93NUMPY\x01\x00".as_slice(), &length, header.as_bytes(), &[1, 0, 0, 0, 1, 1]].concat();
            std::io::Write::write_all(&mut zip, &array).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let read = |bytes: Vec<u8>| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.npz");
        std::fs::write(&path, bytes).unwrap();
        Inputs::read(&path, None, None).map_err(|error| error.to_string())
    };
    for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
        for names in [&["anything.npy"][..], &["labels.npy", "spikes.npy"]] {
            let train = read(zipped(names, method)).unwrap().train(0);
            let fired: Vec<Vec<usize>> = train.iter().map(|spikes| spikes.iter_ones().collect()).collect();
            assert_eq!(fired, [vec![0], vec![1, 2]]);
        }
    }
    let two = zipped(&["a.npy", "b.npy"], zip::CompressionMethod::Stored);
    assert!(read(two.clone()).unwrap_err().contains("of its 2 arrays none is called spikes"));
    assert!(read(two[..two.len() / 2].to_vec()).unwrap_err().contains("is no .npz"));
}
