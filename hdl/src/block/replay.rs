//! Starts the further timesteps of an input that repeats: the crossbar rests, kept currents run through the LIF
//! pipeline, a neuron a cycle.
//!
//! ```text
//! commit (show)   remaining = timesteps - 1
//! free            the first timestep is walked: pending, unless none remains
//! replay          a pulse a timestep, as soon as the one before is drained and the next buffer has room
//! ```

use crate::dff_setup;
use crate::protocol::TIMESTEPS_BITS;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Replay {
    // Control
    pub clock: Signal<In, Clock>,
    pub commit: Signal<In, Bit>,
    pub show: Signal<In, Bit>,
    pub free: Signal<In, Bit>,
    pub may_replay: Signal<In, Bit>,
    pub pending: Signal<Out, Bit>,
    pub replay: Signal<Out, Bit>,
    // Data
    pub timesteps: Bus<In>,
    waiting: Flag,
    remaining: Register,
    none: Fixed,
    one: Fixed,
}

impl Default for Replay {
    fn default() -> Self {
        Replay {
            clock: Default::default(),
            commit: Default::default(),
            show: Default::default(),
            free: Default::default(),
            may_replay: Default::default(),
            pending: Default::default(),
            replay: Default::default(),
            timesteps: Bus::new(TIMESTEPS_BITS),
            waiting: Default::default(),
            remaining: Register::new(TIMESTEPS_BITS),
            none: Fixed::new(0, TIMESTEPS_BITS),
            one: Fixed::new(1, TIMESTEPS_BITS),
        }
    }
}

impl Logic for Replay {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, waiting, remaining);
        self.pending.next = self.waiting.q.val();
        self.replay.next = self.waiting.q.val() && self.may_replay.val();
        if self.commit.val() {
            self.remaining.d.next = self.none.val();
            if self.show.val() {
                self.remaining.d.next = self.timesteps.val() - self.one.val();
            }
        }
        if self.free.val() {
            self.waiting.d.next = self.remaining.q.val() != self.none.val();
        }
        if self.replay.val() {
            self.remaining.d.next = self.remaining.q.val() - self.one.val();
            self.waiting.d.next = self.remaining.q.val() != self.one.val();
        }
    }
}
