//! Every conversion, rounding and overflow of the crate, each a function with a name.

/// A count or length as a signed integer; all of ours are far below the limit.
pub(crate) fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
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
