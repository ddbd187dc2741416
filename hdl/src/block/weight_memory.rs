//! The weights of a layer: one word a cycle holds a beat of inputs for every lane.
//! It leaves in pieces of at most 64 bits, one for each group of neighbouring lanes.
//!
//! ```text
//! word [group * beats + beat] = { lane[n-1], ..., lane[1], lane[0] },  bit i of a lane = input beat*BEAT + i, 1 is +1
//! ```
//!
//! The host writes it between presentations, a piece of a word at a time. In single-port RAM (SPRAM of the iCE40
//! UltraPlus) it holds nothing before that, and a cycle reads or writes. The word comes a cycle after its address, or
//! another one later where it passes a register.
//!
//! Leaf: the word may be wider than any rust-hdl signal, so it is cut into lanes inside.

use super::load_port::{replace_piece, row_index, write_statements, write_statements_at};
use super::ram::{attributes, range, read_statements};
use crate::arch::{Load, Style};
use crate::protocol::{RegionMap, ADDRESS_BITS, WEIGHTS};
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;
use std::rc::Rc;

#[derive(LogicBlock)]
pub struct WeightMemory {
    pub clock: Signal<In, Clock>,
    pub address: Bus<In>,
    pub load_enable: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub group: Vec<Bus<Out>>,
    _beat: u32,
    _words: Rc<Vec<Vec<u64>>>,
    _file: String,
    _style: Style,
    _load: Load,
    _registered: bool,
    _word: Vec<u64>,
}

impl WeightMemory {
    /// `words[address][lane]`, at most 64 bits each, whose lanes leave in `groups`; `file` is what `$readmemh` reads them from.
    pub fn new((address_bits, beat): (u32, u32), groups: &[u32], (words, file): (Rc<Vec<Vec<u64>>>, String), style: Style, load: Load) -> Self {
        WeightMemory {
            clock: Default::default(),
            address: Bus::new(address_bits),
            load_enable: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(load.word_bits),
            group: groups.iter().map(|lanes| Bus::new(lanes * beat)).collect(),
            _beat: beat,
            _words: words,
            _file: file,
            _style: style,
            _load: load,
            _registered: false,
            _word: vec![],
        }
    }

    /// The word passes a register; not in single-port RAM.
    pub fn registered(self, registered: bool) -> Self {
        WeightMemory { _registered: registered, ..self }
    }
}

impl WeightMemory {
    /// Synthesis makes SB_SPRAM256KA cells of it.
    fn single_port(&self, row_bits: u32) -> String {
        let (rows, piece_bits) = (self._words.len(), self.piece_bits());
        let map = RegionMap { layer: 0, region: WEIGHTS, rows, row_bits, piece_bits, is_volatile: true };
        let (width, place) = (range(row_bits), range(self.address.width()));
        format!(
            "{attributes}\nreg {width}words [0:{last}];\nreg {width}word;\n\
             wire {place}place = load_enable ? {row} : address;\n\
             always @(posedge clock) begin\n    if (!load_enable) word <= words[place];\n{writes}end\n",
            attributes = attributes(self._style),
            last = rows - 1,
            row = row_index(&map),
            writes = write_statements_at("place", &map, self._load),
        )
    }

    fn piece_bits(&self) -> u32 {
        self._beat.min(self._load.word_bits)
    }
}

fn lanes_of(words: &[Vec<u64>]) -> u32 {
    u32::try_from(words.first().map_or(0, Vec::len)).unwrap_or(u32::MAX)
}

/// Places that a word's pieces take in the address.
fn word_pieces(lanes: u32, beat: u32, piece_bits: u32) -> u64 {
    u64::from((lanes * beat / piece_bits).next_power_of_two())
}

impl Logic for WeightMemory {
    fn update(&mut self) {
        if !self.clock.pos_edge() {
            return;
        }
        let mut word = self._words.get(self.address.val().index()).cloned().unwrap_or_default();
        if self._registered {
            std::mem::swap(&mut word, &mut self._word);
        }
        let mut lanes = word.into_iter();
        for group in &mut self.group {
            let in_place = (0..group.width() / self._beat).map(|lane| lanes.next().unwrap_or(0) << (lane * self._beat));
            group.next = Value::new(in_place.fold(0, |all, lane| all | lane), group.width());
        }
        if self._load.writes && self.load_enable.val() {
            let piece_bits = self.piece_bits();
            let pieces = word_pieces(lanes_of(&self._words), self._beat, piece_bits);
            let address = self.load_address.val().raw();
            let row = usize::try_from(address / pieces).unwrap_or(usize::MAX);
            if let Some(word) = Rc::make_mut(&mut self._words).get_mut(row) {
                replace_piece(word, self._beat, piece_bits, address % pieces, self.load_piece.val().raw());
            }
        }
    }

    fn connect(&mut self) {
        self.group.iter_mut().for_each(Logic::connect);
    }

    fn hdl(&self) -> Verilog {
        let mut cuts = String::new();
        let mut offset = 0;
        for (index, group) in self.group.iter().enumerate() {
            cuts += &format!("always @(*) group${index} = word[{offset} +: {}];\n", group.width());
            offset += group.width();
        }
        if self._style == Style::Spram {
            return Verilog::Custom(self.single_port(offset) + &cuts);
        }
        let width = range(offset);
        let (register, reads) = read_statements("address", self._registered);
        Verilog::Custom(format!(
            "{attributes}\nreg {width}words [0:{last}];\nreg {width}word{register};\n\
             initial $readmemh(\"{file}\", words);\n\
             always @(posedge clock) begin\n    {reads}\n{writes}end\n{cuts}",
            attributes = attributes(self._style),
            last = self._words.len() - 1,
            file = self._file,
            writes = write_statements(self._words.len(), offset, self.piece_bits(), self._load),
        ))
    }
}

/// The text of a `$readmemh` file: one word a line, most significant lane first.
pub fn hex_lines(words: &[Vec<u64>], beat: u32) -> String {
    words.iter().map(|lanes| hex_word(lanes, beat) + "\n").collect()
}

fn hex_word(lanes: &[u64], beat: u32) -> String {
    let digits = usize::try_from(beat / 4).unwrap_or(0);
    lanes.iter().rev().map(|lane| format!("{lane:0digits$x}")).collect()
}
