//! Networks and trains from a seed, for the tests of every crate: the same seed makes the same bits for ever.

mod frames;
mod later;

pub use frames::convolutional_network;
pub use later::{later_network, own_synapses_network, readout_network, recurrent_network, scaled_network, synaptic_network, value_network};

use crate::arithmetic::{greatest, index, signed, wide};
use crate::{limits, range, Fires, Input, Layer, Network, NetworkError, Neurons, Reset, ScaledBy, SignMatrix, Spikes};

/// SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    pub fn new(seed: u64) -> Self {
        SplitMix64(seed)
    }

    pub fn next_word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number of `lowest..=highest`. The remainder's bias is below 2^-16 for the sizes used here.
    pub fn within(&mut self, lowest: i64, highest: i64) -> i64 {
        let span = highest.abs_diff(lowest).saturating_add(1);
        let offset = self.next_word() % span;
        lowest.saturating_add_unsigned(offset)
    }

    /// An index below `n`, which is at least 1.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next_word() % wide(n)).unwrap_or(0)
    }

    /// True in `parts` of `whole` cases.
    pub fn chance(&mut self, parts: u64, whole: u64) -> bool {
        self.next_word() % whole < parts
    }

    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// The numbers `0..n` in random order.
    pub fn shuffled(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }
}

/// How large a random network may get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub max_layers: usize,
    pub max_size: usize,
    pub max_fraction_bits: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { max_layers: 3, max_size: 130, max_fraction_bits: 12 }
    }
}

/// A network of the default bounds: every reset, delay and comparison, leaks from none to all, widths that never
/// saturate and widths that often do, sizes of one, primes, and around whole words.
pub fn network(seed: u64) -> Network {
    network_within(Bounds::default(), seed)
}

/// A network within bounds, each of which is at least 1 (the fraction bits: at least 0).
pub fn network_within(bounds: Bounds, seed: u64) -> Network {
    let mut random = SplitMix64::new(seed);
    let mut sizes = vec![size(&mut random, bounds)];
    for _ in 0..=random.below(bounds.max_layers) {
        sizes.push(size(&mut random, bounds));
    }
    with_sizes(&mut random, bounds, &sizes)
}

/// A network of the default bounds but for its sizes, those of the inputs first.
pub fn network_of(sizes: &[usize], seed: u64) -> Network {
    with_sizes(&mut SplitMix64::new(seed), Bounds::default(), sizes)
}

fn with_sizes(random: &mut SplitMix64, bounds: Bounds, sizes: &[usize]) -> Network {
    let layer = |(position, pair): (usize, &[usize])| layer(random, bounds, format!("fc{}", position + 1), pair);
    let layers = sizes.windows(2).enumerate().map(layer).collect();
    let network = Network { input: Input { shape: vec![u32::try_from(sizes[0]).unwrap_or(1)] }, layers };
    debug_assert_eq!(network.validate(), Ok::<(), NetworkError>(()));
    network
}

/// A train of spikes that changes its density from timestep to timestep, silence and all ones among them.
pub fn train(seed: u64, n_inputs: usize, n_timesteps: usize) -> Vec<Spikes> {
    let mut random = SplitMix64::new(seed);
    let mut timestep = || {
        let density = random.pick(&[0, 1, 8, 16, 32, 48, 64]);
        (0..n_inputs).map(|_| random.chance(density, 64)).collect()
    };
    (0..n_timesteps).map(|_| timestep()).collect()
}

fn size(random: &mut SplitMix64, bounds: Bounds) -> usize {
    let notable = random.pick(&[1, 2, 3, 7, 8, 13, 31, 63, 64, 65, 127, 128]);
    let size = if random.chance(1, 2) { notable } else { 1 + random.below(bounds.max_size) };
    size.min(bounds.max_size)
}

fn layer(random: &mut SplitMix64, bounds: Bounds, name: String, sizes: &[usize]) -> Layer {
    let (n_inputs, n_neurons) = (sizes[0], sizes[1]);
    let positive = random.pick(&[0, 16, 32, 32, 32, 40, 64]);
    let mut weights = SignMatrix::new(n_neurons, n_inputs);
    for j in 0..n_neurons {
        for i in 0..n_inputs {
            weights.set(j, i, random.chance(positive, 64));
        }
    }
    let neurons = neurons(random, bounds, &weights);
    Layer { name, weights, lower: Vec::new(), window: None, recurrent: false, neurons }
}

fn neurons(random: &mut SplitMix64, bounds: Bounds, weights: &SignMatrix) -> Neurons {
    let mut neurons = wide_neurons(random, bounds, weights.n_neurons(), weights.n_inputs());
    if let Some(bits) = range::membrane_bits(weights, &neurons) {
        neurons.membrane_bits = bits;
    }
    if random.chance(1, 2) {
        narrow(random, &mut neurons);
    }
    neurons
}

/// Neurons whose membranes are as wide as can be.
fn wide_neurons(random: &mut SplitMix64, bounds: Bounds, n_neurons: usize, fan_in: usize) -> Neurons {
    let fraction_bits = u32::try_from(random.below(index(bounds.max_fraction_bits) + 1)).unwrap_or(0);
    let beta_bits = random.pick(&[0, 1, 3, 8, 12, limits::BETA_BITS]);
    let beta = betas(random, beta_bits, n_neurons);
    let unit = (signed(fan_in) / 4).max(1) << fraction_bits;
    let most_bias = random.pick(&[0, unit]);
    let fires = random.pick(&[Fires::Above, Fires::At]);
    Neurons {
        fraction_bits,
        beta_bits,
        beta,
        threshold: (0..n_neurons).map(|_| random.within(fires.lowest_threshold(), unit)).collect(),
        bias: (0..n_neurons).map(|_| random.within(-most_bias, most_bias)).collect(),
        reset: random.pick(&[Reset::None, Reset::Zero, Reset::Subtract]),
        reset_delay: random.chance(1, 2),
        fires,
        membrane_bits: limits::MEMBRANE_BITS,
        synapse: None,
        scaling: vec![],
        scaled_by: ScaledBy::Timestep,
    }
}

/// One beta for all or one for each, from none of the membrane kept to all of it.
fn betas(random: &mut SplitMix64, beta_bits: u32, n_neurons: usize) -> Vec<u32> {
    let one = 1u32 << beta_bits;
    if random.chance(1, 2) {
        return vec![random.pick(&[0, one / 2, one - one / 8, one - 1, one]); n_neurons];
    }
    (0..n_neurons).map(|_| u32::try_from(random.within(0, i64::from(one))).unwrap_or(one)).collect()
}

/// Takes membrane bits away so that the membrane saturates, and lowers the thresholds to fit.
fn narrow(random: &mut SplitMix64, neurons: &mut Neurons) {
    let most = neurons.threshold.iter().copied().max().unwrap_or(1);
    let needed = (2..limits::MEMBRANE_BITS).find(|&bits| greatest(bits) >= most).unwrap_or(limits::MEMBRANE_BITS);
    let fewer = if random.chance(1, 3) { needed.saturating_sub(2).max(2) } else { needed };
    neurons.membrane_bits = neurons.membrane_bits.min(fewer);
    let highest = greatest(neurons.membrane_bits);
    for threshold in &mut neurons.threshold {
        *threshold = (*threshold).min(highest);
    }
}
