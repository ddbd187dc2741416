//! What a convolution sees of its input: for each output position, the taps that meet the frame.
//!
//! ```text
//! current[c][y][x] = sum over taps (i, k) of y, taps (j, l) of x, and input channels m
//!                    w[c][m][k][l] * spikes[m][i][j]
//! ```
//!
//! Where the input is unsigned values of `planes` bits, not spikes, it comes as bit planes: plane `p` of an element weighs
//! 2^p, and is the frame's row `p * height + i` in place of `i`.
//!
//! Stride, padding, dilation and pools all vanish into the taps: a tap outside of the frame is not there, and a sum pool
//! before or behind the weights lists every element of its window.

use serde::{Deserialize, Serialize};

use crate::arithmetic::index;
use crate::limits;

/// The taps of a convolution of `channels` input channels over a frame of `y.n_inputs` x `x.n_inputs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    pub channels: u32,
    /// Bits of the values that the frame holds; 1 for spikes.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub planes: u32,
    pub y: Axis,
    pub x: Axis,
}

/// One dimension of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    pub n_inputs: u32,
    pub n_kernel: u32,
    /// For each output position.
    pub taps: Vec<Vec<Tap>>,
}

/// An element of the input that meets an element of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tap {
    pub input: u32,
    pub kernel: u32,
}

/// How a kernel of `kernel` elements moves over `n_inputs`, `padding` zeros before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moves {
    pub n_inputs: u32,
    pub n_outputs: u32,
    pub kernel: u32,
    pub stride: u32,
    pub dilation: u32,
    pub padding: u32,
}

impl Axis {
    pub fn new(moves: Moves) -> Axis {
        let Moves { n_inputs, n_outputs, kernel, stride, dilation, padding } = moves;
        let tap = |output: u32, kernel: u32| {
            let padded = output.saturating_mul(stride).saturating_add(kernel.saturating_mul(dilation));
            let input = padded.checked_sub(padding).filter(|&input| input < n_inputs)?;
            Some(Tap { input, kernel })
        };
        let taps = |output| (0..kernel).filter_map(|kernel| tap(output, kernel)).collect();
        Axis { n_inputs, n_kernel: kernel, taps: (0..n_outputs).map(taps).collect() }
    }

    /// A dimension that is not there: one input, one output, one tap.
    pub fn single() -> Axis {
        Axis::new(Moves { n_inputs: 1, n_outputs: 1, kernel: 1, stride: 1, dilation: 1, padding: 0 })
    }

    /// This one on the sums of a pool, whose taps are `pool`'s.
    pub fn of_pooled(&self, pool: &Axis) -> Axis {
        let pooled = |tap: &Tap| {
            let kernel = tap.kernel;
            pool.taps
                .get(index(tap.input))
                .into_iter()
                .flatten()
                .map(move |of_pool| Tap { input: of_pool.input, kernel })
        };
        let taps = self.taps.iter().map(|taps| taps.iter().flat_map(pooled).collect()).collect();
        Axis { n_inputs: pool.n_inputs, n_kernel: self.n_kernel, taps }
    }

    /// The sums of this one's outputs over a pool, whose taps are `pool`'s.
    pub fn pooled(&self, pool: &Axis) -> Axis {
        let summed = |of_pool: &Tap| self.taps.get(index(of_pool.input)).into_iter().flatten().copied();
        let taps = pool.taps.iter().map(|taps| taps.iter().flat_map(summed).collect()).collect();
        Axis { n_inputs: self.n_inputs, n_kernel: self.n_kernel, taps }
    }

    /// The most taps of an output position.
    pub fn most_taps(&self) -> usize {
        self.taps.iter().map(Vec::len).max().unwrap_or(0)
    }
}

impl Window {
    /// Every neuron meets every element of a vector of `n`, of at most [`limits::INPUTS`].
    pub fn whole(n: usize) -> Window {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        let moves = Moves { n_inputs: n, n_outputs: 1, kernel: n, stride: 1, dilation: 1, padding: 0 };
        Window { channels: 1, planes: 1, y: Axis::single(), x: Axis::new(moves) }
    }

    pub fn n_inputs(&self) -> usize {
        self.n_frame().saturating_mul(index(self.channels))
    }

    /// Input lines of one channel: its elements, or the bits of their values.
    pub fn n_frame(&self) -> usize {
        index(self.planes).saturating_mul(index(self.y.n_inputs)).saturating_mul(index(self.x.n_inputs))
    }

    /// Output positions of one channel.
    pub fn n_positions(&self) -> usize {
        self.y.taps.len().saturating_mul(self.x.taps.len())
    }

    /// Weights of one output channel.
    pub fn n_kernel(&self) -> usize {
        index(self.channels).saturating_mul(index(self.y.n_kernel)).saturating_mul(index(self.x.n_kernel))
    }

    /// The most input elements, a repeated one counted as often, that meet the kernel at one position.
    pub fn n_taps(&self) -> usize {
        index(self.channels).saturating_mul(self.y.most_taps()).saturating_mul(self.x.most_taps())
    }

    /// The most that they can add up to: their number, where they are spikes.
    pub fn fan_in(&self) -> usize {
        self.n_taps().saturating_mul((1usize << self.planes.min(limits::VALUE_BITS)) - 1)
    }

    /// How often each element of the kernel is met at a position, as bit planes over the columns of the weights.
    pub(crate) fn met(&self, spikes: &[u64], position: usize, counts: &mut [u32], planes: &mut Vec<Vec<u64>>) {
        self.count(spikes, position, counts);
        let most = counts.iter().copied().max().unwrap_or(0);
        planes.clear();
        for plane in 0..u32::BITS - most.leading_zeros() {
            planes.push(counts.chunks(64).map(|counts| plane_word(counts, plane)).collect());
        }
    }

    pub(crate) fn count(&self, spikes: &[u64], position: usize, counts: &mut [u32]) {
        counts.fill(0);
        let (frame, width) = (self.n_frame(), index(self.x.n_inputs));
        let plane_rows = index(self.y.n_inputs);
        let (kernel_y, kernel_x) = (index(self.y.n_kernel), index(self.x.n_kernel));
        let n_columns = self.x.taps.len();
        for (plane, of_y) in (0..self.planes).flat_map(|p| self.y.taps[position / n_columns].iter().map(move |y| (p, y))) {
            for of_x in &self.x.taps[position % n_columns] {
                let row = index(plane) * plane_rows + index(of_y.input);
                let mut input = row * width + index(of_x.input);
                let mut element = index(of_y.kernel) * kernel_x + index(of_x.kernel);
                for _ in 0..self.channels {
                    if spikes[input / 64] >> (input % 64) & 1 == 1 {
                        counts[element] += 1 << plane;
                    }
                    input += frame;
                    element += kernel_y * kernel_x;
                }
            }
        }
    }
}

/// Bit `plane` of each of up to 64 counts.
fn plane_word(counts: &[u32], plane: u32) -> u64 {
    counts.iter().enumerate().fold(0, |word, (bit, &count)| word | u64::from(count >> plane & 1) << bit)
}

fn one() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_one(planes: &u32) -> bool {
    *planes == 1
}
