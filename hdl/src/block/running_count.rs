//! How many spikes have entered a layer since a presentation began, as the first line of the level that holds.
//!
//! ```text
//! sum = count so far + those of this timestep, at most levels - 1 << shift;  first_line = (sum >> shift) << index bits
//! ```

use super::wiring::{Concat, Resize, Slice};
use crate::arch::{ScalingArch, StageArch};
use crate::dff_setup;
use crate::signal::{bits_for, Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct RunningCount {
    // Control
    pub clock: Signal<In, Clock>,
    pub fresh: Signal<In, Bit>,
    /// The timestep ends with this neuron.
    pub last: Signal<In, Bit>,
    // Data
    /// Spikes that entered at this timestep.
    pub input_count: Bus<In>,
    pub first_line: Bus<Out>,
    wide: Resize,
    level: Slice,
    line_of: Concat,
    so_far: Register,
    until_here: Bus<Local>,
    total: Bus<Local>,
    sum: Bus<Local>,
    none: Fixed,
    most: Fixed,
    first_index: Fixed,
}

impl RunningCount {
    /// `lines` bits of a line.
    pub fn new(stage: &StageArch, scaling: &ScalingArch, line: u32) -> Self {
        let index = stage.parameter_bits();
        let shift = scaling.count_shift.unwrap_or(0);
        let most = ((scaling.lines.len() >> index) - 1) << shift;
        let sum = bits_for(most + stage.fan_in()).max(stage.count_bits()).max(shift + 1);
        let level = (line - index).max(1);
        RunningCount {
            clock: Default::default(),
            fresh: Default::default(),
            last: Default::default(),
            input_count: Bus::new(stage.count_bits()),
            first_line: Bus::new(line),
            wide: Resize::new(stage.count_bits(), sum),
            level: Slice::new(sum, shift, level),
            line_of: Concat::new(index, level, line),
            so_far: Register::new(sum),
            until_here: Bus::new(sum),
            total: Bus::new(sum),
            sum: Bus::new(sum),
            none: Fixed::new(0, sum),
            most: Fixed::count(most, sum),
            first_index: Fixed::new(0, index),
        }
    }
}

impl Logic for RunningCount {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, so_far);
        self.until_here.next = self.so_far.q.val();
        if self.fresh.val() {
            self.until_here.next = self.none.val();
        }
        self.wide.from.next = self.input_count.val();
        self.total.next = self.until_here.val() + self.wide.to.val();
        self.sum.next = self.total.val();
        if self.total.val() > self.most.val() {
            self.sum.next = self.most.val();
        }
        if self.last.val() {
            self.so_far.d.next = self.sum.val();
        }
        self.level.from.next = self.sum.val();
        self.line_of.low.next = self.first_index.val();
        self.line_of.high.next = self.level.to.val();
        self.first_line.next = self.line_of.joined.val();
    }
}
