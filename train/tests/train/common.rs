//! The digits that are in the tree.

use std::io::Read;
use std::path::Path;

use spikeforge_train::course::Training;
use spikeforge_train::{Options, Samples};

fn unpacked(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/digits").join(name);
    let file = std::fs::File::open(&path).expect("the digits of data/");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).expect("a gzipped file");
    bytes
}

/// (1437 to train, 360 to test), 8x8.
pub fn digits() -> (Samples, Samples) {
    let pixels = unpacked("digits-images-idx3-ubyte.gz").split_off(16);
    let labels: Vec<usize> = unpacked("digits-labels-idx1-ubyte.gz").split_off(8).into_iter().map(usize::from).collect();
    let all = Samples::new(pixels, vec![8, 8], labels, 10).expect("whole samples");
    let part = |range: std::ops::Range<usize>| all.select(&range.collect::<Vec<_>>());
    (part(0..1437), part(1437..1797))
}

/// Trains to the end.
pub fn trained(options: &Options, samples: &Samples) -> Training {
    let mut training = Training::new(options, samples).expect("a training");
    let is_done = training.run(&mut |_| Ok(std::ops::ControlFlow::Continue(()))).expect("finite losses");
    assert!(is_done);
    training
}
