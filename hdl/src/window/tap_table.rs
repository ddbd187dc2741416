//! A table of taps: where a beat lies in the frame, which word of weights meets it, and which of its bits count.
//!
//! ```text
//! line = { closing, last, [counts, doubles,] mask, weights, address }, a cycle after `line`
//! ```
//!
//! A table that does not weigh its lines has no bits for it: they count, and double nothing.
//!
//! Leaf.

use crate::arch::{Style, TableLine};
use crate::block::ram::{attributes, range};
use crate::emit::TextFile;
use crate::signal::{bits_for, Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;
use std::rc::Rc;

#[derive(LogicBlock)]
pub struct TapTable {
    pub clock: Signal<In, Clock>,
    pub line: Bus<In>,
    pub address: Bus<Out>,
    pub weights: Bus<Out>,
    pub mask: Bus<Out>,
    pub doubles: Signal<Out, Bit>,
    pub counts: Signal<Out, Bit>,
    pub last: Signal<Out, Bit>,
    pub closing: Signal<Out, Bit>,
    _lines: Rc<Vec<TableLine>>,
    _weighs: bool,
    _file: String,
    _style: Style,
}

/// Bits of a field of the lines.
pub fn weight_bits(lines: &[TableLine]) -> u32 {
    let most = lines.iter().map(|line| line.weights).max().unwrap_or(0);
    bits_for(usize::try_from(most).unwrap_or(usize::MAX))
}

impl TapTable {
    pub fn new(lines: Rc<Vec<TableLine>>, address: u32, mask: u32, file: String, style: Style) -> Self {
        TapTable {
            clock: Default::default(),
            line: Bus::new(bits_for(lines.len() - 1)),
            address: Bus::new(address),
            weights: Bus::new(weight_bits(&lines)),
            mask: Bus::new(mask),
            doubles: Default::default(),
            counts: Default::default(),
            last: Default::default(),
            closing: Default::default(),
            _weighs: lines.iter().any(|line| line.doubles || !line.counts),
            _lines: lines,
            _file: file,
            _style: style,
        }
    }

    fn width(&self) -> u32 {
        self.address.width() + self.weights.width() + self.mask.width() + self.weighing() + 2
    }

    /// Bits that weigh a line.
    fn weighing(&self) -> u32 {
        if self._weighs { 2 } else { 0 }
    }

    /// What `$readmemh` reads.
    pub fn file(&self) -> TextFile {
        let digits = usize::try_from(self.width().div_ceil(4)).unwrap_or(0);
        let text = self._lines.iter().map(|line| format!("{:0digits$x}\n", self.word(line))).collect();
        TextFile { name: self._file.clone(), text }
    }

    fn word(&self, line: &TableLine) -> u128 {
        let fields = [
            (line.address, self.address.width()),
            (line.weights, self.weights.width()),
            (line.mask, self.mask.width()),
            (u64::from(line.doubles) | u64::from(line.counts) << 1, self.weighing()),
            (u64::from(line.last), 1),
            (u64::from(line.closing), 1),
        ];
        let fields = fields.iter().filter(|&&(_, bits)| bits > 0);
        fields.rev().fold(0, |word, &(field, bits)| word << bits | u128::from(field))
    }
}

impl Logic for TapTable {
    fn update(&mut self) {
        if !self.clock.pos_edge() {
            return;
        }
        let Some(line) = self._lines.get(self.line.val().index()).copied() else { return };
        self.address.next = Value::new(line.address, self.address.width());
        self.weights.next = Value::new(line.weights, self.weights.width());
        self.mask.next = Value::new(line.mask, self.mask.width());
        self.doubles.next = line.doubles;
        self.counts.next = line.counts;
        self.last.next = line.last;
        self.closing.next = line.closing;
    }

    fn connect(&mut self) {
        self.address.connect();
        self.weights.connect();
        self.mask.connect();
        self.doubles.connect();
        self.counts.connect();
        self.last.connect();
        self.closing.connect();
    }

    fn hdl(&self) -> Verilog {
        let fields = [("address", self.address.width()), ("weights", self.weights.width()), ("mask", self.mask.width())];
        let mut cuts = String::new();
        let mut offset = 0;
        for (name, bits) in fields {
            cuts += &format!("always @(*) {name} = word[{offset} +: {bits}];\n");
            offset += bits;
        }
        match self._weighs {
            true => cuts += &format!("always @(*) doubles = word[{offset}];\nalways @(*) counts = word[{}];\n", offset + 1),
            // A register that never changes, which synthesis leaves out: a constant alone never triggers.
            false => {
                cuts += "initial {doubles, counts} = 2'b01;\nalways @(posedge clock) {doubles, counts} <= 2'b01;\n";
            }
        }
        offset += self.weighing();
        cuts += &format!("always @(*) last = word[{offset}];\nalways @(*) closing = word[{}];\n", offset + 1);
        Verilog::Custom(format!(
            "{attributes}\nreg {range}words [0:{last}];\nreg {range}word;\n\
             initial $readmemh(\"{file}\", words);\n\
             always @(posedge clock) word <= words[line];\n{cuts}",
            attributes = attributes(self._style),
            range = range(self.width()),
            last = self._lines.len() - 1,
            file = self._file,
        ))
    }
}
