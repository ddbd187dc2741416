//! Memories that differ are told apart where they do.

use expect_test::{expect, Expect};
use spikeforge_sim::plasticity::{Latents, Lfsr, Memory, MemoryMismatch, Readout, Rule};

/// Plants a fault in the second of two equal memories, and expects where it is found.
fn check(rule: Rule, plant: impl FnOnce(&mut Memory), expected: Expect) {
    let (learner, _) = super::learner(rule, 3);
    let mut faulty = learner.memories().to_vec();
    assert_eq!(MemoryMismatch::first(learner.memories(), &faulty), None);
    let layer = faulty.len() - 1;
    plant(&mut faulty[layer]);
    expected.assert_eq(&MemoryMismatch::first(learner.memories(), &faulty).unwrap().to_string());
}

#[test]
fn a_planted_fault_is_found_where_it_is() {
    let latent = |memory: &mut Memory| {
        let n_neurons = memory.latents.n_neurons();
        let mut values = memory.latents.values().to_vec();
        values[n_neurons + 2] = 1 - values[n_neurons + 2].signum();
        memory.latents = Latents::new(n_neurons, memory.latents.bits(), values).unwrap();
    };
    let readout = |memory: &mut Memory| {
        let mut values = memory.readout.values().to_vec();
        *values.last_mut().unwrap() = 3;
        let readout = &memory.readout;
        memory.readout = Readout::new(readout.kind(), readout.n_neurons(), values, readout.lfsr()).unwrap();
    };
    check(Rule::Drtp, latent, expect!["layer 0, latent of neuron 2 for input 1: expected 0, got 1"]);
    check(Rule::Drtp, readout, expect!["layer 0, readout of class 2 for neuron 64: expected 0, got 3"]);
    check(
        Rule::Drtp,
        |memory| memory.lfsr = Lfsr::new(1),
        expect!["layer 0, random numbers of the latents: expected 45977, got 1"],
    );
    check(
        Rule::Drtp,
        |memory| memory.feedback.set(1, 2, !memory.feedback.get(1, 2)),
        expect!["layer 0, feedback of class 1 to neuron 2: expected 1, got -1"],
    );
    check(Rule::Stdp, |memory| memory.handicaps[1] = -4, expect!["layer 0, handicap of neuron 1: expected 0, got -4"]);
    check(Rule::Stdp, |memory| memory.handicaps.clear(), expect!["layer 0, number of values: expected 65, got 0"]);
}

#[test]
fn values_that_do_not_fit_are_no_memory() {
    let error = Latents::new(1, 4, vec![7, -8, 8]).unwrap_err();
    expect!["a latent is 8, which does not fit 4 bits; what was read is of another network, or was altered"]
        .assert_eq(&error.to_string());
}
