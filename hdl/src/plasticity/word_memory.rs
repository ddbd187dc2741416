//! A memory whose word holds a signed value for each of many lanes, initialized from a file: the latent weights of a
//! layer, or its readout. Read and written a word a cycle; the host reads and writes it by pieces.
//!
//! ```text
//! word   { lane[n-1], .., lane[1], lane[0] }, each of `bits` bits
//! piece  the values of neighbouring lanes, each in a slot of 8, 16 or 32 bits; its address is { word, column }
//! ```
//!
//! Leaf: the word may be wider than any rust-hdl signal. A column is written by one statement, since synthesis carries
//! every statement that writes a memory through its passes as a port as wide as the word. Reading a word in the cycle in which it is written gives the old
//! word in simulation and anything in hardware; the blocks around it never do so.

use crate::arch::Style;
use crate::block::ram::attributes;
use crate::protocol::{RegionMap, ADDRESS_BITS};
use crate::signal::{bits_for, Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;
use std::rc::Rc;

/// What a word memory is made of.
#[derive(Clone)]
pub struct WordShape {
    pub lanes: usize,
    pub bits: u32,
    pub words: usize,
    pub style: Style,
    /// Of a piece, as the host sends it.
    pub piece_bits: u32,
}

impl WordShape {
    /// Bits of a value as the host sees it.
    pub fn slot_bits(&self) -> u32 {
        self.bits.next_power_of_two().max(8)
    }

    /// The memory as the host reaches it.
    pub fn region(&self, layer: u8, region: u8) -> RegionMap {
        let lanes = u32::try_from(self.lanes).unwrap_or(u32::MAX);
        RegionMap {
            layer,
            region,
            rows: self.words,
            row_bits: lanes * self.slot_bits(),
            piece_bits: self.piece_bits,
            is_volatile: false,
        }
    }

    pub fn address_bits(&self) -> u32 {
        bits_for(self.words - 1)
    }

    fn lanes_per_piece(&self) -> usize {
        usize::try_from(self.piece_bits / self.slot_bits()).unwrap_or(1)
    }
}

#[derive(LogicBlock)]
pub struct WordMemory {
    // Control
    pub clock: Signal<In, Clock>,
    pub write_enable: Signal<In, Bit>,
    // Data
    pub read_address: Bus<In>,
    pub read_lane: Vec<Bus<Out>>,
    pub write_address: Bus<In>,
    pub write_lane: Vec<Bus<In>>,
    // Pieces, for the host
    pub load_enable: Signal<In, Bit>,
    pub load_reads: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    /// Of the word that was read.
    pub read_piece: Bus<Out>,
    _shape: WordShape,
    _words: Vec<Vec<u64>>,
    _file: String,
}

impl WordMemory {
    /// `words[address][lane]` is what `$readmemh` reads from `file`.
    pub fn new(shape: &WordShape, words: &Rc<Vec<Vec<u64>>>, file: String) -> Self {
        assert!(shape.piece_bits >= shape.slot_bits(), "a piece of {} bits holds no value", shape.piece_bits);
        let lanes = || 0..shape.lanes;
        WordMemory {
            clock: Default::default(),
            write_enable: Default::default(),
            read_address: Bus::new(shape.address_bits()),
            read_lane: lanes().map(|_| Bus::new(shape.bits)).collect(),
            write_address: Bus::new(shape.address_bits()),
            write_lane: lanes().map(|_| Bus::new(shape.bits)).collect(),
            load_enable: Default::default(),
            load_reads: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(shape.piece_bits),
            read_piece: Bus::new(shape.piece_bits),
            _shape: shape.clone(),
            _words: words.to_vec(),
            _file: file,
        }
    }

    fn column_bits(&self) -> u32 {
        self._shape.region(0, 0).column_bits()
    }

    /// The lanes of each column.
    fn columns(&self) -> Vec<std::ops::Range<usize>> {
        let (lanes, per_piece) = (self._shape.lanes, self._shape.lanes_per_piece());
        (0..lanes).step_by(per_piece).map(|first| first..(first + per_piece).min(lanes)).collect()
    }

    /// Row and column of the host's address.
    fn place(&self) -> (usize, usize) {
        let (address, bits) = (self.load_address.val().index(), self.column_bits());
        (address >> bits, address & ((1 << bits) - 1))
    }
}

impl Logic for WordMemory {
    fn update(&mut self) {
        let (row, column) = self.place();
        let (slot, columns) = (self._shape.slot_bits(), self.columns());
        let lanes = columns.get(column).cloned().unwrap_or(0..0);
        if self.clock.pos_edge() {
            let read = if self.load_reads.val() { row } else { self.read_address.val().index() };
            let word = self._words.get(read).cloned();
            for (lane, value) in self.read_lane.iter_mut().zip(word.unwrap_or_default()) {
                lane.next = Value::new(value, self._shape.bits);
            }
            let written: Vec<u64> = self.write_lane.iter().map(|lane| lane.val().raw()).collect();
            let address = self.write_address.val().index();
            if self.load_enable.val() {
                if let Some(word) = self._words.get_mut(row) {
                    let piece = self.load_piece.val().raw();
                    for (at, value) in (0_u32..).zip(&mut word[lanes.clone()]) {
                        *value = Value::new(piece >> (at * slot), self._shape.bits).raw();
                    }
                }
            } else if let Some(word) = self._words.get_mut(address).filter(|_| self.write_enable.val()) {
                *word = written;
            }
        }
        let piece = (0_u32..).zip(&self.read_lane[lanes]).fold(0, |piece, (at, lane)| piece | lane.val().raw() << (at * slot));
        self.read_piece.next = Value::new(piece, self.read_piece.width());
    }

    fn connect(&mut self) {
        self.read_lane.iter_mut().for_each(Logic::connect);
        self.read_piece.connect();
    }

    fn hdl(&self) -> Verilog {
        let (bits, slot, column_bits) = (self._shape.bits, self._shape.slot_bits(), self.column_bits());
        let (top, last) = (self._shape.lanes * usize::try_from(bits).unwrap_or(0) - 1, self._shape.words - 1);
        let address = self._shape.address_bits();
        let (width, wide_slot) = (usize::try_from(bits).unwrap_or(0), usize::try_from(slot).unwrap_or(0));
        let (mut writes, mut cuts, mut pieces) = (String::new(), String::new(), String::new());
        for (column, lanes) in self.columns().into_iter().enumerate() {
            let chosen = match column_bits {
                0 => "load_enable".to_owned(),
                bits => format!("load_enable && load_address[0 +: {bits}] == {bits}'d{column}"),
            };
            let (mut piece, first, n_bits) = (String::new(), lanes.start * width, lanes.len() * width);
            let loaded: Vec<String> = (0..lanes.len()).rev().map(|at| format!("load_piece[{} +: {bits}]", at * wide_slot)).collect();
            let learned: Vec<String> = lanes.clone().rev().map(|lane| format!("write_lane${lane}")).collect();
            writes += &format!(
                "    if (write_enable || ({chosen})) words[row][{first} +: {n_bits}] <= load_enable ? {{{}}} : {{{}}};\n",
                loaded.join(", "),
                learned.join(", ")
            );
            for (at, lane) in (0_u32..).zip(lanes) {
                cuts += &format!("always @(*) read_lane${lane} = word[{} +: {bits}];\n", lane * width);
                piece += &format!("read_piece[{} +: {bits}] = word[{} +: {bits}]; ", at * slot, lane * width);
            }
            pieces += &match column_bits {
                0 => format!("    {piece}\n"),
                bits => format!("    if (load_address[0 +: {bits}] == {bits}'d{column}) begin {piece}end\n"),
            };
        }
        Verilog::Custom(format!(
            "{attributes}\nreg [{top}:0] words [0:{last}];\nreg [{top}:0] word;\n\
             initial $readmemh(\"{file}\", words);\n\
             wire [{high}:0] row = load_enable ? load_address[{column_bits} +: {address}] : write_address;\n\
             always @(posedge clock) begin\n\x20   word <= words[load_reads ? load_address[{column_bits} +: {address}] : read_address];\n{writes}end\n{cuts}\
             always @(*) begin\n    read_piece = {piece_bits}'h0;\n{pieces}end\n",
            attributes = attributes(self._shape.style),
            file = self._file,
            high = address - 1,
            piece_bits = self._shape.piece_bits,
        ))
    }
}

/// The text of a `$readmemh` file: one word a line, the last lane in its highest bits.
pub fn hex_lines(words: &[Vec<u64>], bits: u32) -> String {
    words.iter().map(|lanes| hex_word(lanes, bits) + "\n").collect()
}

fn hex_word(lanes: &[u64], bits: u32) -> String {
    let bit = |at: usize| {
        let width = usize::try_from(bits).unwrap_or(1);
        lanes.get(at / width).is_some_and(|lane| lane >> (at % width) & 1 == 1)
    };
    let n_bits = lanes.len() * usize::try_from(bits).unwrap_or(1);
    let digit = |nibble: usize| (0..4).fold(0_u32, |digit, at| digit | u32::from(bit(4 * nibble + at)) << at);
    (0..n_bits.div_ceil(4)).rev().filter_map(|nibble| char::from_digit(digit(nibble), 16)).collect()
}
