//! From a row's trace to the changes that its lanes share.
//!
//! ```text
//! cycle    1                 2                   3
//!          trace, random     sums                changes
//! ```

use super::rounding::{sum_bits, RoundedShift, RoundedSums, RANDOM_BITS, SHIFT_BITS};
use crate::dff_setup;
use crate::signal::{Bus, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Changes {
    pub clock: Signal<In, Clock>,
    pub shift: Bus<In>,
    pub trace: Bus<In>,
    pub random: Bus<In>,
    pub plus_two: Bus<Out>,
    pub plus_one: Bus<Out>,
    pub minus_one: Bus<Out>,
    pub minus_two: Bus<Out>,
    sums: RoundedSums,
    sum_plus_two: Register,
    sum_plus_one: Register,
    sum_minus_one: Register,
    sum_minus_two: Register,
    shift_plus_two: RoundedShift,
    shift_plus_one: RoundedShift,
    shift_minus_one: RoundedShift,
    shift_minus_two: RoundedShift,
    plus_two_3: Register,
    plus_one_3: Register,
    minus_one_3: Register,
    minus_two_3: Register,
}

impl Changes {
    /// For weights of `weight_bits`.
    pub fn new(trace_bits: u32, weight_bits: u32) -> Self {
        let (sum, change) = (sum_bits(trace_bits), weight_bits + 1);
        Changes {
            clock: Default::default(),
            shift: Bus::new(SHIFT_BITS),
            trace: Bus::new(trace_bits),
            random: Bus::new(RANDOM_BITS),
            plus_two: Bus::new(change),
            plus_one: Bus::new(change),
            minus_one: Bus::new(change),
            minus_two: Bus::new(change),
            sums: RoundedSums::new(trace_bits),
            sum_plus_two: Register::new(sum),
            sum_plus_one: Register::new(sum),
            sum_minus_one: Register::new(sum),
            sum_minus_two: Register::new(sum),
            shift_plus_two: RoundedShift::new(sum, change),
            shift_plus_one: RoundedShift::new(sum, change),
            shift_minus_one: RoundedShift::new(sum, change),
            shift_minus_two: RoundedShift::new(sum, change),
            plus_two_3: Register::new(change),
            plus_one_3: Register::new(change),
            minus_one_3: Register::new(change),
            minus_two_3: Register::new(change),
        }
    }
}

impl Logic for Changes {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, sum_plus_two, sum_plus_one, sum_minus_one, sum_minus_two);
        dff_setup!(self, clock, plus_two_3, plus_one_3, minus_one_3, minus_two_3);
        self.sums.trace.next = self.trace.val();
        self.sums.random.next = self.random.val();
        self.sums.shift.next = self.shift.val();
        self.sum_plus_two.d.next = self.sums.plus_two.val();
        self.sum_plus_one.d.next = self.sums.plus_one.val();
        self.sum_minus_one.d.next = self.sums.minus_one.val();
        self.sum_minus_two.d.next = self.sums.minus_two.val();
        self.shift_plus_two.sum.next = self.sum_plus_two.q.val();
        self.shift_plus_one.sum.next = self.sum_plus_one.q.val();
        self.shift_minus_one.sum.next = self.sum_minus_one.q.val();
        self.shift_minus_two.sum.next = self.sum_minus_two.q.val();
        self.shift_plus_two.shift.next = self.shift.val();
        self.shift_plus_one.shift.next = self.shift.val();
        self.shift_minus_one.shift.next = self.shift.val();
        self.shift_minus_two.shift.next = self.shift.val();
        self.plus_two_3.d.next = self.shift_plus_two.change.val();
        self.plus_one_3.d.next = self.shift_plus_one.change.val();
        self.minus_one_3.d.next = self.shift_minus_one.change.val();
        self.minus_two_3.d.next = self.shift_minus_two.change.val();
        self.plus_two.next = self.plus_two_3.q.val();
        self.plus_one.next = self.plus_one_3.q.val();
        self.minus_one.next = self.minus_one_3.q.val();
        self.minus_two.next = self.minus_two_3.q.val();
    }
}
