//! What is refused, and with what sentence.

use expect_test::{expect, Expect};
use spikeforge_sim::plasticity::{LearningError, LearningNetwork, LearningReference, Rule};
use spikeforge_sim::{plasticity, SignMatrix, Spikes};

fn refused<T>(result: Result<T, LearningError>, expected: Expect) {
    expected.assert_eq(&result.err().unwrap().to_string());
}

fn check(change: impl FnOnce(&mut LearningNetwork), expected: Expect) {
    let mut network = plasticity::random::network(Rule::SignSymmetric, 1);
    network.layers[0].name = "fc1".into();
    change(&mut network);
    refused(LearningReference::new(&network, 1), expected);
}

#[test]
fn networks() {
    check(|n| n.n_classes = 1, expect!["the network tells 1 classes apart, it takes 2 to 256"]);
    check(|n| n.layers.clear(), expect!["the network has 0 layers, it needs 1 to 65536"]);
    check(|n| n.label_lines = 1, expect!["the network has 1 label lines a class, but sign-symmetric needs none"]);
    check(|n| n.rule = Rule::Symba, expect!["the network has 0 label lines a class, but symba needs at least 1"]);
    check(
        |n| (n.rule, n.label_lines) = (Rule::Symba, usize::MAX),
        expect!["the input shape [4294967295] has 4294967295 elements, a network takes 1 to 65536"],
    );
    check(|n| n.layers[0].latent_bits = 9, expect!["layer fc1 has latent_bits = 9, it may be 2 to 8"]);
    check(
        |n| n.layers[0].neurons.threshold[0] = 0,
        expect!["layer 0 (fc1), neuron 0: threshold = 0, it must be at least 1, or the neuron fires at rest"],
    );
    check(
        |n| n.layers[0].neurons.beta.clear(),
        expect!["layer 0 (fc1) has 0 values of beta for 65 neurons; give one a neuron"],
    );
    refused(
        "hebb".parse::<Rule>(),
        expect![[
            r#"there is no rule "hebb"; the rules are sign-symmetric, random-feedback, drtp, sigprop, forward-forward, symba, pepita, stdp"#
        ]],
    );
}

#[test]
fn samples() {
    let (mut learner, samples) = super::learner(Rule::SignSymmetric, 1);
    let (train, _) = &samples[0];
    let before = learner.checkpoint();
    refused(learner.present(train, Some(99)), expect!["the label is 99, the network has classes 0 to 4"]);
    refused(learner.present(&[], None), expect!["the sample has 0 timesteps, a presentation takes 1 to 255"]);
    refused(
        learner.present(&vec![train[0].clone(); 256], Some(0)),
        expect!["the sample has 256 timesteps, a presentation takes 1 to 255"],
    );
    refused(
        learner.present(&[Spikes::new()], Some(0)),
        expect!["the timestep has 0 input spikes, the network has 26 inputs"],
    );
    refused(learner.set_registers(&[]), expect!["there are registers for 0 layers, the network has 1"]);
    assert_eq!(learner.checkpoint(), before);
}

#[test]
fn weights() {
    let network = plasticity::random::network(Rule::SignSymmetric, 1);
    refused(
        LearningReference::from_weights(&network, &[], 1),
        expect!["there are weights for 0 layers, the network has 1"],
    );
    let small = vec![SignMatrix::new(1, 1); network.layers.len()];
    refused(
        LearningReference::from_weights(&network, &small, 1),
        expect!["the weights of layer 0 are 1 x 1 (neurons x inputs), the network has 65 x 26"],
    );
    let weights: Vec<SignMatrix> = LearningReference::new(&network, 2)
        .unwrap()
        .forward()
        .layers
        .iter()
        .map(|layer| layer.weights.clone())
        .collect();
    let started = LearningReference::from_weights(&network, &weights, 1).unwrap();
    for (memory, weights) in started.memories().iter().zip(&weights) {
        assert_eq!(&memory.latents.signs(), weights);
        let half = 1i8 << (memory.latents.bits() - 2);
        assert!(memory.latents.values().iter().all(|latent| latent.abs() == half));
    }
}
