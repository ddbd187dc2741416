//! Spikes of neighbouring neurons at their place in a word. Leaf without registers.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct InPlace {
    pub spikes: Bus<In>,
    /// One hot: where the first of them belongs.
    pub place: Bus<In>,
    pub in_place: Bus<Out>,
}

impl InPlace {
    pub fn new(n_spikes: u32, word: u32) -> Self {
        InPlace { spikes: Bus::new(n_spikes), place: Bus::new(word), in_place: Bus::new(word) }
    }
}

impl Logic for InPlace {
    fn update(&mut self) {
        let (spikes, place) = (self.spikes.val().raw(), self.place.val().raw());
        let word = (0..self.spikes.width()).filter(|i| spikes >> i & 1 == 1).fold(0, |word, i| word | place << i);
        self.in_place.next = Value::new(word, self.in_place.width());
    }

    fn connect(&mut self) {
        self.in_place.connect();
    }

    fn hdl(&self) -> Verilog {
        let word = self.in_place.width();
        if self.spikes.width() == 1 {
            return Verilog::Custom(format!("always @(*) in_place = spikes ? place : {word}'h0;\n"));
        }
        let of_spike = |i| format!("(spikes[{i}] ? place << {i} : {word}'h0)");
        let all: Vec<String> = (0..self.spikes.width()).map(of_spike).collect();
        Verilog::Custom(format!("always @(*) in_place = {};\n", all.join(" | ")))
    }
}
