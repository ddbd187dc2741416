//! A beat out of two neighbouring words, from any step on, without the bits that do not count.
//!
//! Leaf: rust-hdl cannot cut a signal.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct View {
    pub even: Bus<In>,
    pub odd: Bus<In>,
    /// The beat starts in the odd word.
    pub is_odd: Signal<In, Bit>,
    pub shift: Bus<In>,
    pub mask: Bus<In>,
    pub live: Bus<In>,
    pub spikes: Bus<Out>,
    _step_bits: u32,
}

impl View {
    /// A shift moves by `2^step_bits` bits.
    pub fn new(beat: u32, shift: u32, step_bits: u32) -> Self {
        assert!(beat <= 32, "two words of {beat} bits do not fit 64");
        View {
            even: Bus::new(beat),
            odd: Bus::new(beat),
            is_odd: Default::default(),
            shift: Bus::new(shift),
            mask: Bus::new(beat),
            live: Bus::new(1),
            spikes: Bus::new(beat),
            _step_bits: step_bits,
        }
    }
}

impl Logic for View {
    fn update(&mut self) {
        let beat = self.spikes.width();
        let (even, odd) = (self.even.val().raw(), self.odd.val().raw());
        let (low, high) = if self.is_odd.val() { (odd, even) } else { (even, odd) };
        let shift = self.shift.val().raw() << self._step_bits;
        let shown = (high << beat | low) >> shift & self.mask.val().raw();
        self.spikes.next = Value::new(if self.live.val().any() { shown } else { 0 }, beat);
    }

    fn connect(&mut self) {
        self.spikes.connect();
    }

    fn hdl(&self) -> Verilog {
        let (beat, step) = (self.spikes.width(), self._step_bits);
        let low = if step > 0 { format!(", {step}'b0") } else { String::new() };
        Verilog::Custom(format!(
            "reg [{top}:0] both, moved;\n\
             always @(*) both = is_odd ? {{even, odd}} : {{odd, even}};\n\
             always @(*) moved = both >> {{shift{low}}};\n\
             always @(*) spikes = moved[0 +: {beat}] & mask & {{{beat}{{live}}}};\n",
            top = 2 * beat - 1,
        ))
    }
}
