//! The weights of a layer: one word a cycle holds a beat of inputs for every lane.
//!
//! ```text
//! word [group * beats + beat] = { lane[n-1], ..., lane[1], lane[0] },  bit i of a lane = input beat*BEAT + i, 1 is +1
//! ```
//!
//! Leaf: the word may be wider than any rust-hdl signal, so it is cut into lanes inside.

use super::ram::{attributes, range};
use crate::arch::Style;
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;
use std::rc::Rc;

#[derive(LogicBlock)]
pub struct WeightMemory {
    pub clock: Signal<In, Clock>,
    pub address: Bus<In>,
    pub lane: Vec<Bus<Out>>,
    _words: Rc<Vec<Vec<u64>>>,
    _file: String,
    _style: Style,
}

impl WeightMemory {
    /// `words[address][lane]`, at most 64 bits each; `file` is what `$readmemh` reads them from.
    pub fn new(address_bits: u32, beat: u32, words: Rc<Vec<Vec<u64>>>, file: String, style: Style) -> Self {
        let lanes = words.first().map_or(0, Vec::len);
        WeightMemory {
            clock: Default::default(),
            address: Bus::new(address_bits),
            lane: (0..lanes).map(|_| Bus::new(beat)).collect(),
            _words: words,
            _file: file,
            _style: style,
        }
    }
}

impl Logic for WeightMemory {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            let word = self._words.get(self.address.val().index());
            for (index, lane) in self.lane.iter_mut().enumerate() {
                lane.next = Value::new(word.map_or(0, |word| word[index]), lane.width());
            }
        }
    }

    fn connect(&mut self) {
        self.lane.iter_mut().for_each(Logic::connect);
    }

    fn hdl(&self) -> Verilog {
        let beat = self.lane[0].bits();
        let width = range(u32::try_from(beat * self.lane.len()).unwrap_or(u32::MAX));
        let cuts: String = (0..self.lane.len())
            .map(|lane| format!("always @(*) lane${lane} = word[{} +: {beat}];\n", lane * beat))
            .collect();
        Verilog::Custom(format!(
            "{attributes}\nreg {width}words [0:{last}];\nreg {width}word;\n\
             initial $readmemh(\"{file}\", words);\n\
             always @(posedge clock) word <= words[address];\n{cuts}",
            attributes = attributes(self._style),
            last = self._words.len() - 1,
            file = self._file,
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
