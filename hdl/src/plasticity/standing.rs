//! How a neuron stands in the competition of its layer, and what winning or losing does to its handicap. Leaves.
//!
//! | signal | bits |
//! |---|---|
//! | crossed | two's complement: a threshold for each spike of the presentation |
//! | handicap | two's complement, 24 bits in two halves, of which the lowest 4 are below the unit of a charge |
//! | standing | two's complement, no sum can wrap |

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// Of each half of a handicap.
pub const HANDICAP_HALF_BITS: u32 = 12;
const HANDICAP_BITS: u32 = 2 * HANDICAP_HALF_BITS;
/// The handicap's bits below those of a charge.
const FRACTION_BITS: u32 = 4;

/// Of a standing.
pub fn standing_bits(crossed_bits: u32, membrane_bits: u32) -> u32 {
    crossed_bits.max(membrane_bits).max(HANDICAP_BITS - FRACTION_BITS) + 2
}

fn handicap(low: &Bus<In>, high: &Bus<In>) -> i64 {
    Value::new(high.val().raw() << HANDICAP_HALF_BITS | low.val().raw(), HANDICAP_BITS).as_signed()
}

/// `{n{value[top]}}, value`: a value of `from` bits in `to` bits of a concatenation.
pub(super) fn extended(name: &str, from: u32, to: u32) -> String {
    match to.checked_sub(from) {
        Some(0) => name.to_owned(),
        Some(fill) => format!("{{{{{fill}{{{name}[{}]}}}}, {name}}}", from - 1),
        None => format!("{name}[0 +: {to}]"),
    }
}

/// standing = crossed_next + membrane - (handicap >> 4), where crossed_next has one more threshold after a spike
#[derive(LogicBlock)]
pub struct Standing {
    pub crossed: Bus<In>,
    pub fresh: Signal<In, Bit>,
    pub spike: Signal<In, Bit>,
    pub threshold: Bus<In>,
    pub membrane: Bus<In>,
    pub handicap_low: Bus<In>,
    pub handicap_high: Bus<In>,
    pub crossed_next: Bus<Out>,
    pub standing: Bus<Out>,
}

impl Standing {
    pub fn new(crossed_bits: u32, membrane_bits: u32, threshold_bits: u32) -> Self {
        Standing {
            crossed: Bus::new(crossed_bits),
            fresh: Default::default(),
            spike: Default::default(),
            threshold: Bus::new(threshold_bits),
            membrane: Bus::new(membrane_bits),
            handicap_low: Bus::new(HANDICAP_HALF_BITS),
            handicap_high: Bus::new(HANDICAP_HALF_BITS),
            crossed_next: Bus::new(crossed_bits),
            standing: Bus::new(standing_bits(crossed_bits, membrane_bits)),
        }
    }
}

impl Logic for Standing {
    fn update(&mut self) {
        let before = if self.fresh.val() { 0 } else { self.crossed.val().as_signed() };
        let more = if self.spike.val() { self.threshold.val().as_signed() } else { 0 };
        let crossed = Value::signed(before + more, self.crossed.width());
        let handicap = handicap(&self.handicap_low, &self.handicap_high) >> FRACTION_BITS;
        let standing = crossed.as_signed() + self.membrane.val().as_signed() - handicap;
        self.crossed_next.next = crossed;
        self.standing.next = Value::signed(standing, self.standing.width());
    }

    fn connect(&mut self) {
        self.crossed_next.connect();
        self.standing.connect();
    }

    fn hdl(&self) -> Verilog {
        let (crossed, standing) = (self.crossed.width(), self.standing.width());
        let whole = HANDICAP_BITS - FRACTION_BITS;
        Verilog::Custom(format!(
            "wire [{top}:0] whole = {{handicap_high, handicap_low[{FRACTION_BITS} +: {kept}]}};\n\
             always @(*) begin\n\
             \x20   crossed_next = (crossed & {{{crossed}{{~fresh}}}}) + ({threshold} & {{{crossed}{{spike}}}});\n\
             \x20   standing = {charge} + {membrane} - {handicap};\n\
             end\n",
            top = whole - 1,
            kept = HANDICAP_HALF_BITS - FRACTION_BITS,
            threshold = extended("threshold", self.threshold.width(), crossed),
            charge = extended("crossed_next", crossed, standing),
            membrane = extended("membrane", self.membrane.width(), standing),
            handicap = extended("whole", whole, standing),
        ))
    }
}

/// next = saturate(handicap + (neurons - 1 for the winner, else -1)), so that a layer's handicaps keep their sum
#[derive(LogicBlock)]
pub struct HandicapStep {
    pub low: Bus<In>,
    pub high: Bus<In>,
    pub wins: Signal<In, Bit>,
    pub low_next: Bus<Out>,
    pub high_next: Bus<Out>,
    _prize: u32,
}

impl HandicapStep {
    /// Of a layer of `n_neurons` neurons.
    pub fn new(n_neurons: usize) -> Self {
        HandicapStep {
            low: Bus::new(HANDICAP_HALF_BITS),
            high: Bus::new(HANDICAP_HALF_BITS),
            wins: Default::default(),
            low_next: Bus::new(HANDICAP_HALF_BITS),
            high_next: Bus::new(HANDICAP_HALF_BITS),
            _prize: u32::try_from(n_neurons - 1).unwrap_or(u32::MAX),
        }
    }
}

impl Logic for HandicapStep {
    fn update(&mut self) {
        let gain = if self.wins.val() { i64::from(self._prize) } else { -1 };
        let limit = 1_i64 << (HANDICAP_BITS - 1);
        let next = (handicap(&self.low, &self.high) + gain).clamp(-limit, limit - 1);
        let next = Value::signed(next, HANDICAP_BITS).raw();
        self.low_next.next = Value::new(next, HANDICAP_HALF_BITS);
        self.high_next.next = Value::new(next >> HANDICAP_HALF_BITS, HANDICAP_HALF_BITS);
    }

    fn connect(&mut self) {
        self.low_next.connect();
        self.high_next.connect();
    }

    fn hdl(&self) -> Verilog {
        let (top, half) = (HANDICAP_BITS - 1, HANDICAP_HALF_BITS);
        Verilog::Custom(format!(
            "reg [{HANDICAP_BITS}:0] moved;\nreg [{top}:0] held;\n\
             always @(*) begin\n\
             \x20   moved = {{high[{sign}], high, low}} + (wins ? {width}'d{prize} : {{{width}{{1'b1}}}});\n\
             \x20   held = moved[0 +: {HANDICAP_BITS}];\n\
             \x20   if (moved[{HANDICAP_BITS}] != moved[{top}]) held = {{moved[{HANDICAP_BITS}], {{{top}{{~moved[{HANDICAP_BITS}]}}}}}};\n\
             \x20   low_next = held[0 +: {half}];\n\
             \x20   high_next = held[{half} +: {half}];\n\
             end\n",
            sign = half - 1,
            width = HANDICAP_BITS + 1,
            prize = self._prize,
        ))
    }
}
