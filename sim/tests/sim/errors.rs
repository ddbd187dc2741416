//! The sentence for each rule that a network can break.

use expect_test::{expect, Expect};
use spikeforge_sim::{random, range, Fires, Network, NetworkError, SignMatrix};

/// Breaks a valid network of three inputs and one neuron, and expects the sentence, from the text form too.
fn check(break_it: impl FnOnce(&mut Network), expected: Expect) {
    let mut network = super::one_neuron(3, |_| {});
    assert_eq!(network.validate(), Ok(()));
    break_it(&mut network);
    let sentence = network.validate().unwrap_err().to_string();
    let text = serde_json::to_string(&network).unwrap();
    assert_eq!(serde_json::from_str::<Network>(&text).unwrap_err().to_string(), sentence);
    assert_eq!(Network::new(network.input, network.layers).unwrap_err().to_string(), sentence);
    expected.assert_eq(&sentence);
}

/// A bit less than the widest synaptic current takes.
#[test]
fn synapses_too_narrow() {
    for seed in 0..20 {
        let mut network = random::synaptic_network(seed);
        assert_eq!(network.validate(), Ok(()));
        let layer = network.layers.iter_mut().find(|layer| layer.neurons.synapse.is_some()).unwrap();
        let needed = range::synapse_bits(layer).unwrap();
        layer.neurons.synapse.as_mut().unwrap().bits = needed - 1;
        let error = network.validate().unwrap_err();
        assert!(matches!(error, NetworkError::SynapseBits { needed: Some(told), got, .. } if (told, got) == (needed, needed - 1)), "{error}");
    }
}

#[test]
fn sizes() {
    check(|n| n.layers.clear(), expect!["the network has 0 layers, it needs 1 to 65536"]);
    check(
        |n| n.input.shape = vec![28, 0],
        expect!["the input shape [28, 0] has 0 elements, a network takes 1 to 65536"],
    );
    check(|n| n.input.shape = vec![u32::MAX; 9], expect!["the input shape [4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295, 4294967295] has 18446744073709551615 elements, a network takes 1 to 65536"]);
    check(
        |n| n.input.shape = vec![2, 2],
        expect!["layer 0 (fc1) has weights for 3 inputs, but 4 spikes come from the input"],
    );
    check(
        |n| n.layers.push(n.layers[0].clone()),
        expect!["layer 1 (fc1) has weights for 3 inputs, but 1 spikes come from layer 0 (fc1)"],
    );
    check(
        |n| n.layers[0].weights = SignMatrix::new(0, 3),
        expect!["layer 0 (fc1) has 0 neurons, a layer takes 1 to 65536"],
    );
    check(
        |n| n.layers[0].weights = SignMatrix::new(2, 3),
        expect!["layer 0 (fc1) has 1 values of beta for 2 neurons; give one a neuron"],
    );
    check(
        |n| n.layers[0].neurons.bias.clear(),
        expect!["layer 0 (fc1) has 0 values of bias for 1 neurons; give one a neuron"],
    );
}

#[test]
fn widths() {
    check(
        |n| n.layers[0].neurons.fraction_bits = 21,
        expect!["layer 0 (fc1) has fraction_bits = 21, it may be 0 to 20"],
    );
    check(|n| n.layers[0].neurons.beta_bits = 17, expect!["layer 0 (fc1) has beta_bits = 17, it may be 0 to 16"]);
    check(
        |n| n.layers[0].neurons.membrane_bits = 33,
        expect!["layer 0 (fc1) has membrane_bits = 33, it may be 2 to 32"],
    );
    check(|n| n.layers[0].neurons.membrane_bits = 1, expect!["layer 0 (fc1) has membrane_bits = 1, it may be 2 to 32"]);
}

#[test]
fn parameters() {
    check(
        |n| n.layers[0].neurons.beta[0] = 3,
        expect!["layer 0 (fc1), neuron 0: beta = 3 is more than 1, which is 2 with 1 beta bits"],
    );
    check(
        |n| n.layers[0].neurons.threshold[0] = 0,
        expect!["layer 0 (fc1), neuron 0: threshold = 0, it must be at least 1, or the neuron fires at rest"],
    );
    check(
        |n| (n.layers[0].neurons.threshold[0], n.layers[0].neurons.fires) = (-1, Fires::Above),
        expect!["layer 0 (fc1), neuron 0: threshold = -1, it must be at least 0, or the neuron fires at rest"],
    );
    check(
        |n| n.layers[0].neurons.fires = Fires::Never,
        expect!["layer 0 (fc1) never fires, and asks for a reset or has a threshold; give it Reset::None and thresholds of 0"],
    );
    check(|n| n.layers[0].neurons.threshold[0] = 128, expect!["layer 0 (fc1), neuron 0: threshold = 128, a membrane of 8 bits ends at 127; use more membrane bits or fewer fraction bits"]);
    check(
        |n| n.layers[0].neurons.bias[0] = 1 << 31,
        expect!["layer 0 (fc1), neuron 0: bias = 2147483648 does not fit 32 bits; use fewer fraction bits"],
    );
    check(
        |n| (n.layers[0].neurons.bias[0], n.layers[0].name) = (i64::MIN, String::new()),
        expect!["layer 0, neuron 0: bias = -9223372036854775808 does not fit 32 bits; use fewer fraction bits"],
    );
}
