//! The currents of weights that are packed by input, 256 neurons at a time.
//!
//! Rows go in by eights through a tree of carry-save adders, whose carries are counted in bit planes: plane `p` holds
//! bit `p` of every column's count. That is some six operations a row for a word of columns, or, in vectors, for four.

use crate::arithmetic::{halves, short};

/// The planes that the tree of adders fills by itself: ones, twos and fours.
const TREE_PLANES: usize = 3;
/// Of 65 536 rows.
const MOST_PLANES: usize = 17;

/// Writes, for each column of a matrix `[row][word]`, twice the number of the given rows in which its bit is set, less
/// the number of rows: the current of inputs that spike, where a set bit is a weight of +1. Each row is given once at
/// most, of 65 536 that there may be.
#[inline(always)]
pub(crate) fn column_currents(matrix: &[u64], n_words: usize, rows: &[usize], currents: &mut [i32]) {
    let mut first = 0;
    while first < n_words {
        let (columns, n_rows) = (&mut currents[64 * first..], short(rows.len()));
        if n_words - first >= 4 {
            write(&sums::<4>(matrix, n_words, first, rows), n_planes(rows), n_rows, columns);
            first += 4;
        } else {
            write(&sums::<1>(matrix, n_words, first, rows), n_planes(rows), n_rows, columns);
            first += 1;
        }
    }
}

/// The planes of `N` words from `first` on.
#[inline(always)]
fn sums<const N: usize>(matrix: &[u64], n_words: usize, first: usize, rows: &[usize]) -> [[u64; N]; MOST_PLANES] {
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
    planes
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
fn write<const N: usize>(planes: &[[u64; N]; MOST_PLANES], n_planes: usize, n_rows: i32, currents: &mut [i32]) {
    for (at, currents) in currents.chunks_mut(32).take(2 * N).enumerate() {
        let mut sums = [0i32; 32];
        for p in 0..n_planes {
            let bits = halves(planes[p][at / 2])[at % 2];
            for j in 0..32 {
                sums[j] |= ((bits >> j) & 1) << p;
            }
        }
        for sum in &mut sums {
            *sum = sum.wrapping_mul(2).wrapping_sub(n_rows);
        }
        match currents.first_chunk_mut() {
            Some(all) => *all = sums,
            None => currents.copy_from_slice(&sums[..currents.len()]),
        }
    }
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
            let mut currents = vec![0; 64 * n_words - 3];
            column_currents(&matrix, n_words, &rows, &mut currents);
            for (j, current) in currents.into_iter().enumerate() {
                let set = |&&i: &&usize| matrix[i * n_words + j / 64] >> (j % 64) & 1 == 1;
                let expected = short(rows.iter().filter(set).count());
                assert_eq!(current, 2 * expected - short(rows.len()), "{n_rows} rows, column {j}");
            }
        }
    }
}
