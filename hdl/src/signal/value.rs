//! A bit vector of 1 to 64 bits with its width beside it.

use rust_hdl_core::prelude::*;
use std::cmp::Ordering;
use std::ops::{Add, BitAnd, BitOr, BitXor, Not, Shl, Shr, Sub};

/// An unsigned word of `width` bits. Arithmetic wraps at the width, as in Verilog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    raw: u64,
    width: u32,
}

impl Value {
    /// # Panics
    /// If `width` is not 1..=64: a wrong width is a mistake in a block, not in a user's input.
    pub fn new(raw: u64, width: u32) -> Self {
        assert!((1..=64).contains(&width), "a signal has 1 to 64 bits, not {width}");
        Value { raw: raw & mask(width), width }
    }

    /// Two's complement of `raw` in `width` bits.
    pub fn signed(raw: i64, width: u32) -> Self {
        Value::new(raw.cast_unsigned(), width)
    }

    pub fn raw(self) -> u64 {
        self.raw
    }

    /// The word read as two's complement.
    pub fn as_signed(self) -> i64 {
        let unused = 64 - self.width;
        (self.raw << unused).cast_signed() >> unused
    }

    pub fn width(self) -> u32 {
        self.width
    }

    pub fn get_bit(&self, index: usize) -> bool {
        assert!(index < self.bits(), "bit {index} of a {}-bit signal", self.width);
        self.raw >> index & 1 == 1
    }

    /// As an index into a Rust slice; `#[hdl_gen]` prints the signal itself.
    pub fn index(&self) -> usize {
        usize::try_from(self.raw).unwrap_or(usize::MAX)
    }

    pub fn bits(&self) -> usize {
        usize::try_from(self.width).unwrap_or(usize::MAX)
    }

    pub fn any(&self) -> bool {
        self.raw != 0
    }

    pub fn all(&self) -> bool {
        self.raw == mask(self.width)
    }

    fn with(self, other: Value, operation: fn(u64, u64) -> u64) -> Value {
        assert_eq!(self.width, other.width, "operands of different width");
        Value::new(operation(self.raw, other.raw), self.width)
    }
}

fn mask(width: u32) -> u64 {
    u64::MAX >> (64 - width)
}

impl Add for Value {
    type Output = Value;
    fn add(self, other: Value) -> Value {
        self.with(other, u64::wrapping_add)
    }
}

impl Sub for Value {
    type Output = Value;
    fn sub(self, other: Value) -> Value {
        self.with(other, u64::wrapping_sub)
    }
}

impl BitAnd for Value {
    type Output = Value;
    fn bitand(self, other: Value) -> Value {
        self.with(other, |a, b| a & b)
    }
}

impl BitOr for Value {
    type Output = Value;
    fn bitor(self, other: Value) -> Value {
        self.with(other, |a, b| a | b)
    }
}

impl BitXor for Value {
    type Output = Value;
    fn bitxor(self, other: Value) -> Value {
        self.with(other, |a, b| a ^ b)
    }
}

impl Not for Value {
    type Output = Value;
    fn not(self) -> Value {
        Value::new(!self.raw, self.width)
    }
}

/// The shift distance may have any width, as in Verilog.
impl Shr for Value {
    type Output = Value;
    fn shr(self, distance: Value) -> Value {
        let shifted = u32::try_from(distance.raw).ok().and_then(|d| self.raw.checked_shr(d));
        Value::new(shifted.unwrap_or(0), self.width)
    }
}

impl Shl for Value {
    type Output = Value;
    fn shl(self, distance: Value) -> Value {
        let shifted = u32::try_from(distance.raw).ok().and_then(|d| self.raw.checked_shl(d));
        Value::new(shifted.unwrap_or(0), self.width)
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Value) -> Option<Ordering> {
        assert_eq!(self.width, other.width, "comparison of different widths");
        self.raw.partial_cmp(&other.raw)
    }
}

/// rust-hdl makes literals only from its const-generic `Bits<N>`, hence the table.
pub(super) fn literal(value: Value) -> VerilogLiteral {
    macro_rules! by_width {
        ($($n:literal)*) => {
            match value.width {
                $( $n => Bits::<$n>::from(value.raw).into(), )*
                _ => unreachable!("Value::new keeps widths in 1..=64"),
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32
        33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64)
}
