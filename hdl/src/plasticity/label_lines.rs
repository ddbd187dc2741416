//! The input lines of a beat that tell a class its label (Forward-Forward, SymBa). Leaf.
//!
//! ```text
//! lines of the sample | lines of class 0 | lines of class 1 | ..
//! ```

use super::readout_class::CLASS_BITS;
use crate::signal::{bits_for, Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;
use std::ops::Range;

#[derive(LogicBlock)]
pub struct LabelLines {
    pub enable: Signal<In, Bit>,
    pub of_class: Bus<In>,
    pub beat: Bus<In>,
    pub spikes: Bus<Out>,
    _first: usize,
    _lines: usize,
    _n_classes: usize,
    _beats: usize,
}

impl LabelLines {
    /// `lines` a class from line `first` on, in `beats` words of `beat` lines.
    pub fn new(first: usize, lines: usize, n_classes: usize, (beat, beats): (u32, usize)) -> Self {
        LabelLines {
            enable: Default::default(),
            of_class: Bus::new(CLASS_BITS),
            beat: Bus::new(bits_for(beats - 1)),
            spikes: Bus::new(beat),
            _first: first,
            _lines: lines,
            _n_classes: n_classes,
            _beats: beats,
        }
    }

    fn of(&self, class: usize) -> Range<usize> {
        let first = self._first + class * self._lines;
        first..first + self._lines
    }

    fn word(&self, class: usize, beat: usize) -> u64 {
        let width = usize::try_from(self.spikes.width()).unwrap_or(1);
        let bit = |k: usize| u64::from(self.of(class).contains(&(beat * width + k))) << k;
        (0..width).map(bit).sum()
    }
}

impl Logic for LabelLines {
    fn update(&mut self) {
        let (class, beat) = (self.of_class.val().index(), self.beat.val().index());
        let shows = self.enable.val() && class < self._n_classes && beat < self._beats;
        self.spikes.next = Value::new(if shows { self.word(class, beat) } else { 0 }, self.spikes.width());
    }

    fn connect(&mut self) {
        self.spikes.connect();
    }

    fn hdl(&self) -> Verilog {
        let (width, beat_bits) = (self.spikes.width(), self.beat.width());
        let places = (0..self._n_classes).flat_map(|class| (0..self._beats).map(move |beat| (class, beat)));
        let words = places.map(|(class, beat)| (class, beat, self.word(class, beat))).filter(|&(.., word)| word != 0);
        let cases: String = words
            .map(|(class, beat, word)| format!("        {{{CLASS_BITS}'d{class}, {beat_bits}'d{beat}}}: spikes = {width}'h{word:x};\n"))
            .collect();
        Verilog::Custom(format!(
            "always @(*) begin\n\
             \x20   case ({{of_class, beat}})\n{cases}\
             \x20       default: spikes = {width}'h0;\n\
             \x20   endcase\n\
             \x20   if (!enable) spikes = {width}'h0;\n\
             end\n"
        ))
    }
}
