//! Counts the spikes of a beat of inputs at once, then gives those that spiked, or are due in any case, one by one. Leaf.
//!
//! ```text
//! add      every input that is set in `spikes` counts one more
//! add      every input that is set in `due` is given too, though it be silent
//! take     the lowest of those to give, shown as `index` and `count`, is cleared
//! ```
//! Bit k of all counts lies in one word, so that a beat is counted by a ripple of words.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct InputCounter {
    // Control
    pub clock: Signal<In, Clock>,
    pub add: Signal<In, Bit>,
    pub take: Signal<In, Bit>,
    // Data
    pub spikes: Bus<In>,
    pub due: Bus<In>,
    /// Some input is left to take.
    pub any: Signal<Out, Bit>,
    /// One at most is.
    pub at_last: Signal<Out, Bit>,
    pub index: Bus<Out>,
    pub count: Bus<Out>,
    _planes: Vec<u64>,
    _due: u64,
}

impl InputCounter {
    pub fn new(beat: u32, count_bits: u32) -> Self {
        let mut counter = InputCounter {
            clock: Default::default(),
            add: Default::default(),
            take: Default::default(),
            spikes: Bus::new(beat),
            due: Bus::new(beat),
            any: Default::default(),
            at_last: Default::default(),
            index: Bus::new(beat.trailing_zeros()),
            count: Bus::new(count_bits),
            _planes: (0..count_bits).map(|_| 0).collect(),
            _due: 0,
        };
        counter.at_last.next = true;
        counter
    }

    fn active(&self) -> u64 {
        self._planes.iter().fold(self._due, |active, plane| active | plane)
    }
}

impl Logic for InputCounter {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            let mut carry = if self.add.val() { self.spikes.val().raw() } else { 0 };
            let active = self.active();
            let taken = if self.take.val() { active & active.wrapping_neg() } else { 0 };
            for plane in &mut self._planes {
                (*plane, carry) = ((*plane ^ carry) & !taken, *plane & carry);
            }
            self._due = if self.add.val() { self.due.val().raw() } else { self._due & !taken };
        }
        let active = self.active();
        let lowest = if active == 0 { 0 } else { active.trailing_zeros() };
        self.any.next = active != 0;
        self.at_last.next = active & active.wrapping_sub(1) == 0;
        self.index.next = Value::new(u64::from(lowest), self.index.width());
        let bits = (0_u32..).zip(&self._planes);
        let count = bits.fold(0, |count, (bit, plane)| count | (plane >> lowest & 1) << bit);
        self.count.next = Value::new(count, self.count.width());
    }

    fn connect(&mut self) {
        self.any.connect();
        self.at_last.connect();
        self.index.connect();
        self.count.connect();
    }

    fn hdl(&self) -> Verilog {
        let (beat, bits, index_bits) = (self.spikes.width(), self.count.width(), self.index.width());
        let has = |bit: u32| (0..beat).filter(|at| at >> bit & 1 == 1).fold(0_u64, |mask, at| mask | 1 << at);
        let index: Vec<String> =
            (0..index_bits).rev().map(|bit| format!("|(lowest & {beat}'h{:x})", has(bit))).collect();
        let planes: Vec<String> = (0..bits).map(|bit| format!("plane{bit}")).collect();
        let (mut steps, mut carries, mut count) = (String::new(), String::new(), String::new());
        for bit in 0..bits {
            let carried = if bit == 0 { "spikes & {BEAT{add}}".replace("BEAT", &beat.to_string()) } else { format!("carry{} & plane{}", bit - 1, bit - 1) };
            carries += &format!("wire [{}:0] carry{bit} = {carried};\n", beat - 1);
            steps += &format!("    plane{bit} <= (plane{bit} ^ carry{bit}) & ~taken;\n");
            count += &format!("    count[{bit}] = |(lowest & plane{bit});\n");
        }
        Verilog::Custom(format!(
            "reg [{top}:0] left, {planes};\ninitial {{left, {planes}}} = {{{words}{{{beat}'h0}}}};\n\
             wire [{top}:0] active = left | {any};\n\
             wire [{top}:0] rest = active & (active - {beat}'h1);\n\
             wire [{top}:0] lowest = active & ~rest;\n\
             wire [{top}:0] taken = lowest & {{{beat}{{take}}}};\n{carries}\
             always @(posedge clock) begin\n\
             \x20   left <= add ? due : left & ~taken;\n{steps}end\n\
             always @(*) begin\n\
             \x20   any = |active;\n\
             \x20   at_last = ~|rest;\n\
             \x20   index = {{{index}}};\n{count}end\n",
            top = beat - 1,
            planes = planes.join(", "),
            words = bits + 1,
            any = planes.join(" | "),
            index = index.join(", "),
        ))
    }
}
