//! What a learner holds, in the words of the hardware's memories, and back.

use spikeforge_hdl::arch::{Arch, StageArch};
use spikeforge_hdl::block::parameter_memory::Parameters;
use spikeforge_hdl::plasticity::arch::RuleArch;
use spikeforge_hdl::plasticity::emit::PlasticImage;
use spikeforge_hdl::plasticity::standing::HANDICAP_HALF_BITS;
use spikeforge_sim::plasticity::{Checkpoint, Memory, Patterns, Registers};
use spikeforge_sim::{Layer, Network, SignMatrix};

/// One image a layer; `arch` was folded from the checkpoint's network.
pub fn images(state: &Checkpoint, forward: &Network, arch: &Arch) -> Vec<PlasticImage> {
    let layers = state.memories.iter().zip(&state.registers).zip(&forward.layers).zip(&arch.stages);
    let mut images: Vec<_> = layers.map(|(((memory, registers), layer), stage)| image(memory, registers, layer, stage)).collect();
    if let (Some(first), Some(stage)) = (images.first_mut(), arch.stages.first()) {
        let with_up = arch.learning.as_ref().is_some_and(|learning| learning.rule == RuleArch::Pepita);
        first.patterns = words_of_patterns(&state.patterns, stage, with_up);
    }
    images
}

fn image(memory: &Memory, registers: &Registers, layer: &Layer, stage: &StageArch) -> PlasticImage {
    let neurons = &layer.neurons;
    let parameters = (0..stage.n_neurons).map(|j| Parameters {
        threshold: neurons.threshold[j],
        bias: neurons.bias[j],
        beta: i64::from(neurons.beta[j]),
    });
    PlasticImage {
        latents: words_of_latents(memory, stage),
        readout: words_of_readout(memory),
        table: words_of_table(memory),
        patterns: Vec::new(),
        parameters: parameters.collect(),
        registers: words_of_registers(registers),
        latent_random: memory.lfsr.state(),
        readout_random: memory.readout.lfsr().state(),
    }
}

/// `[group * inputs + input][lane]`, zero beyond the last neuron.
fn words_of_latents(memory: &Memory, stage: &StageArch) -> Vec<Vec<u64>> {
    let (latents, n_neurons) = (&memory.latents, stage.n_neurons);
    let value = |i: usize, j: usize| {
        if j < n_neurons { raw(i64::from(latents.row(i)[j]), latents.bits()) } else { 0 }
    };
    let word = |group: usize, i: usize| (0..stage.lanes).map(|lane| value(i, group * stage.lanes + lane)).collect();
    (0..stage.groups()).flat_map(|group| (0..stage.n_inputs).map(move |i| (group, i))).map(|(g, i)| word(g, i)).collect()
}

/// `[input][neuron]` of the words of a latent memory, `[group * inputs + input][lane]`.
pub fn latents_of_words(words: &[Vec<u64>], stage: &StageArch, bits: u32) -> Vec<i8> {
    let value = |i: usize, j: usize| {
        let word = &words[j / stage.lanes * stage.n_inputs + i];
        i8::try_from(signed(word[j % stage.lanes], bits)).unwrap_or(0)
    };
    (0..stage.n_inputs).flat_map(|i| (0..stage.n_neurons).map(move |j| (i, j))).map(|(i, j)| value(i, j)).collect()
}

/// `[neuron][class]`
fn words_of_readout(memory: &Memory) -> Vec<Vec<u64>> {
    let (values, n_neurons) = (memory.readout.values(), memory.readout.n_neurons());
    let bits = memory.readout.kind().bits();
    let classes = values.len() / n_neurons.max(1);
    let word = |j: usize| (0..classes).map(|class| raw(i64::from(values[class * n_neurons + j]), bits)).collect();
    (0..n_neurons).map(word).collect()
}

/// `[class][neuron]` of the words of a readout memory, `[neuron][class]`.
pub fn readout_of_words(words: &[Vec<u64>], bits: u32) -> Vec<i16> {
    let classes = words.first().map_or(0, Vec::len);
    let of_class = |class: usize| words.iter().map(move |word| i16::try_from(signed(word[class], bits)).unwrap_or(0));
    (0..classes).flat_map(of_class).collect()
}

/// `[neuron][lane]`, as the rule keeps it.
fn words_of_table(memory: &Memory) -> Vec<Vec<u64>> {
    if memory.handicaps.is_empty() { words_of_feedback(memory) } else { words_of_handicaps(&memory.handicaps) }
}

/// `[neuron][half]`, the lower half first.
fn words_of_handicaps(handicaps: &[i32]) -> Vec<Vec<u64>> {
    let half = |handicap: i64| raw(handicap, HANDICAP_HALF_BITS);
    let word = |&handicap: &i32| vec![half(handicap.into()), half(i64::from(handicap) >> HANDICAP_HALF_BITS)];
    handicaps.iter().map(word).collect()
}

/// Handicaps of the words of their memory, `[neuron][half]`.
pub fn handicaps_of_words(words: &[Vec<u64>]) -> Vec<i32> {
    let whole = |word: &Vec<u64>| word.iter().rev().fold(0, |whole, half| whole << HANDICAP_HALF_BITS | half);
    words.iter().map(|word| i32::try_from(signed(whole(word), 2 * HANDICAP_HALF_BITS)).unwrap_or(0)).collect()
}

/// `[neuron][class]`
fn words_of_feedback(memory: &Memory) -> Vec<Vec<u64>> {
    let (classes, neurons) = (memory.feedback.n_neurons(), memory.feedback.n_inputs());
    let word = |j: usize| (0..classes).map(|class| u64::from(memory.feedback.get(class, j))).collect();
    (0..neurons).map(word).collect()
}

/// `[class][neuron]` of the words of a table of feedback, `[neuron][class]`.
pub fn feedback_of_words(words: &[Vec<u64>]) -> SignMatrix {
    let classes = words.first().map_or(0, Vec::len);
    let mut feedback = SignMatrix::new(classes, if classes == 0 { 0 } else { words.len() });
    for (j, word) in words.iter().enumerate() {
        for (class, &sign) in word.iter().enumerate() {
            feedback.set(class, j, sign == 1);
        }
    }
    feedback
}

/// `[class * beats + beat][lane]`: the lines that take part, and in a second lane those that are up.
fn words_of_patterns(patterns: &Patterns, stage: &StageArch, with_up: bool) -> Vec<Vec<u64>> {
    let beat = usize::try_from(stage.beat).unwrap_or(1);
    let lines = |table: &SignMatrix, class: usize, at: usize| {
        let bit = |k: usize| u64::from(at * beat + k < table.n_inputs() && table.get(class, at * beat + k)) << k;
        (0..beat).map(bit).sum::<u64>()
    };
    let places = (0..patterns.active.n_neurons()).flat_map(|class| (0..stage.beats()).map(move |at| (class, at)));
    let tables = [Some(&patterns.active), Some(&patterns.up).filter(|_| with_up)];
    places.map(|(class, at)| tables.into_iter().flatten().map(|table| lines(table, class, at)).collect()).collect()
}

/// Patterns of the words of their memory; what of `known` the memory does not hold stays.
pub fn patterns_of_words(words: &[Vec<u64>], stage: &StageArch, known: &Patterns) -> Patterns {
    let (mut patterns, beat) = (known.clone(), usize::try_from(stage.beat).unwrap_or(1));
    for class in 0..known.active.n_neurons() {
        for i in 0..known.active.n_inputs() {
            let Some(word) = words.get(class * stage.beats() + i / beat) else { continue };
            for (table, lines) in [&mut patterns.active, &mut patterns.up].into_iter().zip(word) {
                table.set(class, i, lines >> (i % beat) & 1 == 1);
            }
        }
    }
    patterns
}

fn words_of_registers(registers: &Registers) -> [u16; 8] {
    let pair = |low: u32, high: u32| u16::try_from(low & 0xFF | (high & 0xFF) << 8).unwrap_or(0);
    let half = |value: i64, half: u32| u16::try_from(value >> (16 * half) & 0xFFFF).unwrap_or(0);
    [
        u16::from(registers.latents_learn) | u16::from(registers.readout_learns) << 1,
        pair(registers.latent_shift, registers.readout_shift),
        pair(registers.dense_bits, registers.goodness_shift),
        half(registers.margin, 0),
        half(registers.margin, 1),
        half(registers.goodness, 0),
        half(registers.goodness, 1),
        pair(registers.potentiation, registers.depression),
    ]
}

/// The registers that a register file's words stand for.
pub fn registers_of_words(words: [u16; 8]) -> Registers {
    let low = |word: u16| u32::from(word & 0xFF);
    let high = |word: u16| u32::from(word >> 8);
    let whole = |low: u16, high: u16| i64::from(high) << 16 | i64::from(low);
    Registers {
        latents_learn: words[0] & 1 == 1,
        readout_learns: words[0] >> 1 & 1 == 1,
        latent_shift: low(words[1]),
        readout_shift: high(words[1]),
        dense_bits: low(words[2]),
        goodness_shift: high(words[2]),
        margin: whole(words[3], words[4]),
        goodness: whole(words[5], words[6]),
        potentiation: low(words[7]),
        depression: high(words[7]),
    }
}

/// The low `bits` of a value.
fn raw(value: i64, bits: u32) -> u64 {
    value.cast_unsigned() & ((1 << bits) - 1)
}

/// Two's complement of `bits`.
fn signed(raw: u64, bits: u32) -> i64 {
    (raw << (64 - bits)).cast_signed() >> (64 - bits)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
