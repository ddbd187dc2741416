//! Column sums of packed rows, 64 columns at a time.

/// How many of the rows that were added have each column's bit set.
///
/// Rows go in by eights through a tree of carry-save adders, whose carries are counted in bit planes: plane `p` holds
/// bit `p` of every column's count. That is some six operations a row for 64 columns.
#[derive(Clone, Debug)]
pub(super) struct ColumnSums {
    n_words: usize,
    /// `[plane][word]`
    planes: Vec<u64>,
}

/// The planes that the tree of adders fills by itself: ones, twos and fours.
const TREE_PLANES: usize = 3;

impl ColumnSums {
    /// Sums for up to `n_rows` rows of `n_words` words.
    pub fn new(n_words: usize, n_rows: usize) -> Self {
        let n_planes = usize::BITS - n_rows.leading_zeros();
        let n_planes = crate::arithmetic::index(n_planes).max(TREE_PLANES + 1);
        ColumnSums { n_words, planes: vec![0; n_planes * n_words] }
    }

    /// Sums the rows of a matrix `[row][word]` whose numbers are given, each row once at most.
    pub fn sum(&mut self, matrix: &[u64], rows: &[usize]) {
        self.planes.fill(0);
        let n_words = self.n_words;
        let row = |i: usize| &matrix[i * n_words..][..n_words];
        let eights = rows.chunks_exact(8);
        for &i in eights.remainder() {
            self.add(0, row(i));
        }
        for eight in eights {
            let eight: [&[u64]; 8] = std::array::from_fn(|k| row(eight[k]));
            for word in 0..n_words {
                self.add_eight(word, eight.map(|row| row[word]));
            }
        }
    }

    /// Writes twice each column's sum less the number of rows: the current of weights that are +1 where the bit is set.
    pub fn currents(&self, n_rows: i64, currents: &mut [i64]) {
        let n_words = self.n_words.max(1);
        for (at, currents) in currents.chunks_mut(8).enumerate() {
            let (word, shift) = (at / 8, 8 * (at % 8));
            let mut sums = [0i64; 8];
            for (group, planes) in self.planes.chunks(8 * n_words).enumerate() {
                let mut bytes = 0;
                for (p, plane) in planes.chunks(n_words).enumerate() {
                    bytes |= spread(plane[word] >> shift & 0xFF) << p;
                }
                for (sum, byte) in sums.iter_mut().zip(bytes.to_le_bytes()) {
                    *sum |= i64::from(byte) << (8 * group);
                }
            }
            for (current, sum) in currents.iter_mut().zip(sums) {
                *current = 2 * sum - n_rows;
            }
        }
    }

    fn add(&mut self, plane: usize, row: &[u64]) {
        for (word, &bits) in row.iter().enumerate() {
            self.carry(plane, word, bits);
        }
    }

    /// Adds 2^`plane` to the columns of a word whose bits are set.
    fn carry(&mut self, plane: usize, word: usize, mut bits: u64) {
        for sums in self.planes[plane * self.n_words..].chunks_mut(self.n_words) {
            let both = sums[word] & bits;
            sums[word] ^= bits;
            bits = both;
        }
    }

    fn add_eight(&mut self, word: usize, rows: [u64; 8]) {
        let [ones, twos, fours] = [0, 1, 2].map(|plane| plane * self.n_words + word);
        let (one, two_a) = full_adder(self.planes[ones], rows[0], rows[1]);
        let (one, two_b) = full_adder(one, rows[2], rows[3]);
        let (two, four_a) = full_adder(self.planes[twos], two_a, two_b);
        let (one, two_a) = full_adder(one, rows[4], rows[5]);
        let (one, two_b) = full_adder(one, rows[6], rows[7]);
        let (two, four_b) = full_adder(two, two_a, two_b);
        let (four, eight) = full_adder(self.planes[fours], four_a, four_b);
        (self.planes[ones], self.planes[twos], self.planes[fours]) = (one, two, four);
        self.carry(TREE_PLANES, word, eight);
    }
}

/// Adds three bits a column: the sum and the carry.
fn full_adder(a: u64, b: u64, c: u64) -> (u64, u64) {
    let either = a ^ b;
    (either ^ c, (a & b) | (either & c))
}

/// The bits of a byte as the low bits of eight bytes.
fn spread(byte: u64) -> u64 {
    // Byte k keeps bit k alone; adding 0x7F carries it to the top of its byte, and never further.
    let picked = byte.wrapping_mul(0x0101_0101_0101_0101) & 0x8040_2010_0804_0201;
    picked.wrapping_add(0x7F7F_7F7F_7F7F_7F7F) >> 7 & 0x0101_0101_0101_0101
}

#[cfg(test)]
mod tests {
    use super::ColumnSums;
    use crate::random::SplitMix64;

    #[test]
    fn sums_are_those_of_one_bit_at_a_time() {
        let mut random = SplitMix64::new(5);
        for n_rows in [0, 1, 7, 8, 9, 64, 255, 256, 1000] {
            let n_words = 1 + random.below(5);
            let matrix: Vec<u64> = (0..n_rows * n_words).map(|_| random.next_word()).collect();
            let rows: Vec<usize> = (0..n_rows).filter(|_| n_rows == 256 || random.chance(2, 3)).collect();
            let mut sums = ColumnSums::new(n_words, n_rows);
            sums.sum(&matrix, &rows);
            let mut currents = vec![0; 64 * n_words - 3];
            let n = crate::arithmetic::signed(rows.len());
            sums.currents(n, &mut currents);
            for (j, current) in currents.into_iter().enumerate() {
                let set = |&&i: &&usize| matrix[i * n_words + j / 64] >> (j % 64) & 1 == 1;
                let expected = crate::arithmetic::signed(rows.iter().filter(set).count());
                assert_eq!(current, 2 * expected - n, "{n_rows} rows, column {j}");
            }
        }
    }
}
