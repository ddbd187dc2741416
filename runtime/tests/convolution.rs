//! The network of the binarized-SNN literature, conv5(16)-pool2-conv5(32)-pool2-fc(10), on the smallest ECP5, and a small one
//! with max pools: every spike and membrane of the Verilated design equals the reference's, on test images of MNIST.

use std::path::Path;
use std::process::Command;

use ndarray::{ArrayD, IxDyn};
use spikeforge_compiler::board::Board;
use spikeforge_compiler::compile::{compile, Clock};
use spikeforge_compiler::model::{Conv, Lif, Linear, Metadata, Model, NodeKind, Padding, Pool, PoolKind};
use spikeforge_compiler::toolchain::{verilate, SimulationSources, Tools, VerilateOptions};
use spikeforge_runtime::verilated::Verilated;
use spikeforge_sim::random::SplitMix64;
use spikeforge_sim::{coding, lockstep, Compare, Reference};

const N_TIMESTEPS: usize = 6;

#[test]
fn the_network_of_the_literature_on_a_25f() {
    check(&model([1, 16, 32], PoolKind::Sum), &[16 * 24 * 24, 32 * 8 * 8, 10], 3);
}

/// Each pool is a layer between those of weights, of channels that fill no word. Two convolutions add up in a window, a
/// convolution and a matrix in a matrix.
#[test]
fn max_pools_of_spikes_and_sums_of_branches() {
    check(&model([1, 3, 5], PoolKind::Max), &[3 * 24 * 24, 3 * 12 * 12, 5 * 8 * 8, 5 * 4 * 4, 10], 2);
}

fn check(model: &Model, expected: &[usize], n_images: usize) {
    let board = Board::load("ulx3s-25f").expect("a board");
    let design = compile(model, &board, &Default::default(), Clock::Oscillator).expect("a design");
    let network = design.network();
    let sizes: Vec<usize> = network.layers.iter().map(|layer| layer.n_neurons()).collect();
    assert_eq!(sizes, expected);
    let sources = SimulationSources::rtl(&design.accelerator_files(), spikeforge_hdl::emit::ACCELERATOR);
    let (options, tools) = (VerilateOptions::for_short_runs(), Tools::from_environment());
    let program = verilate(&sources, &design.accelerator_harness(), &options, &tools, &mut |_| ()).expect("a simulation");
    let mut dut = Verilated::open(Command::new(program), design.arch.host_map()).expect("a device");
    let mut reference = Reference::new(network);
    for image in images(n_images) {
        let train = coding::rate(&image, N_TIMESTEPS);
        let comparison = lockstep(&mut reference, &mut dut, &train, Compare::States).expect("two runs");
        assert_eq!(comparison.mismatch, None);
        assert_eq!(comparison.membranes_compared, (sizes.iter().sum::<usize>() * N_TIMESTEPS) as u64);
    }
}

/// The first `n` test images.
fn images(n: usize) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/mnist/t10k-images-idx3-ubyte.gz");
    let file = std::fs::File::open(path).expect("the images");
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(file), &mut bytes).expect("IDX");
    bytes[16..].chunks(28 * 28).take(n).map(<[u8]>::to_vec).collect()
}

/// Weights at random, thresholds at which about a tenth of the neurons fires.
fn model([input, middle, last]: [usize; 3], pool: PoolKind) -> Model {
    let mut random = SplitMix64::new(1);
    let mut nodes: Vec<(&str, NodeKind)> = vec![("input", NodeKind::Input { shape: vec![input, 28, 28] })];
    nodes.push(("conv1", conv(&mut random, middle, input)));
    nodes.push(("lif1", lif(vec![middle, 24, 24], 3.0)));
    nodes.push(("pool1", pooled(pool)));
    nodes.push(("conv2", conv(&mut random, last, middle)));
    nodes.push(("lif2", lif(vec![last, 8, 8], 1.25 * middle as f64)));
    nodes.push(("pool2", pooled(pool)));
    nodes.push(("flatten", NodeKind::Flatten { start_dim: 0, end_dim: -1 }));
    nodes.push(("fc", NodeKind::Linear(Linear { weight: signs(&mut random, &[10, 16 * last]), bias: None })));
    nodes.push(("lif3", lif(vec![10], 0.3125 * last as f64)));
    nodes.push(("output", NodeKind::Output { shape: vec![10] }));
    let mut edges: Vec<(String, String)> = nodes.windows(2).map(|pair| (pair[0].0.to_string(), pair[1].0.to_string())).collect();
    if pool == PoolKind::Max {
        let wide = dilated(&mut random, [last, middle, 3], 2);
        let whole = dilated(&mut random, [10, last, 4], 1);
        nodes.extend([("wide", wide), ("whole", whole), ("flat", NodeKind::Flatten { start_dim: 0, end_dim: -1 })]);
        let beside = [["pool1", "wide"], ["wide", "lif2"], ["pool2", "whole"], ["whole", "flat"], ["flat", "lif3"]];
        edges.extend(beside.map(|[from, to]| (from.to_string(), to.to_string())));
    }
    let nodes = nodes.into_iter().map(|(name, kind)| (name.to_string(), kind)).collect();
    Model::new("conv", Metadata::new(), nodes, edges).expect("a model")
}

fn signs(random: &mut SplitMix64, shape: &[usize]) -> ArrayD<f64> {
    ArrayD::from_shape_fn(IxDyn(shape), |_| if random.chance(1, 2) { 1.0 } else { -1.0 })
}

fn conv(random: &mut SplitMix64, outputs: usize, inputs: usize) -> NodeKind {
    dilated(random, [outputs, inputs, 5], 1)
}

fn dilated(random: &mut SplitMix64, [outputs, inputs, kernel]: [usize; 3], dilation: usize) -> NodeKind {
    NodeKind::Conv(Conv {
        weight: signs(random, &[outputs, inputs, kernel, kernel]),
        bias: None,
        stride: vec![1, 1],
        padding: Padding::Each(vec![0, 0]),
        dilation: vec![dilation; 2],
        groups: 1,
    })
}

fn pooled(kind: PoolKind) -> NodeKind {
    NodeKind::Pool(Pool { kind, kernel: vec![2, 2], stride: vec![2, 2], padding: vec![0, 0] })
}

/// beta = 0.5, gain 1.
fn lif(shape: Vec<usize>, threshold: f64) -> NodeKind {
    let all = |value: f64| ArrayD::from_elem(IxDyn(&shape), value);
    NodeKind::Lif(Lif { tau: all(2e-4), r: all(2.0), v_leak: all(0.0), v_threshold: all(threshold), v_reset: None })
}
