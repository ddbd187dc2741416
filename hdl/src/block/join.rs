//! Bits and words side by side, those of the first pipeline lowest. Leaves without logic.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// `joined = { bit[n-1], .., bit[0] }`
#[derive(LogicBlock)]
pub struct JoinBits {
    pub bit: Vec<Signal<In, Bit>>,
    pub joined: Bus<Out>,
}

impl JoinBits {
    pub fn new(n: usize) -> Self {
        JoinBits { bit: (0..n).map(|_| Default::default()).collect(), joined: Bus::new(u32::try_from(n).unwrap_or(64)) }
    }
}

impl Logic for JoinBits {
    fn update(&mut self) {
        let word = self.bit.iter().rev().fold(0, |word, bit| word << 1 | u64::from(bit.val()));
        self.joined.next = Value::new(word, self.joined.width());
    }

    fn connect(&mut self) {
        self.joined.connect();
    }

    fn hdl(&self) -> Verilog {
        let bits: Vec<String> = (0..self.bit.len()).rev().map(|i| format!("bit${i}")).collect();
        Verilog::Custom(format!("always @(*) joined = {{{}}};\n", bits.join(", ")))
    }
}

/// `low = { word[1], word[0] }` and `high = { word[3], word[2] }` as far as there are so many: a signal has at most 64 bits.
#[derive(LogicBlock)]
pub struct JoinWords {
    pub word: Vec<Bus<In>>,
    pub low: Bus<Out>,
    pub high: Bus<Out>,
}

impl JoinWords {
    /// `n`: 1, 2 or 4 words of `width` bits, at most 32 where they are joined.
    pub fn new(n: usize, width: u32) -> Self {
        let bits = |words: usize| width * u32::try_from(words).unwrap_or(2);
        JoinWords {
            word: (0..n).map(|_| Bus::new(width)).collect(),
            low: Bus::new(bits(n.min(2))),
            high: Bus::new(bits(n.saturating_sub(2)).max(1)),
        }
    }

    fn joined(&self, words: std::ops::Range<usize>) -> u64 {
        words.rev().fold(0, |all, i| all.checked_shl(self.word[i].width()).unwrap_or(0) | self.word[i].val().raw())
    }
}

impl Logic for JoinWords {
    fn update(&mut self) {
        let n = self.word.len();
        self.low.next = Value::new(self.joined(0..n.min(2)), self.low.width());
        self.high.next = Value::new(self.joined(n.min(2)..n), self.high.width());
    }

    fn connect(&mut self) {
        self.low.connect();
        self.high.connect();
    }

    fn hdl(&self) -> Verilog {
        let joined = |words: std::ops::Range<usize>| words.rev().map(|i| format!("word${i}")).collect::<Vec<_>>().join(", ");
        let n = self.word.len();
        // Something must wake `always @(*)`.
        let high = if n > 2 { format!("{{{}}}", joined(2..n)) } else { "^word$0 & 1'b0".to_owned() };
        Verilog::Custom(format!("always @(*) low = {{{}}};\nalways @(*) high = {high};\n", joined(0..n.min(2))))
    }
}
