//! Pixels into spikes, each input at most one a timestep, or into values.

use std::str::FromStr;

use spikeforge_sim::{coding, Spikes};

use crate::named::named;
use crate::TrainError;

/// The codes of snnTorch's `spikegen` (Eshraghian et al. 2021, section III), without chance: a sample has one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As many spikes as the pixel is bright, evenly spaced: [`coding::rate`].
    Rate,
    /// From the first timestep on for as long as the pixel is bright: [`coding::ramp`].
    Ramp,
    /// One spike, at timestep floor((255 - p) T / 256); none for a pixel of 0.
    Latency,
    /// The rows of the image, one a timestep: ON where a pixel is brighter by more than a quarter of the range than in
    /// the row before (black before the first), OFF where it is darker. 2 x width inputs, as many timesteps as rows.
    Delta,
    /// No spikes: the highest four bits of each pixel as a number, at every timestep.
    Values,
    /// The same of the frames of a sample, its first dimension, one after the other, each for as many timesteps.
    Frames,
}

named!(Coding, "the coding", [Rate => "rate", Ramp => "ramp", Latency => "latency", Delta => "delta", Values => "values", Frames => "frames"]);

const DELTA: i16 = 64;
const VALUE_BITS: u32 = 4;

impl Coding {
    pub fn n_inputs(self, shape: &[usize]) -> usize {
        match self {
            Coding::Delta => 2 * shape.last().copied().unwrap_or(0),
            Coding::Frames => shape.iter().skip(1).product(),
            _ => shape.iter().product(),
        }
    }

    pub fn n_timesteps(self, shape: &[usize], asked: usize) -> usize {
        match self {
            Coding::Delta => shape.iter().rev().skip(1).product(),
            Coding::Frames => {
                let n_frames = shape.first().copied().unwrap_or(1).max(1);
                (asked / n_frames).max(1) * n_frames
            }
            _ => asked,
        }
    }

    /// How many bits an input has that is no spike.
    pub fn value_bits(self) -> Option<u32> {
        matches!(self, Coding::Values | Coding::Frames).then_some(VALUE_BITS)
    }

    /// The number that a pixel is to the network, where it is one.
    pub fn value(self, pixel: u8) -> Option<f32> {
        self.value_bits().map(|bits| f32::from(pixel >> (8 - bits)))
    }

    /// The pixels of an image of `shape` that are shown at timestep `t` of so many.
    pub fn shown<'a>(self, pixels: &'a [u8], shape: &[usize], (t, n_timesteps): (usize, usize)) -> &'a [u8] {
        if self != Coding::Frames {
            return pixels;
        }
        let n_frames = shape.first().copied().unwrap_or(1).max(1);
        let (n, frame) = (pixels.len() / n_frames, t * n_frames / n_timesteps.max(1));
        &pixels[frame * n..(frame + 1) * n]
    }

    /// The input lines at each timestep: spikes, or the bits of values as the integer network takes them.
    pub fn spikes(self, pixels: &[u8], shape: &[usize], n_timesteps: usize) -> Vec<Spikes> {
        match self {
            Coding::Rate => coding::rate(pixels, n_timesteps),
            Coding::Ramp => coding::ramp(pixels, n_timesteps),
            Coding::Latency => {
                let fires = |pixel: u8, t: usize| pixel > 0 && usize::from(255 - pixel) * n_timesteps / 256 == t;
                (0..n_timesteps).map(|t| pixels.iter().map(|&pixel| fires(pixel, t)).collect()).collect()
            }
            Coding::Delta => {
                let width = shape.last().copied().unwrap_or(1).max(1);
                let black = vec![0; width];
                let rows: Vec<&[u8]> = std::iter::once(black.as_slice()).chain(pixels.chunks(width)).collect();
                rows.windows(2).map(|pair| changes(pair[0], pair[1])).collect()
            }
            Coding::Values | Coding::Frames => {
                let at = |t: usize| {
                    let values: Vec<u8> = self.shown(pixels, shape, (t, n_timesteps)).iter().map(|pixel| pixel >> (8 - VALUE_BITS)).collect();
                    coding::planes(&values, VALUE_BITS, values.len())
                };
                (0..self.n_timesteps(shape, n_timesteps)).map(at).collect()
            }
        }
    }
}

/// ON of every pixel, then OFF of every pixel.
fn changes(before: &[u8], now: &[u8]) -> Spikes {
    let rises = |(&before, &now): (&u8, &u8)| i16::from(now) - i16::from(before) > DELTA;
    let falls = |(&before, &now): (&u8, &u8)| i16::from(before) - i16::from(now) > DELTA;
    before.iter().zip(now).map(rises).chain(before.iter().zip(now).map(falls)).collect()
}

#[cfg(test)]
mod tests {
    use super::Coding;

    fn times(coding: Coding, pixels: &[u8], shape: &[usize]) -> Vec<Vec<usize>> {
        coding.spikes(pixels, shape, 4).iter().map(|spikes| spikes.iter_ones().collect()).collect()
    }

    #[test]
    fn brighter_is_earlier_and_black_is_silent() {
        assert_eq!(times(Coding::Latency, &[255, 128, 64, 1, 0], &[5]), [vec![0], vec![1], vec![2], vec![3]]);
    }

    #[test]
    fn frames_follow_each_other() {
        let shown = |t| Coding::Frames.shown(&[1, 2, 3, 4, 5, 6], &[3, 1, 2], (t, 6));
        assert_eq!((0..6).map(shown).collect::<Vec<_>>(), [[1, 2], [1, 2], [3, 4], [3, 4], [5, 6], [5, 6]]);
        assert_eq!((Coding::Frames.n_timesteps(&[3, 1, 2], 8), Coding::Frames.n_inputs(&[3, 1, 2])), (6, 2));
    }

    #[test]
    fn only_changes_between_rows_spike() {
        // Rows 200 0, 200 0, 0 100.
        assert_eq!(times(Coding::Delta, &[200, 0, 200, 0, 0, 100], &[3, 2]), [vec![0], vec![], vec![1, 2]]);
    }
}
