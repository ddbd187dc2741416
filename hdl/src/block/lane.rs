//! One lane of the crossbar: sums, over a group's beats, the spikes that meet a +1 weight.
//!
//! ```text
//! cycle    0              1                 2
//!          met <= count   sum += met        total <= sum, sum <= 0   (on `take`)
//!          (if `enable`)  (if `accumulate`)
//! ```
//!
//! Wider weights come bit by bit, the highest first: the first beat of a lower bit doubles the sum before it adds.
//!
//! The totals of all lanes form a shift register towards lane 0, where the LIF pipeline reads one neuron a
//! cycle while the lanes already sum the next group. All counts hold the sum of every input times the widest weight.
//!
//! Leaf: there are as many lanes as memories allow, and next-value copies of their registers would be most of the
//! simulation's work.

use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct Lane {
    // Control
    pub clock: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub accumulate: Signal<In, Bit>,
    pub doubles: Signal<In, Bit>,
    pub take: Signal<In, Bit>,
    pub shift: Signal<In, Bit>,
    // Data
    pub count: Bus<In>,
    pub next_lane: Bus<In>,
    pub total: Bus<Out>,
    _met: Value,
    _sum: Value,
}

impl Lane {
    pub fn new(count_bits: u32) -> Self {
        let zero = Value::new(0, count_bits);
        Lane {
            clock: Default::default(),
            enable: Default::default(),
            accumulate: Default::default(),
            doubles: Default::default(),
            take: Default::default(),
            shift: Default::default(),
            count: Bus::new(count_bits),
            next_lane: Bus::new(count_bits),
            total: Bus::new(count_bits),
            _met: zero,
            _sum: zero,
        }
    }
}

impl Logic for Lane {
    fn update(&mut self) {
        if !self.clock.pos_edge() {
            return;
        }
        if self.take.val() {
            self.total.next = self._sum;
            self._sum = Value::new(0, self.total.width());
        } else {
            if self.shift.val() {
                self.total.next = self.next_lane.val();
            }
            if self.accumulate.val() {
                let before = Value::new(self._sum.raw() << u32::from(self.doubles.val()), self._sum.width());
                self._sum = before + self._met;
            }
        }
        if self.enable.val() {
            self._met = self.count.val();
        }
    }

    fn connect(&mut self) {
        self.total.connect();
    }

    fn hdl(&self) -> Verilog {
        let (width, top, bits) = (self.total.width(), self.total.width() - 1, 3 * self.total.width());
        Verilog::Custom(format!(
            "reg [{top}:0] met, sum;\n\
             initial {{met, sum, total}} = {bits}'h0;\n\
             always @(posedge clock) begin\n\
             \x20   if (enable) met <= count;\n\
             \x20   if (take) begin\n\
             \x20       sum <= {width}'h0;\n\
             \x20       total <= sum;\n\
             \x20   end else begin\n\
             \x20       if (accumulate) sum <= (doubles ? sum << 1 : sum) + met;\n\
             \x20       if (shift) total <= next_lane;\n\
             \x20   end\n\
             end\n"
        ))
    }
}
