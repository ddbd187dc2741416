//! Which inputs of a beat a sample depresses when they are silent (STDP): one in eight, whose numbers end in the highest
//! bits of the layer's random number. Leaf.

use super::rounding::RANDOM_BITS;
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// mask[b] = (beat * width + b) mod 8 = random >> 13
#[derive(LogicBlock)]
pub struct Depressed {
    pub random: Bus<In>,
    pub beat: Bus<In>,
    pub mask: Bus<Out>,
}

/// Bits of an input's number that choose: one silent input in 2 to the power of this is depressed, and by so much more.
pub(super) const CHOICE_BITS: u32 = 3;

impl Depressed {
    /// Of beats of `width` inputs, a power of two.
    pub fn new(width: u32, beat_bits: u32) -> Self {
        Depressed { random: Bus::new(RANDOM_BITS), beat: Bus::new(beat_bits), mask: Bus::new(width) }
    }
}

impl Logic for Depressed {
    fn update(&mut self) {
        let (width, choice) = (self.mask.width(), self.random.val().raw() >> (RANDOM_BITS - CHOICE_BITS));
        let first = self.beat.val().raw() << width.trailing_zeros();
        let is_chosen = |bit: &u32| (first + u64::from(*bit)) & ((1 << CHOICE_BITS) - 1) == choice;
        let mask = (0..width).filter(is_chosen).fold(0_u64, |mask, bit| mask | 1 << bit);
        self.mask.next = Value::new(mask, width);
    }

    fn connect(&mut self) {
        self.mask.connect();
    }

    fn hdl(&self) -> Verilog {
        let (width, beat_bits) = (self.mask.width(), self.beat.width());
        // The low bits of an input's number: those within the beat, and of narrow beats some of the beat's number.
        let of_bit = width.trailing_zeros().min(CHOICE_BITS);
        let of_beat = CHOICE_BITS - of_bit;
        let beat = match of_beat.checked_sub(beat_bits) {
            Some(fill) if fill > 0 => format!("{{{fill}'b0, beat}}"),
            _ => format!("beat[0 +: {of_beat}]"),
        };
        let ends = |bit: u32| match (of_beat, of_bit) {
            (0, _) => format!("{CHOICE_BITS}'d{}", bit & ((1 << CHOICE_BITS) - 1)),
            (_, 0) => beat.clone(),
            _ => format!("{{{beat}, {of_bit}'d{bit}}}"),
        };
        let masks: Vec<String> = (0..width).rev().map(|bit| format!("choice == {}", ends(bit))).collect();
        Verilog::Custom(format!(
            "wire [{top}:0] choice = random[{low} +: {CHOICE_BITS}];\nalways @(*) mask = {{{}}};\n",
            masks.join(", "),
            top = CHOICE_BITS - 1,
            low = RANDOM_BITS - CHOICE_BITS,
        ))
    }
}
