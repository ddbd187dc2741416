//! Every conversion, rounding and overflow of the crate, each a function with a name.

/// A count or length as a signed integer; all of ours are far below the limit.
pub(crate) fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count or length as 64 bits.
pub(crate) fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// An index or size of the network's formats as one of this machine's.
pub(crate) fn index(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// The least value of a two's complement integer of `bits` bits (1..=63).
pub(crate) fn least(bits: u32) -> i64 {
    -(1i64 << (bits - 1))
}

/// The greatest value of a two's complement integer of `bits` bits (1..=63).
pub(crate) fn greatest(bits: u32) -> i64 {
    (1i64 << (bits - 1)) - 1
}

/// The nearest value that a two's complement integer of `bits` bits holds.
pub(crate) fn saturate(value: i64, bits: u32) -> i64 {
    value.clamp(least(bits), greatest(bits))
}

/// The least width of a two's complement integer that holds every value from `lowest` to `highest`.
pub(crate) fn bits_for(lowest: i64, highest: i64) -> u32 {
    let magnitude_bits = |value: i64| 64 - (value ^ (value >> 63)).leading_zeros();
    1 + magnitude_bits(lowest).max(magnitude_bits(highest))
}

// The arithmetic of a neuron. Within the limits of a network, and of ranges under search, a product is below 2^48 and a
// sum below 2^50: wrapping never happens, and checking for it at every neuron would keep loops from vectors.

/// The drive of a neuron: its current in units of 2^-`fraction_bits`, and its bias.
#[inline(always)]
pub(crate) fn drive(current: i64, fraction_bits: u32, bias: i64) -> i64 {
    current.wrapping_shl(fraction_bits).wrapping_add(bias)
}

/// The same of a current that a timestep scales.
#[inline(always)]
pub(crate) fn scaled(current: i64, scale: i64, bias: i64) -> i64 {
    current.wrapping_mul(scale).wrapping_add(bias)
}

/// What a membrane keeps over a timestep: its `beta` / 2^`beta_bits` part, rounded down.
#[inline(always)]
pub(crate) fn leak(membrane: i64, beta: u32, beta_bits: u32) -> i64 {
    membrane.wrapping_mul(i64::from(beta)).wrapping_shr(beta_bits)
}

/// What is kept and the drive, less a reset.
#[inline(always)]
pub(crate) fn integrate(leaked: i64, drive: i64, reset: i64) -> i64 {
    leaked.wrapping_add(drive).wrapping_sub(reset)
}

/// The sum of `w * x` over packed weights (a set bit is +1, else -1) and packed spikes that count `n_spikes`.
pub(crate) fn current(weights: &[u64], spikes: &[u64], n_spikes: i64) -> i64 {
    // Counts of at most 2^16 bits: wrapping never happens, and checking for it would keep the loop from vectors.
    let excited = weights.iter().zip(spikes).fold(0u32, |n, (w, x)| n.wrapping_add((w & x).count_ones()));
    2 * i64::from(excited) - n_spikes
}

/// The number of set bits of packed spikes.
pub(crate) fn popcount(spikes: &[u64]) -> i64 {
    spikes.iter().map(|word| i64::from(word.count_ones())).sum()
}

/// The `bits` (0..=16) low bits of a word.
pub(crate) fn low_bits(word: u16, bits: u32) -> i32 {
    i32::from(word) & ((1i32 << bits) - 1)
}

/// The change of a latent weight, `trace * modulator / 2^shift`, rounded up with the probability of what is cut off
/// when `random` is uniform below 2^shift. Traces and modulators are below 2^16 and 2^15, so nothing wraps.
pub(crate) fn rounded_product(trace: i32, modulator: i32, random: i32, shift: u32) -> i32 {
    trace.wrapping_mul(modulator).wrapping_add(random) >> shift
}

/// A stored weight after a change, held within its range, which is part of that of its type.
pub(crate) fn saturated<T: TryFrom<i32> + Copy>(value: i32, lowest: i32, highest: i32, before: T) -> T {
    T::try_from(value.clamp(lowest, highest)).unwrap_or(before)
}

/// A value of -128 to 127 as a byte.
pub(crate) fn low_byte(value: i32) -> i8 {
    i8::from_le_bytes([value.to_le_bytes()[0]])
}

/// The least and greatest value of a weight of `bits` (1..=32) bits.
pub(crate) fn weight_range(bits: u32) -> (i32, i32) {
    (i32::MIN >> (32 - bits), i32::MAX >> (32 - bits))
}

/// A count of spikes, which is far below the limit, as a signed integer.
pub(crate) fn signed_count(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// The logarithm to base 2, rounded down; 0 for 0.
pub(crate) fn floor_log2(value: u64) -> u32 {
    value.max(1).ilog2()
}

/// The 16 low bits of a word.
pub(crate) fn low_word(word: u64) -> u16 {
    u16::try_from(word & 0xFFFF).unwrap_or(0)
}

/// A value held within `lowest..=highest`, which are those of a narrow register.
pub(crate) fn limited(value: i64, lowest: i64, highest: i64) -> i32 {
    i32::try_from(value.clamp(lowest, highest)).unwrap_or(0)
}

/// A value held within `-most..=most`.
pub(crate) fn clamped(value: i64, most: i64) -> i32 {
    limited(value, -most, most)
}

/// The sign of a difference: -1, 0 or +1.
pub(crate) fn sign(difference: i64) -> i32 {
    clamped(difference, 1)
}

/// A value that is known to fit 32 bits.
pub(crate) fn narrow(value: i64) -> i32 {
    limited(value, i64::from(i32::MIN), i64::from(i32::MAX))
}

/// Values that are known to fit 32 bits.
pub(crate) fn narrow_all(values: &[i64]) -> Vec<i32> {
    values.iter().copied().map(narrow).collect()
}

/// A count of at most 2^16 in 32 bits, signed.
pub(crate) fn short(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
