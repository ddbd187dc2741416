//! Puts a layer's own spikes of the timestep before behind those that arrive, before its buffer takes both.
//!
//! ```text
//! arriving      word .. word commit                                      ready again
//! waits for     .                    the end of the timestep before
//! own words     .                    .           fetch fetch ..
//! to the buffer word .. word         .           .     word  .. word (last, commit)
//! ```
//!
//! At the first timestep of a presentation the own words are 0. One timestep is in the stage at a time.
//!
//! | signal | bits |
//! |---|---|
//! | write_word, out_word | beat |

use super::packer::Packer;
use super::ram::Ram;
use crate::arch::StageArch;
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Recurrence {
    // Spikes that arrive
    pub clock: Signal<In, Clock>,
    pub write_enable: Signal<In, Bit>,
    pub commit: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub write_word: Bus<In>,
    pub write_fresh: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    // Own spikes
    pub spike_valid: Signal<In, Bit>,
    pub spike_last: Signal<In, Bit>,
    pub spikes: Bus<In>,
    // The buffer
    pub buffer_ready: Signal<In, Bit>,
    pub out_enable: Signal<Out, Bit>,
    pub out_last: Signal<Out, Bit>,
    pub out_restart: Signal<Out, Bit>,
    pub out_word: Bus<Out>,
    pub out_fresh: Signal<Out, Bit>,
    packer: Packer,
    own: Ram,
    own_place: Register,
    /// All words of a timestep have arrived.
    arrived: Flag,
    /// Of the timestep that has arrived.
    fresh: Flag,
    /// A timestep is in the stage.
    owed: Flag,
    fetching: Flag,
    fetched: Flag,
    fetched_last: Flag,
    place: Register,
    at_last: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    first: Fixed,
    one: Fixed,
    last: Fixed,
    no_spikes: Fixed,
}

impl Recurrence {
    pub fn new(stage: &StageArch) -> Self {
        let (beat, words) = (stage.beat, stage.own_beats());
        let place = bits_for(words - 1);
        Recurrence {
            clock: Default::default(),
            write_enable: Default::default(),
            commit: Default::default(),
            restart: Default::default(),
            write_word: Bus::new(beat),
            write_fresh: Default::default(),
            ready: Default::default(),
            spike_valid: Default::default(),
            spike_last: Default::default(),
            spikes: Bus::new(1),
            buffer_ready: Default::default(),
            out_enable: Default::default(),
            out_last: Default::default(),
            out_restart: Default::default(),
            out_word: Bus::new(beat),
            out_fresh: Default::default(),
            packer: Packer::new(beat, 1),
            own: Ram::new(place, beat, 1 << place, stage.memories.spikes),
            own_place: Register::new(place),
            arrived: Default::default(),
            fresh: Default::default(),
            owed: Default::default(),
            fetching: Default::default(),
            fetched: Default::default(),
            fetched_last: Default::default(),
            place: Register::new(place),
            at_last: Default::default(),
            ends: Default::default(),
            first: Fixed::new(0, place),
            one: Fixed::new(1, place),
            last: Fixed::count(words - 1, place),
            no_spikes: Fixed::new(0, beat),
        }
    }
}

impl Logic for Recurrence {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, own_place, arrived, fresh, owed, fetching, fetched, fetched_last, place);
        self.packer.clock.next = self.clock.val();
        self.packer.valid.next = self.spike_valid.val();
        self.packer.last.next = self.spike_last.val();
        self.packer.spikes.next = self.spikes.val();
        self.own.clock.next = self.clock.val();
        self.own.write_enable.next = self.packer.write_enable.val();
        self.own.write_address.next = self.own_place.q.val();
        self.own.write_word.next = self.packer.word.val();
        if self.packer.write_enable.val() {
            self.own_place.d.next = self.own_place.q.val() + self.one.val();
        }
        self.ends.next = self.spike_valid.val() && self.spike_last.val();
        if self.ends.val() {
            self.own_place.d.next = self.first.val();
            self.owed.d.next = false;
        }

        if self.commit.val() {
            self.arrived.d.next = true;
            self.fresh.d.next = self.write_fresh.val();
            self.place.d.next = self.first.val();
            self.fetching.d.next = true;
        }
        self.own.read_address.next = self.place.q.val();
        self.at_last.next = self.place.q.val() == self.last.val();
        self.fetched.d.next = self.fetching.q.val() && !self.owed.q.val();
        self.fetched_last.d.next = self.at_last.val();
        if self.fetching.q.val() && !self.owed.q.val() {
            self.place.d.next = self.place.q.val() + self.one.val();
            if self.at_last.val() {
                self.fetching.d.next = false;
            }
        }

        self.ready.next = self.buffer_ready.val() && !self.arrived.q.val();
        self.out_restart.next = self.restart.val() && !self.arrived.q.val();
        self.out_enable.next = self.write_enable.val() || self.fetched.q.val();
        self.out_word.next = self.write_word.val();
        if self.fetched.q.val() {
            self.out_word.next = self.own.read_word.val();
            if self.fresh.q.val() {
                self.out_word.next = self.no_spikes.val();
            }
        }
        self.out_fresh.next = self.fresh.q.val();
        self.out_last.next = self.fetched.q.val() && self.fetched_last.q.val();
        if self.out_last.val() {
            self.arrived.d.next = false;
            self.owed.d.next = true;
        }
    }
}
