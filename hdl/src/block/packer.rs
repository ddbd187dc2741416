//! Gathers spikes, one a cycle, into the words of the next spike buffer.

use crate::dff_setup;
use crate::signal::{Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Packer {
    // Control
    pub clock: Signal<In, Clock>,
    pub valid: Signal<In, Bit>,
    pub last: Signal<In, Bit>,
    pub write_enable: Signal<Out, Bit>,
    // Data
    pub spike: Signal<In, Bit>,
    pub word: Bus<Out>,
    gathered: Register,
    place: Register,
    spike_in_place: Bus<Local>,
    complete: Signal<Local, Bit>,
    empty: Fixed,
    first_place: Fixed,
    top: Fixed,
    one: Fixed,
}

impl Packer {
    pub fn new(word: u32) -> Self {
        Packer {
            clock: Default::default(),
            valid: Default::default(),
            last: Default::default(),
            write_enable: Default::default(),
            spike: Default::default(),
            word: Bus::new(word),
            gathered: Register::new(word),
            place: Register::starting_at(1, word),
            spike_in_place: Bus::new(word),
            complete: Default::default(),
            empty: Fixed::new(0, word),
            first_place: Fixed::new(1, word),
            top: Fixed::new(u64::from(word - 1), (word - 1).ilog2() + 1),
            one: Fixed::new(1, 1),
        }
    }
}

impl Logic for Packer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, gathered, place);
        self.spike_in_place.next = self.empty.val();
        if self.spike.val() {
            self.spike_in_place.next = self.place.q.val();
        }
        self.word.next = self.gathered.q.val() | self.spike_in_place.val();
        self.complete.next = self.last.val() || self.place.q.val().get_bit(self.top.val().index());
        self.write_enable.next = self.valid.val() && self.complete.val();
        if self.valid.val() {
            self.gathered.d.next = self.word.val();
            self.place.d.next = self.place.q.val() << self.one.val();
            if self.complete.val() {
                self.gathered.d.next = self.empty.val();
                self.place.d.next = self.first_place.val();
            }
        }
    }
}
