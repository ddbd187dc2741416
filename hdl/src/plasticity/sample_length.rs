//! Counts the timesteps of a sample as it arrives, and tells whether it can be presented.

use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct SampleLength {
    pub clock: Signal<In, Clock>,
    pub restart: Signal<In, Bit>,
    pub timestep_done: Signal<In, Bit>,
    pub n_timesteps: Bus<Out>,
    /// There is a timestep, and room for all of them.
    pub fits: Signal<Out, Bit>,
    count: Register,
    too_long: Flag,
    none: Fixed,
    one: Fixed,
    most: Fixed,
}

impl SampleLength {
    pub fn new(max_timesteps: usize, count_bits: u32) -> Self {
        SampleLength {
            clock: Default::default(),
            restart: Default::default(),
            timestep_done: Default::default(),
            n_timesteps: Bus::new(count_bits),
            fits: Default::default(),
            count: Register::new(count_bits),
            too_long: Default::default(),
            none: Fixed::new(0, count_bits),
            one: Fixed::new(1, count_bits),
            most: Fixed::count(max_timesteps, count_bits),
        }
    }
}

impl Logic for SampleLength {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count, too_long);
        self.n_timesteps.next = self.count.q.val();
        self.fits.next = self.count.q.val().any() && !self.too_long.q.val();
        if self.timestep_done.val() {
            self.count.d.next = self.count.q.val() + self.one.val();
            if self.count.q.val() == self.most.val() {
                self.count.d.next = self.most.val();
                self.too_long.d.next = true;
            }
        }
        if self.restart.val() {
            self.count.d.next = self.none.val();
            self.too_long.d.next = false;
        }
    }
}
