//! An entry of a spike buffer on its way out: the word of spikes, and which word of the timestep it is.
//!
//! Leaf. A buffer that skips zero words stores the index above the word; one that does not knows it from
//! the entry it asked for a cycle ago.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct SpikeEntry {
    pub stored: Bus<In>,
    pub asked: Bus<In>,
    pub spikes: Bus<Out>,
    pub index: Bus<Out>,
}

impl SpikeEntry {
    pub fn new(stored: u32, word: u32, index: u32) -> Self {
        assert!(stored == word || stored == word + index, "{stored} bits for {word} spikes");
        SpikeEntry { stored: Bus::new(stored), asked: Bus::new(index), spikes: Bus::new(word), index: Bus::new(index) }
    }

    fn is_plain(&self) -> bool {
        self.stored.width() == self.spikes.width()
    }
}

impl Logic for SpikeEntry {
    fn update(&mut self) {
        let stored = self.stored.val().raw();
        self.spikes.next = Value::new(stored, self.spikes.width());
        self.index.next = if self.is_plain() {
            self.asked.val()
        } else {
            Value::new(stored.checked_shr(self.spikes.width()).unwrap_or(0), self.index.width())
        };
    }

    fn connect(&mut self) {
        self.spikes.connect();
        self.index.connect();
    }

    fn hdl(&self) -> Verilog {
        let (word, index) = (self.spikes.width(), self.index.width());
        Verilog::Custom(if self.is_plain() {
            "always @(*) spikes = stored;\nalways @(*) index = asked;\n".into()
        } else {
            format!(
                "always @(*) spikes = stored[0 +: {word}];\n\
                 always @(*) index = stored[{word} +: {index}];\n"
            )
        })
    }
}
