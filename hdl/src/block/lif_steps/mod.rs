//! The arithmetic of the LIF pipeline, one combinational leaf a step, in the order and with the names of
//! the reference: current, leaked, drive, integrated, membrane, fires.
//!
//! | signal | bits, all two's complement but count |
//! |---|---|
//! | count, input_count | enough for 0..=n_inputs |
//! | current | one more |
//! | membrane | membrane_bits |
//! | leaked, drive, integrated, threshold, bias | work_bits: no step can wrap |

mod ahead;
mod integrate;
mod scaled;
mod spike;

pub use ahead::Ahead;
pub use integrate::{Current, Drive, Leak};
pub use scaled::Scaled;
pub use spike::{subtracts_after_spike, Fire, Saturate};

/// `name` of `from` bits, sign-extended to `to`.
pub(super) fn extended(name: &str, from: u32, to: u32) -> String {
    format!("{{{{{}{{{name}[{}]}}}}, {name}}}", to - from, from - 1)
}

/// `kept` bits of `name` from `offset`, sign-extended to `to`.
pub(super) fn extended_cut(name: &str, offset: u32, kept: u32, to: u32) -> String {
    match to - kept {
        0 => format!("{name}[{offset} +: {kept}]"),
        fill => format!("{{{{{fill}{{{name}[{}]}}}}, {name}[{offset} +: {kept}]}}", offset + kept - 1),
    }
}
