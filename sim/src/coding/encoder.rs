//! Codings that a design can do itself: each timestep makes a spike or none of a value of 8 bits for each input.
//!
//! The block `Encoder` of the hardware does the same to the bit, and needs neither a divider nor to know how many
//! timesteps a presentation has.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::arithmetic::wide;
use crate::plasticity::Lfsr;
use crate::Spikes;

/// A coding and what it is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoder {
    /// Evenly spaced spikes: a phase, 127 at first, grows by the value; from 255 on it is a spike, and 255 less. After `T`
    /// timesteps of the value `p` there were `floor((T p + 127) / 255)`, which is `T p / 255` rounded: 255 is odd, so nothing
    /// lies halfway.
    Accumulator,
    /// A spike where a draw of 0 to 255 is below `p + floor(p / 128)`: never of 0, always of 255, and else in `p + floor(p /
    /// 128)` of 256 draws. A draw is the low 8 bits of a [`Lfsr`], which then goes on by eight steps, one draw for each
    /// input in turn; it begins each presentation at the seed, so that the same values make the same spikes.
    Lfsr { seed: u16 },
    /// One spike of each value above 0, the earlier the greater it is: at timestep `floor((255 - p) T / 256)`.
    Latency { n_timesteps: u32 },
    /// A spike where a value is greater than the one before by the threshold (at least 1) or more, as `spikegen.delta` of
    /// snnTorch without off-spikes has it; before a presentation the values are 0, as with its `padding=False`.
    Delta { threshold: u8 },
}

/// What a phase gives up for a spike, and the phase of a presentation that begins.
const PERIOD: u16 = 255;
const FIRST_PHASE: u8 = 127;

impl Encoder {
    pub fn name(&self) -> &'static str {
        match self {
            Encoder::Accumulator => "accumulator",
            Encoder::Lfsr { .. } => "lfsr",
            Encoder::Latency { .. } => "latency",
            Encoder::Delta { .. } => "delta",
        }
    }

    /// The spikes of a presentation: of the values of each timestep.
    pub fn code<'a>(&self, timesteps: impl IntoIterator<Item = &'a [u8]>) -> Vec<Spikes> {
        let mut encoding = Encoding::new(*self);
        timesteps.into_iter().map(|values| encoding.timestep(values)).collect()
    }

    fn first_state(&self) -> u8 {
        if *self == Encoder::Accumulator { FIRST_PHASE } else { 0 }
    }
}

/// As it is said on the command line.
impl fmt::Display for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Encoder::Accumulator => Ok(()),
            Encoder::Lfsr { seed } => write!(f, ",seed={seed}"),
            Encoder::Latency { n_timesteps } => write!(f, ",timesteps={n_timesteps}"),
            Encoder::Delta { threshold } => write!(f, ",threshold={threshold}"),
        }
    }
}

/// A coding on its way through a presentation.
#[derive(Clone, Debug)]
pub struct Encoding {
    encoder: Encoder,
    /// Of each input its phase, or the value before; none before the first timestep.
    states: Vec<u8>,
    lfsr: Lfsr,
    n_coded: usize,
}

impl Encoding {
    pub fn new(encoder: Encoder) -> Self {
        let seed = if let Encoder::Lfsr { seed } = encoder { seed } else { 0 };
        Encoding { encoder, states: vec![], lfsr: Lfsr::new(seed), n_coded: 0 }
    }

    /// A presentation begins.
    pub fn reset(&mut self) {
        *self = Encoding::new(self.encoder);
    }

    /// The spikes of a timestep, one for each of its values, which are as many at each timestep.
    pub fn timestep(&mut self, values: &[u8]) -> Spikes {
        self.states.resize(values.len(), self.encoder.first_state());
        let at = wide(self.n_coded);
        self.n_coded += 1;
        let with_states = self.states.iter_mut().zip(values);
        match self.encoder {
            Encoder::Accumulator => with_states.map(|(phase, &value)| wraps(phase, value)).collect(),
            Encoder::Lfsr { .. } => values.iter().map(|&value| i32::from(value) + i32::from(value / 128) > drawn(&mut self.lfsr)).collect(),
            Encoder::Latency { n_timesteps } => values.iter().map(|&value| value > 0 && first_spike(value, n_timesteps) == at).collect(),
            Encoder::Delta { threshold } => with_states.map(|(before, &value)| rises(before, value, threshold)).collect(),
        }
    }
}

fn wraps(phase: &mut u8, value: u8) -> bool {
    let sum = u16::from(*phase) + u16::from(value);
    let left = if sum >= PERIOD { sum - PERIOD } else { sum };
    *phase = u8::try_from(left).unwrap_or(u8::MAX);
    sum >= PERIOD
}

/// Eight steps, so that no two draws share a bit.
fn drawn(lfsr: &mut Lfsr) -> i32 {
    let drawn = lfsr.draw(8);
    lfsr.draw(0);
    drawn
}

fn first_spike(value: u8, n_timesteps: u32) -> u64 {
    u64::from(u8::MAX - value) * u64::from(n_timesteps) / 256
}

fn rises(before: &mut u8, value: u8, threshold: u8) -> bool {
    let rise = value.checked_sub(std::mem::replace(before, value));
    rise.is_some_and(|rise| rise >= threshold)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::arithmetic::index;
    use crate::coding;

    fn all() -> Vec<u8> {
        (0..=255).collect()
    }

    /// Of every value alike, shown for so many timesteps.
    fn shown(encoder: Encoder, n_timesteps: usize) -> Vec<Spikes> {
        encoder.code(vec![&all()[..]; n_timesteps])
    }

    fn counts(train: &[Spikes]) -> Vec<usize> {
        (0..256).map(|i| train.iter().filter(|spikes| spikes[i]).count()).collect()
    }

    /// Of every value, after every number of timesteps: as many spikes as its share rounded, which are those of `rate`.
    #[test]
    fn the_accumulator_makes_as_many_spikes_as_the_rate() {
        let train = shown(Encoder::Accumulator, 300);
        for n_timesteps in 1..=300 {
            let got = counts(&train[..n_timesteps]);
            let rounded: Vec<usize> = (0..256).map(|p| (2 * n_timesteps * p + 255) / 510).collect();
            assert_eq!(got, rounded, "{n_timesteps} timesteps");
            assert_eq!(got, counts(&coding::rate(&all(), n_timesteps)));
        }
    }

    /// Over all draws of the register each value spikes in its share of 256, but for the one draw that a register which is
    /// never 0 does not make.
    #[test]
    fn draws_spike_in_proportion() {
        const DRAWS: usize = 65_535;
        // A value takes every 256th draw: 256 and 65 535 share no factor, so all of them once.
        let got = counts(&shown(Encoder::Lfsr { seed: 1 }, DRAWS));
        let share = |p: usize| 256 * (p + p / 128) - usize::from(p > 0);
        assert_eq!(got, (0..256).map(share).collect::<Vec<_>>());
        assert_eq!((got[0], got[255]), (0, DRAWS));
    }

    #[test]
    fn a_presentation_can_be_repeated() {
        let code = |seed| shown(Encoder::Lfsr { seed }, 20);
        assert_eq!(code(7), code(7));
        assert_ne!(code(7), code(8));
    }

    #[test]
    fn a_latency_is_one_spike_of_all_that_is_not_zero() {
        for n_timesteps in [1, 2, 3, 7, 8, 100, 255, 256, 257, 1000] {
            let n = index(n_timesteps);
            let train = shown(Encoder::Latency { n_timesteps }, n + 3);
            let got = counts(&train);
            assert_eq!((got[0], &got[1..]), (0, &[1; 255][..]), "{n_timesteps} timesteps");
            let first = |p: usize| train.iter().position(|spikes| spikes[p]).unwrap();
            assert!((1..255).all(|p| first(p) >= first(p + 1)));
            assert_eq!((first(255), first(128), first(1) < n), (0, 127 * n / 256, true));
        }
    }

    /// snnTorch's `spikegen.delta(torch.tensor([10, 25, 40, 39, 60, 60]), threshold=15)` is 0 1 1 0 1 0.
    #[test]
    fn deltas_are_those_of_snntorch() {
        let series: Vec<&[u8]> = vec![&[10], &[25], &[40], &[39], &[60], &[60]];
        let train = Encoder::Delta { threshold: 15 }.code(series);
        assert_eq!(train.iter().map(|spikes| spikes[0]).collect::<Vec<_>>(), [false, true, true, false, true, false]);
        let image = shown(Encoder::Delta { threshold: 15 }, 3);
        assert_eq!((image[0].count_ones(), image[1].count_ones() + image[2].count_ones()), (256 - 15, 0));
        // Nothing saturates.
        let near: Vec<&[u8]> = vec![&[250], &[255]];
        assert_eq!(Encoder::Delta { threshold: 10 }.code(near)[1].count_ones(), 0);
    }
}
