//! How the neurons of a layer respond to the targets of the classes (SigProp): the charges of all classes are summed in
//! one sweep; in the next, a class whose charge is not below the mean of all is feedback of +1, else of -1.
//!
//! ```text
//! cycle  0: spike, membrane     1: charge; the feedback's word is asked for     2: total is written, or the sign told
//! ```
//!
//! Totals grow in the last timestep of a presentation; signs are told in each, and the last one stays.

use super::arch::LearningArch;
use super::charge::{Charge, ResponseStep};
use super::lessons::PHASE_BITS;
use super::readout_class::CLASS_BITS;
use crate::arch::StageArch;
use crate::block::ram::Ram;
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// The sweep in which charges are summed.
pub const SUMS: u64 = 1;
/// The sweep in which they are compared with the mean.
pub const COMPARES: u64 = 2;

#[derive(LogicBlock)]
pub struct Responses {
    // Control
    pub clock: Signal<In, Clock>,
    pub phase: Bus<In>,
    pub shown: Bus<In>,
    pub n_timesteps: Bus<In>,
    // Spikes of the layer
    pub spike_valid: Signal<In, Bit>,
    pub spike_neuron: Bus<In>,
    pub spike: Signal<In, Bit>,
    /// In the first timestep of a presentation.
    pub fresh: Signal<In, Bit>,
    pub membrane: Bus<In>,
    pub threshold: Bus<In>,
    // Signs
    pub asked_neuron: Bus<Out>,
    /// A cycle after its neuron was asked for.
    pub tells: Signal<Out, Bit>,
    pub told_neuron: Bus<Out>,
    pub above: Signal<Out, Bit>,
    crossed: Ram,
    totals: Ram,
    charge: Charge,
    step: ResponseStep,
    timestep: Register,
    valid_1: Flag,
    fresh_1: Flag,
    spike_1: Flag,
    neuron_1: Register,
    membrane_1: Register,
    threshold_1: Register,
    valid_2: Flag,
    last_2: Flag,
    neuron_2: Register,
    charge_2: Register,
    total_2: Register,
    first_neuron: Fixed,
    first_timestep: Fixed,
    one_timestep: Fixed,
    first_class: Fixed,
    sums: Fixed,
    compares: Fixed,
}

impl Responses {
    pub fn new(learning: &LearningArch, stage: &StageArch) -> Self {
        let (neuron, membrane, work) = (stage.neuron_index_bits(), stage.neuron.membrane_bits, stage.work_bits());
        let (crossed, charge, total) = (learning.crossed_bits(stage), learning.charge_bits(stage), learning.responses_bits(stage));
        let (time, style) = (learning.count_bits(), stage.memories.state);
        Responses {
            clock: Default::default(),
            phase: Bus::new(PHASE_BITS),
            shown: Bus::new(CLASS_BITS),
            n_timesteps: Bus::new(time),
            spike_valid: Default::default(),
            spike_neuron: Bus::new(neuron),
            spike: Default::default(),
            fresh: Default::default(),
            membrane: Bus::new(membrane),
            threshold: Bus::new(work),
            asked_neuron: Bus::new(neuron),
            tells: Default::default(),
            told_neuron: Bus::new(neuron),
            above: Default::default(),
            crossed: Ram::new(neuron, crossed, stage.n_neurons, style),
            totals: Ram::new(neuron, total, stage.n_neurons, style),
            charge: Charge::new(crossed, membrane, work),
            step: ResponseStep::new(charge, learning.n_classes),
            timestep: Register::new(time),
            valid_1: Default::default(),
            fresh_1: Default::default(),
            spike_1: Default::default(),
            neuron_1: Register::new(neuron),
            membrane_1: Register::new(membrane),
            threshold_1: Register::new(work),
            valid_2: Default::default(),
            last_2: Default::default(),
            neuron_2: Register::new(neuron),
            charge_2: Register::new(charge),
            total_2: Register::new(total),
            first_neuron: Fixed::new(0, neuron),
            first_timestep: Fixed::new(1, time),
            one_timestep: Fixed::new(1, time),
            first_class: Fixed::new(0, CLASS_BITS),
            sums: Fixed::new(SUMS, PHASE_BITS),
            compares: Fixed::new(COMPARES, PHASE_BITS),
        }
    }
}

impl Logic for Responses {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, timestep, valid_1, fresh_1, spike_1, neuron_1, membrane_1, threshold_1);
        dff_setup!(self, clock, valid_2, last_2, neuron_2, charge_2, total_2);
        // Cycle 0
        self.valid_1.d.next = self.spike_valid.val();
        self.fresh_1.d.next = self.fresh.val();
        self.spike_1.d.next = self.spike.val();
        self.neuron_1.d.next = self.spike_neuron.val();
        self.membrane_1.d.next = self.membrane.val();
        self.threshold_1.d.next = self.threshold.val();
        self.crossed.clock.next = self.clock.val();
        self.crossed.read_address.next = self.spike_neuron.val();
        self.totals.clock.next = self.clock.val();
        self.totals.read_address.next = self.spike_neuron.val();
        if self.spike_valid.val() && (self.spike_neuron.val() == self.first_neuron.val()) {
            self.timestep.d.next = self.timestep.q.val() + self.one_timestep.val();
            if self.fresh.val() {
                self.timestep.d.next = self.first_timestep.val();
            }
        }

        // Cycle 1
        self.charge.crossed.next = self.crossed.read_word.val();
        self.charge.fresh.next = self.fresh_1.q.val();
        self.charge.spike.next = self.spike_1.q.val();
        self.charge.threshold.next = self.threshold_1.q.val();
        self.charge.membrane.next = self.membrane_1.q.val();
        self.crossed.write_enable.next = self.valid_1.q.val();
        self.crossed.write_address.next = self.neuron_1.q.val();
        self.crossed.write_word.next = self.charge.crossed_next.val();
        self.asked_neuron.next = self.neuron_1.q.val();
        self.valid_2.d.next = self.valid_1.q.val();
        self.last_2.d.next = self.timestep.q.val() == self.n_timesteps.val();
        self.neuron_2.d.next = self.neuron_1.q.val();
        self.charge_2.d.next = self.charge.charge.val();
        self.total_2.d.next = self.totals.read_word.val();

        // Cycle 2
        self.step.charge.next = self.charge_2.q.val();
        self.step.total.next = self.total_2.q.val();
        self.step.first.next = self.shown.val() == self.first_class.val();
        self.totals.write_enable.next = self.valid_2.q.val() && self.last_2.q.val() && (self.phase.val() == self.sums.val());
        self.totals.write_address.next = self.neuron_2.q.val();
        self.totals.write_word.next = self.step.total_next.val();
        self.tells.next = self.valid_2.q.val() && (self.phase.val() == self.compares.val());
        self.told_neuron.next = self.neuron_2.q.val();
        self.above.next = self.step.above.val();
    }
}
