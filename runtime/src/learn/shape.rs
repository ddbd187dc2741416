//! Networks that learn, by the sizes of their layers.

use spikeforge_sim::plasticity::{LearningLayer, LearningNetwork, ReadoutKind, Rule};
use spikeforge_sim::Input;

use super::LearnError;

/// Input lines a class that are enough to learn from: more cost cycles, fewer accuracy.
pub const LABEL_LINES: u32 = 8;

/// What a network is, beside its sizes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnOptions {
    pub rule: Rule,
    /// One a layer, the last one for those beyond; empty for thresholds that suit the number of inputs.
    pub thresholds: Vec<i64>,
    pub latent_bits: u32,
    /// The readout's weights are the signs of its integers.
    pub binary_readout: bool,
    /// Input lines a class for the rules that show labels.
    pub label_lines: usize,
}

impl LearnOptions {
    pub fn new(rule: Rule) -> Self {
        LearnOptions { rule, thresholds: Vec::new(), latent_bits: 8, binary_readout: false, label_lines: LABEL_LINES as usize }
    }
}

/// A network of a shape such as `784-256-10`: inputs, neurons of each layer, classes.
///
/// # Errors
/// [`LearnError::Shape`] when the text is no such shape; whether the sizes can be run is for the learner to say.
pub fn network(text: &str, options: &LearnOptions) -> Result<LearningNetwork, LearnError> {
    let wrong = || LearnError::Shape { text: text.to_owned() };
    let size = |text: &str| text.trim().parse::<u32>().ok().filter(|&size| size > 0).ok_or_else(wrong);
    let sizes = text.split('-').map(size).collect::<Result<Vec<_>, _>>()?;
    let [n_inputs, hidden @ .., n_classes] = sizes.as_slice() else {
        return Err(wrong());
    };
    if hidden.is_empty() {
        return Err(wrong());
    }
    let rule = options.rule;
    let label_lines = if rule.shows_labels() { options.label_lines } else { 0 };
    let mut network = LearningNetwork {
        input: Input { shape: vec![*n_inputs] },
        n_classes: *n_classes as usize,
        rule,
        label_lines,
        layers: Vec::new(),
    };
    let mut n_inputs = network.n_lines();
    for (position, &n_neurons) in hidden.iter().enumerate() {
        let given = options.thresholds.get(position).or(options.thresholds.last());
        let threshold = given.copied().unwrap_or(if n_inputs < 512 { 12 } else { 24 });
        let n_neurons = n_neurons as usize;
        let mut layer = LearningLayer::new(&format!("fc{}", position + 1), n_inputs, n_neurons, threshold);
        layer.latent_bits = options.latent_bits;
        if options.binary_readout {
            layer.readout = ReadoutKind::Sign { bits: 10 };
        }
        network.layers.push(layer);
        n_inputs = n_neurons;
    }
    Ok(network)
}
