//! Keeps a sample as it arrives, and presents it to the first layer, as often as it is asked to.
//!
//! ```text
//! waiting (for a free bank) --> feeding (a word a cycle) --> commit --> waiting ..
//! ```
//!
//! While it does not feed, what lists the inputs that spiked may read.

use crate::arch::Style;
use crate::block::ram::Ram;
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Presenter {
    // Control
    pub clock: Signal<In, Clock>,
    pub restart: Signal<In, Bit>,
    pub keep: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub feeds: Signal<Out, Bit>,
    // The sample
    pub keep_word: Bus<In>,
    pub n_timesteps: Bus<In>,
    pub traces: Signal<In, Bit>,
    pub trace_address: Bus<In>,
    pub read_word: Bus<Out>,
    /// A cycle before its word.
    pub at_beat: Bus<Out>,
    pub at_timestep: Bus<Out>,
    // Spikes for the first layer
    pub ready: Signal<In, Bit>,
    pub write_enable: Signal<Out, Bit>,
    pub write_last: Signal<Out, Bit>,
    pub write_fresh: Signal<Out, Bit>,
    sample: Ram,
    waiting: Flag,
    feeding: Flag,
    shown: Flag,
    shown_last: Flag,
    fresh: Flag,
    kept: Register,
    address: Register,
    beat: Register,
    timestep: Register,
    ends: Signal<Local, Bit>,
    timestep_next: Bus<Local>,
    first_address: Fixed,
    one_address: Fixed,
    first_beat: Fixed,
    one_beat: Fixed,
    last_beat: Fixed,
    first_timestep: Fixed,
    one_timestep: Fixed,
}

impl Presenter {
    /// Of samples of up to `max_timesteps` timesteps, each of `beats` words of `beat` inputs.
    pub fn new(beat: u32, beats: usize, max_timesteps: usize, style: Style) -> Self {
        let words = beats * max_timesteps;
        let (address, beat_bits, time) = (bits_for(words - 1), bits_for(beats - 1), bits_for(max_timesteps));
        Presenter {
            clock: Default::default(),
            restart: Default::default(),
            keep: Default::default(),
            start: Default::default(),
            feeds: Default::default(),
            keep_word: Bus::new(beat),
            n_timesteps: Bus::new(time),
            traces: Default::default(),
            trace_address: Bus::new(address),
            read_word: Bus::new(beat),
            at_beat: Bus::new(beat_bits),
            at_timestep: Bus::new(time),
            ready: Default::default(),
            write_enable: Default::default(),
            write_last: Default::default(),
            write_fresh: Default::default(),
            sample: Ram::new(address, beat, words, style),
            waiting: Default::default(),
            feeding: Default::default(),
            shown: Default::default(),
            shown_last: Default::default(),
            fresh: Default::default(),
            kept: Register::new(address),
            address: Register::new(address),
            beat: Register::new(beat_bits),
            timestep: Register::new(time),
            ends: Default::default(),
            timestep_next: Bus::new(time),
            first_address: Fixed::new(0, address),
            one_address: Fixed::new(1, address),
            first_beat: Fixed::new(0, beat_bits),
            one_beat: Fixed::new(1, beat_bits),
            last_beat: Fixed::count(beats - 1, beat_bits),
            first_timestep: Fixed::new(0, time),
            one_timestep: Fixed::new(1, time),
        }
    }
}

impl Logic for Presenter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, waiting, feeding, shown, shown_last, fresh, kept, address, beat, timestep);
        // The sample arrives.
        self.sample.clock.next = self.clock.val();
        self.sample.write_enable.next = self.keep.val();
        self.sample.write_address.next = self.kept.q.val();
        self.sample.write_word.next = self.keep_word.val();
        if self.keep.val() {
            self.kept.d.next = self.kept.q.val() + self.one_address.val();
        }
        if self.restart.val() {
            self.kept.d.next = self.first_address.val();
        }

        // It is presented.
        self.sample.read_address.next = self.address.q.val();
        if self.traces.val() {
            self.sample.read_address.next = self.trace_address.val();
        }
        self.read_word.next = self.sample.read_word.val();
        self.at_beat.next = self.beat.q.val();
        self.at_timestep.next = self.timestep.q.val();
        self.write_enable.next = self.shown.q.val();
        self.write_last.next = self.shown.q.val() && self.shown_last.q.val();
        self.write_fresh.next = self.fresh.q.val();
        self.timestep_next.next = self.timestep.q.val() + self.one_timestep.val();
        self.ends.next = self.write_last.val() && (self.timestep_next.val() == self.n_timesteps.val());
        self.feeds.next = self.feeding.q.val();
        self.shown.d.next = self.feeding.q.val();
        self.shown_last.d.next = self.beat.q.val() == self.last_beat.val();
        if self.waiting.q.val() && self.ready.val() {
            self.waiting.d.next = false;
            self.feeding.d.next = true;
        }
        if self.feeding.q.val() {
            self.address.d.next = self.address.q.val() + self.one_address.val();
            self.beat.d.next = self.beat.q.val() + self.one_beat.val();
            if self.beat.q.val() == self.last_beat.val() {
                self.beat.d.next = self.first_beat.val();
                self.feeding.d.next = false;
            }
        }
        if self.write_last.val() {
            self.timestep.d.next = self.timestep_next.val();
            self.fresh.d.next = false;
            self.waiting.d.next = !self.ends.val();
        }
        if self.start.val() {
            self.waiting.d.next = true;
            self.fresh.d.next = true;
            self.address.d.next = self.first_address.val();
            self.beat.d.next = self.first_beat.val();
            self.timestep.d.next = self.first_timestep.val();
        }
    }
}
