//! Presentations short enough to reckon on paper.

use expect_test::{expect, Expect};
use spikeforge_sim::{Device, Fires, LayerId, Network, Neurons, Reference, Reset, ScaledBy, Scaling, Spikes, Synapse};

/// Presents timesteps of `spikes[t]` input spikes to one neuron, and expects its membranes, a `*` where it fired.
fn check(spikes: &[usize], change: impl FnOnce(&mut Neurons), expected: Expect) {
    let n_inputs = 8;
    let network = super::one_neuron(n_inputs, change);
    network.validate().unwrap();
    let train: Vec<Spikes> = spikes.iter().map(|&n| (0..n_inputs).map(|i| i < n).collect()).collect();
    expected.assert_eq(&membranes(&network, &train));
}

fn membranes(network: &Network, train: &[Spikes]) -> String {
    let trace = Reference::new(network).trace(train).unwrap();
    let states = trace.timesteps.iter().map(|layers| &layers[0]);
    let texts: Vec<_> = states.map(|s| format!("{}{}", s.membranes[0], if s.fired[0] { "*" } else { "" })).collect();
    texts.join(" ")
}

#[test]
fn subtract_at_once() {
    check(&[1, 1, 5, 0, 0, 0], |_| {}, expect!["1 0* 3* 1* 1 1"]);
}

#[test]
fn subtract_late() {
    check(&[1, 1, 5, 0, 0, 0, 0], |n| n.reset_delay = true, expect!["1 2* 5* 3* 1 1 1"]);
}

#[test]
fn zero_at_once() {
    check(&[1, 1, 5, 0, 1, 1], |n| n.reset = Reset::Zero, expect!["1 0* 0* 0 1 0*"]);
}

#[test]
fn zero_late() {
    let late_zero = |n: &mut Neurons| (n.reset, n.reset_delay) = (Reset::Zero, true);
    check(&[1, 1, 5, 0, 1, 1], late_zero, expect!["1 2* 5* 0 1 2*"]);
}

#[test]
fn no_reset() {
    check(&[1, 1, 5, 0, 1], |n| n.reset = Reset::None, expect!["1 2* 7* 7* 8*"]);
    let delayed = |n: &mut Neurons| (n.reset, n.reset_delay) = (Reset::None, true);
    check(&[1, 1, 5, 0, 1], delayed, expect!["1 2* 7* 7* 8*"]);
}

#[test]
fn a_synapse_drives_on() {
    let halving = |n: &mut Neurons| {
        (n.synapse, n.threshold[0]) = (Some(Synapse { decays: vec![1], bits: 6 }), 100);
    };
    check(&[5, 0, 0, 3, 0, 0], halving, expect!["5 7 8 11 12 12"]);
    let with_bias = |n: &mut Neurons| {
        halving(n);
        (n.bias[0], n.beta[0]) = (-3, 0);
    };
    // Rounded down: what is kept of -3 is -2, of -5 is -3.
    check(&[0, 0, 0, 8], with_bias, expect!["-3 -5 -6 2"]);
    let forgets = |n: &mut Neurons| n.synapse = Some(Synapse { decays: vec![0], bits: 6 });
    check(&[1, 1, 5, 0, 0, 0], forgets, expect!["1 0* 3* 1* 1 1"]);
}

#[test]
fn each_timestep_weighs_its_current() {
    let scaled = |n: &mut Neurons| {
        let at = |scale, bias| Scaling { scale: vec![scale], bias: vec![bias] };
        (n.scaling, n.threshold[0]) = (vec![at(3, 0), at(-2, 1), at(0, 5)], 100);
    };
    check(&[2, 1, 8, 8], scaled, expect!["6 5 10 15"]);
}

#[test]
fn what_has_entered_weighs_the_current() {
    let scaled = |n: &mut Neurons| {
        let at = |scale| Scaling { scale: vec![scale], bias: vec![0] };
        (n.scaling, n.threshold[0]) = (vec![at(1), at(10), at(0)], 100);
        n.scaled_by = ScaledBy::Count { shift: 2 };
    };
    // 3 so far, then 4, 7, and 8 and more.
    check(&[3, 1, 3, 1, 8], scaled, expect!["3 13 43 43 43"]);
}

#[test]
fn above_is_not_at() {
    check(&[2, 1, 0], |n| n.fires = Fires::Above, expect!["2 1* 1"]);
    check(&[2, 1, 0], |n| n.fires = Fires::At, expect!["0* 1 1"]);
    let never_at_rest = |n: &mut Neurons| (n.fires, n.threshold[0]) = (Fires::Above, 0);
    check(&[0, 1, 0], never_at_rest, expect!["0 1* 1*"]);
}

#[test]
fn the_leak_rounds_down_on_both_sides() {
    let halved = |n: &mut Neurons| (n.beta[0], n.threshold[0]) = (1, 100);
    check(&[5, 0, 0, 0, 0], halved, expect!["5 2 1 0 0"]);
    let pushed_down = |n: &mut Neurons| (n.beta[0], n.bias[0]) = (1, -5);
    check(&[0, 5, 5, 5, 5], pushed_down, expect!["-5 -3 -2 -1 -1"]);
}

#[test]
fn the_fraction_scales_the_current_but_not_the_bias() {
    let fraction = |n: &mut Neurons| (n.fraction_bits, n.bias[0], n.threshold[0]) = (3, 1, 20);
    check(&[1, 1, 0, 0], fraction, expect!["9 18 19 0*"]);
}

#[test]
fn the_membrane_saturates_before_it_fires() {
    let narrow = |n: &mut Neurons| (n.membrane_bits, n.threshold[0], n.reset) = (4, 7, Reset::None);
    check(&[5, 8, 8, 0], narrow, expect!["5 7* 7* 7*"]);
    let low = |n: &mut Neurons| (n.membrane_bits, n.threshold[0], n.bias[0]) = (4, 7, -6);
    check(&[0, 0, 8], low, expect!["-6 -8 -6"]);
    let above_all = |n: &mut Neurons| (n.membrane_bits, n.threshold[0], n.fires) = (4, 7, Fires::Above);
    check(&[8, 8, 8], above_all, expect!["7 7 7"]);
}

#[test]
fn weights_are_plus_and_minus_one() {
    let mut network = super::one_neuron(3, |n| n.reset = Reset::None);
    network.layers[0].weights.set(0, 1, false);
    let present = |bits: [bool; 3]| membranes(&network, &[bits.into_iter().collect()]);
    let all = [[true, true, true], [false, true, false], [true, false, true], [false, false, false]];
    expect!["1 | -1 | 2* | 0"].assert_eq(&all.map(present).join(" | "));
}

#[test]
fn a_presentation_starts_at_rest() {
    let network = super::one_neuron(1, |n| (n.reset, n.reset_delay) = (Reset::Zero, true));
    let one: Vec<Spikes> = vec![Spikes::repeat(true, 1); 3];
    let mut reference = Reference::new(&network);
    let first = reference.run(&one).unwrap();
    assert_eq!(reference.run(&one).unwrap(), first);
    reference.reset().unwrap();
    let state = reference.state(LayerId(0)).unwrap();
    assert_eq!((state.membranes, state.fired), (vec![0], Spikes::repeat(false, 1)));
}
