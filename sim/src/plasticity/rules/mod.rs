//! The rules: what each presents beside the sample, and how it makes the modulators.

mod drtp;
mod forward_forward;
mod pepita;
mod random_feedback;
mod sign_symmetric;
mod sigprop;
mod stdp;
mod symba;

use super::memory::{trace, Update};
use super::outcome::Sample;
use super::pass::Pass;
use super::readout::ERROR;
use super::{LearningReference, Memory, Rule, Verdict};
use crate::Spikes;

/// The most that a count, or a difference of counts, moves a neuron: all there is in eight timesteps, and no more than a
/// lane of the hardware can choose among.
const MOST_STEPS: i32 = 7;

/// What contrastive rules show of a sample with a label: its first half, the middle timestep with it, so that a sample that is
/// learned costs less than three of its presentations.
fn first_half(train: &[Spikes]) -> &[Spikes] {
    &train[..train.len().div_ceil(2)]
}

/// What a rule does before a sample of this label and so many timesteps is presented.
pub(super) fn prepare(chip: &mut LearningReference, label: usize, n_timesteps: usize) {
    match chip.network.rule {
        Rule::Sigprop => sigprop::prepare(chip, label, n_timesteps),
        _ => {}
    }
}

/// Changes the latents of every layer that learns from a sample.
pub(super) fn learn(chip: &mut LearningReference, sample: &Sample) {
    match chip.network.rule {
        Rule::SignSymmetric => one_pass(chip, sample, sign_symmetric::modulator),
        Rule::RandomFeedback => one_pass(chip, sample, random_feedback::modulator),
        Rule::Drtp => one_pass(chip, sample, drtp::modulator),
        Rule::Sigprop => one_pass(chip, sample, sigprop::modulator),
        Rule::ForwardForward => forward_forward::learn(chip, sample),
        Rule::Symba => symba::learn(chip, sample),
        Rule::Pepita => pepita::learn(chip, sample),
        Rule::Stdp => stdp::learn(chip, sample),
    }
}

/// The rules that need no presentation beside the first: every neuron with an open gate gets what the rule makes of its
/// memory and of the verdict, which is all that is broadcast within a layer.
fn one_pass(chip: &mut LearningReference, sample: &Sample, modulator: impl Fn(&Memory, Verdict, usize) -> i32) {
    for layer in chip.learning_layers(sample) {
        let (memory, verdict) = (&chip.memories[layer], sample.verdicts[layer]);
        let gated = |j| {
            if sample.plain.gate(layer, j) {
                ERROR * modulator(memory, verdict, j)
            } else {
                0
            }
        };
        let update = update(layer, &sample.plain, gated);
        chip.update(layer, &sample.plain, &update);
    }
}

/// An update whose trace are the input counts of a pass.
fn update(layer: usize, pass: &Pass, modulator: impl Fn(usize) -> i32) -> Update {
    let n_neurons = pass.counts(layer).len();
    Update { trace: trace(pass.inputs(layer)), modulators: (0..n_neurons).map(modulator).collect() }
}
