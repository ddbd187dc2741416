//! Files that every version of nir wrote hold the same network.

use std::path::Path;

use spikeforge_compiler::model::Model;
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::quantize::quantize;
use spikeforge_sim::Network;

#[test]
fn each_version_of_nir_is_read() {
    let newest = network("mixed.nir");
    for version in ["0_1_0", "0_2_0", "1_0_0", "1_0_4"] {
        assert_eq!(network(&format!("nir_{version}.nir")), newest, "{version}");
    }
}

fn network(file: &str) -> Network {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file);
    quantize(&Model::read_nir(&path).unwrap(), &NeuronOptions::default()).unwrap().network
}
