//! Lists the inputs that spiked in the sample, and by STDP the silent ones that it depresses, in ascending order: each beat's
//! words of all timesteps are counted, then its active inputs go to the list one a cycle.
//!
//! ```text
//! idle --start--> counting (a word of the beat a cycle) --> giving (an active input a cycle) --> next beat .. idle
//! ```
//!
//! The next beat's first word is asked for while the last input of a beat is given.

use super::depressed::Depressed;
use super::input_counter::InputCounter;
use super::rounding::RANDOM_BITS;
use crate::block::wiring::{Concat, Resize};
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct InputTrace {
    // Control
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    // The sample
    /// Its memory is read by others: wait.
    pub waits: Signal<In, Bit>,
    pub reads: Signal<Out, Bit>,
    /// A word that was asked for is counted.
    pub adds: Signal<Out, Bit>,
    pub n_timesteps: Bus<In>,
    pub read_address: Bus<Out>,
    pub read_word: Bus<In>,
    /// Of the word that is read.
    pub at_beat: Bus<Out>,
    /// A cycle before its word.
    pub at_timestep: Bus<Out>,
    /// Of the layer, in which no draw is under way.
    pub random: Bus<In>,
    // The list
    pub push: Signal<Out, Bit>,
    pub push_input: Bus<Out>,
    pub push_count: Bus<Out>,
    counting: Flag,
    adding: Flag,
    giving: Flag,
    beat: Register,
    timestep: Register,
    address: Register,
    counter: InputCounter,
    /// One by STDP, else none.
    depressed: Vec<Depressed>,
    beat_place: Concat,
    kept_place: Resize,
    beat_start: Resize,
    ends_beat: Signal<Local, Bit>,
    next_beat: Bus<Local>,
    begins_beat: Signal<Local, Bit>,
    asks: Signal<Local, Bit>,
    from_timestep: Bus<Local>,
    from_address: Bus<Local>,
    timestep_next: Bus<Local>,
    first_beat: Fixed,
    one_beat: Fixed,
    last_beat: Fixed,
    first_timestep: Fixed,
    one_timestep: Fixed,
    first_address: Fixed,
    beats: Fixed,
    /// One where inputs that there are not fill up the last beat, and would be depressed; else none.
    last_input: Vec<Fixed>,
    beyond: Signal<Local, Bit>,
    none_due: Fixed,
}

impl InputTrace {
    /// Of samples of up to `max_timesteps` timesteps, each of `beats` words of `beat` inputs.
    pub fn new(n_inputs: usize, (beat, beats): (u32, usize), max_timesteps: usize, depresses: bool) -> Self {
        let (beat_bits, time, bit) = (bits_for(beats - 1), bits_for(max_timesteps), beat.trailing_zeros());
        let (address, input) = (bits_for(beats * max_timesteps - 1), bits_for(n_inputs - 1));
        InputTrace {
            clock: Default::default(),
            start: Default::default(),
            busy: Default::default(),
            waits: Default::default(),
            reads: Default::default(),
            adds: Default::default(),
            n_timesteps: Bus::new(time),
            read_address: Bus::new(address),
            read_word: Bus::new(beat),
            at_beat: Bus::new(beat_bits),
            at_timestep: Bus::new(time),
            random: Bus::new(RANDOM_BITS),
            push: Default::default(),
            push_input: Bus::new(input),
            push_count: Bus::new(time),
            counting: Default::default(),
            adding: Default::default(),
            giving: Default::default(),
            beat: Register::new(beat_bits),
            timestep: Register::new(time),
            address: Register::new(address),
            counter: InputCounter::new(beat, time),
            depressed: (0..usize::from(depresses)).map(|_| Depressed::new(beat, beat_bits)).collect(),
            beat_place: Concat::new(bit, beat_bits, bit + beat_bits),
            kept_place: Resize::new(bit + beat_bits, input),
            beat_start: Resize::new(beat_bits, address),
            ends_beat: Default::default(),
            next_beat: Bus::new(beat_bits),
            begins_beat: Default::default(),
            asks: Default::default(),
            from_timestep: Bus::new(time),
            from_address: Bus::new(address),
            timestep_next: Bus::new(time),
            first_beat: Fixed::new(0, beat_bits),
            one_beat: Fixed::new(1, beat_bits),
            last_beat: Fixed::count(beats - 1, beat_bits),
            first_timestep: Fixed::new(0, time),
            one_timestep: Fixed::new(1, time),
            first_address: Fixed::new(0, address),
            // With one timestep there is no step, and it need not fit.
            beats: Fixed::count(if max_timesteps > 1 { beats } else { 0 }, address),
            last_input: (0..usize::from(depresses && n_inputs < beats << bit)).map(|_| Fixed::count(n_inputs - 1, bit + beat_bits)).collect(),
            beyond: Default::default(),
            none_due: Fixed::new(0, beat),
        }
    }
}

impl Logic for InputTrace {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, counting, adding, giving, beat, timestep, address);
        self.busy.next = self.counting.q.val() || self.adding.q.val() || self.giving.q.val();
        self.counter.clock.next = self.clock.val();
        self.counter.add.next = self.adding.q.val();
        self.counter.spikes.next = self.read_word.val();
        self.counter.due.next = self.none_due.val();
        for i in 0..self.depressed.len() {
            self.depressed[i].random.next = self.random.val();
            self.depressed[i].beat.next = self.beat.q.val();
            self.counter.due.next = self.depressed[i].mask.val();
        }
        self.counter.take.next = self.giving.q.val();
        self.beat_place.low.next = self.counter.index.val();
        self.beat_place.high.next = self.beat.q.val();
        self.kept_place.from.next = self.beat_place.joined.val();
        self.beyond.next = false;
        for i in 0..self.last_input.len() {
            self.beyond.next = self.last_input[i].val() < self.beat_place.joined.val();
        }
        self.push.next = self.giving.q.val() && self.counter.any.val() && !self.beyond.val();
        self.push_input.next = self.kept_place.to.val();
        self.push_count.next = self.counter.count.val();
        self.ends_beat.next = self.giving.q.val() && self.counter.at_last.val();
        self.next_beat.next = self.beat.q.val() + self.one_beat.val();
        self.beat_start.from.next = self.next_beat.val();

        self.begins_beat.next = self.ends_beat.val() && (self.beat.q.val() != self.last_beat.val());
        self.asks.next = self.counting.q.val() || self.begins_beat.val();
        self.reads.next = self.asks.val() && !self.waits.val();
        self.adds.next = self.adding.q.val();
        self.adding.d.next = self.reads.val();
        self.from_timestep.next = self.timestep.q.val();
        self.from_address.next = self.address.q.val();
        self.at_beat.next = self.beat.q.val();
        if self.begins_beat.val() {
            self.from_timestep.next = self.first_timestep.val();
            self.from_address.next = self.beat_start.to.val();
            self.at_beat.next = self.next_beat.val();
        }
        self.read_address.next = self.from_address.val();
        self.at_timestep.next = self.from_timestep.val();
        self.timestep_next.next = self.from_timestep.val() + self.one_timestep.val();
        if self.asks.val() {
            self.counting.d.next = true;
            self.timestep.d.next = self.from_timestep.val();
            self.address.d.next = self.from_address.val();
        }
        if self.reads.val() {
            self.timestep.d.next = self.timestep_next.val();
            self.address.d.next = self.from_address.val() + self.beats.val();
            self.counting.d.next = self.timestep_next.val() != self.n_timesteps.val();
        }
        if self.adding.q.val() && !self.counting.q.val() {
            self.giving.d.next = true;
        }
        if self.ends_beat.val() {
            self.giving.d.next = false;
            self.beat.d.next = self.next_beat.val();
        }
        if self.start.val() {
            self.counting.d.next = true;
            self.beat.d.next = self.first_beat.val();
            self.timestep.d.next = self.first_timestep.val();
            self.address.d.next = self.first_address.val();
        }
    }
}
