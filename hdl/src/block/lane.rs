//! One lane of the crossbar: counts, over a group's beats, the spikes that meet a +1 weight.
//!
//! ```text
//! cycle    0        1           2           3                 4
//!          spikes,  gates of    met =       sum += met        taken <= sum, sum <= 0   (on `take`)
//!          weights  popcount    popcount    (if `accumulate`)
//! ```
//!
//! The taken counts of all lanes form a shift register towards lane 0, where the LIF pipeline reads one
//! neuron a cycle while the lanes already sum the next group.
//!
//! | signal | bits |
//! |---|---|
//! | spikes, weights | beat |
//! | met | enough for 0..=beat |
//! | sum, taken | enough for 0..=n_inputs |

use super::popcount::Popcount;
use crate::signal::{Bus, Fixed, Register};
use crate::dff_setup;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Lane {
    // Control
    pub clock: Signal<In, Clock>,
    pub accumulate: Signal<In, Bit>,
    pub take: Signal<In, Bit>,
    pub shift: Signal<In, Bit>,
    // Data
    pub spikes: Bus<In>,
    pub weights: Bus<In>,
    pub next_lane: Bus<In>,
    pub count: Bus<Out>,
    popcount: Popcount,
    met: Register,
    sum: Register,
    taken: Register,
    zero: Fixed,
}

impl Lane {
    pub fn new(beat: u32, count_bits: u32) -> Self {
        Lane {
            clock: Default::default(),
            accumulate: Default::default(),
            take: Default::default(),
            shift: Default::default(),
            spikes: Bus::new(beat),
            weights: Bus::new(beat),
            next_lane: Bus::new(count_bits),
            count: Bus::new(count_bits),
            popcount: Popcount::new(beat, count_bits),
            met: Register::new(count_bits),
            sum: Register::new(count_bits),
            taken: Register::new(count_bits),
            zero: Fixed::new(0, count_bits),
        }
    }
}

impl Logic for Lane {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, met, sum, taken);
        self.popcount.clock.next = self.clock.val();
        self.popcount.spikes.next = self.spikes.val();
        self.popcount.weights.next = self.weights.val();
        self.met.d.next = self.popcount.count.val();
        if self.accumulate.val() {
            self.sum.d.next = self.sum.q.val() + self.met.q.val();
        }
        if self.shift.val() {
            self.taken.d.next = self.next_lane.val();
        }
        if self.take.val() {
            self.taken.d.next = self.sum.q.val();
            self.sum.d.next = self.zero.val();
        }
        self.count.next = self.taken.q.val();
    }
}
