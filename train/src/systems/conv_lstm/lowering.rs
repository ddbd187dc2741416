//! An LSTM of spikes as a recurrent layer of threshold neurons without memory, which the chip has.
//!
//! ```text
//! timestep s    i, f, g, not o    sums of x[s] and h[s-1] against whole thresholds
//! s + 1         p = i and g,  q = f and d,  not o, kept
//! s + 2         c = p or q,   h = (p or q) and o: p + q - 2 (not o) >= 1
//! s + 3         d = c, while the gates of the next frame see h
//! ```
//! Every arrow is a weight of a neuron on the spikes of the timestep before, -2, -1, 0 or +1, of 2 bits. The loop from h
//! to h is three timesteps long, so the layer computes three LSTMs in turns (Leiserson and Saxe 1991, C-slow retiming), and a
//! frame that is shown for three timesteps goes into each. All are equal, but of two of them the last h comes after the end:
//! it counts once, all others three times.

use candle_core::Var;

use super::cells::Cells;
use crate::export::{Folded, Neuron};
use crate::shape::{Kind, LayerShape};
use crate::TrainError;

/// Timesteps from a frame to the next.
pub const STEPS: usize = 3;

/// The neurons of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Input,
    Forget,
    /// Fires where the output gate is shut.
    Shut,
    Candidate,
    Entered,
    Kept,
    StillShut,
    Cell,
    Before,
    Hidden,
}

const PARTS: [Part; 10] =
    [Part::Input, Part::Forget, Part::Shut, Part::Candidate, Part::Entered, Part::Kept, Part::StillShut, Part::Cell, Part::Before, Part::Hidden];

/// The layer of the cells, and the one that is read by its membranes.
pub fn layers(cells: &Cells, readout: &Var) -> Result<[Folded; 2], TrainError> {
    Ok([Lowered::of(cells)?.folded(), read(cells, readout)?])
}

/// Whole numbers that a layer of cells comes to.
struct Lowered<'a> {
    cells: &'a Cells,
    /// Of each gate and channel: the least sum at which it opens, and whether its signs are turned for that.
    opens: Vec<(f64, bool)>,
    from_input: Vec<Vec<f32>>,
    from_hidden: Vec<Vec<f32>>,
}

impl<'a> Lowered<'a> {
    /// `scale sum + shift > 0` where the sum, or its negative, is at least floor(-shift / |scale|) + 1.
    fn of(cells: &'a Cells) -> Result<Self, TrainError> {
        let (scale, shift) = cells.norm.folded()?;
        let (scale, shift) = (scale.flatten_all()?.to_vec1::<f32>()?, shift.flatten_all()?.to_vec1::<f32>()?);
        let fan_in = cells.from_input.dim(1)? + cells.from_hidden.dim(1)?;
        let most = f64::from(u32::try_from(fan_in).unwrap_or(u32::MAX)) + 1.0;
        // A scale of 0 leaves the shift alone to decide.
        let opens = |(&scale, &shift): (&f32, &f32)| {
            let least = (f64::from(-shift) / f64::from(scale.abs())).floor() + 1.0;
            (if least.is_nan() { most } else { least.clamp(-most, most) }, scale < 0.0)
        };
        Ok(Lowered {
            cells,
            opens: scale.iter().zip(&shift).map(opens).collect(),
            from_input: cells.from_input.to_vec2()?,
            from_hidden: cells.from_hidden.to_vec2()?,
        })
    }

    fn folded(&self) -> Folded {
        let n_cells = self.cells.n_cells();
        let [height, width, n_source] = self.cells.source;
        let n = PARTS.len() * n_cells;
        let mut weights = vec![vec![0.0; height * width * n_source]; n];
        let mut recurrent = vec![vec![0.0; n]; n];
        let mut bias = vec![0.0; n];
        for (number, part) in PARTS.into_iter().enumerate() {
            for cell in 0..n_cells {
                let j = number * n_cells + cell;
                match self.gate(part, cell) {
                    Some((row, sign, least)) => {
                        self.meet(cell, n_source, &self.from_input[row], sign, &mut weights[j]);
                        let hidden = at(Part::Hidden, 0, n_cells);
                        self.meet(cell, self.cells.n_channels, &self.from_hidden[row], sign, &mut recurrent[j][hidden..hidden + n_cells]);
                        // Above 1 is at least 2.
                        bias[j] = 2.0 - least;
                    }
                    None => bias[j] = 2.0 - logic(part, cell, n_cells, &mut recurrent[j]),
                }
            }
        }
        let shape = LayerShape { kind: Kind::Dense, pool: 1, source: self.cells.source, n_channels: n };
        Folded { recurrent, ..Folded::plain(shape, weights, bias, Neuron::Step) }
    }

    /// Of a gate's neuron: its row of weights, their sign, and the least sum at which it fires.
    fn gate(&self, part: Part, cell: usize) -> Option<(usize, f64, f64)> {
        let number = match part {
            Part::Input => 0,
            Part::Forget => 1,
            Part::Shut => 2,
            Part::Candidate => 3,
            _ => return None,
        };
        let row = number * self.cells.n_channels + cell % self.cells.n_channels;
        let (least, is_turned) = self.opens[row];
        let sign = if is_turned { -1.0 } else { 1.0 };
        // Shut: the sum is at most least - 1.
        Some(if part == Part::Shut { (row, -sign, 1.0 - least) } else { (row, sign, least) })
    }

    /// The signs of a kernel around a cell's position, on what lies within the frame.
    fn meet(&self, cell: usize, n_channels: usize, latent: &[f32], sign: f64, weights: &mut [f64]) {
        let ([height, width, _], kernel) = (self.cells.source, self.cells.kernel);
        let position = cell / self.cells.n_channels;
        let (y, x, by) = (position / width, position % width, kernel / 2);
        for (dy, dx) in (0..kernel).flat_map(|dy| (0..kernel).map(move |dx| (dy, dx))) {
            let (row, column) = (y + dy, x + dx);
            if row < by || column < by || row >= height + by || column >= width + by {
                continue;
            }
            let here = ((row - by) * width + column - by) * n_channels;
            let there = (dy * kernel + dx) * n_channels;
            for channel in 0..n_channels {
                weights[here + channel] = if latent[there + channel] < 0.0 { -sign } else { sign };
            }
        }
    }
}

fn at(part: Part, cell: usize, n_cells: usize) -> usize {
    PARTS.iter().position(|&other| other == part).unwrap_or(0) * n_cells + cell
}

/// Weights of a neuron that is no gate, on its own layer's spikes; returns the least sum at which it fires.
fn logic(part: Part, cell: usize, n_cells: usize, weights: &mut [f64]) -> f64 {
    let (sources, least): (&[(Part, f64)], f64) = match part {
        Part::Entered => (&[(Part::Input, 1.0), (Part::Candidate, 1.0)], 2.0),
        Part::Kept => (&[(Part::Forget, 1.0), (Part::Before, 1.0)], 2.0),
        Part::StillShut => (&[(Part::Shut, 1.0)], 1.0),
        Part::Cell => (&[(Part::Entered, 1.0), (Part::Kept, 1.0)], 1.0),
        Part::Before => (&[(Part::Cell, 1.0)], 1.0),
        _ => (&[(Part::Entered, 1.0), (Part::Kept, 1.0), (Part::StillShut, -2.0)], 1.0),
    };
    sources.iter().for_each(|&(source, weight)| weights[at(source, cell, n_cells)] = weight);
    least
}

/// Integrators that keep all, on h alone.
fn read(cells: &Cells, readout: &Var) -> Result<Folded, TrainError> {
    let (n_cells, n) = (cells.n_cells(), PARTS.len() * cells.n_cells());
    let row = |latents: &Vec<f32>| {
        let mut weights = vec![0.0; n];
        let hidden = &mut weights[at(Part::Hidden, 0, n_cells)..][..n_cells];
        hidden.iter_mut().zip(latents).for_each(|(weight, &latent)| *weight = if latent < 0.0 { -1.0 } else { 1.0 });
        weights
    };
    let weights: Vec<Vec<f64>> = readout.to_vec2::<f32>()?.iter().map(row).collect();
    let shape = LayerShape { kind: Kind::Dense, pool: 1, source: [1, 1, n], n_channels: weights.len() };
    let bias = vec![0.0; weights.len()];
    Ok(Folded::plain(shape, weights, bias, Neuron::Li { beta: 1.0 }))
}
