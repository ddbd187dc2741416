//! Gathers payload bytes into the words of the first spike buffer.
//!
//! ```text
//! byte_valid   1 1 1 1 ...                  a word is written with its last byte
//! writes       0 1 0 1 ...  (beat of 16)    timestep_done with the last word of a timestep
//! write_enable   0 1 0 1 ...                a cycle later, when the word is gathered
//! ```

use super::bytes::ByteIn;
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct InputWriter {
    // Control
    pub clock: Signal<In, Clock>,
    pub restart: Signal<In, Bit>,
    pub byte_valid: Signal<In, Bit>,
    pub write_enable: Signal<Out, Bit>,
    pub timestep_done: Signal<Out, Bit>,
    pub whole_timesteps: Signal<Out, Bit>,
    pub whole_words: Signal<Out, Bit>,
    // Data
    pub byte_in: Bus<In>,
    pub word: Bus<Out>,
    gathered: Register,
    byte_index: Register,
    word_index: Register,
    shift_in: ByteIn,
    written: Flag,
    writes: Signal<Local, Bit>,
    at_last_byte: Signal<Local, Bit>,
    at_last_word: Signal<Local, Bit>,
    first_byte: Fixed,
    one_byte: Fixed,
    last_byte: Fixed,
    first_word: Fixed,
    one_word: Fixed,
    last_word: Fixed,
}

impl InputWriter {
    /// `words` words of `beat` bits a timestep.
    pub fn new(words: usize, beat: u32) -> Self {
        let (bytes, word_bits) = (u64::from(beat / 8), bits_for(words - 1));
        InputWriter {
            clock: Default::default(),
            restart: Default::default(),
            byte_valid: Default::default(),
            write_enable: Default::default(),
            timestep_done: Default::default(),
            whole_timesteps: Default::default(),
            whole_words: Default::default(),
            byte_in: Bus::new(8),
            word: Bus::new(beat),
            gathered: Register::new(beat),
            byte_index: Register::new(3),
            word_index: Register::new(word_bits),
            shift_in: ByteIn::new(beat),
            written: Default::default(),
            writes: Default::default(),
            at_last_byte: Default::default(),
            at_last_word: Default::default(),
            first_byte: Fixed::new(0, 3),
            one_byte: Fixed::new(1, 3),
            last_byte: Fixed::new(bytes - 1, 3),
            first_word: Fixed::new(0, word_bits),
            one_word: Fixed::new(1, word_bits),
            last_word: Fixed::count(words - 1, word_bits),
        }
    }
}

impl Logic for InputWriter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, gathered, byte_index, word_index, written);
        self.shift_in.word.next = self.gathered.q.val();
        self.shift_in.byte_in.next = self.byte_in.val();
        self.word.next = self.gathered.q.val();
        self.at_last_byte.next = self.byte_index.q.val() == self.last_byte.val();
        self.at_last_word.next = self.word_index.q.val() == self.last_word.val();
        self.writes.next = self.byte_valid.val() && self.at_last_byte.val();
        self.written.d.next = self.writes.val();
        self.write_enable.next = self.written.q.val();
        self.timestep_done.next = self.writes.val() && self.at_last_word.val();
        self.whole_words.next = self.byte_index.q.val() == self.first_byte.val();
        self.whole_timesteps.next = self.whole_words.val() && (self.word_index.q.val() == self.first_word.val());
        if self.byte_valid.val() {
            self.gathered.d.next = self.shift_in.shifted.val();
            self.byte_index.d.next = self.byte_index.q.val() + self.one_byte.val();
        }
        if self.writes.val() {
            self.byte_index.d.next = self.first_byte.val();
            self.word_index.d.next = self.word_index.q.val() + self.one_word.val();
        }
        if self.timestep_done.val() || self.restart.val() {
            self.word_index.d.next = self.first_word.val();
        }
        if self.restart.val() {
            self.byte_index.d.next = self.first_byte.val();
        }
    }
}
