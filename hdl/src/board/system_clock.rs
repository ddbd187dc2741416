//! The system clock: the board's oscillator as it is, or through a PLL module. Leaf.
//!
//! Until the PLL has locked its clock may be too fast for the logic. Nothing is lost by that: the top keeps the serial
//! line at rest until then, and a design that hears nothing changes no register.

use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;
use serde::{Deserialize, Serialize};

/// `module spikeforge_pll (input clock_in, output clock_out, output locked)`, which the board's family provides.
pub const PLL_MODULE: &str = "spikeforge_pll";

/// Where the system clock comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClockSource {
    Oscillator,
    /// Through [`PLL_MODULE`].
    Pll,
}

#[derive(LogicBlock)]
pub struct SystemClock {
    pub pin: Signal<In, Clock>,
    pub clock: Signal<Out, Clock>,
    pub locked: Signal<Out, Bit>,
    _source: ClockSource,
}

impl SystemClock {
    pub fn new(source: ClockSource) -> Self {
        SystemClock { pin: Default::default(), clock: Default::default(), locked: Default::default(), _source: source }
    }
}

impl Logic for SystemClock {
    fn update(&mut self) {
        self.clock.next = self.pin.val();
        self.locked.next = true;
    }

    fn connect(&mut self) {
        self.clock.connect();
        self.locked.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom(match self._source {
            // A register that never changes: `always @(*)` would have nothing to wake it.
            ClockSource::Oscillator => "always @(*) clock = pin;\n\
                 initial locked = 1'b1;\nalways @(posedge pin) locked <= 1'b1;\n"
                .into(),
            ClockSource::Pll => format!(
                "wire pll_clock, pll_locked;\nalways @(*) clock = pll_clock;\nalways @(*) locked = pll_locked;\n\
                 {PLL_MODULE} pll (.clock_in(pin), .clock_out(pll_clock), .locked(pll_locked));\n"
            ),
        })
    }
}
