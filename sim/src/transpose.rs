//! Bits and bytes of words, transposed in place by exchanges of ever larger squares.

/// Transposes eight words of 64 bits in every lane: bit `b` of word `w` becomes bit `w` of byte `b % 8` of word `b / 8`.
#[inline(always)]
pub(crate) fn transpose_eight<const N: usize>(words: &mut [[u64; N]; 8]) {
    // Bits within their bytes, among the words; then bytes within their words.
    exchange_all(words, 1, 1, 0x5555_5555_5555_5555);
    exchange_all(words, 2, 2, 0x3333_3333_3333_3333);
    exchange_all(words, 4, 4, 0x0F0F_0F0F_0F0F_0F0F);
    exchange_all(words, 1, 8, 0x00FF_00FF_00FF_00FF);
    exchange_all(words, 2, 16, 0x0000_FFFF_0000_FFFF);
    exchange_all(words, 4, 32, 0x0000_0000_FFFF_FFFF);
}

/// Between words that are `distance` (a power of 2) apart: the bits of `mask` of the later one and those `shift` above
/// them of the earlier one.
#[inline(always)]
fn exchange_all<const N: usize>(words: &mut [[u64; N]; 8], distance: usize, shift: u32, mask: u64) {
    for earlier in (0..8).filter(|word| word & distance == 0) {
        for lane in 0..N {
            let differ = ((words[earlier][lane] >> shift) ^ words[earlier + distance][lane]) & mask;
            words[earlier + distance][lane] ^= differ;
            words[earlier][lane] ^= differ << shift;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    #[test]
    fn every_bit_is_where_it_belongs() {
        let mut random = SplitMix64::new(8);
        let before: [[u64; 3]; 8] = std::array::from_fn(|_| std::array::from_fn(|_| random.next_word()));
        let mut after = before;
        transpose_eight(&mut after);
        for (lane, word, bit) in (0..3).flat_map(|lane| (0..512).map(move |at| (lane, at / 64, at % 64))) {
            let moved = after[bit / 8][lane] >> (8 * (bit % 8) + word) & 1;
            assert_eq!(moved, before[word][lane] >> bit & 1, "lane {lane}, word {word}, bit {bit}");
        }
    }
}
