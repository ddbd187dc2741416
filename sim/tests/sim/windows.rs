//! Convolutions and pools told a second time, as the frameworks define them, against windows and the reference.

use proptest::prelude::*;
use spikeforge_sim::random::{self, SplitMix64};
use spikeforge_sim::window::{Axis, Moves};
use spikeforge_sim::{
    range, Device, Fires, Input, Layer, LayerId, Network, Neurons, Reference, Reset, SignMatrix, Spikes, Window,
};

use super::naive;

/// A frame of channels of rows of values.
type Frame = Vec<Vec<Vec<i64>>>;

/// Stride, dilation and padding of both dimensions.
#[derive(Clone, Copy, Debug)]
struct Conv {
    kernel: usize,
    stride: usize,
    dilation: usize,
    padding: usize,
}

/// torch.nn.functional.conv2d
fn conv2d(frame: &Frame, weight: &[Frame], conv: Conv) -> Frame {
    let (height, width) = (frame[0].len(), frame[0][0].len());
    let reach = conv.dilation * (conv.kernel - 1) + 1;
    let n_outputs = |size: usize| (size + 2 * conv.padding - reach) / conv.stride + 1;
    let at = |m: usize, y: usize, x: usize| {
        let inside = |at: usize, size: usize| at.checked_sub(conv.padding).filter(|&at| at < size);
        inside(y, height).zip(inside(x, width)).map_or(0, |(y, x)| frame[m][y][x])
    };
    let sum = |kernel: &Frame, y: usize, x: usize| {
        let mut sum = 0;
        for (m, rows) in kernel.iter().enumerate() {
            for (ky, row) in rows.iter().enumerate() {
                for (kx, w) in row.iter().enumerate() {
                    sum += w * at(m, y * conv.stride + ky * conv.dilation, x * conv.stride + kx * conv.dilation);
                }
            }
        }
        sum
    };
    let map =
        |kernel| (0..n_outputs(height)).map(|y| (0..n_outputs(width)).map(|x| sum(kernel, y, x)).collect()).collect();
    weight.iter().map(map).collect()
}

/// The sums of windows of `size`, `stride` apart.
fn sum_pool(frame: &Frame, size: usize, stride: usize) -> Frame {
    let n = |of: usize| (of - size) / stride + 1;
    let sum = |rows: &Vec<Vec<i64>>, y: usize, x: usize| {
        (0..size * size).map(|i| rows[y * stride + i / size][x * stride + i % size]).sum()
    };
    let pooled = |rows: &Vec<Vec<i64>>| -> Vec<Vec<i64>> {
        (0..n(rows.len())).map(|y| (0..n(rows[0].len())).map(|x| sum(rows, y, x)).collect()).collect()
    };
    frame.iter().map(pooled).collect()
}

fn small(value: usize) -> u32 {
    u32::try_from(value).unwrap()
}

fn axis(n_inputs: usize, conv: Conv) -> Axis {
    let reach = conv.dilation * (conv.kernel - 1) + 1;
    Axis::new(Moves {
        n_inputs: small(n_inputs),
        n_outputs: small((n_inputs + 2 * conv.padding - reach) / conv.stride + 1),
        kernel: small(conv.kernel),
        stride: small(conv.stride),
        dilation: small(conv.dilation),
        padding: small(conv.padding),
    })
}

fn pool_axis(n_inputs: usize, size: usize, stride: usize) -> Axis {
    axis(n_inputs, Conv { kernel: size, stride, dilation: 1, padding: 0 })
}

/// A neuron a channel and position that keeps its current as its membrane and never fires.
fn integrators(channels: usize) -> Neurons {
    Neurons {
        fraction_bits: 0,
        beta_bits: 0,
        beta: vec![0; channels],
        threshold: vec![1 << 20; channels],
        bias: vec![0; channels],
        reset: Reset::None,
        reset_delay: false,
        fires: Fires::At,
        membrane_bits: 32,
        synapse: None,
        scaling: vec![],
        scaled_by: spikeforge_sim::ScaledBy::Timestep,
    }
}

/// The currents of the first timestep on `spikes`.
fn currents(network: &Network, spikes: &Spikes) -> Vec<i64> {
    let mut reference = Reference::new(network);
    reference.step(spikes).unwrap();
    reference.state(LayerId(0)).unwrap().membranes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn windows_are_what_convolutions_and_pools_make_of_them(
        seed: u64, channels in 1..4usize, outputs in 1..4usize, sizes in (4..9usize, 4..9usize), kernel in 1..4usize,
        stride in 1..4usize, dilation in 1..3usize, padding in 0..3usize, pool in 1..4usize, pool_stride in 1..3usize,
        is_before: bool,
    ) {
        let mut random = SplitMix64::new(seed);
        let conv = Conv { kernel, stride, dilation, padding };
        let (height, width) = sizes;
        let sizes = [height, width];
        let reach = dilation * (kernel - 1) + 1;
        let fits = sizes.iter().all(|&size| match is_before {
            true => size >= pool && (size - pool) / pool_stride + 1 + 2 * padding >= reach,
            false => size + 2 * padding >= reach && (size + 2 * padding - reach) / stride + 1 >= pool,
        });
        prop_assume!(fits);
        let frame: Frame = (0..channels).map(|_| (0..height).map(|_| (0..width).map(|_| random.within(0, 1)).collect()).collect()).collect();
        let weight: Vec<Frame> = (0..outputs)
            .map(|_| (0..channels).map(|_| (0..kernel).map(|_| (0..kernel).map(|_| 2 * random.within(0, 1) - 1).collect()).collect()).collect())
            .collect();
        let expected = match is_before {
            true => conv2d(&sum_pool(&frame, pool, pool_stride), &weight, conv),
            false => sum_pool(&conv2d(&frame, &weight, conv), pool, pool_stride),
        };

        let of_size = |size: usize| match is_before {
            true => axis((size - pool) / pool_stride + 1, conv).of_pooled(&pool_axis(size, pool, pool_stride)),
            false => {
                let weights = axis(size, conv);
                let n_outputs = weights.taps.len();
                weights.pooled(&pool_axis(n_outputs, pool, pool_stride))
            }
        };
        let window = Window { channels: small(channels), planes: 1, y: of_size(height), x: of_size(width) };
        let rows: Vec<Vec<bool>> =
            weight.iter().map(|kernel| kernel.iter().flatten().flatten().map(|&w| w > 0).collect()).collect();
        let layer = Layer {
            name: String::new(),
            weights: SignMatrix::from_rows(&rows).unwrap(),
            lower: Vec::new(),
            window: Some(window),
            recurrent: false,
            neurons: integrators(outputs),
        };
        let proved = range::currents(&layer);
        let network = Network::new(Input { shape: vec![small(channels * height * width)] }, vec![layer]).unwrap();
        let spikes: Spikes = frame.iter().flatten().flatten().map(|&value| value == 1).collect();
        let got = currents(&network, &spikes);
        prop_assert_eq!(&got, &expected.iter().flatten().flatten().copied().collect::<Vec<_>>());
        for (channel, values) in expected.iter().enumerate() {
            prop_assert!(values.iter().flatten().all(|value| proved[channel].contains(value)));
        }
    }

    #[test]
    fn random_convolutional_networks_keep_to_the_formulas(seed: u64, n_timesteps in 1..8usize) {
        let network = random::convolutional_network(seed);
        prop_assert_eq!(network.validate(), Ok(()));
        let train = random::train(seed ^ 1, network.input.n(), n_timesteps);
        let got = Reference::new(&network).trace(&train).unwrap();
        for (timestep, layers) in naive::trace(&network, &train).iter().enumerate() {
            for (layer, states) in layers.iter().enumerate() {
                let state = &got.timesteps[timestep][layer];
                let of_reference = state.membranes.iter().map(|&m| i128::from(m)).zip(state.fired.iter().by_vals());
                prop_assert_eq!(of_reference.collect::<Vec<_>>(), states.clone());
            }
        }
    }
}

#[test]
fn a_network_with_a_window_survives_as_text() {
    for seed in 0..20 {
        let network = random::convolutional_network(seed);
        let text = serde_json::to_string(&network).unwrap();
        assert_eq!(serde_json::from_str::<Network>(&text).unwrap(), network);
    }
}
