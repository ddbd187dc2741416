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
    let row_bits = index(window.x.n_inputs) * channels;
    let row = |tap: &Tap| RowTap {
        address: index(tap.input) * row_bits,
        weights: index(tap.kernel) * patterns.len(),
        live: true,
    };
    let rows = |taps: &Vec<Tap>| match taps.is_empty() {
        true => vec![RowTap { address: 0, weights: 0, live: false }],
        false => taps.iter().map(row).collect(),
    };
    let arch = WindowArch {
        input_channels: channels,
        channels: layer.weights.n_neurons(),
        fan_in: window.fan_in(),
        kernel_words: index(window.y.n_kernel) * patterns.len(),
        n_parameters: layer.neurons.threshold.len(),
        rows: window.y.taps.iter().map(rows).collect(),
        columns,
    };
    Taps { arch, patterns }
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
