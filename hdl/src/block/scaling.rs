//! The drive of a layer whose currents are worth something else at each timestep: batch norm through time.
//!
//! ```text
//! cycle   0                               1
//!         line = first_line + index  ->       drive = current * scale + bias
//! first_line: 0 in the first timestep of a presentation, then a timestep's parameters on; that of the last one stays
//! ```
//! Where words of memories pass a register, the current comes a cycle later, and so does the drive.
//! Where what has entered says it, first_line is that of a [`RunningCount`].

use super::lif_steps::Scaled;
use super::running_count::RunningCount;
use super::scale_table::ScaleTable;
use super::wiring::Resize;
use crate::arch::{ScalingArch, StageArch};
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Scaling {
    // Control
    pub clock: Signal<In, Clock>,
    /// In cycle 0: the timestep is the first of its presentation.
    pub fresh: Signal<In, Bit>,
    /// In cycle 0: the timestep ends with this neuron.
    pub last: Signal<In, Bit>,
    // Data
    /// Of the neuron's parameters, in cycle 0.
    pub index: Bus<In>,
    /// Spikes that entered at this timestep, in cycle 0.
    pub input_count: Bus<In>,
    /// In cycle 1.
    pub current: Bus<In>,
    pub drive: Bus<Out>,
    rom: ScaleTable,
    scaled_step: Scaled,
    wide: Resize,
    /// One, where it tells the line.
    counted: Vec<RunningCount>,
    first_line: Register,
    here: Bus<Local>,
    no_line: Fixed,
    lines: Fixed,
    last_first_line: Fixed,
}

impl Scaling {
    pub fn new(stage: &StageArch, scaling: &ScalingArch) -> Self {
        let rom = ScaleTable::new(scaling, scaling_file(stage), stage.memories.tables).registered(stage.memories.registered);
        let (line, n_parameters) = (rom.line.width(), stage.n_parameters());
        let counted = scaling.count_shift.map(|_| RunningCount::new(stage, scaling, line));
        Scaling {
            clock: Default::default(),
            fresh: Default::default(),
            last: Default::default(),
            index: Bus::new(stage.parameter_bits()),
            input_count: Bus::new(stage.count_bits()),
            current: Bus::new(stage.current_bits()),
            drive: Bus::new(stage.work_bits()),
            rom,
            scaled_step: Scaled::new(stage, scaling),
            wide: Resize::new(stage.parameter_bits(), line),
            counted: counted.into_iter().collect(),
            first_line: Register::new(line),
            here: Bus::new(line),
            no_line: Fixed::new(0, line),
            // A single timestep never steps on.
            lines: Fixed::count(if scaling.lines.len() > n_parameters { n_parameters } else { 0 }, line),
            last_first_line: Fixed::count(scaling.lines.len() - n_parameters, line),
        }
    }
}

/// The name of the file of a stage's table.
pub fn scaling_file(stage: &StageArch) -> String {
    format!("{}_scaling.hex", stage.name)
}

impl Logic for Scaling {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, first_line);
        // Cycle 0
        self.here.next = self.first_line.q.val();
        if self.fresh.val() {
            self.here.next = self.no_line.val();
        }
        for i in 0..self.counted.len() {
            self.counted[i].clock.next = self.clock.val();
            self.counted[i].fresh.next = self.fresh.val();
            self.counted[i].last.next = self.last.val();
            self.counted[i].input_count.next = self.input_count.val();
            self.here.next = self.counted[i].first_line.val();
        }
        if self.last.val() {
            self.first_line.d.next = self.here.val() + self.lines.val();
            if self.here.val() == self.last_first_line.val() {
                self.first_line.d.next = self.last_first_line.val();
            }
        }
        self.wide.from.next = self.index.val();
        self.rom.clock.next = self.clock.val();
        self.rom.line.next = self.here.val() + self.wide.to.val();

        // Cycle 1
        self.scaled_step.current.next = self.current.val();
        self.scaled_step.scale.next = self.rom.scale.val();
        self.scaled_step.bias.next = self.rom.bias.val();
        self.drive.next = self.scaled_step.drive.val();
    }
}
