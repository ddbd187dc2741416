//! Random branches, each evaluated plainly in floats, against the integers of the joined layer, spike for spike.

use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;
use spikeforge_sim::random::SplitMix64;
use spikeforge_sim::{Device, Reference, Reset, Spikes};

use super::*;
use crate::model::{Conv, FloatLayer, Lif, Metadata, Padding};
use crate::quantize::{quantize, QuantizeError};

const N_TIMESTEPS: usize = 5;

proptest! {
    // Scales that chance has put too far apart are refused; there are few.
    #![proptest_config(ProptestConfig { cases: 150, max_global_rejects: 5, ..ProptestConfig::default() })]

    /// Convolutions of one or two dimensions that differ in kernel, padding, dilation, groups and stride, pools on either side
    /// of them, scales of channels and elements, matrices, and spikes straight into the sum.
    #[test]
    fn a_joined_layer_fires_as_the_sum_of_its_branches(seed: u64) {
        let random = &mut SplitMix64::new(seed);
        let case = Case::at_random(random);
        let options = NeuronOptions { fraction_bits: Some(20), reset: Some(Reset::None), ..NeuronOptions::default() };
        let quantized = quantize(&case.model(), &options);
        prop_assume!(!matches!(quantized, Err(QuantizeError::Model(ModelError::BranchScales { .. }))));
        let network = quantized.unwrap().network;
        prop_assert_eq!(network.layers.len(), 1);
        let n: usize = case.shape.iter().product();
        let train: Vec<Vec<bool>> = (0..N_TIMESTEPS).map(|_| (0..n).map(|_| random.chance(2, 5)).collect()).collect();
        let spikes: Vec<Spikes> = train.iter().map(|frame| frame.iter().copied().collect()).collect();
        let got = Reference::new(&network).run(&spikes).unwrap();
        for (t, expected) in case.fired(&train).into_iter().enumerate() {
            prop_assert_eq!(&got[t], &expected.into_iter().collect::<Spikes>(), "timestep {}", t);
        }
    }
}

/// Branches from an input into neurons of this threshold, each a chain of nodes.
struct Case {
    shape: Vec<usize>,
    branches: Vec<Vec<NodeKind>>,
    threshold: f64,
}

impl Case {
    fn at_random(random: &mut SplitMix64) -> Case {
        let n_dims = 1 + random.below(2);
        let mut shape = vec![2 * (1 + random.below(2))];
        shape.extend((0..n_dims).map(|_| 3 + random.below(5)));
        let first = (0..).find_map(|_| chain(random, &shape, None)).unwrap();
        let target = given(&first, &shape);
        let is_flat = random.chance(1, 3);
        let mut branches = vec![first];
        for _ in 0..1 + random.below(2) {
            branches.extend((0..60).find_map(|_| chain(random, &shape, Some(&target))));
        }
        // The spikes themselves, at most once: an edge is there once.
        if target == shape && random.chance(1, 2) {
            branches.push(Vec::new());
        }
        if is_flat || branches.len() < 2 {
            let flatten = || NodeKind::Flatten { start_dim: 0, end_dim: -1 };
            branches.iter_mut().for_each(|branch| branch.push(flatten()));
            let (n, n_inputs) = (target.iter().product(), shape.iter().product());
            branches.push(vec![flatten(), NodeKind::Linear(Linear { weight: signs(random, &[n, n_inputs]), bias: Some(quarters(random, n)) })]);
        }
        // 1/3 off what a sum can be, so that no rounding decides.
        let threshold = (2 + random.below(12)) as f64 / 4.0 + 1.0 / 3.0;
        Case { shape, branches, threshold }
    }

    fn model(&self) -> Model {
        let given = given(&self.branches[0], &self.shape);
        let all = |value: f64| ArrayD::from_elem(IxDyn(&given), value);
        let lif = Lif { tau: all(2e-4), r: all(2.0), v_leak: all(0.0), v_threshold: all(self.threshold), v_reset: None };
        let mut nodes = vec![("input".to_string(), NodeKind::Input { shape: self.shape.clone() }), ("lif".to_string(), NodeKind::Lif(lif))];
        let mut edges = vec![("lif".to_string(), "output".to_string())];
        for (index, branch) in self.branches.iter().enumerate() {
            let mut before = "input".to_string();
            for (place, node) in branch.iter().enumerate() {
                let name = format!("branch{index}.{place}");
                nodes.push((name.clone(), node.clone()));
                edges.push((before, name.clone()));
                before = name;
            }
            edges.push((before, "lif".to_string()));
        }
        nodes.push(("output".to_string(), NodeKind::Output { shape: given }));
        Model::new("branches", Metadata::new(), nodes, edges).unwrap()
    }

    /// Of each timestep, by neurons in floats that keep half of their membrane and are not reset.
    fn fired(&self, train: &[Vec<bool>]) -> Vec<Vec<bool>> {
        let n = given(&self.branches[0], &self.shape).iter().product();
        let mut membranes: Vec<f64> = vec![0.0; n];
        let step = |frame: &Vec<bool>| {
            let spikes: Vec<f64> = frame.iter().map(|&spike| if spike { 1.0 } else { 0.0 }).collect();
            let mut currents = vec![0.0; n];
            for branch in &self.branches {
                let (mut shape, mut values) = (self.shape.clone(), spikes.clone());
                branch.iter().for_each(|node| (shape, values) = plain(node, &shape, &values));
                currents.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            }
            for (membrane, current) in membranes.iter_mut().zip(currents) {
                *membrane = 0.5 * *membrane + current;
            }
            membranes.iter().map(|&membrane| membrane > self.threshold).collect()
        };
        train.iter().map(step).collect()
    }
}

/// A convolution, perhaps with a pool on one side and a scale behind it, if it fits and gives the target.
fn chain(random: &mut SplitMix64, shape: &[usize], target: Option<&[usize]>) -> Option<Vec<NodeKind>> {
    let mut nodes = Vec::new();
    let mut here = shape.to_vec();
    let mut push = |nodes: &mut Vec<NodeKind>, node: NodeKind| -> Option<Vec<usize>> {
        here = shape_behind(&node, &here)?;
        nodes.push(node);
        Some(here.clone())
    };
    let is_image = shape.len() == 3;
    if is_image && random.chance(1, 3) {
        push(&mut nodes, pool(random))?;
    }
    let n_outputs = target.map_or(2 * (1 + random.below(2)), |target| target[0]);
    let groups = 1 + random.below(2);
    let n_dims = shape.len() - 1;
    let mut each = |most: usize| -> Vec<usize> { (0..n_dims).map(|_| 1 + random.below(most)).collect() };
    let (kernel, stride, dilation) = (each(3), each(2), each(2));
    let padding = each(3).iter().map(|padding| padding - 1).collect();
    let weight = signs(random, &[vec![n_outputs, shape[0] / groups], kernel].concat());
    let bias = random.chance(1, 2).then(|| quarters(random, n_outputs));
    let between = push(&mut nodes, NodeKind::Conv(Conv { weight, bias, stride, padding: Padding::Each(padding), dilation, groups }))?;
    let mut last = between;
    if is_image && random.chance(1, 3) {
        last = push(&mut nodes, pool(random))?;
    }
    if random.chance(1, 3) {
        // One for each channel or each element.
        let sizes: Vec<usize> = if random.chance(1, 2) { last.clone() } else { [vec![last[0]], vec![1; n_dims]].concat() };
        let scale = ArrayD::from_shape_fn(IxDyn(&sizes), |_| if random.chance(1, 2) { 1.0 } else { 2.0 });
        last = push(&mut nodes, NodeKind::Scale { scale })?;
    }
    target.is_none_or(|target| target == last).then_some(nodes)
}

fn pool(random: &mut SplitMix64) -> NodeKind {
    let kind = if random.chance(1, 2) { PoolKind::Sum } else { PoolKind::Average };
    let kernel = vec![2, 1 + random.below(2)];
    let padding = vec![random.below(2), 0];
    // A divisor that is a power of two, so that sums are exact.
    NodeKind::Pool(Pool { kind, kernel, stride: vec![1 + random.below(2), 1 + random.below(2)], padding })
}

/// The shape behind a chain of nodes.
fn given(nodes: &[NodeKind], shape: &[usize]) -> Vec<usize> {
    nodes.iter().fold(shape.to_vec(), |shape, node| shape_behind(node, &shape).unwrap())
}

fn shape_behind(node: &NodeKind, shape: &[usize]) -> Option<Vec<usize>> {
    let n: usize = shape.iter().product();
    let fits = match window(node) {
        Some((kernel, _, padding, dilation)) => {
            (0..kernel.len()).all(|dim| shape[dim + 1] + 2 * padding[dim] > dilation[dim] * (kernel[dim] - 1))
        }
        None => true,
    };
    fits.then(|| plain(node, shape, &vec![0.0; n]).0)
}

/// Kernel, stride, padding and dilation of a convolution or pool.
type Moves = (Vec<usize>, Vec<usize>, Vec<usize>, Vec<usize>);

fn window(node: &NodeKind) -> Option<Moves> {
    match node {
        NodeKind::Conv(Conv { weight, stride, padding: Padding::Each(padding), dilation, .. }) => {
            Some((weight.shape()[2..].to_vec(), stride.clone(), padding.clone(), dilation.clone()))
        }
        NodeKind::Pool(pool) => Some((pool.kernel.clone(), pool.stride.clone(), pool.padding.clone(), vec![1; pool.kernel.len()])),
        _ => None,
    }
}

/// What a node gives, by its definition.
fn plain(node: &NodeKind, shape: &[usize], values: &[f64]) -> (Vec<usize>, Vec<f64>) {
    match node {
        NodeKind::Flatten { .. } => (vec![values.len()], values.to_vec()),
        NodeKind::Linear(linear) => {
            let n = linear.weight.shape()[0];
            let dot = |j: usize| (0..values.len()).map(|i| linear.weight[[j, i]] * values[i]).sum::<f64>();
            (vec![n], (0..n).map(|j| dot(j) + linear.bias.as_ref().map_or(0.0, |bias| bias[j])).collect())
        }
        NodeKind::Scale { scale } => {
            let n_places = values.len() / scale.len();
            let scale: Vec<f64> = scale.iter().copied().collect();
            (shape.to_vec(), values.iter().enumerate().map(|(i, value)| value * scale[i / n_places]).collect())
        }
        NodeKind::Conv(conv) => {
            let (inputs, outputs) = (conv.weight.shape()[1], conv.weight.shape()[0] / conv.groups);
            let weight = |j: usize, channel: usize, k: &[usize]| match channel.checked_sub(j / outputs * inputs) {
                Some(i) if i < inputs => conv.weight[IxDyn(&[&[j, i], k].concat())],
                _ => 0.0,
            };
            slid(node, shape, values, conv.weight.shape()[0], &weight, &|j| conv.bias.as_ref().map_or(0.0, |bias| bias[j]))
        }
        NodeKind::Pool(pool) => {
            let area: usize = pool.kernel.iter().product();
            let factor = if pool.kind == PoolKind::Average { 1.0 / area as f64 } else { 1.0 };
            slid(node, shape, values, shape[0], &|j, channel, _| if j == channel { factor } else { 0.0 }, &|_| 0.0)
        }
        other => panic!("{}", other.type_name()),
    }
}

/// A window over one or two dimensions, all of them written as two.
fn slid(
    node: &NodeKind,
    shape: &[usize],
    values: &[f64],
    n_outputs: usize,
    weight: &dyn Fn(usize, usize, &[usize]) -> f64,
    bias: &dyn Fn(usize) -> f64,
) -> (Vec<usize>, Vec<f64>) {
    let (kernel, stride, padding, dilation) = window(node).unwrap();
    let n_dims = kernel.len();
    let size = |dim: usize| (shape[dim + 1] + 2 * padding[dim] - dilation[dim] * (kernel[dim] - 1) - 1) / stride[dim] + 1;
    let sizes: Vec<usize> = (0..n_dims).map(size).collect();
    let places = |sizes: &[usize]| -> Vec<Vec<usize>> {
        sizes.iter().fold(vec![vec![]], |all, &n| all.iter().flat_map(|at| (0..n).map(|i| [at.clone(), vec![i]].concat())).collect())
    };
    let mut out = Vec::new();
    for j in 0..n_outputs {
        for place in places(&sizes) {
            let mut sum = bias(j);
            for k in places(&kernel) {
                let at: Vec<usize> = (0..n_dims).map(|dim| place[dim] * stride[dim] + k[dim] * dilation[dim]).collect();
                let inside = (0..n_dims).all(|dim| (padding[dim]..padding[dim] + shape[dim + 1]).contains(&at[dim]));
                for channel in (0..shape[0]).filter(|_| inside) {
                    let index = (0..n_dims).fold(channel, |flat, dim| flat * shape[dim + 1] + at[dim] - padding[dim]);
                    sum += weight(j, channel, &k) * values[index];
                }
            }
            out.push(sum);
        }
    }
    ([vec![n_outputs], sizes].concat(), out)
}

fn signs(random: &mut SplitMix64, shape: &[usize]) -> ArrayD<f64> {
    ArrayD::from_shape_fn(IxDyn(shape), |_| if random.chance(1, 2) { 1.0 } else { -1.0 })
}

fn quarters(random: &mut SplitMix64, n: usize) -> ArrayD<f64> {
    ArrayD::from_shape_fn(IxDyn(&[n]), |_| random.below(5) as f64 / 4.0 - 0.5)
}

/// The layer of a convolution for each kernel size, which keep the sizes of 4 x 6 x 6, and of the spikes themselves.
fn residual(kernels: &[(usize, usize, usize)], stride: usize) -> FloatLayer {
    let random = &mut SplitMix64::new(1);
    let conv = |&(kernel, dilation, groups): &(usize, usize, usize)| {
        let padding = Padding::Each(vec![dilation * (kernel - 1) / 2; 2]);
        let weight = signs(random, &[4, 4 / groups, kernel, kernel]);
        vec![NodeKind::Conv(Conv { weight, bias: None, stride: vec![stride; 2], padding, dilation: vec![dilation; 2], groups })]
    };
    let mut branches: Vec<Vec<NodeKind>> = kernels.iter().map(conv).collect();
    if stride == 1 {
        branches.push(vec![]);
    }
    let case = Case { shape: vec![4, 6, 6], branches, threshold: 1.5 };
    let layers = case.model().layers(&NeuronOptions::default()).unwrap().layers;
    layers.into_iter().next().unwrap()
}

#[test]
fn windows_of_one_stride_become_one_window() {
    let geometry = |kernels, stride| {
        let window = residual(kernels, stride).window.unwrap();
        (window.kernel[0], window.dilation[0], window.padding[0].0, window.stride[0], window.groups)
    };
    assert_eq!(geometry(&[(3, 1, 1), (1, 1, 1)], 1), (3, 1, 1, 1, 1));
    assert_eq!(geometry(&[(3, 1, 1), (1, 1, 1)], 2), (3, 1, 1, 2, 1));
    // Taps at -2, 0 and 2 only, and each channel for itself.
    assert_eq!(geometry(&[(3, 2, 4), (1, 1, 4)], 1), (3, 2, 2, 1, 4));
    assert_eq!(geometry(&[(3, 2, 2), (3, 1, 4)], 1), (5, 1, 2, 1, 2));
}

#[test]
fn names_tell_the_branches() {
    let layer = residual(&[(3, 1, 1), (1, 1, 1)], 1);
    assert_eq!(layer.name, "branch0.0 + branch1.0 + input");
    assert_eq!(layer.weights.bits(), 3);
}
