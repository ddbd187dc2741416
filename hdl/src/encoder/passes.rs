//! The encoder: keeps the values of a timestep, and passes over them once for each timestep that is to be made of them.
//!
//! ```text
//! host port -> values -> coding -> a beat of spikes -> first stage
//!                states <-+
//! cycle   0        1           2                    3                            ..  n + 2
//!         begins   address 0   value 0, its spike   its word, where that is full     the last word, and commit
//! ```
//!
//! What the host commits is passed over once, or where it shows an input for many timesteps that often. Meanwhile it writes
//! nothing: `ready` is low. Each pass begins once the stage has room for a timestep. The first pass of a presentation does
//! not look at the states, so that nothing has to be cleared.
//!
//! | signal | bits |
//! |---|---|
//! | values, states | 8 |
//! | write_index, index | enough for the inputs |
//! | left | 16: passes to make |
//! | place, gathered | a beat: the bit of the spike that comes, the spikes so far |

use super::chance::Chance;
use super::first_spike::FirstSpike;
use super::phase::Phase;
use super::rise::Rise;
use crate::arch::{EncoderArch, VALUE_BITS};
use crate::block::ram::Ram;
use crate::dff_setup;
use crate::protocol::TIMESTEPS_BITS;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Encoder {
    // Control
    pub clock: Signal<In, Clock>,
    // Values in
    pub write_enable: Signal<In, Bit>,
    pub commit: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub show: Signal<In, Bit>,
    pub write_fresh: Signal<In, Bit>,
    pub write_word: Bus<In>,
    pub timesteps: Bus<In>,
    pub ready: Signal<Out, Bit>,
    // Spikes out
    pub out_ready: Signal<In, Bit>,
    pub out_enable: Signal<Out, Bit>,
    pub out_last: Signal<Out, Bit>,
    pub out_fresh: Signal<Out, Bit>,
    pub out_word: Bus<Out>,
    values: Ram,
    /// One, where the coding has them.
    states: Vec<Ram>,
    /// The coding: one of these.
    phases: Vec<Phase>,
    chances: Vec<Chance>,
    first_spikes: Vec<FirstSpike>,
    rises: Vec<Rise>,
    write_index: Register,
    left: Register,
    working: Flag,
    passing: Flag,
    fresh: Flag,
    walking: Flag,
    index: Register,
    index_1: Register,
    valid_1: Flag,
    last_1: Flag,
    place: Register,
    gathered: Register,
    writes: Flag,
    ends: Flag,
    starts: Signal<Local, Bit>,
    begins: Signal<Local, Bit>,
    at_last: Signal<Local, Bit>,
    spike: Signal<Local, Bit>,
    word_ends: Signal<Local, Bit>,
    spike_bit: Bus<Local>,
    kept: Bus<Local>,
    first_index: Fixed,
    one_index: Fixed,
    last_index: Fixed,
    one_pass: Fixed,
    first_place: Fixed,
    last_place: Fixed,
    one_place: Fixed,
    no_spikes: Fixed,
}

impl Encoder {
    /// For `n` inputs, at least one, of a stage that takes `beat` spikes a word.
    pub fn new(arch: EncoderArch, n: usize, beat: u32) -> Self {
        let (bits, style) = (bits_for(n - 1), EncoderArch::memory_style(n));
        let memory = || Ram::new(bits, VALUE_BITS, n, style);
        Encoder {
            clock: Default::default(),
            write_enable: Default::default(),
            commit: Default::default(),
            restart: Default::default(),
            show: Default::default(),
            write_fresh: Default::default(),
            write_word: Bus::new(VALUE_BITS),
            timesteps: Bus::new(TIMESTEPS_BITS),
            ready: Default::default(),
            out_ready: Default::default(),
            out_enable: Default::default(),
            out_last: Default::default(),
            out_fresh: Default::default(),
            out_word: Bus::new(beat),
            values: memory(),
            states: (0..usize::from(arch.has_states())).map(|_| memory()).collect(),
            phases: if arch == EncoderArch::Accumulator { vec![Phase::default()] } else { vec![] },
            chances: if let EncoderArch::Lfsr { seed } = arch { vec![Chance::new(seed)] } else { vec![] },
            first_spikes: if let EncoderArch::Latency { n_timesteps } = arch { vec![FirstSpike::new(n_timesteps)] } else { vec![] },
            rises: if let EncoderArch::Delta { threshold } = arch { vec![Rise::new(threshold)] } else { vec![] },
            write_index: Register::new(bits),
            left: Register::new(TIMESTEPS_BITS),
            working: Default::default(),
            passing: Default::default(),
            fresh: Default::default(),
            walking: Default::default(),
            index: Register::new(bits),
            index_1: Register::new(bits),
            valid_1: Default::default(),
            last_1: Default::default(),
            place: Register::starting_at(1, beat),
            gathered: Register::new(beat),
            writes: Default::default(),
            ends: Default::default(),
            starts: Default::default(),
            begins: Default::default(),
            at_last: Default::default(),
            spike: Default::default(),
            word_ends: Default::default(),
            spike_bit: Bus::new(beat),
            kept: Bus::new(beat),
            first_index: Fixed::new(0, bits),
            one_index: Fixed::new(1, bits),
            last_index: Fixed::count(n - 1, bits),
            one_pass: Fixed::new(1, TIMESTEPS_BITS),
            first_place: Fixed::new(1, beat),
            last_place: Fixed::new(1 << (beat - 1), beat),
            one_place: Fixed::new(1, beat),
            no_spikes: Fixed::new(0, beat),
        }
    }
}

impl Logic for Encoder {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, write_index, left, working, passing, fresh, walking, index, index_1);
        dff_setup!(self, clock, valid_1, last_1, place, gathered, writes, ends);
        // Values in
        self.ready.next = !self.working.q.val();
        self.values.clock.next = self.clock.val();
        self.values.write_enable.next = self.write_enable.val();
        self.values.write_address.next = self.write_index.q.val();
        self.values.write_word.next = self.write_word.val();
        if self.write_enable.val() {
            self.write_index.d.next = self.write_index.q.val() + self.one_index.val();
        }
        if self.commit.val() || self.restart.val() {
            self.write_index.d.next = self.first_index.val();
        }
        self.starts.next = self.commit.val() && self.write_fresh.val();

        // Cycle 0
        self.begins.next = self.working.q.val() && !self.passing.q.val() && self.out_ready.val();
        if self.begins.val() {
            self.passing.d.next = true;
            self.walking.d.next = true;
        }

        // Cycle 1 of a value
        self.at_last.next = self.index.q.val() == self.last_index.val();
        self.values.read_address.next = self.index.q.val();
        self.index_1.d.next = self.index.q.val();
        self.valid_1.d.next = self.walking.q.val();
        self.last_1.d.next = self.walking.q.val() && self.at_last.val();
        if self.walking.q.val() {
            self.index.d.next = self.index.q.val() + self.one_index.val();
            if self.at_last.val() {
                self.index.d.next = self.first_index.val();
                self.walking.d.next = false;
            }
        }

        // Cycle 2: its spike
        self.spike.next = false;
        for i in 0..self.states.len() {
            self.states[i].clock.next = self.clock.val();
            self.states[i].read_address.next = self.index.q.val();
            self.states[i].write_enable.next = self.valid_1.q.val();
            self.states[i].write_address.next = self.index_1.q.val();
        }
        for i in 0..self.phases.len() {
            self.phases[i].fresh.next = self.fresh.q.val();
            self.phases[i].value.next = self.values.read_word.val();
            self.phases[i].state.next = self.states[i].read_word.val();
            self.states[i].write_word.next = self.phases[i].state_next.val();
            self.spike.next = self.phases[i].spike.val();
        }
        for i in 0..self.rises.len() {
            self.rises[i].fresh.next = self.fresh.q.val();
            self.rises[i].value.next = self.values.read_word.val();
            self.rises[i].state.next = self.states[i].read_word.val();
            self.states[i].write_word.next = self.rises[i].state_next.val();
            self.spike.next = self.rises[i].spike.val();
        }
        for i in 0..self.chances.len() {
            self.chances[i].clock.next = self.clock.val();
            self.chances[i].starts.next = self.starts.val();
            self.chances[i].valid.next = self.valid_1.q.val();
            self.chances[i].value.next = self.values.read_word.val();
            self.spike.next = self.chances[i].spike.val();
        }
        for i in 0..self.first_spikes.len() {
            self.first_spikes[i].clock.next = self.clock.val();
            self.first_spikes[i].starts.next = self.starts.val();
            self.first_spikes[i].ends.next = self.ends.q.val();
            self.first_spikes[i].value.next = self.values.read_word.val();
            self.spike.next = self.first_spikes[i].spike.val();
        }
        self.spike_bit.next = self.no_spikes.val();
        if self.spike.val() {
            self.spike_bit.next = self.place.q.val();
        }
        self.kept.next = self.gathered.q.val();
        if self.place.q.val() == self.first_place.val() {
            self.kept.next = self.no_spikes.val();
        }
        self.word_ends.next = self.last_1.q.val() || (self.place.q.val() == self.last_place.val());
        self.writes.d.next = self.valid_1.q.val() && self.word_ends.val();
        self.ends.d.next = self.last_1.q.val();
        if self.valid_1.q.val() {
            self.gathered.d.next = self.kept.val() | self.spike_bit.val();
            self.place.d.next = self.place.q.val() << self.one_place.val();
            if self.word_ends.val() {
                self.place.d.next = self.first_place.val();
            }
        }

        // Cycle 3: a word, and behind the last one of a pass the next pass
        self.out_enable.next = self.writes.q.val();
        self.out_last.next = self.ends.q.val();
        self.out_word.next = self.gathered.q.val();
        self.out_fresh.next = self.fresh.q.val();
        if self.ends.q.val() {
            self.passing.d.next = false;
            self.fresh.d.next = false;
            self.left.d.next = self.left.q.val() - self.one_pass.val();
            if self.left.q.val() == self.one_pass.val() {
                self.working.d.next = false;
            }
        }
        if self.commit.val() {
            self.working.d.next = true;
            self.fresh.d.next = self.write_fresh.val();
            self.left.d.next = self.one_pass.val();
            if self.show.val() {
                self.left.d.next = self.timesteps.val();
            }
        }
    }
}
