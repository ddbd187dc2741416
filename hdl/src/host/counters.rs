//! Counts what the design does, for a host that asks: 32 bits each, from zero at power-on, around without end.
//!
//! | number | counts |
//! |---|---|
//! | 0 | timesteps that came out |
//! | 1 | presentations begun |
//! | 2 | requests that were damaged or broke off |
//! | 3 | bytes lost |
//! | 4 + 3i | cycles in which stage i was busy |
//! | 5 + 3i | beats that it took |
//! | 6 + 3i | cycles in which it had a beat and could not take it |

use crate::dff_setup;
use crate::protocol::{ADDRESS_BITS, COUNTERS_OF_DESIGN, COUNTERS_OF_STAGE, COUNTER_BITS};
use crate::signal::{Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Counters {
    pub clock: Signal<In, Clock>,
    // Events
    pub timestep: Signal<In, Bit>,
    pub presentation: Signal<In, Bit>,
    pub bad_frame: Signal<In, Bit>,
    pub lost: Signal<In, Bit>,
    pub busy: Vec<Signal<In, Bit>>,
    pub takes: Vec<Signal<In, Bit>>,
    pub waits: Vec<Signal<In, Bit>>,
    // Counts; the one of `number` a cycle later
    pub number: Bus<In>,
    pub count: Bus<Out>,
    timesteps: Register,
    presentations: Register,
    bad_frames: Register,
    lost_bytes: Register,
    /// One a stage, or none in a design without counters.
    busy_cycles: Vec<Register>,
    beats: Vec<Register>,
    waited: Vec<Register>,
    shown: Register,
    of_timesteps: Fixed,
    of_presentations: Fixed,
    of_bad_frames: Fixed,
    of_lost_bytes: Fixed,
    of_busy: Vec<Fixed>,
    of_beats: Vec<Fixed>,
    of_waited: Vec<Fixed>,
    nothing: Fixed,
    one: Fixed,
    counts: Constant<Bit>,
}

impl Counters {
    pub fn new(n_stages: usize, counts: bool) -> Self {
        let word = || Register::new(COUNTER_BITS);
        let number = |number: usize| Fixed::count(number, ADDRESS_BITS);
        let stages = 0..if counts { n_stages } else { 0 };
        let of_stage = |offset: usize| stages.clone().map(|i| number(COUNTERS_OF_DESIGN + COUNTERS_OF_STAGE * i + offset)).collect();
        Counters {
            clock: Default::default(),
            timestep: Default::default(),
            presentation: Default::default(),
            bad_frame: Default::default(),
            lost: Default::default(),
            busy: (0..n_stages).map(|_| Default::default()).collect(),
            takes: (0..n_stages).map(|_| Default::default()).collect(),
            waits: (0..n_stages).map(|_| Default::default()).collect(),
            number: Bus::new(ADDRESS_BITS),
            count: Bus::new(COUNTER_BITS),
            timesteps: word(),
            presentations: word(),
            bad_frames: word(),
            lost_bytes: word(),
            busy_cycles: stages.clone().map(|_| word()).collect(),
            beats: stages.clone().map(|_| word()).collect(),
            waited: stages.clone().map(|_| word()).collect(),
            shown: word(),
            of_timesteps: number(0),
            of_presentations: number(1),
            of_bad_frames: number(2),
            of_lost_bytes: number(3),
            of_busy: of_stage(0),
            of_beats: of_stage(1),
            of_waited: of_stage(2),
            nothing: Fixed::new(0, COUNTER_BITS),
            one: Fixed::new(1, COUNTER_BITS),
            counts: Constant::new(counts),
        }
    }
}

impl Logic for Counters {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, timesteps, presentations, bad_frames, lost_bytes, shown);
        self.count.next = self.shown.q.val();
        self.shown.d.next = self.nothing.val();
        if self.counts.val() && self.timestep.val() {
            self.timesteps.d.next = self.timesteps.q.val() + self.one.val();
        }
        if self.counts.val() && self.presentation.val() {
            self.presentations.d.next = self.presentations.q.val() + self.one.val();
        }
        if self.counts.val() && self.bad_frame.val() {
            self.bad_frames.d.next = self.bad_frames.q.val() + self.one.val();
        }
        if self.counts.val() && self.lost.val() {
            self.lost_bytes.d.next = self.lost_bytes.q.val() + self.one.val();
        }
        if self.number.val() == self.of_timesteps.val() {
            self.shown.d.next = self.timesteps.q.val();
        }
        if self.number.val() == self.of_presentations.val() {
            self.shown.d.next = self.presentations.q.val();
        }
        if self.number.val() == self.of_bad_frames.val() {
            self.shown.d.next = self.bad_frames.q.val();
        }
        if self.number.val() == self.of_lost_bytes.val() {
            self.shown.d.next = self.lost_bytes.q.val();
        }
        for i in 0..self.of_busy.len() {
            self.busy_cycles[i].clock.next = self.clock.val();
            self.beats[i].clock.next = self.clock.val();
            self.waited[i].clock.next = self.clock.val();
            self.busy_cycles[i].d.next = self.busy_cycles[i].q.val();
            self.beats[i].d.next = self.beats[i].q.val();
            self.waited[i].d.next = self.waited[i].q.val();
            if self.busy[i].val() {
                self.busy_cycles[i].d.next = self.busy_cycles[i].q.val() + self.one.val();
            }
            if self.takes[i].val() {
                self.beats[i].d.next = self.beats[i].q.val() + self.one.val();
            }
            if self.waits[i].val() {
                self.waited[i].d.next = self.waited[i].q.val() + self.one.val();
            }
            if self.number.val() == self.of_busy[i].val() {
                self.shown.d.next = self.busy_cycles[i].q.val();
            }
            if self.number.val() == self.of_beats[i].val() {
                self.shown.d.next = self.beats[i].q.val();
            }
            if self.number.val() == self.of_waited[i].val() {
                self.shown.d.next = self.waited[i].q.val();
            }
        }
    }
}
