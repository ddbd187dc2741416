//! Pixels into spikes, or values into bits, in integers only.

mod encoder;

use crate::arithmetic::wide;
use crate::Spikes;

pub use encoder::{Encoder, Encoding};

/// Spikes at a rate in proportion to each pixel, evenly spaced by a phase accumulator: pixel `p` makes
/// `n = floor((2 T p + 255) / 510)` spikes in `T` timesteps (`T p / 255`, rounded half up), one at each timestep `t`
/// where `floor((t + 1) n / T) > floor(t n / T)`. Returns the pixels' spikes at each timestep.
pub fn rate(pixels: &[u8], n_timesteps: usize) -> Vec<Spikes> {
    let period = wide(n_timesteps);
    let n_spikes = |&pixel: &u8| (2 * period * u64::from(pixel) + 255) / 510;
    let steps: Vec<u64> = pixels.iter().map(n_spikes).collect();
    let mut phases = vec![0; pixels.len()];
    let mut timestep = || {
        let words = steps.chunks(64).zip(phases.chunks_mut(64)).map(|(steps, phases)| wraps(steps, phases, period));
        let mut spikes = Spikes::from_vec(words.collect());
        spikes.truncate(pixels.len());
        spikes
    };
    (0..n_timesteps).map(|_| timestep()).collect()
}

/// Advances up to 64 phases by their steps and returns, packed, which of them wrapped.
fn wraps(steps: &[u64], phases: &mut [u64], period: u64) -> u64 {
    let mut word = 0;
    for (bit, (phase, step)) in phases.iter_mut().zip(steps).enumerate() {
        let advanced = *phase + step;
        let wrapped = advanced >= period;
        *phase = if wrapped { advanced - period } else { advanced };
        word |= u64::from(wrapped) << bit;
    }
    word
}

/// The same spikes at every timestep: those of the pixels of at least 128.
pub fn repeat(pixels: &[u8], n_timesteps: usize) -> Vec<Spikes> {
    vec![pixels.iter().map(|&pixel| pixel >= 128).collect(); n_timesteps]
}

/// Spikes while a pixel is above a falling ramp: pixel `p` spikes at timestep `t` when `p > floor(256 t / T) + 8`, so
/// its spikes are the first ones of the presentation. Returns the pixels' spikes at each timestep.
pub fn ramp(pixels: &[u8], n_timesteps: usize) -> Vec<Spikes> {
    let period = wide(n_timesteps);
    let level = |t| 256 * t / period + 8;
    (0..period).map(|t| above(pixels, level(t))).collect()
}

/// Which pixels are above a level.
fn above(pixels: &[u8], level: u64) -> Spikes {
    // A level beyond the brightest pixel is above all of them.
    let level = u8::try_from(level).unwrap_or(u8::MAX);
    let bit = |word, (bit, &pixel): (usize, &u8)| word | u64::from(pixel > level) << bit;
    let words = pixels.chunks(64).map(|pixels| pixels.iter().enumerate().fold(0, bit));
    let mut spikes = Spikes::from_vec(words.collect());
    spikes.truncate(pixels.len());
    spikes
}

/// The input lines of values of `bits` bits, 1 to 8, in frames of `n_frame`: for each frame in turn its plane of bit 0, then
/// that of bit 1, and so on, as a [`crate::Window`] of so many planes takes them.
pub fn planes(values: &[u8], bits: u32, n_frame: usize) -> Spikes {
    let of_frame = |frame: &[u8]| {
        let plane = |p: u32| frame.iter().map(move |value| value >> p & 1 == 1).collect::<Spikes>();
        (0..bits).map(plane).fold(Spikes::new(), joined)
    };
    values.chunks(n_frame.max(1)).map(of_frame).fold(Spikes::new(), joined)
}

fn joined(mut all: Spikes, more: Spikes) -> Spikes {
    all.extend_from_bitslice(&more);
    all
}

/// The lines of values of 8 bits, those of a value together: what a design that codes its inputs is given.
pub fn lines(values: &[u8]) -> Spikes {
    planes(values, u8::BITS, 1)
}

/// The values of such lines.
pub fn values_of(lines: &Spikes) -> Vec<u8> {
    let value = |value: u8, (bit, line): (usize, bool)| value | u8::from(line) << bit;
    let bits: Vec<bool> = lines.iter().by_vals().collect();
    bits.chunks(8).map(|bits| bits.iter().copied().enumerate().fold(0, value)).collect()
}
