//! How the error enters the input (PEPITA): in the first timesteps of the modulated presentation the lines of the label's
//! pattern that are up spike and those that are down do not, and of the rival's pattern the other way round.
//!
//! ```text
//! cycle  0: beat, timestep     1: patterns of the beat -> word
//! ```
//!
//! Label and rival are read at once, each from a memory of its own; the host writes both and reads the label's.

use super::patterns::PatternMemory;
use super::readout_class::CLASS_BITS;
use super::word_memory::WordShape;
use crate::dff_setup;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{bits_for, Bus, Fixed, Flag, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};
use std::rc::Rc;

/// The last timestep in which the patterns act: they do so in two.
const LAST_MODULATED: u64 = 1;

#[derive(LogicBlock)]
pub struct ErrorPatterns {
    // Control
    pub clock: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    // The verdict
    pub label: Bus<In>,
    pub rival: Bus<In>,
    // Spikes: beat and timestep a cycle before the word
    pub beat: Bus<In>,
    pub timestep: Bus<In>,
    pub read_word: Bus<In>,
    pub word: Bus<Out>,
    // Pieces, for the host
    pub load_enable: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub read_piece: Bus<Out>,
    of_label: PatternMemory,
    of_rival: PatternMemory,
    early: Flag,
    lines: ModulatedLines,
    last_modulated: Fixed,
}

impl ErrorPatterns {
    /// `shape` and `words` have lanes for the lines that take part and for those that are up, and `beats` words a class.
    pub fn new(shape: &WordShape, (beats, count_bits): (usize, u32), words: &Rc<Vec<Vec<u64>>>, file: &str) -> Self {
        let memory = || PatternMemory::new(shape, beats, words, file.to_owned());
        ErrorPatterns {
            clock: Default::default(),
            enable: Default::default(),
            label: Bus::new(CLASS_BITS),
            rival: Bus::new(CLASS_BITS),
            beat: Bus::new(bits_for(beats - 1)),
            timestep: Bus::new(count_bits),
            read_word: Bus::new(shape.bits),
            word: Bus::new(shape.bits),
            load_enable: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(shape.piece_bits),
            read_piece: Bus::new(shape.piece_bits),
            of_label: memory(),
            of_rival: memory(),
            early: Default::default(),
            lines: ModulatedLines::new(shape.bits),
            last_modulated: Fixed::new(LAST_MODULATED, count_bits),
        }
    }
}

impl Logic for ErrorPatterns {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, early);
        self.early.d.next = !(self.last_modulated.val() < self.timestep.val());
        self.of_label.clock.next = self.clock.val();
        self.of_label.of_class.next = self.label.val();
        self.of_label.beat.next = self.beat.val();
        self.of_rival.clock.next = self.clock.val();
        self.of_rival.of_class.next = self.rival.val();
        self.of_rival.beat.next = self.beat.val();
        self.lines.enable.next = self.enable.val() && self.early.q.val();
        self.lines.spikes.next = self.read_word.val();
        self.lines.label_active.next = self.of_label.word.val();
        self.lines.label_up.next = self.of_label.second.val();
        self.lines.rival_active.next = self.of_rival.word.val();
        self.lines.rival_up.next = self.of_rival.second.val();
        self.word.next = self.lines.modulated.val();

        self.of_label.load_enable.next = self.load_enable.val();
        self.of_label.load_reads.next = self.load_reads.val();
        self.of_label.load_address.next = self.load_address.val();
        self.of_label.load_piece.next = self.load_piece.val();
        self.of_rival.load_enable.next = self.load_enable.val();
        self.of_rival.load_reads.next = self.load_reads.val();
        self.of_rival.load_address.next = self.load_address.val();
        self.of_rival.load_piece.next = self.load_piece.val();
        self.read_piece.next = self.of_label.read_piece.val();
    }
}

/// modulated = spikes where both patterns are alike, 1 where the label's is above the rival's, 0 where it is below; a line
/// of a pattern is 1 if it is active and up, -1 if it is active and down, else 0. Leaf.
#[derive(LogicBlock)]
pub struct ModulatedLines {
    pub enable: Signal<In, Bit>,
    pub spikes: Bus<In>,
    pub label_active: Bus<In>,
    pub label_up: Bus<In>,
    pub rival_active: Bus<In>,
    pub rival_up: Bus<In>,
    pub modulated: Bus<Out>,
}

impl ModulatedLines {
    pub fn new(beat: u32) -> Self {
        ModulatedLines {
            enable: Default::default(),
            spikes: Bus::new(beat),
            label_active: Bus::new(beat),
            label_up: Bus::new(beat),
            rival_active: Bus::new(beat),
            rival_up: Bus::new(beat),
            modulated: Bus::new(beat),
        }
    }
}

impl Logic for ModulatedLines {
    fn update(&mut self) {
        let sign = |active: &Bus<In>, up: &Bus<In>, line: u32| match (active.val().raw() >> line & 1, up.val().raw() >> line & 1) {
            (0, _) => 0,
            (_, 0) => -1,
            _ => 1,
        };
        let line = |k: u32| {
            let difference = sign(&self.label_active, &self.label_up, k) - sign(&self.rival_active, &self.rival_up, k);
            match (self.enable.val(), difference) {
                (true, 1..) => 1,
                (true, ..=-1) => 0,
                _ => self.spikes.val().raw() >> k & 1,
            }
        };
        let modulated = (0..self.spikes.width()).map(|k| line(k) << k).sum();
        self.modulated.next = Value::new(modulated, self.modulated.width());
    }

    fn connect(&mut self) {
        self.modulated.connect();
    }

    fn hdl(&self) -> Verilog {
        let (top, beat) = (self.spikes.width() - 1, self.spikes.width());
        Verilog::Custom(format!(
            "reg [{top}:0] label_plus, label_minus, rival_plus, rival_minus, raised, lowered;\n\
             always @(*) begin\n\
             \x20   label_plus = label_active & label_up;\n\
             \x20   label_minus = label_active & ~label_up;\n\
             \x20   rival_plus = rival_active & rival_up;\n\
             \x20   rival_minus = rival_active & ~rival_up;\n\
             \x20   raised = {{{beat}{{enable}}}} & ((label_plus & ~rival_plus) | (rival_minus & ~label_minus));\n\
             \x20   lowered = {{{beat}{{enable}}}} & ((label_minus & ~rival_minus) | (rival_plus & ~label_plus));\n\
             \x20   modulated = (spikes | raised) & ~lowered;\n\
             end\n"
        ))
    }
}
