//! What each memory holds at power-on.

use spikeforge_hdl::arch::{Arch, StageArch};
use spikeforge_hdl::block::parameter_memory::Parameters;
use spikeforge_hdl::emit::Image;
use spikeforge_hdl::protocol::wire_index;
use spikeforge_sim::{Layer, Network, SignMatrix, Window};

use crate::taps::{taps, Pattern};

/// One image a stage; `arch` was folded from `network`.
pub fn pack(network: &Network, arch: &Arch) -> Vec<Image> {
    // The order in which a layer's inputs come: those of a convolution position by position.
    let mut channels = network.input.n();
    let mut images = Vec::new();
    for (layer, stage) in network.layers.iter().zip(&arch.stages) {
        images.push(Image { weights: weights(layer, stage, channels), parameters: parameters(layer, stage) });
        channels = stage.channels();
    }
    images
}

fn parameters(layer: &Layer, stage: &StageArch) -> Vec<Parameters> {
    let neurons = &layer.neurons;
    let n = stage.n_parameters();
    let channels = stage.channels().min(n);
    let mut parameters = vec![Parameters { threshold: 0, bias: 0, beta: 0 }; n];
    for j in 0..n {
        parameters[wire_index(j, n, channels)] = Parameters {
            threshold: neurons.threshold[j],
            bias: neurons.bias[j],
            beta: i64::from(neurons.beta[j]),
        };
    }
    parameters
}

/// For each group, the words of each bit of the weights, the highest first.
fn weights(layer: &Layer, stage: &StageArch, channels: usize) -> Vec<Vec<u64>> {
    let planes = std::iter::once(&layer.weights).chain(layer.lower.iter().rev());
    let words = |signs: &SignMatrix| match &layer.window {
        None => dense_weights(signs, stage, channels),
        Some(window) => window_weights(layer, signs, window, stage),
    };
    let planes: Vec<Vec<Vec<u64>>> = planes.map(words).collect();
    let n_words = stage.weight_words() / stage.groups() / layer.weight_bits();
    let of_group = |group: usize| planes.iter().flat_map(move |words| words[group * n_words..][..n_words].to_vec());
    (0..stage.groups()).flat_map(of_group).collect()
}

fn dense_weights(signs: &SignMatrix, stage: &StageArch, channels: usize) -> Vec<Vec<u64>> {
    let mut rows = vec![vec![0; stage.beats()]; stage.groups() * stage.lanes];
    let beat = usize::try_from(stage.beat).unwrap_or(64);
    for (j, row) in rows.iter_mut().enumerate().take(stage.n_neurons) {
        for i in (0..signs.n_inputs()).filter(|&i| signs.get(j, i)) {
            let at = match i.checked_sub(stage.n_inputs) {
                None => wire_index(i, stage.n_inputs, channels),
                // The layer's own spikes begin with a word.
                Some(own) => stage.input_beats() * beat + own,
            };
            row[at / beat] |= 1 << (at % beat);
        }
    }
    let word = |group: usize, beat: usize| {
        let mut lanes = vec![0; stage.lanes];
        (0..stage.lanes).for_each(|neuron| lanes[stage.lane_of(neuron)] = rows[group * stage.lanes + neuron][beat]);
        lanes
    };
    (0..stage.groups()).flat_map(|group| (0..stage.beats()).map(move |beat| (group, beat))).map(|(group, beat)| word(group, beat)).collect()
}

/// Word `(group, kernel row, pattern)`.
fn window_weights(layer: &Layer, signs: &SignMatrix, window: &Window, stage: &StageArch) -> Vec<Vec<u64>> {
    let patterns = taps(layer, window, stage.beat).patterns;
    let [kernel_y, kernel_x] = [window.y.n_kernel, window.x.n_kernel].map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    let bits = |channel: usize, row: usize, pattern: &Pattern| {
        let weight = |&(column, input): &(usize, usize)| signs.get(channel, (input * kernel_y + row) * kernel_x + column);
        let met = pattern.iter().enumerate().filter(|(_, met)| met.as_ref().is_some_and(weight));
        met.fold(0u64, |word, (bit, _)| word | 1 << bit)
    };
    let mut words = Vec::with_capacity(stage.weight_words());
    for group in 0..stage.groups() {
        for row in 0..kernel_y {
            for pattern in &patterns {
                words.push((0..stage.lanes).map(|lane| bits(group * stage.lanes + lane, row, pattern)).collect());
            }
        }
    }
    words
}
