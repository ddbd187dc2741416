//! Two banks of a frame of spikes, read a beat at a time from any step on.
//!
//! ```text
//! producer: write word 0 .. last, then commit      consumer: read beats, then free
//!           only while `ready`                               only while `available`
//!
//! cycle     0           1                      2
//!           address     even and odd word      spikes
//! ```

use super::places::{BeatPlace, WordPlace};
use super::view::View;
use crate::arch::{StageArch, WindowArch};
use crate::block::banks::Banks;
use crate::block::ram::Ram;
use crate::block::wiring::Concat;
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct FrameBuffer {
    // Control
    pub clock: Signal<In, Clock>,
    pub write_enable: Signal<In, Bit>,
    pub commit: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub free: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub roomy: Signal<Out, Bit>,
    pub available: Signal<Out, Bit>,
    // Data
    pub write_word: Bus<In>,
    pub write_fresh: Signal<In, Bit>,
    pub fresh: Signal<Out, Bit>,
    pub address: Bus<In>,
    pub mask: Bus<In>,
    pub live: Bus<In>,
    pub spikes: Bus<Out>,
    // Words that are no spikes, a cycle after their entry
    pub keeps_aside: Signal<In, Bit>,
    pub load_entry: Bus<In>,
    pub kept_aside: Bus<Out>,
    banks: Banks,
    even: Ram,
    odd: Ram,
    write_place: WordPlace,
    load_place: WordPlace,
    read_place: BeatPlace,
    write_address: Concat,
    even_address: Concat,
    odd_address: Concat,
    view: View,
    word: Register,
    fresh_0: Flag,
    fresh_1: Flag,
    is_odd_1: Flag,
    shift_1: Register,
    mask_1: Register,
    live_1: Register,
    shown: Register,
    first_word: Fixed,
    one_word: Fixed,
}

/// Address bits of the even and of the odd memory, without the bank.
pub fn place_bits(words: usize) -> u32 {
    bits_for(words / 2)
}

impl FrameBuffer {
    pub fn new(stage: &StageArch, window: &WindowArch) -> Self {
        let (words, beat) = (stage.beats(), stage.beat);
        let (word, place) = (bits_for(words - 1), place_bits(words));
        let step = window.step_bits(beat);
        let read_place =
            BeatPlace::new(window.address_bits(stage.n_inputs, beat), beat.ilog2() - step, place);
        let shift = read_place.shift.width();
        let ram = || Ram::new(place + 1, beat, 2 << place, stage.memories.spikes);
        let concat = || Concat::new(place, 1, place + 1);
        FrameBuffer {
            clock: Default::default(),
            write_enable: Default::default(),
            commit: Default::default(),
            restart: Default::default(),
            free: Default::default(),
            ready: Default::default(),
            roomy: Default::default(),
            available: Default::default(),
            write_word: Bus::new(beat),
            write_fresh: Default::default(),
            fresh: Default::default(),
            address: Bus::new(read_place.address.width()),
            mask: Bus::new(beat),
            live: Bus::new(1),
            spikes: Bus::new(beat),
            keeps_aside: Default::default(),
            load_entry: Bus::new(word),
            kept_aside: Bus::new(beat),
            banks: Default::default(),
            even: ram(),
            odd: ram(),
            write_place: WordPlace::new(word, place),
            load_place: WordPlace::new(word, place),
            read_place,
            write_address: concat(),
            even_address: concat(),
            odd_address: concat(),
            view: View::new(beat, shift, step),
            word: Register::new(word),
            fresh_0: Default::default(),
            fresh_1: Default::default(),
            is_odd_1: Default::default(),
            shift_1: Register::new(shift),
            mask_1: Register::new(beat),
            live_1: Register::new(1),
            shown: Register::new(beat),
            first_word: Fixed::new(0, word),
            one_word: Fixed::new(1, word),
        }
    }
}

impl Logic for FrameBuffer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, word, fresh_0, fresh_1, is_odd_1, shift_1, mask_1, live_1, shown);
        self.even.clock.next = self.clock.val();
        self.odd.clock.next = self.clock.val();
        self.banks.clock.next = self.clock.val();
        self.banks.commit.next = self.commit.val();
        self.banks.free.next = self.free.val();
        self.available.next = self.banks.available.val();
        self.ready.next = self.banks.ready.val();
        self.roomy.next = self.banks.roomy.val();

        // Producer
        self.write_place.word.next = self.word.q.val();
        self.write_address.low.next = self.write_place.place.val();
        self.write_address.high.next = self.banks.write_bank.val();
        self.even.write_enable.next = self.write_enable.val() && !self.write_place.is_odd.val();
        self.odd.write_enable.next = self.write_enable.val() && self.write_place.is_odd.val();
        self.even.write_address.next = self.write_address.joined.val();
        self.odd.write_address.next = self.write_address.joined.val();
        self.even.write_word.next = self.write_word.val();
        self.odd.write_word.next = self.write_word.val();
        if self.write_enable.val() {
            self.word.d.next = self.word.q.val() + self.one_word.val();
        }
        if self.commit.val() || self.restart.val() {
            self.word.d.next = self.first_word.val();
        }
        if self.commit.val() {
            if self.banks.write_bank.val().any() {
                self.fresh_1.d.next = self.write_fresh.val();
            } else {
                self.fresh_0.d.next = self.write_fresh.val();
            }
        }
        self.fresh.next = self.fresh_0.q.val();
        if self.banks.read_bank.val().any() {
            self.fresh.next = self.fresh_1.q.val();
        }

        // Consumer, cycle 0
        self.read_place.address.next = self.address.val();
        self.even_address.low.next = self.read_place.even.val();
        self.even_address.high.next = self.banks.read_bank.val();
        self.odd_address.low.next = self.read_place.odd.val();
        self.odd_address.high.next = self.banks.read_bank.val();
        self.load_place.word.next = self.load_entry.val();
        self.is_odd_1.d.next = self.read_place.is_odd.val();
        if self.keeps_aside.val() {
            self.even_address.low.next = self.load_place.place.val();
            self.odd_address.low.next = self.load_place.place.val();
            self.is_odd_1.d.next = self.load_place.is_odd.val();
        }
        self.even.read_address.next = self.even_address.joined.val();
        self.odd.read_address.next = self.odd_address.joined.val();
        self.shift_1.d.next = self.read_place.shift.val();
        self.mask_1.d.next = self.mask.val();
        self.live_1.d.next = self.live.val();

        // Cycle 1
        self.view.even.next = self.even.read_word.val();
        self.view.odd.next = self.odd.read_word.val();
        self.view.is_odd.next = self.is_odd_1.q.val();
        self.view.shift.next = self.shift_1.q.val();
        self.view.mask.next = self.mask_1.q.val();
        self.view.live.next = self.live_1.q.val();
        self.shown.d.next = self.view.spikes.val();
        self.kept_aside.next = self.even.read_word.val();
        if self.is_odd_1.q.val() {
            self.kept_aside.next = self.odd.read_word.val();
        }

        // Cycle 2
        self.spikes.next = self.shown.q.val();
    }
}
