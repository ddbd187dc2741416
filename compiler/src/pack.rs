//! What each memory holds at power-on.

use spikeforge_hdl::arch::{Arch, StageArch};
use spikeforge_hdl::block::parameter_memory::Parameters;
use spikeforge_hdl::emit::Image;
use spikeforge_sim::{Layer, Network};

/// One image a stage; `arch` was folded from `network`.
pub fn pack(network: &Network, arch: &Arch) -> Vec<Image> {
    network.layers.iter().zip(&arch.stages).map(|(layer, stage)| image(layer, stage)).collect()
}

fn image(layer: &Layer, stage: &StageArch) -> Image {
    let mut weights = Vec::with_capacity(stage.weight_words());
    for group in 0..stage.groups() {
        for beat in 0..stage.beats() {
            weights.push((0..stage.lanes).map(|lane| beat_of_row(layer, stage, group * stage.lanes + lane, beat)).collect());
        }
    }
    let neurons = &layer.neurons;
    let parameters = (0..stage.n_neurons).map(|j| Parameters {
        threshold: neurons.threshold[j],
        bias: neurons.bias[j],
        beta: i64::from(neurons.beta[j]),
    });
    Image { weights, parameters: parameters.collect() }
}

/// Weights of neuron `j` for one beat of inputs; zero beyond the last neuron and the last input.
fn beat_of_row(layer: &Layer, stage: &StageArch, j: usize, beat: usize) -> u64 {
    let width = usize::try_from(stage.beat).unwrap_or(64);
    if j >= stage.n_neurons {
        return 0;
    }
    let inputs = beat * width..((beat + 1) * width).min(stage.n_inputs);
    inputs.enumerate().fold(0, |word, (bit, i)| word | u64::from(layer.weights.get(j, i)) << bit)
}
