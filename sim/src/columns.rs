//! The currents of weights that are packed by input, 256 neurons at a time.
//!
//! Rows go in by eights through a tree of carry-save adders, whose carries are counted in bit planes: plane `p` holds
//! bit `p` of every column's count. That is some six operations a row for a word of columns, or, in vectors, for four.

use crate::arithmetic::short;
use crate::transpose::transpose_eight;

/// The planes that the tree of adders fills by itself: ones, twos and fours.
const TREE_PLANES: usize = 3;
/// Of 65 536 rows.
const MOST_PLANES: usize = 17;

/// Writes, for each column of a matrix `[row][word]`, twice the number of the given rows in which its bit is set, less
/// the number of rows: the current of inputs that spike, where a set bit is a weight of +1. Each row is given once at
/// most, of 65 536 that there may be; the currents are those of whole words.
#[inline(always)]
pub(crate) fn column_currents(matrix: &[u64], n_words: usize, rows: &[usize], currents: &mut [i32]) {
    let mut first = 0;
    while first < n_words {
        let columns = &mut currents[64 * first..];
        if n_words - first >= 4 {
            of_words::<4>(matrix, n_words, first, rows, columns);
            first += 4;
        } else {
            of_words::<1>(matrix, n_words, first, rows, columns);
            first += 1;
        }
    }
}

/// The currents of `N` words of columns from `first` on.
#[inline(always)]
fn of_words<const N: usize>(matrix: &[u64], n_words: usize, first: usize, rows: &[usize], currents: &mut [i32]) {
    let row = |i: usize| {
        let mut lanes = [0; N];
        lanes.copy_from_slice(&matrix[i.wrapping_mul(n_words).wrapping_add(first)..][..N]);
        lanes
    };
    let n_planes = n_planes(rows);
    let mut planes = [[0; N]; MOST_PLANES];
    let eights = rows.chunks_exact(8);
    let mut rest = [[0; N]; 8];
    for (lanes, &i) in rest.iter_mut().zip(eights.remainder()) {
        *lanes = row(i);
    }
    add_eight(&mut planes, n_planes, &rest);
    for eight in eights {
        let mut lanes = [[0; N]; 8];
        for k in 0..8 {
            lanes[k] = row(eight[k]);
        }
        add_eight(&mut planes, n_planes, &lanes);
    }
    write(&planes[..n_planes], short(rows.len()), currents);
}

/// The planes that counts of these rows can reach.
#[inline(always)]
fn n_planes(rows: &[usize]) -> usize {
    crate::arithmetic::index(usize::BITS - rows.len().leading_zeros()).clamp(TREE_PLANES + 1, MOST_PLANES)
}

#[inline(always)]
fn add_eight<const N: usize>(planes: &mut [[u64; N]; MOST_PLANES], n_planes: usize, rows: &[[u64; N]; 8]) {
    let (one, two_a) = full_adder(planes[0], rows[0], rows[1]);
    let (one, two_b) = full_adder(one, rows[2], rows[3]);
    let (two, four_a) = full_adder(planes[1], two_a, two_b);
    let (one, two_a) = full_adder(one, rows[4], rows[5]);
    let (one, two_b) = full_adder(one, rows[6], rows[7]);
    let (two, four_b) = full_adder(two, two_a, two_b);
    let (four, mut carry) = full_adder(planes[2], four_a, four_b);
    (planes[0], planes[1], planes[2]) = (one, two, four);
    for plane in &mut planes[TREE_PLANES..n_planes] {
        for lane in 0..N {
            (plane[lane], carry[lane]) = (plane[lane] ^ carry[lane], plane[lane] & carry[lane]);
        }
    }
}

/// Adds three bits a column: the sum and the carry.
#[inline(always)]
fn full_adder<const N: usize>(a: [u64; N], b: [u64; N], c: [u64; N]) -> ([u64; N], [u64; N]) {
    let (mut sum, mut carry) = ([0; N], [0; N]);
    for lane in 0..N {
        let either = a[lane] ^ b[lane];
        sum[lane] = either ^ c[lane];
        carry[lane] = (a[lane] & b[lane]) | (either & c[lane]);
    }
    (sum, carry)
}

/// Counts from their planes, as currents.
#[inline(always)]
fn write<const N: usize>(planes: &[[u64; N]], n_rows: i32, currents: &mut [i32]) {
    for (eight, planes) in planes.chunks(8).enumerate() {
        for (currents, bytes) in currents.as_chunks_mut::<64>().0.iter_mut().zip(&bytes_of(planes)) {
            for (current, &byte) in currents.iter_mut().zip(bytes) {
                let before = if eight == 0 { n_rows.wrapping_neg() } else { *current };
                *current = before.wrapping_add(i32::from(byte) << (8 * eight + 1));
            }
        }
    }
}

/// A byte for each column from up to eight planes, of which plane `p` holds bit `p`.
#[inline(always)]
fn bytes_of<const N: usize>(planes: &[[u64; N]]) -> [[u8; 64]; N] {
    let mut words = [[0; N]; 8];
    words[..planes.len()].copy_from_slice(planes);
    transpose_eight(&mut words);
    let mut bytes = [[0; 64]; N];
    for (lane, bytes) in bytes.iter_mut().enumerate() {
        for (bytes, word) in bytes.chunks_exact_mut(8).zip(&words) {
            bytes.copy_from_slice(&word[lane].to_le_bytes());
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    #[test]
    fn sums_are_those_of_one_bit_at_a_time() {
        let mut random = SplitMix64::new(5);
        for n_rows in [0, 1, 7, 8, 9, 64, 255, 256, 1000] {
            let n_words = 1 + random.below(9);
            let matrix: Vec<u64> = (0..n_rows * n_words).map(|_| random.next_word()).collect();
            let rows: Vec<usize> = (0..n_rows).filter(|_| n_rows == 256 || random.chance(2, 3)).collect();
            let mut currents = vec![0; 64 * n_words];
            column_currents(&matrix, n_words, &rows, &mut currents);
            for (j, current) in currents.into_iter().enumerate() {
                let set = |&&i: &&usize| matrix[i * n_words + j / 64] >> (j % 64) & 1 == 1;
                let expected = short(rows.iter().filter(set).count());
                assert_eq!(current, 2 * expected - short(rows.len()), "{n_rows} rows, column {j}");
            }
        }
    }
}
