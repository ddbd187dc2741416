//! The random numbers of a layer's latents or readout: a shift register that goes on by four steps a draw, and the state
//! from which the draws of an update start, so that each group of lanes draws the same ones.

use super::lfsr::LfsrSteps;
use super::rounding::RANDOM_BITS;
use crate::dff_setup;
use crate::signal::{Bus, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct RandomNumbers {
    // Control
    pub clock: Signal<In, Clock>,
    /// Draws start again.
    pub restart: Signal<In, Bit>,
    pub draw: Signal<In, Bit>,
    /// The next update starts where the draws are now.
    pub keep: Signal<In, Bit>,
    // Data
    pub random: Bus<Out>,
    pub kept: Bus<Out>,
    pub load_enable: Signal<In, Bit>,
    pub load_state: Bus<In>,
    start: Register,
    state: Register,
    steps: LfsrSteps,
}

impl Default for RandomNumbers {
    fn default() -> Self {
        RandomNumbers::starting_at(1)
    }
}

impl RandomNumbers {
    pub fn starting_at(state: u16) -> Self {
        RandomNumbers {
            clock: Default::default(),
            restart: Default::default(),
            draw: Default::default(),
            keep: Default::default(),
            random: Bus::new(RANDOM_BITS),
            kept: Bus::new(RANDOM_BITS),
            load_enable: Default::default(),
            load_state: Bus::new(RANDOM_BITS),
            start: Register::starting_at(u64::from(state), RANDOM_BITS),
            state: Register::new(RANDOM_BITS),
            steps: Default::default(),
        }
    }
}

impl Logic for RandomNumbers {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, start, state);
        self.random.next = self.state.q.val();
        self.kept.next = self.start.q.val();
        self.steps.state.next = self.state.q.val();
        if self.draw.val() {
            self.state.d.next = self.steps.state_next.val();
        }
        if self.restart.val() {
            self.state.d.next = self.start.q.val();
        }
        if self.keep.val() {
            self.start.d.next = self.state.q.val();
        }
        if self.load_enable.val() {
            self.start.d.next = self.load_state.val();
        }
    }
}
