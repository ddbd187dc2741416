//! A max pool of spikes as a layer: each neuron counts the spikes in its window, keeps nothing, and fires at one.
//!
//! ```text
//! max(s[1], .., s[n]) = (s[1] + .. + s[n] >= 1)      for s of 0 and 1
//! ```
//! Weights of 1 within a channel and 0 between channels count; thresholds of 1 without a fraction compare. Zeros around the
//! frame count nothing, as PyTorch's own padding never wins.

use ndarray::Array2;
use spikeforge_sim::{Fires, Reset, ScaledBy};

use super::layer::{FloatLayer, Window};
use super::neuron::FloatNeurons;
use super::node::Shape;
use super::semantics::{Semantics, Source};
use super::shape::count;
use super::weights::LevelWeights;

/// The layer of a max pool whose window moves over what enters, of shape `input_shape`.
pub(super) fn layer(name: &str, input_shape: Shape, pool: Window, semantics: Semantics) -> FloatLayer {
    let shape = pool.output_shape.clone();
    let (channels, n) = (pool.groups, count(&shape));
    let n_dims = pool.kernel.len();
    let alone = Window {
        kernel: vec![1; n_dims],
        stride: vec![1; n_dims],
        padding: vec![(0, 0); n_dims],
        dilation: vec![1; n_dims],
        groups: channels,
        output_shape: shape.clone(),
    };
    FloatLayer {
        name: name.to_string(),
        neuron_name: name.to_string(),
        value_bits: 1,
        input_shape,
        pools: vec![pool],
        window: Some(alone),
        weights: LevelWeights { levels: Array2::ones((channels, 1)), scale: vec![1.0; channels], least_bits: 1 },
        sums: Vec::new(),
        recurrent: None,
        bias: vec![0.0; n],
        scaling: Vec::new(),
        scaled_by: ScaledBy::Timestep,
        neurons: any_spike(n),
        is_max_pool: true,
        shape,
        semantics,
    }
}

/// Neurons that fire where the timestep's own current is one at least.
fn any_spike(n: usize) -> FloatNeurons {
    FloatNeurons {
        beta: vec![0.0; n],
        gain: vec![1.0; n],
        constant: vec![0.0; n],
        threshold: vec![1.0; n],
        reset: Reset::None,
        reset_delay: false,
        fires: Fires::At,
        spikes: true,
        synapse: None,
        decay_source: Source::Default,
        unsnapped: None,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use ndarray::{ArrayD, IxDyn};
    use proptest::prelude::*;
    use spikeforge_sim::random::SplitMix64;
    use spikeforge_sim::{Device, Reference, Spikes};

    use crate::model::{Conv, Metadata, Model, NodeKind, Padding, Pool, PoolKind};
    use crate::options::NeuronOptions;
    use crate::quantize::quantize;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        /// Windows that overlap, touch or leave gaps, with padding, over channels that fill no word.
        #[test]
        fn it_is_an_or_of_its_window(seed: u64) {
            let random = &mut SplitMix64::new(seed);
            let shape = [1 + random.below(5), 1 + random.below(9), 1 + random.below(9)];
            let mut side = |size: usize| {
                let kernel = 1 + random.below(size.min(4));
                (kernel, 1 + random.below(3), random.below(kernel / 2 + 1))
            };
            let sides = [side(shape[1]), side(shape[2])];
            let network = quantize(&model(shape, sides), &Default::default()).unwrap().network;
            let mut reference = Reference::new(&network);
            let n: usize = shape.iter().product();
            let frame: Vec<bool> = (0..n).map(|_| random.chance(1, 5)).collect();
            // A silent timestep behind it: nothing is kept.
            let train = vec![frame.iter().copied().collect(), Spikes::repeat(false, n)];
            let got = reference.run(&train).unwrap();
            let expected: Spikes = pooled(&frame, shape, sides).into_iter().collect();
            prop_assert_eq!(got[1].count_ones(), 0);
            prop_assert_eq!(&got[0], &expected);
        }
    }

    /// torch.nn.functional.max_pool2d of 0 and 1.
    fn pooled(frame: &[bool], [channels, height, width]: [usize; 3], sides: [(usize, usize, usize); 2]) -> Vec<bool> {
        let n = |size: usize, (kernel, stride, padding): (usize, usize, usize)| (size + 2 * padding - kernel) / stride + 1;
        let covers = |output: usize, input: usize, (kernel, stride, padding): (usize, usize, usize)| {
            (output * stride..output * stride + kernel).contains(&(input + padding))
        };
        let mut all = Vec::new();
        for channel in 0..channels {
            for (y, x) in (0..n(height, sides[0])).flat_map(|y| (0..n(width, sides[1])).map(move |x| (y, x))) {
                let mut met = (0..height * width).filter(|at| covers(y, at / width, sides[0]) && covers(x, at % width, sides[1]));
                all.push(met.any(|at| frame[channel * height * width + at]));
            }
        }
        all
    }

    /// A pool and nothing else; kernel, stride and padding of each side.
    fn model(shape: [usize; 3], sides: [(usize, usize, usize); 2]) -> Model {
        let pool = Pool {
            kind: PoolKind::Max,
            kernel: sides.map(|side| side.0).to_vec(),
            stride: sides.map(|side| side.1).to_vec(),
            padding: sides.map(|side| side.2).to_vec(),
        };
        let [height, width] = [0, 1].map(|i| (shape[i + 1] + 2 * sides[i].2 - sides[i].0) / sides[i].1 + 1);
        chain(vec![
            NodeKind::Input { shape: shape.to_vec() },
            NodeKind::Pool(pool),
            NodeKind::Output { shape: vec![shape[0], height, width] },
        ])
    }

    fn chain(nodes: Vec<NodeKind>) -> Model {
        let nodes: Vec<(String, NodeKind)> = nodes.into_iter().map(|kind| (kind.type_name().to_string(), kind)).collect();
        let edges = nodes.windows(2).map(|pair| (pair[0].0.clone(), pair[1].0.clone())).collect();
        Model::new("pool", Metadata::new(), nodes, edges).unwrap()
    }

    #[test]
    fn what_is_no_spikes_has_no_maximum_here() {
        let pool = |kind| NodeKind::Pool(Pool { kind, kernel: vec![2; 2], stride: vec![2; 2], padding: vec![0; 2] });
        let weight = ArrayD::ones(IxDyn(&[1, 1, 1, 1]));
        let (stride, dilation, padding) = (vec![1; 2], vec![1; 2], Padding::Same);
        let conv = NodeKind::Conv(Conv { weight, bias: None, stride, padding, dilation, groups: 1 });
        let scale = NodeKind::Scale { scale: ArrayD::from_elem(IxDyn(&[1]), 2.0) };
        let input = NodeKind::Input { shape: vec![1, 8, 8] };
        let refused = |before: Option<NodeKind>, options: &NeuronOptions| {
            let size = if before.as_ref().is_some_and(|kind| kind.type_name() == "SumPool2d") { 2 } else { 4 };
            let nodes = [Some(input.clone()), before, Some(pool(PoolKind::Max)), Some(NodeKind::Output { shape: vec![1, size, size] })];
            quantize(&chain(nodes.into_iter().flatten().collect()), options).unwrap_err().to_string()
        };
        let plain = NeuronOptions::default();
        expect!["node MaxPool2d (MaxPool2d) follows Conv2d (Conv2d); the maximum of currents is none of spikes: put the pool behind the neurons (LIF or IF), and train it there"].assert_eq(&refused(Some(conv), &plain));
        expect!["node MaxPool2d (MaxPool2d) follows SumPool2d (SumPool2d); a max pool takes spikes, not sums or scaled ones: put it directly behind the neurons"].assert_eq(&refused(Some(pool(PoolKind::Sum)), &plain));
        expect!["node MaxPool2d (MaxPool2d) follows Scale (Scale); a max pool takes spikes, not sums or scaled ones: put it directly behind the neurons"].assert_eq(&refused(Some(scale), &plain));
        let values = NeuronOptions { input_bits: Some(4), ..plain };
        expect!["node MaxPool2d (MaxPool2d) follows Input (Input); the input is values, not spikes: put weights and neurons before the pool"].assert_eq(&refused(None, &values));
    }
}
