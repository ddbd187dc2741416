//! Random networks that begin with convolutions.

use super::{narrow, wide_neurons, Bounds, SplitMix64};
use crate::arithmetic::index;
use crate::window::{Axis, Moves};
use crate::{range, Input, Layer, Network, SignMatrix, Window};

/// One or two convolutions, of two dimensions or one, with strides, dilations, padding, and pools before or behind the
/// weights, and sometimes a dense layer behind them: the same seed makes the same bits for ever.
pub fn convolutional_network(seed: u64) -> Network {
    let mut random = SplitMix64::new(seed);
    let is_flat = random.chance(1, 4);
    let mut shape =
        [pick(&mut random, &[1, 2, 3, 5, 8]), if is_flat { 1 } else { size(&mut random) }, size(&mut random)];
    let input = Input { shape: shape.to_vec() };
    let mut layers = Vec::new();
    for position in 1..=1 + random.below(2) {
        let window = window(&mut random, shape);
        let channels = pick(&mut random, &[1, 2, 3, 4, 6, 9]);
        shape = [channels, count(&window.y), count(&window.x)];
        layers.push(layer(&mut random, format!("conv{position}"), window, index(channels)));
    }
    if random.chance(2, 3) {
        let n_inputs = shape.iter().map(|&size| index(size)).product();
        let n_neurons = 1 + random.below(12);
        layers.push(dense(&mut random, n_neurons, n_inputs));
    }
    Network { input, layers }
}

fn pick(random: &mut SplitMix64, choices: &[u32]) -> u32 {
    random.pick(choices)
}

fn size(random: &mut SplitMix64) -> u32 {
    pick(random, &[1, 2, 3, 4, 5, 6, 7, 9, 11])
}

fn count(axis: &Axis) -> u32 {
    u32::try_from(axis.taps.len()).unwrap_or(u32::MAX)
}

fn window(random: &mut SplitMix64, [channels, height, width]: [u32; 3]) -> Window {
    Window { channels, planes: 1, y: axis(random, height), x: axis(random, width) }
}

fn axis(random: &mut SplitMix64, n_inputs: u32) -> Axis {
    if n_inputs == 1 {
        return Axis::single();
    }
    let pool = if random.chance(1, 3) { Some((pick(random, &[2, 3]), pick(random, &[1, 2, 3]))) } else { None };
    let is_before = random.chance(1, 2);
    let pool_axis = |n_inputs: u32| {
        let (kernel, stride) = pool.filter(|&(kernel, _)| kernel <= n_inputs).unwrap_or((1, 1));
        moved(n_inputs, kernel, stride, 1, 0)
    };
    let before = pool_axis(n_inputs);
    let n_pooled = if is_before { count(&before) } else { n_inputs };
    let padding = pick(random, &[0, 0, 1, 2]);
    let dilation = pick(random, &[1, 1, 1, 2]);
    let most = (n_pooled + 2 * padding - 1) / dilation + 1;
    let kernel = pick(random, &[1, 2, 3, 4, 5]).min(most);
    let stride = pick(random, &[1, 1, 2, 3]);
    let weights = moved(n_pooled, kernel, stride, dilation, padding);
    match is_before {
        true => weights.of_pooled(&before),
        false => weights.pooled(&pool_axis(count(&weights))),
    }
}

fn moved(n_inputs: u32, kernel: u32, stride: u32, dilation: u32, padding: u32) -> Axis {
    let reach = dilation * (kernel - 1) + 1;
    let n_outputs = (n_inputs + 2 * padding - reach) / stride + 1;
    Axis::new(Moves { n_inputs, n_outputs, kernel, stride, dilation, padding })
}

fn dense(random: &mut SplitMix64, n_neurons: usize, n_inputs: usize) -> Layer {
    super::layer(random, Bounds::default(), "fc".to_string(), &[n_inputs, n_neurons])
}

fn layer(random: &mut SplitMix64, name: String, window: Window, channels: usize) -> Layer {
    let bounds = Bounds { max_fraction_bits: 6, ..Bounds::default() };
    let mut weights = SignMatrix::new(channels, window.n_kernel());
    for channel in 0..channels {
        for element in 0..window.n_kernel() {
            weights.set(channel, element, random.chance(1, 2));
        }
    }
    let n_parameters = if random.chance(1, 3) { channels * window.n_positions() } else { channels };
    let neurons = wide_neurons(random, bounds, n_parameters, window.fan_in().max(1));
    let mut layer = Layer { name, weights, lower: Vec::new(), window: Some(window), recurrent: false, neurons };
    if let Some(bits) = range::layer_membrane_bits(&layer) {
        layer.neurons.membrane_bits = bits;
    }
    if random.chance(1, 3) {
        narrow(random, &mut layer.neurons);
    }
    layer
}
