//! Where a word's bits stand in the parameters of a block RAM cell, as Yosys' library of each family puts them there.

use serde::{Deserialize, Serialize};

/// A cell that is read so many bits at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    kind: Kind,
    pub width: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    Ice40,
    Ecp5,
    /// Of 8 bits a byte.
    GowinX8,
    /// Of 9 bits a byte.
    GowinX9,
}

impl Layout {
    /// Those that a cell of this type can have; none where it is no block RAM.
    pub fn all(cell_type: &str) -> Vec<Layout> {
        let (kind, widths): (Kind, &[usize]) = match cell_type {
            _ if cell_type.starts_with("SB_RAM40_4K") => (Kind::Ice40, &[16, 8, 4, 2]),
            "DP16KD" | "PDPW16KD" => (Kind::Ecp5, &[36, 18, 9, 4, 2, 1]),
            "SPX9" | "SDPX9B" | "DPX9B" | "pROMX9" => (Kind::GowinX9, &[36, 18, 9]),
            "SP" | "SDPB" | "DPB" | "pROM" => (Kind::GowinX8, &[4, 2, 1]),
            _ => return vec![],
        };
        widths.iter().map(|&width| Layout { kind, width }).collect()
    }

    /// Words in a cell.
    pub fn depth(self) -> usize {
        match (self.kind, self.width) {
            (Kind::Ice40, width) => 4096 / width,
            (_, width @ 9..) => 18432 / width,
            (_, width) => 16384 / width,
        }
    }

    /// Which parameter holds a bit, and where in it.
    pub fn position(self, word: usize, bit: usize) -> (usize, usize) {
        let at = match self.width {
            width @ (9.. | 8) => word * width + bit,
            width if self.kind == Kind::Ice40 => word * width + bit,
            // Every ninth bit belongs to the wide words alone.
            width => word * width / 8 * 9 + word * width % 8 + bit,
        };
        match self.kind {
            // The low four bits of an address stand the other way round.
            Kind::Ice40 => (at / 256, at % 256 / 16 * 16 + usize::from((at as u8 & 15).reverse_bits() >> 4)),
            Kind::Ecp5 => (at / 288, at % 288 / 18 * 20 + at % 18),
            Kind::GowinX8 => (at / 288, at % 288 / 9 * 8 + at % 9),
            Kind::GowinX9 => (at / 288, at % 288),
        }
    }

    pub fn n_parameters(self) -> usize {
        if self.kind == Kind::Ice40 { 16 } else { 64 }
    }

    /// The name of one parameter.
    pub fn parameter(self, index: usize) -> String {
        match self.kind {
            Kind::Ice40 => format!("INIT_{index:X}"),
            Kind::Ecp5 => format!("INITVAL_{index:02X}"),
            Kind::GowinX8 | Kind::GowinX9 => format!("INIT_RAM_{index:02X}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Each bit of a full cell has a place of its own within its parameters.
    #[test]
    fn no_two_bits_share_a_place() {
        let bits = [("SB_RAM40_4K", 256), ("PDPW16KD", 320), ("pROM", 256), ("pROMX9", 288)];
        for (cell, parameter_bits) in bits {
            for layout in Layout::all(cell) {
                let mut seen = BTreeSet::new();
                for word in 0..layout.depth() {
                    for bit in 0..layout.width {
                        let (parameter, at) = layout.position(word, bit);
                        assert!(parameter < layout.n_parameters() && at < parameter_bits, "{cell} {layout:?} {word} {bit}");
                        assert!(seen.insert((parameter, at)), "{cell} {layout:?} {word} {bit}");
                    }
                }
            }
        }
    }
}
