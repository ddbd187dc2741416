//! A memory with one write and one read port, a cycle's read latency; two where its word passes a register, or, where it is
//! made of lookup tables, its address: a register of its own before so many tables.
//!
//! Leaf: Verilog by hand so that synthesis infers a block RAM, with its Rust twin in `update`.
//! Reading a word in the cycle in which it is written gives the old word in simulation and anything in
//! hardware (`no_rw_check`); the blocks around it never do so.

use crate::arch::Style;
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct Ram {
    // Control
    pub clock: Signal<In, Clock>,
    pub write_enable: Signal<In, Bit>,
    // Data
    pub write_address: Bus<In>,
    pub write_word: Bus<In>,
    pub read_address: Bus<In>,
    pub read_word: Bus<Out>,
    _words: Vec<u64>,
    _style: Style,
    _registered: bool,
    _word: Value,
    _address: usize,
}

impl Ram {
    /// `depth` words of `width` bits; contents are unknown until written.
    pub fn new(address_bits: u32, width: u32, depth: usize, style: Style) -> Self {
        Ram {
            clock: Default::default(),
            write_enable: Default::default(),
            write_address: Bus::new(address_bits),
            write_word: Bus::new(width),
            read_address: Bus::new(address_bits),
            read_word: Bus::new(width),
            _words: vec![0; depth],
            _style: style,
            _registered: false,
            _word: Value::new(0, width),
            _address: 0,
        }
    }

    /// The word passes a register, or the address.
    pub fn registered(self, registered: bool) -> Self {
        Ram { _registered: registered, ..self }
    }

    fn registers_address(&self) -> bool {
        self._registered && self._style == Style::Distributed
    }
}

impl Logic for Ram {
    fn update(&mut self) {
        if !self.clock.pos_edge() {
            return;
        }
        let asked = self.read_address.val().index();
        let address = if self.registers_address() { self._address } else { asked };
        let read = self._words.get(address).copied().unwrap_or(0);
        let read = Value::new(read, self.read_word.width());
        self.read_word.next = if self._registered && !self.registers_address() { self._word } else { read };
        (self._word, self._address) = (read, asked);
        let index = self.write_address.val().index();
        if self.write_enable.val() {
            if let Some(word) = self._words.get_mut(index) {
                *word = self.write_word.val().raw();
            }
        }
    }

    fn connect(&mut self) {
        self.read_word.connect();
    }

    fn hdl(&self) -> Verilog {
        let (attributes, range) = (attributes(self._style), range(self.read_word.width()));
        let last = self._words.len() - 1;
        let address = self::range(self.read_address.width());
        let (register, reads) = match (self._registered, self._style) {
            (false, _) => (String::new(), "read_word <= words[read_address];"),
            (true, Style::Distributed) => {
                // Kept apart from those of other memories that are read at the same place.
                (format!("reg {address}address;\n(* keep *) always @(posedge clock) address <= read_address;\n"), "read_word <= words[address];")
            }
            (true, _) => (format!("reg {range}word;\n"), "word <= words[read_address];\n    read_word <= word;"),
        };
        Verilog::Custom(format!(
            "{attributes}\nreg {range}words [0:{last}];\n{register}\
             always @(posedge clock) begin\n\
             \x20   {reads}\n\
             \x20   if (write_enable) words[write_address] <= write_word;\n\
             end\n"
        ))
    }
}

/// Yosys attributes of a memory array.
pub(crate) fn attributes(style: Style) -> &'static str {
    match style {
        Style::Block => "(* no_rw_check, ram_style = \"block\" *)",
        Style::Logic => "(* no_rw_check, ram_style = \"logic\" *)",
        Style::Spram => "(* no_rw_check, ram_style = \"huge\" *)",
        Style::Distributed => "(* no_rw_check, ram_style = \"distributed\" *)",
    }
}

/// What is declared beside `word`, and how it is read: at once, or by way of a register.
pub(crate) fn read_statements(address: &str, registered: bool) -> (&'static str, String) {
    match registered {
        false => ("", format!("word <= words[{address}];")),
        true => (", read", format!("read <= words[{address}];\n    word <= read;")),
    }
}

/// `[n-1:0] `, or nothing for a single bit.
pub(crate) fn range(width: u32) -> String {
    if width == 1 {
        String::new()
    } else {
        format!("[{}:0] ", width - 1)
    }
}
