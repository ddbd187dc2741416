//! Where two devices that should have learned alike hold different memories.

use super::{Lfsr, Memory};
use crate::SignMatrix;

/// The first difference between the memories of two devices, in the order of layers, and within one of latents, their
/// random numbers, the readout, its random numbers, feedback and handicaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryMismatch {
    pub layer: usize,
    pub place: MemoryPlace,
    pub expected: i64,
    pub got: i64,
}

/// What a memory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryPlace {
    Latent {
        input: usize,
        neuron: usize,
    },
    LatentLfsr,
    Readout {
        class: usize,
        neuron: usize,
    },
    ReadoutLfsr,
    Feedback {
        class: usize,
        neuron: usize,
    },
    Handicap {
        neuron: usize,
    },
    /// The number of values that the layer holds.
    Size,
}

impl MemoryMismatch {
    /// Compares the memories of every layer.
    pub fn first(expected: &[Memory], got: &[Memory]) -> Option<MemoryMismatch> {
        let in_layer = |(layer, (expected, got)): (usize, (&Memory, &Memory))| {
            let (place, expected, got) = first_in_layer(expected, got)?;
            Some(MemoryMismatch { layer, place, expected, got })
        };
        expected.iter().zip(got).enumerate().find_map(in_layer)
    }
}

impl std::fmt::Display for MemoryMismatch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "layer {}, {}: expected {}, got {}", self.layer, self.place, self.expected, self.got)
    }
}

impl std::fmt::Display for MemoryPlace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            MemoryPlace::Latent { input, neuron } => write!(formatter, "latent of neuron {neuron} for input {input}"),
            MemoryPlace::LatentLfsr => write!(formatter, "random numbers of the latents"),
            MemoryPlace::Readout { class, neuron } => write!(formatter, "readout of class {class} for neuron {neuron}"),
            MemoryPlace::ReadoutLfsr => write!(formatter, "random numbers of the readout"),
            MemoryPlace::Feedback { class, neuron } => {
                write!(formatter, "feedback of class {class} to neuron {neuron}")
            }
            MemoryPlace::Handicap { neuron } => write!(formatter, "handicap of neuron {neuron}"),
            MemoryPlace::Size => write!(formatter, "number of values"),
        }
    }
}

/// A place, and what the two devices hold there.
type Difference = (MemoryPlace, i64, i64);

fn first_in_layer(expected: &Memory, got: &Memory) -> Option<Difference> {
    let n_neurons = expected.latents.n_neurons().max(1);
    let at = |k: usize| (k / n_neurons, k % n_neurons);
    let latent = |k| MemoryPlace::Latent { input: at(k).0, neuron: at(k).1 };
    let readout = |k| MemoryPlace::Readout { class: at(k).0, neuron: at(k).1 };
    let feedback = |k| MemoryPlace::Feedback { class: at(k).0, neuron: at(k).1 };
    let lfsr = |lfsr: Lfsr| [i64::from(lfsr.state())];
    in_values(&wide(expected.latents.values()), &wide(got.latents.values()), latent)
        .or_else(|| in_values(&lfsr(expected.lfsr), &lfsr(got.lfsr), |_| MemoryPlace::LatentLfsr))
        .or_else(|| in_values(&wide(expected.readout.values()), &wide(got.readout.values()), readout))
        .or_else(|| in_values(&lfsr(expected.readout.lfsr()), &lfsr(got.readout.lfsr()), |_| MemoryPlace::ReadoutLfsr))
        .or_else(|| in_values(&signs(&expected.feedback), &signs(&got.feedback), feedback))
        .or_else(|| {
            in_values(&wide(&expected.handicaps), &wide(&got.handicaps), |neuron| MemoryPlace::Handicap { neuron })
        })
}

fn in_values(expected: &[i64], got: &[i64], place: impl Fn(usize) -> MemoryPlace) -> Option<Difference> {
    if expected.len() != got.len() {
        return Some((
            MemoryPlace::Size,
            crate::arithmetic::signed(expected.len()),
            crate::arithmetic::signed(got.len()),
        ));
    }
    let k = (0..expected.len()).find(|&k| expected[k] != got[k])?;
    Some((place(k), expected[k], got[k]))
}

fn wide<T: Copy + Into<i64>>(values: &[T]) -> Vec<i64> {
    values.iter().map(|&value| value.into()).collect()
}

/// The signs of a table, -1 or +1, row by row.
fn signs(table: &SignMatrix) -> Vec<i64> {
    let sign = |row, column| if table.get(row, column) { 1 } else { -1 };
    (0..table.n_neurons()).flat_map(|row| (0..table.n_inputs()).map(move |column| sign(row, column))).collect()
}
