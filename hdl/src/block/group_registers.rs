//! Registers of a lane group's own, behind what all groups share: none of it has to reach every lane of the crossbar in a
//! cycle.
//!
//! Leaf: synthesis would make one register of all that hold the same.

use super::ram::range;
use crate::signal::Bus;
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

#[derive(LogicBlock)]
pub struct GroupRegisters {
    // Control
    pub clock: Signal<In, Clock>,
    pub doubles: Signal<In, Bit>,
    pub take: Signal<In, Bit>,
    pub shift: Signal<In, Bit>,
    pub doubles_here: Signal<Out, Bit>,
    pub take_here: Signal<Out, Bit>,
    pub shift_here: Signal<Out, Bit>,
    // Data
    pub spikes: Bus<In>,
    pub spikes_here: Bus<Out>,
}

impl GroupRegisters {
    pub fn new(beat: u32) -> Self {
        GroupRegisters {
            clock: Default::default(),
            doubles: Default::default(),
            take: Default::default(),
            shift: Default::default(),
            doubles_here: Default::default(),
            take_here: Default::default(),
            shift_here: Default::default(),
            spikes: Bus::new(beat),
            spikes_here: Bus::new(beat),
        }
    }
}

impl Logic for GroupRegisters {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            self.doubles_here.next = self.doubles.val();
            self.take_here.next = self.take.val();
            self.shift_here.next = self.shift.val();
            self.spikes_here.next = self.spikes.val();
        }
    }

    fn connect(&mut self) {
        self.doubles_here.connect();
        self.take_here.connect();
        self.shift_here.connect();
        self.spikes_here.connect();
    }

    fn hdl(&self) -> Verilog {
        let bits = self.spikes.width() + 3;
        Verilog::Custom(format!(
            "reg {range}here;\n\
             initial here = {bits}'h0;\n\
             (* keep *) always @(posedge clock) here <= {{doubles, take, shift, spikes}};\n\
             always @(*) {{doubles_here, take_here, shift_here, spikes_here}} = here;\n",
            range = range(bits),
        ))
    }
}
