//! What a stage with a window walks through: tables of where the taps lie in the frame of spikes.

use serde::{Deserialize, Serialize};

use crate::signal::bits_for;

/// A convolution: at each position, each row tap is crossed with each column tap, a beat of spikes each.
///
/// Spike `channel` of frame element `(y, x)` is bit `(y * width + x) * channels + channel` of the buffer; a beat may
/// start at any bit. Neurons are numbered position by position, channels innermost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowArch {
    /// Input bits at each element of the frame.
    pub input_channels: usize,
    /// Neurons at each position; the lanes divide them.
    pub channels: usize,
    /// Bits of the values in the frame, 1 for spikes. Of wider ones the row taps list every pair of a bit of the values and a
    /// bit of the weights, so that one pass meets all.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub value_bits: u32,
    /// The most that the inputs which a neuron meets can add up to, each repetition counted.
    pub fan_in: usize,
    /// Words of the weight memory for each group of lanes, of a bit of the weights, or of all bits where one pass meets them.
    pub kernel_words: usize,
    /// Words of the parameter memory: one a channel, or one a neuron.
    pub n_parameters: usize,
    /// For each row of positions.
    pub rows: Vec<Vec<RowTap>>,
    /// For each column of positions.
    pub columns: Vec<Vec<ColumnTap>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowTap {
    /// In bits.
    pub address: usize,
    /// In words of the weight memory.
    pub weights: usize,
    /// Not outside of the frame.
    pub live: bool,
    /// What was summed before is worth twice as much.
    #[serde(default)]
    pub doubles: bool,
    /// Its inputs are counted, as those that meet the highest bit of the weights are.
    #[serde(default = "yes")]
    pub counts: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnTap {
    /// In bits, from the start of a row.
    pub address: usize,
    /// In words of the weight memory.
    pub weights: usize,
    /// The bits of the beat that count.
    pub mask: u64,
}

/// A line of a table of taps, as the memory file holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableLine {
    pub address: u64,
    pub weights: u64,
    pub mask: u64,
    pub doubles: bool,
    pub counts: bool,
    /// The last tap of its position.
    pub last: bool,
    /// Of the last position.
    pub closing: bool,
}

impl WindowArch {
    pub fn positions(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    /// Beats of a group at each position.
    pub fn beats_at(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.iter().flat_map(|rows| self.columns.iter().map(|columns| rows.len() * columns.len()))
    }

    /// Every address is a multiple of this power of two, which is at most the beat.
    pub(crate) fn step_bits(&self, beat: u32) -> u32 {
        let rows = self.rows.iter().flatten().map(|tap| tap.address);
        let columns = self.columns.iter().flatten().map(|tap| tap.address);
        rows.chain(columns).fold(beat.ilog2(), |bits, address| bits.min(address.trailing_zeros()))
    }

    pub(crate) fn row_lines(&self, beat: u32) -> Vec<TableLine> {
        let step = self.step_bits(beat);
        let row = |tap: &RowTap| TableLine {
            doubles: tap.doubles,
            counts: tap.counts,
            ..line(tap.address >> step, tap.weights, u64::from(tap.live))
        };
        lines(&self.rows, row)
    }

    pub(crate) fn column_lines(&self, beat: u32) -> Vec<TableLine> {
        let step = self.step_bits(beat);
        lines(&self.columns, |tap| line(tap.address >> step, tap.weights, tap.mask))
    }

    /// Bits of an address in steps, for a frame of `n_inputs` bits.
    pub(crate) fn address_bits(&self, n_inputs: usize, beat: u32) -> u32 {
        bits_for((n_inputs - 1) >> self.step_bits(beat))
    }

    /// Words and bits of the two tables, rows first.
    pub fn table_sizes(&self, n_inputs: usize, beat: u32) -> [(usize, usize); 2] {
        let width = |lines: &[TableLine], more: u32| {
            let weights = bits_for(lines.iter().map(|line| line.weights).max().map_or(0, index));
            (lines.len(), bits(self.address_bits(n_inputs, beat) + weights + more + 2))
        };
        let of_rows = if self.has_values() { 3 } else { 1 };
        [width(&self.row_lines(beat), of_rows), width(&self.column_lines(beat), beat)]
    }

    /// Whether one pass meets all bits of values and weights.
    pub(crate) fn has_values(&self) -> bool {
        self.value_bits > 1
    }
}

fn line(address: usize, weights: usize, mask: u64) -> TableLine {
    let (address, weights) = (wide(address), wide(weights));
    TableLine { address, weights, mask, doubles: false, counts: true, last: false, closing: false }
}

fn lines<T>(positions: &[Vec<T>], line: impl Fn(&T) -> TableLine) -> Vec<TableLine> {
    let of_position = |(at, taps): (usize, &Vec<T>)| -> Vec<TableLine> {
        let of_tap = |(i, tap): (usize, &T)| {
            let (last, closing) = (i + 1 == taps.len(), at + 1 == positions.len());
            TableLine { last, closing, ..line(tap) }
        };
        taps.iter().enumerate().map(of_tap).collect()
    };
    positions.iter().enumerate().flat_map(of_position).collect()
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_one(bits: &u32) -> bool {
    *bits == 1
}

fn wide(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

fn index(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

fn bits(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
