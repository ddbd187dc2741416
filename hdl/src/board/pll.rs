//! The system clock: the board's oscillator as it is, or through the family's PLL. Leaf.

use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;
use serde::{Deserialize, Serialize};

/// How the system clock is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClockSource {
    /// The oscillator itself.
    Plain,
    /// A PLL instance, as the family's Verilog: text that drives `clock` from `pin`.
    Pll { instance: String },
}

#[derive(LogicBlock)]
pub struct SystemClock {
    pub pin: Signal<In, Clock>,
    pub clock: Signal<Out, Clock>,
    _source: ClockSource,
}

impl SystemClock {
    pub fn new(source: ClockSource) -> Self {
        SystemClock { pin: Default::default(), clock: Default::default(), _source: source }
    }
}

impl Logic for SystemClock {
    fn update(&mut self) {
        self.clock.next = self.pin.val();
    }

    fn connect(&mut self) {
        self.clock.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom(match &self._source {
            ClockSource::Plain => "always @(*) clock = pin;\n".into(),
            ClockSource::Pll { instance } => format!("wire made;\nalways @(*) clock = made;\n{instance}\n"),
        })
    }
}
