//! Interrupted lives go on, altered ones do not.

use expect_test::{expect, Expect};
use proptest::prelude::*;
use serde_json::{json, Value};
use spikeforge_sim::plasticity::{Checkpoint, Learner, LearningReference, Rule};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_resumed_life_is_the_same_life(seed: u64, rule in super::any_rule(), cut in 0..12usize) {
        let (mut through, samples) = super::learner(rule, seed);
        let mut resumed = through.clone();
        for (train, label) in &samples {
            through.present(train, Some(*label)).unwrap();
        }
        for (i, (train, label)) in samples.iter().enumerate() {
            if i == cut {
                let text = serde_json::to_string(&resumed.checkpoint()).unwrap();
                let checkpoint: Checkpoint = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(&checkpoint, &resumed.checkpoint());
                resumed = LearningReference::resume(checkpoint).unwrap();
            }
            resumed.present(train, Some(*label)).unwrap();
        }
        prop_assert_eq!(resumed.checkpoint(), through.checkpoint());
    }
}

/// What is learned is the same whoever holds the learner.
#[test]
fn a_learner_takes_over_the_state_of_another() {
    let (mut one, samples) = super::learner(Rule::SignSymmetric, 5);
    let (mut other, _) = super::learner(Rule::SignSymmetric, 5);
    for (train, label) in &samples {
        let outcome = one.present(train, Some(*label)).unwrap();
        let lesson = Learner::present(&mut other, train, Some(*label)).unwrap();
        assert_eq!((lesson.class, lesson.learned), (outcome.class, outcome.learned));
    }
    assert_eq!(one.n_samples(), samples.len() as u64);
    let mut late = super::learner(Rule::SignSymmetric, 5).0;
    assert_eq!(late.n_samples(), 0);
    assert_ne!(late.state().unwrap(), one.checkpoint());
    late.restore(&other.state().unwrap()).unwrap();
    assert_eq!(late.state().unwrap(), one.checkpoint());
}

/// Alters a checkpoint's text, and expects what it is refused with.
fn check(alter: impl FnOnce(&mut Value), expected: Expect) {
    let (learner, _) = super::learner(Rule::Sigprop, 3);
    let mut text = serde_json::to_value(learner.checkpoint()).unwrap();
    alter(&mut text);
    let error = match serde_json::from_value::<Checkpoint>(text) {
        Ok(checkpoint) => LearningReference::resume(checkpoint).unwrap_err().to_string(),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&error);
}

#[test]
fn an_altered_checkpoint_is_refused() {
    let of = |text: &mut Value, part: &str| text["memories"][0][part].take();
    check(
        |text| text["memories"] = json!([]),
        expect!["the checkpoint has 0 layers of memories, its network needs 1; it was altered or cut short"],
    );
    check(|text| text["registers"] = json!([]), expect!["there are registers for 0 layers, the network has 1"]);
    check(
        |text| text["memories"][0]["latents"]["n_neurons"] = json!(0),
        expect!["the latents of input 0 have 130 hexadecimal digits, their neurons need 0"],
    );
    check(
        |text| text["memories"][0]["latents"]["bits"] = json!(40),
        expect!["the checkpoint has 40 latent bits, its network needs 5; it was altered or cut short"],
    );
    check(
        |text| text["memories"][0]["latents"]["rows"][0] = json!("7f"),
        expect!["the latents of input 0 have 2 hexadecimal digits, their neurons need 130"],
    );
    check(
        |text| text["memories"][0]["readout"]["values"] = json!([]),
        expect!["the checkpoint has 0 readout weights, its network needs 195; it was altered or cut short"],
    );
    check(
        |text| text["memories"][0]["handicaps"] = json!([1, 2]),
        expect!["the checkpoint has 2 handicaps, its network needs 0; it was altered or cut short"],
    );
    check(
        |text| text["memories"][0]["feedback"]["rows"] = json!([]),
        expect!["the checkpoint has 0 feedback signs, its network needs 195; it was altered or cut short"],
    );
    check(
        |text| text["patterns"]["up"]["rows"] = json!([]),
        expect!["the checkpoint has 0 pattern signs, its network needs 3; it was altered or cut short"],
    );
    check(
        |text| text["registers"][0]["latent_shift"] = json!(17),
        expect!["register latent_shift of layer 0 is 17, it may be 0 to 16"],
    );
    check(
        |text| text["network"]["layers"][0]["latent_bits"] = json!(9),
        expect!["layer fc1 has latent_bits = 9, it may be 2 to 8"],
    );
    check(
        |text| text["network"]["n_classes"] = json!(1),
        expect!["the network tells 1 classes apart, it takes 2 to 256"],
    );
    check(|text| drop(of(text, "lfsr")), expect!["invalid type: null, expected u16"]);
}
