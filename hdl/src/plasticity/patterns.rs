//! The patterns of the classes on the input lines, a word a beat, as the host wrote them.

use super::readout_class::CLASS_BITS;
use super::word_memory::{WordMemory, WordShape};
use crate::protocol::ADDRESS_BITS;
use crate::signal::{bits_for, Bus, Fixed, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use std::rc::Rc;

#[derive(LogicBlock)]
pub struct PatternMemory {
    pub clock: Signal<In, Clock>,
    // Data
    pub of_class: Bus<In>,
    pub beat: Bus<In>,
    /// A cycle after its beat.
    pub word: Bus<Out>,
    /// Of the second lane, if there is one.
    pub second: Bus<Out>,
    // Pieces, for the host
    pub load_enable: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub read_piece: Bus<Out>,
    lines: WordMemory,
    place: PatternPlace,
    nowhere: Fixed,
    nothing: Fixed,
}

impl PatternMemory {
    /// `shape` and `words` have a lane or two, and `beats` words a class.
    pub fn new(shape: &WordShape, beats: usize, words: &Rc<Vec<Vec<u64>>>, file: String) -> Self {
        PatternMemory {
            clock: Default::default(),
            of_class: Bus::new(CLASS_BITS),
            beat: Bus::new(bits_for(beats - 1)),
            word: Bus::new(shape.bits),
            second: Bus::new(shape.bits),
            load_enable: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(shape.piece_bits),
            read_piece: Bus::new(shape.piece_bits),
            lines: WordMemory::new(shape, words, file),
            place: PatternPlace::new(beats, shape.address_bits()),
            nowhere: Fixed::new(0, shape.address_bits()),
            nothing: Fixed::new(0, shape.bits),
        }
    }
}

impl Logic for PatternMemory {
    #[hdl_gen]
    fn update(&mut self) {
        self.place.of_class.next = self.of_class.val();
        self.place.beat.next = self.beat.val();
        self.lines.clock.next = self.clock.val();
        self.lines.read_address.next = self.place.address.val();
        self.word.next = self.lines.read_lane[0].val();
        self.lines.write_enable.next = false;
        self.lines.write_address.next = self.nowhere.val();
        self.second.next = self.nothing.val();
        for i in 0..self.lines.write_lane.len() {
            self.lines.write_lane[i].next = self.nothing.val();
        }
        for i in 1..self.lines.read_lane.len() {
            self.second.next = self.lines.read_lane[i].val();
        }
        self.lines.load_enable.next = self.load_enable.val();
        self.lines.load_reads.next = self.load_reads.val();
        self.lines.load_address.next = self.load_address.val();
        self.lines.load_piece.next = self.load_piece.val();
        self.read_piece.next = self.lines.read_piece.val();
    }
}

/// address = of_class * beats + beat. Leaf.
#[derive(LogicBlock)]
pub struct PatternPlace {
    pub of_class: Bus<In>,
    pub beat: Bus<In>,
    pub address: Bus<Out>,
    _beats: usize,
}

impl PatternPlace {
    pub fn new(beats: usize, address_bits: u32) -> Self {
        PatternPlace { of_class: Bus::new(CLASS_BITS), beat: Bus::new(bits_for(beats - 1)), address: Bus::new(address_bits), _beats: beats }
    }
}

impl Logic for PatternPlace {
    fn update(&mut self) {
        let first = self.of_class.val().raw() * u64::try_from(self._beats).unwrap_or(0);
        self.address.next = Value::new(first + self.beat.val().raw(), self.address.width());
    }

    fn connect(&mut self) {
        self.address.connect();
    }

    fn hdl(&self) -> Verilog {
        let (beat, address) = (self.beat.width(), self.address.width());
        let wide = address.max(CLASS_BITS + beat) + 1;
        Verilog::Custom(format!(
            "wire [{top}:0] place = {{{class_fill}'b0, of_class}} * {wide}'d{beats} + {{{beat_fill}'b0, beat}};\n\
             always @(*) address = place[0 +: {address}];\n",
            top = wide - 1,
            class_fill = wide - CLASS_BITS,
            beat_fill = wide - beat,
            beats = self._beats,
        ))
    }
}
