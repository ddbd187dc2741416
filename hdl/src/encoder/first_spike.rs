//! One spike of each value above 0, at timestep `floor((255 - value) T / 256)`, without a divider.
//!
//! The values that spike at timestep t are those whose distance from 255 lies in `lower <= distance < upper`, with `lower =
//! ceil(256 t / T)` and `upper` that of the next timestep. It moves by `256 / T` or one more, as Bresenham's line does:
//! `missing` is what `lower` lacks of one more, in units of `1 / T`.
//!
//! | signal | bits |
//! |---|---|
//! | lower, upper, distance | 9; 256 once every value has had its timestep |
//! | missing | enough for 0..T |

use crate::arch::VALUE_BITS;
use crate::block::wiring::Resize;
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

const BOUND_BITS: u32 = VALUE_BITS + 1;
const ALL: u64 = 1 << VALUE_BITS;

#[derive(LogicBlock)]
pub struct FirstSpike {
    // Control
    pub clock: Signal<In, Clock>,
    pub starts: Signal<In, Bit>,
    pub ends: Signal<In, Bit>,
    // Data
    pub value: Bus<In>,
    pub spike: Signal<Out, Bit>,
    lower: Register,
    missing: Register,
    distance: Resize,
    carries: Signal<Local, Bit>,
    upper: Bus<Local>,
    is_above: Signal<Local, Bit>,
    is_below: Signal<Local, Bit>,
    is_some: Signal<Local, Bit>,
    no_value: Fixed,
    first_lower: Fixed,
    all: Fixed,
    short_step: Fixed,
    longer_step: Fixed,
    first_missing: Fixed,
    to_carry: Fixed,
    rest: Fixed,
}

impl FirstSpike {
    /// In at least one timestep.
    pub fn new(n_timesteps: u32) -> Self {
        let n = u64::from(n_timesteps);
        let bits = bits_for(usize::try_from(n_timesteps).unwrap_or(usize::MAX));
        FirstSpike {
            clock: Default::default(),
            starts: Default::default(),
            ends: Default::default(),
            value: Bus::new(VALUE_BITS),
            spike: Default::default(),
            lower: Register::new(BOUND_BITS),
            missing: Register::starting_at(n - 1, bits),
            distance: Resize::new(VALUE_BITS, BOUND_BITS),
            carries: Default::default(),
            upper: Bus::new(BOUND_BITS),
            is_above: Default::default(),
            is_below: Default::default(),
            is_some: Default::default(),
            no_value: Fixed::new(0, VALUE_BITS),
            first_lower: Fixed::new(0, BOUND_BITS),
            all: Fixed::new(ALL, BOUND_BITS),
            short_step: Fixed::new(ALL / n, BOUND_BITS),
            longer_step: Fixed::new(ALL / n + 1, BOUND_BITS),
            first_missing: Fixed::new(n - 1, bits),
            to_carry: Fixed::new(n - ALL % n, bits),
            rest: Fixed::new(ALL % n, bits),
        }
    }
}

impl Logic for FirstSpike {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, lower, missing);
        self.carries.next = self.missing.q.val() >= self.to_carry.val();
        self.upper.next = self.lower.q.val() + self.short_step.val();
        if self.carries.val() {
            self.upper.next = self.lower.q.val() + self.longer_step.val();
        }
        self.distance.from.next = !self.value.val();
        self.is_above.next = self.lower.q.val() <= self.distance.to.val();
        self.is_below.next = self.distance.to.val() < self.upper.val();
        self.is_some.next = self.value.val() != self.no_value.val();
        self.spike.next = self.is_above.val() && self.is_below.val() && self.is_some.val();
        if self.ends.val() && (self.lower.q.val() != self.all.val()) {
            self.lower.d.next = self.upper.val();
            self.missing.d.next = self.missing.q.val() + self.rest.val();
            if self.carries.val() {
                self.missing.d.next = self.missing.q.val() - self.to_carry.val();
            }
        }
        if self.starts.val() {
            self.lower.d.next = self.first_lower.val();
            self.missing.d.next = self.first_missing.val();
        }
    }
}
