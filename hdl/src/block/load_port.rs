//! The port through which the host writes a memory's rows, a piece a cycle. Text of the leaves that have it.

use crate::arch::Load;
use crate::protocol::RegionMap;
use crate::signal::bits_for;

/// Statements for a clocked block that write `load_piece` to its place in `words`; nothing when it is not written.
pub(super) fn write_statements(rows: usize, row_bits: u32, piece_bits: u32, load: Load) -> String {
    let map = RegionMap { layer: 0, region: 0, rows, row_bits, piece_bits, is_volatile: false };
    write_statements_at(&row_index(&map), &map, load)
}

/// The same with the row at `address`, an expression.
pub(super) fn write_statements_at(address: &str, map: &RegionMap, load: Load) -> String {
    if !load.writes {
        return String::new();
    }
    let RegionMap { row_bits, piece_bits, .. } = *map;
    let column_bits = map.column_bits();
    let mut text = String::new();
    for first in (0..row_bits).step_by(usize::try_from(piece_bits).unwrap_or(1)) {
        let kept = piece_bits.min(row_bits - first);
        let chosen = match column_bits {
            0 => "load_enable".to_owned(),
            bits => format!("load_enable && load_address[0 +: {bits}] == {bits}'d{}", first / piece_bits),
        };
        text += &format!("    if ({chosen}) words[{address}]{} <= load_piece[0 +: {kept}];\n", place(first, kept, row_bits));
    }
    text
}

/// The row of `load_address`.
pub(super) fn row_index(map: &RegionMap) -> String {
    format!("load_address[{} +: {}]", map.column_bits(), bits_for(map.rows - 1))
}

fn place(first: u32, kept: u32, row_bits: u32) -> String {
    if kept == row_bits { String::new() } else { format!("[{first} +: {kept}]") }
}

/// `row`, of elements of `element_bits`, with a piece of `piece_bits` at `column` replaced.
pub(super) fn replace_piece(row: &mut [u64], element_bits: u32, piece_bits: u32, column: u64, piece: u64) {
    let first = column * u64::from(piece_bits);
    let (index, offset) = (first / u64::from(element_bits), first % u64::from(element_bits));
    let mask = u64::MAX >> (64 - piece_bits);
    if let Some(element) = usize::try_from(index).ok().and_then(|index| row.get_mut(index)) {
        *element = (*element & !(mask << offset)) | (piece & mask) << offset;
    }
}
