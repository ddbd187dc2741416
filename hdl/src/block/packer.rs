//! Gathers spikes, one of each pipeline a cycle, into the words of the next spike buffer.

use super::in_place::InPlace;
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
    /// Bit i: of pipeline i, whose neurons come one behind the other.
    pub spikes: Bus<In>,
    pub word: Bus<Out>,
    gathered: Register,
    place: Register,
    put: InPlace,
    complete: Signal<Local, Bit>,
    empty: Fixed,
    first_place: Fixed,
    top: Fixed,
    step: Fixed,
}

impl Packer {
    /// Words of `word` bits, a multiple of the number of pipelines.
    pub fn new(word: u32, pipelines: u32) -> Self {
        Packer {
            clock: Default::default(),
            valid: Default::default(),
            last: Default::default(),
            write_enable: Default::default(),
            spikes: Bus::new(pipelines),
            word: Bus::new(word),
            gathered: Register::new(word),
            place: Register::starting_at(1, word),
            put: InPlace::new(pipelines, word),
            complete: Default::default(),
            empty: Fixed::new(0, word),
            first_place: Fixed::new(1, word),
            top: Fixed::new(u64::from(word - pipelines), (word - 1).ilog2() + 1),
            step: Fixed::new(u64::from(pipelines), pipelines.ilog2() + 1),
        }
    }
}

impl Logic for Packer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, gathered, place);
        self.put.spikes.next = self.spikes.val();
        self.put.place.next = self.place.q.val();
        self.word.next = self.gathered.q.val() | self.put.in_place.val();
        self.complete.next = self.last.val() || self.place.q.val().get_bit(self.top.val().index());
        self.write_enable.next = self.valid.val() && self.complete.val();
        if self.valid.val() {
            self.gathered.d.next = self.word.val();
            self.place.d.next = self.place.q.val() << self.step.val();
            if self.complete.val() {
                self.gathered.d.next = self.empty.val();
                self.place.d.next = self.first_place.val();
            }
        }
    }
}
