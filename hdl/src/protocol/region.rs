//! A memory that the host reaches, as rows of pieces.
//!
//! ```text
//! address = { row, column }      row = { piece[n-1], .., piece[1], piece[0] }, the last one cut to the row's width
//! ```
//! Columns take whole address bits, so addresses run on from row to row over columns that are not there.

use super::{PARAMETERS, WEIGHTS};
use serde::{Deserialize, Serialize};

/// Of a place in a region, in pieces.
pub const ADDRESS_BITS: u32 = 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionMap {
    pub layer: u8,
    pub region: u8,
    pub rows: usize,
    pub row_bits: u32,
    /// At most 64.
    pub piece_bits: u32,
    /// It holds nothing at power-on: the host writes it first, and reads it back. A row is at most 64 bits.
    #[serde(default)]
    pub is_volatile: bool,
}

impl RegionMap {
    pub fn pieces_per_row(&self) -> usize {
        usize::try_from(self.row_bits.div_ceil(self.piece_bits)).unwrap_or(usize::MAX)
    }

    pub fn bytes_per_row(&self) -> usize {
        usize::try_from(self.row_bits.div_ceil(8)).unwrap_or(usize::MAX)
    }

    /// Bits of the address below the row.
    pub fn column_bits(&self) -> u32 {
        self.pieces_per_row().next_power_of_two().trailing_zeros()
    }

    /// The address of a row's first piece.
    pub fn address(&self, row: usize) -> usize {
        row << self.column_bits()
    }

    /// Addresses of the region, of columns that are not there too; a WRITE that goes further is refused.
    pub fn places(&self) -> usize {
        self.address(self.rows)
    }

    /// A row's pieces in the order of their addresses, zeros in the columns that are not there.
    pub fn pieces(&self, row: &[u64], element_bits: u32) -> Vec<u64> {
        let bit = |at: u32| {
            let element = row.get(usize::try_from(at / element_bits).unwrap_or(usize::MAX));
            element.is_some_and(|element| element >> (at % element_bits) & 1 == 1)
        };
        let piece = |column: u32| {
            let first = column * self.piece_bits;
            (0..self.piece_bits).filter(|at| first + at < self.row_bits && bit(first + at)).fold(0, |piece, at| piece | 1 << at)
        };
        (0..1 << self.column_bits()).map(piece).collect()
    }

    pub fn name(&self) -> &'static str {
        match self.region {
            WEIGHTS => "weights",
            PARAMETERS => "parameters",
            _ => "memory",
        }
    }
}
