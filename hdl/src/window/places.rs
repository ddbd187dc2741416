//! Where words and beats lie in the two memories of a frame: word `2 i` in the even one, word `2 i + 1` in the odd one.
//!
//! Leaves without logic but an increment; each is its Verilog and its Rust twin.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// The place that a word is written to.
#[derive(LogicBlock)]
pub struct WordPlace {
    pub word: Bus<In>,
    pub place: Bus<Out>,
    pub is_odd: Signal<Out, Bit>,
}

impl WordPlace {
    pub fn new(word: u32, place: u32) -> Self {
        WordPlace { word: Bus::new(word), place: Bus::new(place), is_odd: Default::default() }
    }
}

impl Logic for WordPlace {
    fn update(&mut self) {
        let word = self.word.val().raw();
        self.place.next = Value::new(word >> 1, self.place.width());
        self.is_odd.next = word & 1 == 1;
    }

    fn connect(&mut self) {
        self.place.connect();
        self.is_odd.connect();
    }

    fn hdl(&self) -> Verilog {
        let (word, place) = (self.word.width(), self.place.width());
        // One bit wider, so that it can always be indexed.
        Verilog::Custom(format!(
            "reg [{word}:0] wide;\n\
             always @(*) wide = {{1'b0, word}};\n\
             always @(*) place = {};\n\
             always @(*) is_odd = wide[0];\n",
            cut("wide", 1, word + 1, place),
        ))
    }
}

/// The places of the two words that a beat from `address` on may reach into.
#[derive(LogicBlock)]
pub struct BeatPlace {
    /// In steps.
    pub address: Bus<In>,
    pub even: Bus<Out>,
    pub odd: Bus<Out>,
    /// Whether it starts in an odd word.
    pub is_odd: Signal<Out, Bit>,
    /// Steps from the start of that word.
    pub shift: Bus<Out>,
    _shift_bits: u32,
}

impl BeatPlace {
    /// `shift_bits` of the address are a shift within a word, perhaps none.
    pub fn new(address: u32, shift_bits: u32, place: u32) -> Self {
        BeatPlace {
            address: Bus::new(address),
            even: Bus::new(place),
            odd: Bus::new(place),
            is_odd: Default::default(),
            shift: Bus::new(shift_bits.max(1)),
            _shift_bits: shift_bits,
        }
    }
}

impl Logic for BeatPlace {
    fn update(&mut self) {
        let address = self.address.val().raw();
        let word = address >> self._shift_bits;
        self.even.next = Value::new((word + 1) >> 1, self.even.width());
        self.odd.next = Value::new(word >> 1, self.odd.width());
        self.is_odd.next = word & 1 == 1;
        self.shift.next = Value::new(address & ((1 << self._shift_bits) - 1), self.shift.width());
    }

    fn connect(&mut self) {
        self.even.connect();
        self.odd.connect();
        self.is_odd.connect();
        self.shift.connect();
    }

    fn hdl(&self) -> Verilog {
        let (address, shift, place) = (self.address.width(), self._shift_bits, self.even.width());
        // Wide enough for a shift, a word's lowest bit and a place, and one to carry into.
        let wide = (address + 1).max(shift + 2);
        let top = wide - 1;
        let one = format!("{wide}'h{:x}", 1_u64 << shift);
        // A constant alone would never trigger, and stay unknown in an event-driven simulator.
        let shift_text = if shift == 0 { "wide[0] & 1'b0".to_string() } else { format!("wide[0 +: {shift}]") };
        Verilog::Custom(format!(
            "reg [{top}:0] wide, next;\n\
             always @(*) wide = {{{fill}'b0, address}};\n\
             always @(*) next = wide + {one};\n\
             always @(*) even = {even};\n\
             always @(*) odd = {odd};\n\
             always @(*) is_odd = wide[{shift}];\n\
             always @(*) shift = {shift_text};\n",
            fill = wide - address,
            even = cut("next", shift + 1, wide, place),
            odd = cut("wide", shift + 1, wide, place),
        ))
    }
}

/// `to` bits of `name`, which has `width`, from `offset` on, with zeros above where it ends.
fn cut(name: &str, offset: u32, width: u32, to: u32) -> String {
    let kept = (width - offset).min(to);
    match (kept, to - kept) {
        (0, fill) => format!("{fill}'b0"),
        (kept, 0) => format!("{name}[{offset} +: {kept}]"),
        (kept, fill) => format!("{{{fill}'b0, {name}[{offset} +: {kept}]}}"),
    }
}
