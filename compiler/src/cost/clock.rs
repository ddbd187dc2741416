//! What clocks designs of a class of parts were routed for: those of the sweep, from the slowest to the fastest.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::board::{Board, Family};

/// Fmax of designs that were built for parts of one class, by the first seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FmaxClass {
    pub n_designs: usize,
    pub slowest_mhz: u32,
    pub fastest_mhz: u32,
}

impl FmaxClass {
    /// `None` where none was routed for a part like the board's.
    pub fn of(board: &Board) -> Option<FmaxClass> {
        static CLASSES: OnceLock<BTreeMap<String, FmaxClass>> = OnceLock::new();
        let classes = CLASSES.get_or_init(|| serde_json::from_str(include_str!("fmax.json")).unwrap_or_default());
        classes.get(&class(board)).cloned()
    }
}

/// Parts whose logic and wires are equally fast.
pub fn class(board: &Board) -> String {
    match board.family {
        Family::Ice40 if board.device.starts_with("up") => "ice40-up".to_owned(),
        Family::Ice40 => "ice40-hx".to_owned(),
        Family::Ecp5 => format!("ecp5-{}", board.speed.as_deref().unwrap_or("6")),
        Family::Gowin => board.device.clone(),
    }
}

impl fmt::Display for FmaxClass {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let FmaxClass { n_designs, slowest_mhz, fastest_mhz } = self;
        write!(f, "{n_designs} designs for parts like this one were routed for {slowest_mhz} to {fastest_mhz} MHz")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn parts_like_those_of_the_sweep_have_a_class() {
        let of = |board: &str| FmaxClass::of(&Board::load(board).unwrap());
        assert_eq!(of("alchitry-cu"), of("hx8k-breakout"));
        assert_eq!(of("ulx3s-85f"), of("colorlight-i5"));
        let [up, hx, ecp5] = ["icesugar", "hx8k-breakout", "ulx3s-25f"].map(|board| of(board).unwrap());
        assert!(up.fastest_mhz < hx.slowest_mhz && hx.fastest_mhz < ecp5.fastest_mhz);
        // A faster part, of which no design was routed; and the place and route of Gowin, which the sweep leaves out.
        assert_eq!((of("ecpix-5"), of("tang-nano-9k")), (None, None));
    }
}
