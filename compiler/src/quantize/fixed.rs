//! Every rounding from a float to an integer, each with a name. The last file in which both meet.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // below, each cast is of a number in range

/// Integers up to here are exact in a float64 and leave room in 64 bits.
const LIMIT: f64 = 9_007_199_254_740_992.0;

/// `value * 2^bits`, which is exact unless it is beyond all floats.
pub(super) fn scaled(value: f64, bits: u32) -> f64 {
    value * f64::from(bits).exp2()
}

/// What an integer in units of 2^-`bits` is worth.
pub(super) fn worth(integer: i64, bits: u32) -> f64 {
    integer as f64 / f64::from(bits).exp2()
}

/// `value / scale`, taken for the multiple of 2^-`bits` that it was meant to be where float32 parameters cannot tell it
/// from that: 1.5 / 0.1 is 15. Division by a power of two is exact and stays as it is.
pub(super) fn unscaled(value: f64, scale: f64, bits: u32) -> f64 {
    /// Four roundings to float32.
    const TOLERANCE: f64 = 2.4e-7;
    let quotient = value / scale;
    let near = scaled(quotient, bits).round() / f64::from(bits).exp2();
    let is_exact = scale.log2().fract() == 0.0;
    match !is_exact && (near - quotient).abs() <= TOLERANCE * quotient.abs() {
        true => near,
        false => quotient,
    }
}

/// The nearest integer, halves away from zero.
pub(super) fn nearest(value: f64) -> Option<i64> {
    whole(value.round())
}

/// The greatest integer that is not above.
pub(super) fn floor(value: f64) -> Option<i64> {
    whole(value.floor())
}

/// The least integer that is not below.
pub(super) fn ceil(value: f64) -> Option<i64> {
    whole(value.ceil())
}

fn whole(value: f64) -> Option<i64> {
    (value.abs() < LIMIT).then_some(value as i64)
}

/// The nearest fraction of 2^`bits` to a value of 0 to 1.
pub(super) fn share(value: f64, bits: u32) -> u32 {
    scaled(value.clamp(0.0, 1.0), bits).round() as u32
}

/// Whether a value is a whole multiple of 2^-`bits`.
pub(super) fn is_exact(value: f64, bits: u32) -> bool {
    scaled(value, bits).fract() == 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roundings_go_where_their_names_say() {
        assert_eq!(
            (floor(-1.5), ceil(-1.5), nearest(-1.5)),
            (Some(-2), Some(-1), Some(-2))
        );
        assert_eq!(
            (floor(2.0), ceil(2.0), nearest(2.5)),
            (Some(2), Some(2), Some(3))
        );
        assert_eq!(
            (floor(1e16), ceil(f64::INFINITY), nearest(f64::NAN)),
            (None, None, None)
        );
        assert_eq!((share(0.9, 12), share(1.0, 0), share(0.5, 1)), (3686, 1, 1));
        assert_eq!(worth(40960, 12), 10.0);
        assert_eq!(
            (unscaled(1.5, 0.1, 12), unscaled(1.5, f64::from(0.1f32), 12)),
            (15.0, 15.0)
        );
        assert_eq!(
            (unscaled(7.000001, 2.0, 12), unscaled(1.0, 3.0, 2)),
            (3.5000005, 1.0 / 3.0)
        );
        assert!(is_exact(0.75, 2) && !is_exact(0.75, 1) && !is_exact(0.9, 12));
    }
}
