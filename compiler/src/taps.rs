//! From the taps of a window to what the hardware walks through: beats of neighbouring bits of the frame, and for each
//! the word of weights that meets it.
//!
//! ```text
//! taps of a column, (input, kernel):  (3,0) (4,1) (5,2)         runs of ascending inputs
//! bits of the frame, 2 channels:      6 7   8 9   10 11         beats of at most BEAT neighbouring bits
//! pattern of a beat of 8:             k0c0 k0c1 k1c0 k1c1 k2c0 k2c1 - -
//! ```
//!
//! Beats whose patterns agree where both have a bit share their weights; the mask tells which bits count.

use spikeforge_hdl::arch::{ColumnTap, RowTap, WindowArch};
use spikeforge_sim::window::Tap;
use spikeforge_sim::{Layer, Window};

/// What the bits of a beat meet: a column of the kernel and an input channel, or nothing.
pub(crate) type Pattern = Vec<Option<(usize, usize)>>;

/// A window as the hardware walks it, and the patterns of its words of weights, one for each word of a kernel row.
pub(crate) struct Taps {
    pub arch: WindowArch,
    pub patterns: Vec<Pattern>,
}

/// The taps of a layer with a window, for beats of `beat` bits.
pub(crate) fn taps(layer: &Layer, window: &Window, beat: u32) -> Taps {
    let channels = index(window.channels);
    let mut finder = Finder { channels, beat: index(beat), patterns: Vec::new() };
    let mut columns = vec![Vec::new(); window.x.taps.len()];
    // The fullest first, so that those at the edges find their patterns.
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|&column| std::cmp::Reverse(window.x.taps[column].len()));
    for column in order {
        columns[column] = finder.column(&window.x.taps[column]);
    }
    let patterns = finder.patterns;
    let rows = Rows {
        row_bits: index(window.x.n_inputs) * channels,
        plane_rows: index(window.y.n_inputs),
        value_bits: index(window.planes),
        // With spikes, each bit of the weights has a pass of its own.
        weight_bits: if window.planes > 1 { layer.weight_bits() } else { 1 },
        kernel_row_words: patterns.len(),
        plane_words: index(window.y.n_kernel) * patterns.len(),
    };
    let arch = WindowArch {
        input_channels: channels,
        channels: layer.weights.n_neurons(),
        value_bits: window.planes,
        fan_in: window.fan_in(),
        kernel_words: rows.weight_bits * rows.plane_words,
        n_parameters: layer.neurons.threshold.len(),
        rows: window.y.taps.iter().map(|taps| rows.of_position(taps)).collect(),
        columns,
    };
    Taps { arch, patterns }
}

/// From taps of rows to those of the hardware, for each bit of values and weights.
struct Rows {
    row_bits: usize,
    /// Rows of a bit of the values.
    plane_rows: usize,
    value_bits: usize,
    weight_bits: usize,
    kernel_row_words: usize,
    /// Words of a bit of the weights, of which the highest comes first.
    plane_words: usize,
}

impl Rows {
    /// The taps of one row of positions: at least one, which may be dead.
    fn of_position(&self, taps: &[Tap]) -> Vec<RowTap> {
        if taps.is_empty() {
            return vec![RowTap { address: 0, weights: 0, live: false, doubles: false, counts: true }];
        }
        let highest = self.value_bits + self.weight_bits - 2;
        (0..=highest).rev().flat_map(|worth| self.of_worth(taps, worth, worth < highest)).collect()
    }

    /// Those of which the bit of the values and the bit of the weights are worth `2^worth` together. The highest bit of the
    /// weights comes first, so that where it is there, the count of inputs doubles with the sums.
    fn of_worth(&self, taps: &[Tap], worth: usize, doubles: bool) -> Vec<RowTap> {
        let top = self.weight_bits - 1;
        let pairs = (0..=top.min(worth)).rev().map(|weight| (weight, worth - weight));
        let pairs = pairs.filter(|&(_, value)| value < self.value_bits);
        let tap = |(weight, value): (usize, usize), tap: &Tap| RowTap {
            address: (value * self.plane_rows + index(tap.input)) * self.row_bits,
            weights: (top - weight) * self.plane_words + index(tap.kernel) * self.kernel_row_words,
            live: true,
            doubles: false,
            counts: weight == top,
        };
        let mut all: Vec<RowTap> = pairs.flat_map(|pair| taps.iter().map(move |of_row| tap(pair, of_row))).collect();
        if let Some(first) = all.first_mut() {
            first.doubles = doubles;
        }
        all
    }
}

struct Finder {
    channels: usize,
    beat: usize,
    patterns: Vec<Pattern>,
}

impl Finder {
    /// The beats of one column of positions: at least one, which may be empty.
    fn column(&mut self, taps: &[Tap]) -> Vec<ColumnTap> {
        let mut beats: Vec<(usize, Pattern)> = runs(taps).iter().flat_map(|run| self.beats(run)).collect();
        if beats.is_empty() {
            beats.push((0, vec![None; self.beat]));
        }
        beats.into_iter().map(|(address, pattern)| self.tap(address, &pattern)).collect()
    }

    /// Where the beats of a run start, and their patterns.
    fn beats(&self, run: &[Tap]) -> Vec<(usize, Pattern)> {
        let mut beats: Vec<(usize, Pattern)> = Vec::new();
        for tap in run {
            for channel in 0..self.channels {
                let bit = index(tap.input) * self.channels + channel;
                if beats.last().is_none_or(|&(start, _)| bit >= start + self.beat) {
                    beats.push((bit, vec![None; self.beat]));
                }
                if let Some((start, pattern)) = beats.last_mut() {
                    pattern[bit - *start] = Some((index(tap.kernel), channel));
                }
            }
        }
        beats
    }

    fn tap(&mut self, address: usize, pattern: &Pattern) -> ColumnTap {
        let agrees = |known: &Pattern| known.iter().zip(pattern).all(|(known, bit)| bit.is_none() || known == bit);
        let weights = self.patterns.iter().position(agrees).unwrap_or_else(|| {
            self.patterns.push(pattern.clone());
            self.patterns.len() - 1
        });
        let mask = pattern.iter().enumerate().fold(0, |mask, (bit, met)| mask | u64::from(met.is_some()) << bit);
        ColumnTap { address, weights, mask }
    }
}

/// Taps in runs of ascending inputs.
fn runs(taps: &[Tap]) -> Vec<Vec<Tap>> {
    let mut runs: Vec<Vec<Tap>> = Vec::new();
    for &tap in taps {
        let fits = |run: &&mut Vec<Tap>| run.last().is_some_and(|last| last.input < tap.input);
        match runs.iter_mut().find(fits) {
            Some(run) => run.push(tap),
            None => runs.push(vec![tap]),
        }
    }
    runs
}

fn index(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
