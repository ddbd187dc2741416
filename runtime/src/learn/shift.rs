//! What changes in the world after a network was trained.

use std::str::FromStr;

use spikeforge_sim::random::SplitMix64;

use super::{LearnError, Samples};

/// A change of images or labels, the same for every sample but for noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shift {
    /// By degrees, about the middle, to the nearest pixel.
    Rotate { degrees: i32 },
    /// This percentage of the inputs is 0 for ever.
    Dead { percent: u64 },
    /// Each pixel is 0 or 255 with this percentage, at random for each sample.
    Noise { percent: u64 },
    /// The classes change names.
    Rename,
    /// Dark becomes bright.
    Invert,
}

/// Of the inputs that die, the noise and the new names.
const SEED: u64 = 1;

impl Shift {
    /// Samples after the shift. `part` sets the noise of a training set apart from that of a test set.
    pub fn apply(self, samples: &Samples, n_classes: usize, part: u64) -> Result<Samples, LearnError> {
        let mut random = SplitMix64::new(SEED.wrapping_add(part.wrapping_mul(0x1_0001)));
        let same = |label: usize| label;
        match self {
            Shift::Rotate { degrees } => {
                let from = rotation(samples.shape(), degrees);
                samples.map(|image| from.iter().map(|from| from.map_or(0, |at| image[at])).collect(), same)
            }
            Shift::Dead { percent } => {
                let mut dies = SplitMix64::new(SEED);
                let alive: Vec<bool> = (0..samples.n_features()).map(|_| !dies.chance(percent, 100)).collect();
                let kept = |(&pixel, &alive): (&u8, &bool)| if alive { pixel } else { 0 };
                samples.map(|image| image.iter().zip(&alive).map(kept).collect(), same)
            }
            Shift::Noise { percent } => {
                let mut noisy = |&pixel: &u8| match (random.chance(percent, 100), pixel) {
                    (true, _) => if random.chance(1, 2) { 255 } else { 0 },
                    (false, pixel) => pixel,
                };
                samples.map(|image| image.iter().map(&mut noisy).collect(), same)
            }
            Shift::Rename => {
                // A turn by three: no class keeps its name.
                samples.map(<[u8]>::to_vec, |label| (label + n_classes.min(3)) % n_classes.max(1))
            }
            Shift::Invert => samples.map(|image| image.iter().map(|&pixel| 255 - pixel).collect(), same),
        }
    }
}

/// For each pixel of a turned image, the pixel that it comes from.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
fn rotation(shape: &[u32], degrees: i32) -> Vec<Option<usize>> {
    let (rows, columns) = match shape {
        [rows, columns, ..] => (i64::from(*rows), i64::from(*columns)),
        _ => (1, shape.first().map_or(1, |&n| i64::from(n))),
    };
    let (sine, cosine) = f64::from(degrees).to_radians().sin_cos();
    let (middle_row, middle_column) = ((rows - 1) as f64 / 2.0, (columns - 1) as f64 / 2.0);
    let from = |place: i64| {
        let (y, x) = ((place / columns) as f64 - middle_row, (place % columns) as f64 - middle_column);
        let row = (y * cosine + x * sine + middle_row).round() as i64;
        let column = (x * cosine - y * sine + middle_column).round() as i64;
        let is_inside = (0..rows).contains(&row) && (0..columns).contains(&column);
        usize::try_from(row * columns + column).ok().filter(|_| is_inside)
    };
    (0..rows * columns).map(from).collect()
}

impl FromStr for Shift {
    type Err = LearnError;

    fn from_str(text: &str) -> Result<Self, LearnError> {
        let wrong = || LearnError::Shift { text: text.to_owned() };
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let percent = || value.and_then(|value| value.parse().ok()).filter(|&p: &u64| p <= 100).ok_or_else(wrong);
        match (name, value) {
            ("rotate", Some(degrees)) => Ok(Shift::Rotate { degrees: degrees.parse().map_err(|_| wrong())? }),
            ("dead", _) => Ok(Shift::Dead { percent: percent()? }),
            ("noise", _) => Ok(Shift::Noise { percent: percent()? }),
            ("rename", None) => Ok(Shift::Rename),
            ("invert", None) => Ok(Shift::Invert),
            _ => Err(wrong()),
        }
    }
}

impl std::fmt::Display for Shift {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Shift::Rotate { degrees } => write!(f, "rotate={degrees}"),
            Shift::Dead { percent } => write!(f, "dead={percent}"),
            Shift::Noise { percent } => write!(f, "noise={percent}"),
            Shift::Rename => write!(f, "rename"),
            Shift::Invert => write!(f, "invert"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{rotation, Shift};
    use crate::inputs::Images;
    use crate::learn::{Coding, Samples};

    #[test]
    fn a_quarter_turn_moves_every_pixel() {
        // 0 1 2      2 5 8
        // 3 4 5  ->  1 4 7
        // 6 7 8      0 3 6
        let turned: Vec<usize> = rotation(&[3, 3], 90).into_iter().flatten().collect();
        assert_eq!(turned, [2, 5, 8, 1, 4, 7, 0, 3, 6]);
        assert_eq!(rotation(&[3, 3], 360).into_iter().flatten().collect::<Vec<_>>(), (0..9).collect::<Vec<_>>());
    }

    #[test]
    fn shifts_do_what_they_say() {
        let coding = Coding::Ramp { n_timesteps: 4 };
        let samples = Samples::of_images(Images { pixels: vec![200; 2000], shape: vec![1000] }, vec![0, 9], coding).unwrap();
        let shifted = |text: &str| text.parse::<Shift>().unwrap().apply(&samples, 10, 0).unwrap();
        let dead = shifted("dead=50");
        assert_eq!(dead.pixels()[..1000], dead.pixels()[1000..]);
        assert!((400..600).contains(&dead.pixels()[..1000].iter().filter(|&&pixel| pixel == 0).count()));
        let noise = shifted("noise=30");
        assert!(noise.pixels()[..1000] != noise.pixels()[1000..]);
        assert_eq!(shifted("rename").labels(), [3, 2]);
        assert!(shifted("invert").pixels().iter().all(|&pixel| pixel == 55));
        for wrong in ["rotate", "dead=101", "noise=x", "rename=1", "blur=3"] {
            assert!(wrong.parse::<Shift>().unwrap_err().to_string().contains(wrong));
        }
    }
}
