//! What holds for every rule.

use expect_test::{expect, Expect};
use proptest::prelude::*;
use spikeforge_sim::plasticity;
use spikeforge_sim::plasticity::{LearningReference, Rule};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn forward_weights_are_the_signs_of_the_latents(seed: u64, rule in super::any_rule()) {
        let (mut learner, samples) = super::learner(rule, seed);
        for (train, label) in &samples {
            learner.present(train, Some(*label)).unwrap();
        }
        for (memory, layer) in learner.memories().iter().zip(&learner.forward().layers) {
            prop_assert_eq!(&memory.latents.signs(), &layer.weights);
        }
        prop_assert_eq!(learner.forward().validate(), Ok(()));
    }

    #[test]
    fn without_a_label_nothing_changes(seed: u64, rule in super::any_rule()) {
        let (mut learner, samples) = super::learner(rule, seed);
        let before = learner.checkpoint();
        for (train, _) in &samples {
            let outcome = learner.present(train, None).unwrap();
            prop_assert_eq!((outcome.effort.n_passes, outcome.effort.n_rows), (1, 0));
        }
        prop_assert_eq!(learner.checkpoint(), before);
    }

    #[test]
    fn an_easy_sample_changes_nothing(seed: u64, rule in super::any_rule()) {
        let (mut learner, samples) = super::learner(rule, seed);
        for (train, label) in &samples {
            let before = learner.memories().to_vec();
            let outcome = learner.present(train, Some(*label)).unwrap();
            for (layer, learned) in outcome.learned.iter().enumerate() {
                let (now, then) = (&learner.memories()[layer], &before[layer]);
                if !learned {
                    prop_assert_eq!((&now.latents, &now.readout, now.lfsr), (&then.latents, &then.readout, then.lfsr));
                }
            }
        }
    }

    #[test]
    fn what_may_not_learn_does_not(seed: u64, rule in super::any_rule()) {
        let (mut learner, samples) = super::learner(rule, seed);
        let mut registers = plasticity::random::registers(learner.network(), seed);
        registers.iter_mut().for_each(|registers| registers.latents_learn = false);
        registers.iter_mut().for_each(|registers| registers.readout_learns = seed % 2 == 0);
        learner.set_registers(&registers).unwrap();
        let before = learner.memories().to_vec();
        for (train, label) in &samples {
            let outcome = learner.present(train, Some(*label)).unwrap();
            prop_assert_eq!(outcome.effort.n_rows, 0);
        }
        for (now, then) in learner.memories().iter().zip(&before) {
            prop_assert_eq!((&now.latents, now.lfsr), (&then.latents, then.lfsr));
            prop_assert!(seed % 2 == 0 || now.readout == then.readout);
        }
    }
}

/// Teaches a fixed network fixed samples, and expects the states of the random numbers at the end: any change of what
/// the rules mean shows here, and is to be meant.
fn check(rule: Rule, expected: Expect) {
    let (mut learner, samples) = super::learner(rule, 7);
    for (train, label) in samples.iter().cycle().take(40) {
        learner.present(train, Some(*label)).unwrap();
    }
    expected.assert_eq(&digest(&learner));
}

fn digest(learner: &LearningReference) -> String {
    let of_layer = |memory: &spikeforge_sim::plasticity::Memory| {
        let latents: i64 = (1..).zip(memory.latents.values()).map(|(k, &u)| k * i64::from(u)).sum();
        let readout: i64 = (1..).zip(memory.readout.values()).map(|(k, &v)| k * i64::from(v)).sum();
        let (lfsr, of_readout) = (memory.lfsr.state(), memory.readout.lfsr().state());
        format!("latents {latents} {lfsr:04x}, readout {readout} {of_readout:04x}")
    };
    learner.memories().iter().map(of_layer).collect::<Vec<_>>().join("; ")
}

#[test]
fn the_rules_mean_what_they_meant() {
    check(Rule::SignSymmetric, expect!["latents -4594 3f1f, readout 268 bb37"]);
    check(Rule::RandomFeedback, expect!["latents -6543 b7e0, readout 299 5378"]);
    check(Rule::Drtp, expect!["latents -7016 5c3e, readout 149 f7f2"]);
    check(Rule::Sigprop, expect!["latents -5351 3e08, readout -96 a152"]);
    check(Rule::ForwardForward, expect!["latents -207937 076b, readout 2454 d441"]);
    check(Rule::Symba, expect!["latents -249114 91be, readout 2454 d441"]);
    check(Rule::Pepita, expect!["latents -8449 a5f8, readout 399 f02e"]);
    check(Rule::Stdp, expect!["latents -8298 7316, readout 399 f02e"]);
}
