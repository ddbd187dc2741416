//! Spikes as whole words of 64, zero beyond the last.

use bitvec::domain::Domain;
use bitvec::field::BitField;

use crate::arithmetic::index;
use crate::Spikes;

/// Packs the spikes of a timestep; `packed` has just the words that they need.
pub(crate) fn pack(spikes: &Spikes, packed: &mut [u64]) {
    // A vector that was cut out of another may begin within a word.
    if let Domain::Region { head: None, body, tail } = spikes.domain() {
        packed[..body.len()].copy_from_slice(body);
        if let (Some(word), Some(tail)) = (packed.last_mut(), tail) {
            *word = tail.load_value();
        }
        return;
    }
    for (word, bits) in packed.iter_mut().zip(spikes.chunks(64)) {
        *word = bits.load_le();
    }
}

/// The places of the bits that are set, ascending; `places` is room for them, which is made once.
#[inline(always)]
pub(crate) fn set_bits<'a>(words: &[u64], places: &'a mut Vec<usize>) -> &'a [usize] {
    if places.len() < 64 * words.len() + EIGHT {
        places.resize(64 * words.len() + EIGHT, 0);
    }
    let mut n = 0;
    for (at, &word) in words.iter().enumerate() {
        let (first, n_set, mut left) = (64 * at, index(word.count_ones()), word);
        // By eights, some of them beyond the last: a branch for each bit would be guessed wrong too often.
        for eight in places[n..].chunks_exact_mut(EIGHT).take(n_set.div_ceil(EIGHT)) {
            for place in eight {
                *place = first.wrapping_add(index(left.trailing_zeros()));
                left &= left.wrapping_sub(1);
            }
        }
        n += n_set;
    }
    &places[..n]
}

const EIGHT: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;

    #[test]
    fn packed_spikes_are_those_of_one_bit_at_a_time() {
        let mut random = SplitMix64::new(3);
        for n in [0usize, 1, 63, 64, 65, 127, 128, 200] {
            let long: Spikes = (0..n + 5).map(|_| random.chance(1, 2)).collect();
            for spikes in [long[..n].to_bitvec(), long[5..].to_bitvec()] {
                let mut packed = vec![u64::MAX; n.div_ceil(64)];
                pack(&spikes, &mut packed);
                let mut places = vec![7];
                assert_eq!(set_bits(&packed, &mut places), spikes.iter_ones().collect::<Vec<_>>());
            }
        }
    }
}
