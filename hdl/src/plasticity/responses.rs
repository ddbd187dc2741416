//! How the neurons of a layer respond to the targets of the classes (SigProp): the charges of all classes are summed in
//! one sweep; in the next, a class whose charge is not below the mean of all is feedback of +1, else of -1.
//!
//! ```text
//! cycle  0: spike, membrane     1: charge; the feedback's word is asked for     2: total is written, or the sign told
//! ```
//!
//! Totals grow in the last timestep of a presentation; signs are told in each, and the last one stays.

use super::arch::LearningArch;
use super::charge::ResponseStep;
use super::charges::Charges;
use super::lessons::PHASE_BITS;
use super::readout_class::CLASS_BITS;
use crate::arch::StageArch;
use crate::block::ram::Ram;
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Register};
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
    charges: Charges,
    totals: Ram,
    step: ResponseStep,
    total_2: Register,
    first_class: Fixed,
    sums: Fixed,
    compares: Fixed,
}

impl Responses {
    pub fn new(learning: &LearningArch, stage: &StageArch) -> Self {
        let (neuron, total) = (stage.neuron_index_bits(), learning.responses_bits(stage));
        Responses {
            clock: Default::default(),
            phase: Bus::new(PHASE_BITS),
            shown: Bus::new(CLASS_BITS),
            n_timesteps: Bus::new(learning.count_bits()),
            spike_valid: Default::default(),
            spike_neuron: Bus::new(neuron),
            spike: Default::default(),
            fresh: Default::default(),
            membrane: Bus::new(stage.neuron.membrane_bits),
            threshold: Bus::new(stage.work_bits()),
            asked_neuron: Bus::new(neuron),
            tells: Default::default(),
            told_neuron: Bus::new(neuron),
            above: Default::default(),
            charges: Charges::new(learning, stage),
            totals: Ram::new(neuron, total, stage.n_neurons, stage.memories.state),
            step: ResponseStep::new(learning.charge_bits(stage), learning.n_classes),
            total_2: Register::new(total),
            first_class: Fixed::new(0, CLASS_BITS),
            sums: Fixed::new(SUMS, PHASE_BITS),
            compares: Fixed::new(COMPARES, PHASE_BITS),
        }
    }
}

impl Logic for Responses {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, total_2);
        self.charges.clock.next = self.clock.val();
        self.charges.n_timesteps.next = self.n_timesteps.val();
        self.charges.spike_valid.next = self.spike_valid.val();
        self.charges.spike_neuron.next = self.spike_neuron.val();
        self.charges.spike.next = self.spike.val();
        self.charges.fresh.next = self.fresh.val();
        self.charges.membrane.next = self.membrane.val();
        self.charges.threshold.next = self.threshold.val();
        self.totals.clock.next = self.clock.val();
        self.totals.read_address.next = self.spike_neuron.val();

        // Cycle 1
        self.asked_neuron.next = self.charges.asked_neuron.val();
        self.total_2.d.next = self.totals.read_word.val();

        // Cycle 2
        self.step.charge.next = self.charges.charge.val();
        self.step.total.next = self.total_2.q.val();
        self.step.first.next = self.shown.val() == self.first_class.val();
        self.totals.write_enable.next = self.charges.valid.val() && self.charges.last.val() && (self.phase.val() == self.sums.val());
        self.totals.write_address.next = self.charges.neuron.val();
        self.totals.write_word.next = self.step.total_next.val();
        self.tells.next = self.charges.valid.val() && (self.phase.val() == self.compares.val());
        self.told_neuron.next = self.charges.neuron.val();
        self.above.next = self.step.above.val();
    }
}
