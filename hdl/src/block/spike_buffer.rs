//! Banks of spike words between a producer and a consumer, each holding one timestep: two, or more where a producer is to run
//! several timesteps in a row.
//!
//! ```text
//! producer: write word 0 .. last, then commit      consumer: read entries 0 ..= last_entry, then free
//!           only while `ready`                               only while `available`
//! ```
//!
//! With `skip_zero_words` a word without a spike is not stored (but for one, when the whole timestep is
//! silent), and each entry carries the word's index, so that the consumer spends no cycle on it.
//!
//! With `keeps_all` every word is stored, one an entry, and never committed: what a WRITE carries waits here for its CRC.
//!
//! | signal | bits |
//! |---|---|
//! | write_word, spikes | word |
//! | entry, last_entry, index | enough for 0..words |

use super::banks::Banks;
use super::ram::Ram;
use super::spike_entry::SpikeEntry;
use super::wiring::Concat;
use crate::arch::Style;
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct SpikeBuffer {
    // Control
    pub clock: Signal<In, Clock>,
    pub write_enable: Signal<In, Bit>,
    pub write_last: Signal<In, Bit>,
    pub commit: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub keeps_all: Signal<In, Bit>,
    pub free: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    /// Two banks or more are free.
    pub roomy: Signal<Out, Bit>,
    pub available: Signal<Out, Bit>,
    // Data
    pub write_word: Bus<In>,
    pub write_fresh: Signal<In, Bit>,
    pub entry: Bus<In>,
    pub spikes: Bus<Out>,
    pub index: Bus<Out>,
    pub last_entry: Bus<Out>,
    pub fresh: Signal<Out, Bit>,
    ram: Ram,
    write_address: Concat,
    read_address: Concat,
    stored: Concat,
    read: SpikeEntry,
    write_index: Register,
    write_entry: Register,
    asked: Register,
    last_read: Register,
    banks: Banks,
    // Of each bank
    bank: Vec<Fixed>,
    last_entry_of: Vec<Register>,
    fresh_of: Vec<Flag>,
    store: Signal<Local, Bit>,
    silent: Signal<Local, Bit>,
    newest_entry: Bus<Local>,
    skip: Constant<Bit>,
    zero: Fixed,
    one: Fixed,
    last_word: Fixed,
    zero_word: Fixed,
}

impl SpikeBuffer {
    /// Two banks of `words` words of `word` bits.
    pub fn new(words: usize, word: u32, skip_zero_words: bool, style: Style) -> Self {
        SpikeBuffer::of_banks(2, words, word, skip_zero_words, style)
    }

    /// `banks` of them, a power of two.
    pub fn of_banks(banks: usize, words: usize, word: u32, skip_zero_words: bool, style: Style) -> Self {
        let (bits, bank) = (bits_for(words - 1), bits_for(banks - 1));
        let stored = if skip_zero_words { word + bits } else { word };
        SpikeBuffer {
            clock: Default::default(),
            write_enable: Default::default(),
            write_last: Default::default(),
            commit: Default::default(),
            restart: Default::default(),
            keeps_all: Default::default(),
            free: Default::default(),
            ready: Default::default(),
            roomy: Default::default(),
            available: Default::default(),
            write_word: Bus::new(word),
            write_fresh: Default::default(),
            entry: Bus::new(bits),
            spikes: Bus::new(word),
            index: Bus::new(bits),
            last_entry: Bus::new(bits),
            fresh: Default::default(),
            ram: Ram::new(bits + bank, stored, banks << bits, style),
            write_address: Concat::new(bits, bank, bits + bank),
            read_address: Concat::new(bits, bank, bits + bank),
            stored: Concat::new(word, bits, stored),
            read: SpikeEntry::new(stored, word, bits),
            write_index: Register::new(bits),
            write_entry: Register::new(bits),
            asked: Register::new(bits),
            last_read: Register::new(bits),
            banks: Banks::new(banks),
            bank: (0..banks).map(|index| Fixed::count(index, bank)).collect(),
            last_entry_of: (0..banks).map(|_| Register::new(bits)).collect(),
            fresh_of: (0..banks).map(|_| Default::default()).collect(),
            store: Default::default(),
            silent: Default::default(),
            newest_entry: Bus::new(bits),
            skip: Constant::new(skip_zero_words),
            zero: Fixed::new(0, bits),
            one: Fixed::new(1, bits),
            last_word: Fixed::count(words - 1, bits),
            zero_word: Fixed::new(0, word),
        }
    }
}

impl Logic for SpikeBuffer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, write_index, write_entry, asked, last_read);
        self.ram.clock.next = self.clock.val();
        self.banks.clock.next = self.clock.val();
        self.banks.commit.next = self.commit.val();
        self.banks.free.next = self.free.val();
        self.available.next = self.banks.available.val();
        self.ready.next = self.banks.ready.val();
        self.roomy.next = self.banks.roomy.val();

        // Producer: each stored word goes to the next entry of the bank being written.
        self.silent.next = self.write_last.val() && (self.write_entry.q.val() == self.zero.val());
        self.store.next = !self.skip.val() || (self.write_word.val() != self.zero_word.val()) || self.silent.val() || self.keeps_all.val();
        self.store.next = self.store.val() && self.write_enable.val();
        self.stored.low.next = self.write_word.val();
        self.stored.high.next = self.write_index.q.val();
        self.write_address.low.next = self.write_entry.q.val();
        self.write_address.high.next = self.banks.write_bank.val();
        self.ram.write_enable.next = self.store.val();
        self.ram.write_address.next = self.write_address.joined.val();
        self.ram.write_word.next = self.stored.joined.val();
        if self.write_enable.val() {
            self.write_index.d.next = self.write_index.q.val() + self.one.val();
        }
        self.newest_entry.next = self.write_entry.q.val() - self.one.val();
        if self.store.val() {
            self.write_entry.d.next = self.write_entry.q.val() + self.one.val();
            self.newest_entry.next = self.write_entry.q.val();
        }
        if self.commit.val() || self.restart.val() {
            self.write_index.d.next = self.zero.val();
            self.write_entry.d.next = self.zero.val();
        }
        for i in 0..self.bank.len() {
            self.last_entry_of[i].clock.next = self.clock.val();
            self.last_entry_of[i].d.next = self.last_entry_of[i].q.val();
            self.fresh_of[i].clock.next = self.clock.val();
            self.fresh_of[i].d.next = self.fresh_of[i].q.val();
            if self.commit.val() && (self.banks.write_bank.val() == self.bank[i].val()) {
                self.last_entry_of[i].d.next = self.newest_entry.val();
                self.fresh_of[i].d.next = self.write_fresh.val();
            }
        }

        // Consumer: an entry comes out a cycle after it is asked for.
        self.read_address.low.next = self.entry.val();
        self.read_address.high.next = self.banks.read_bank.val();
        self.ram.read_address.next = self.read_address.joined.val();
        self.asked.d.next = self.entry.val();
        self.read.stored.next = self.ram.read_word.val();
        self.read.asked.next = self.asked.q.val();
        self.spikes.next = self.read.spikes.val();
        self.index.next = self.read.index.val();
        self.fresh.next = self.fresh_of[0].q.val();
        // No consumer begins in the cycle in which a bank becomes the one to read.
        self.last_read.d.next = self.last_entry_of[0].q.val();
        for i in 1..self.bank.len() {
            if self.banks.read_bank.val() == self.bank[i].val() {
                self.last_read.d.next = self.last_entry_of[i].q.val();
                self.fresh.next = self.fresh_of[i].q.val();
            }
        }
        self.last_entry.next = self.last_read.q.val();
        if !self.skip.val() {
            self.last_entry.next = self.last_word.val();
        }
    }
}
