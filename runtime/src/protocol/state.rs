//! Spikes and neuron states as they are packed in frames.

use bitvec::field::BitField;
use spikeforge_hdl::protocol::wire_index;
use spikeforge_sim::{LayerState, Spikes};

/// The spikes of one timestep as `n_bytes` bytes, bit `i % 8` of byte `i / 8`, padded with zeros.
pub fn pack_spikes(spikes: &Spikes, n_bytes: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = spikes.chunks(8).map(|bits| bits.load_le::<u8>()).collect();
    bytes.resize(n_bytes, 0);
    bytes
}

/// The first `n` spikes of packed bytes; those past the end of the bytes are 0.
pub fn unpack_spikes(bytes: &[u8], n: usize) -> Spikes {
    let mut spikes = Spikes::repeat(false, n);
    for (bits, byte) in spikes.chunks_mut(8).zip(bytes) {
        let mask = u8::MAX >> (8 - bits.len());
        bits.store_le(byte & mask);
    }
    spikes
}

/// Spikes of a network, numbered (channel, position), as the hardware numbers them.
pub fn to_wire(spikes: &Spikes, channels: usize) -> Spikes {
    values_to_wire(spikes, channels, 1)
}

/// The same for values of `bits` lines each, which stay together.
pub fn values_to_wire(lines: &Spikes, channels: usize, bits: usize) -> Spikes {
    let n = lines.len() / bits;
    if channels == n {
        return lines.clone();
    }
    let mut wired = Spikes::repeat(false, lines.len());
    lines.iter_ones().for_each(|i| wired.set(wire_index(i / bits, n, channels) * bits + i % bits, true));
    wired
}

/// Elements as the hardware numbers them, in the order of the network.
pub fn from_wire<T: Copy>(wired: &[T], channels: usize) -> Vec<T> {
    (0..wired.len()).map(|i| wired[wire_index(i, wired.len(), channels)]).collect()
}

/// The same for spikes.
pub fn spikes_from_wire(wired: &Spikes, channels: usize) -> Spikes {
    let n = wired.len();
    if channels == n {
        return wired.clone();
    }
    (0..n).map(|i| wired[wire_index(i, n, channels)]).collect()
}

/// The states of neurons from the bytes of a READ: of each, `membrane_bits` of two's complement membrane and one bit
/// of `fired` above it, in as many little-endian bytes as that takes.
pub fn neurons_of_bytes(bytes: &[u8], membrane_bits: u32) -> LayerState {
    let bytes_per_neuron = (membrane_bits as usize + 1).div_ceil(8);
    let mut state = LayerState::default();
    for neuron in bytes.chunks_exact(bytes_per_neuron) {
        let word = neuron
            .iter()
            .rev()
            .fold(0u128, |word, byte| (word << 8) | u128::from(*byte));
        state.membranes.push(sign_extended(word, membrane_bits));
        state.fired.push((word >> membrane_bits) & 1 == 1);
    }
    state
}

/// The low `bits` (1 to 64) of a word as a two's complement number.
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
fn sign_extended(word: u128, bits: u32) -> i64 {
    let unused = 64 - bits;
    ((word as u64) << unused) as i64 >> unused
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn spikes_survive_the_wire(bits in prop::collection::vec(any::<bool>(), 0..200), padding in 0usize..9) {
            let spikes: Spikes = bits.iter().copied().collect();
            let bytes = pack_spikes(&spikes, bits.len().div_ceil(8) + padding);
            prop_assert_eq!(unpack_spikes(&bytes, bits.len()), spikes);
            prop_assert_eq!(bytes.iter().map(|byte| byte.count_ones()).sum::<u32>() as usize, bits.iter().filter(|b| **b).count());
        }
    }

    #[test]
    fn bit_i_of_a_timestep_is_bit_i_of_its_bytes() {
        let mut spikes = Spikes::repeat(false, 12);
        spikes.set(0, true);
        spikes.set(9, true);
        assert_eq!(pack_spikes(&spikes, 4), [0x01, 0x02, 0, 0]);
    }

    #[test]
    fn a_neuron_is_its_membrane_and_the_fired_bit_above() {
        // 7 bits of membrane: -1 and fired, 63, -64.
        let state = neurons_of_bytes(&[0xFF, 0x3F, 0x40], 7);
        assert_eq!(state.membranes, [-1, 63, -64]);
        assert_eq!(
            state.fired.iter().map(|bit| *bit).collect::<Vec<_>>(),
            [true, false, false]
        );
        // 16 bits need a third byte for the fired bit.
        let state = neurons_of_bytes(&[0x00, 0x80, 0x01, 0xFE, 0xFF, 0x00], 16);
        assert_eq!(state.membranes, [-32768, -2]);
        assert_eq!(state.fired.count_ones(), 1);
    }
}
