//! How the neurons of a layer respond to the target of a class (SigProp): their charges on the target of
//! another class are kept; then a neuron whose charge on the class's own is no less is feedback of +1, else of -1.
//!
//! ```text
//! cycle  0: spike, membrane     1: charge; the feedback's word is asked for     2: the charge is kept, or the sign told
//! ```
//!
//! Charges are kept in the last timestep of a presentation; signs are told in each, and the last one stays.

use super::arch::LearningArch;
use super::charge::ResponseStep;
use super::charges::Charges;
use super::lessons::PHASE_BITS;
use crate::arch::StageArch;
use crate::block::ram::Ram;
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// The presentation of another target, whose charges are kept.
pub const KEEPS: u64 = 1;
/// That of the class's own, whose charges are compared with them.
pub const COMPARES: u64 = 2;

#[derive(LogicBlock)]
pub struct Responses {
    // Control
    pub clock: Signal<In, Clock>,
    pub phase: Bus<In>,
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
    kept: Ram,
    step: ResponseStep,
    kept_2: Register,
    keeps: Fixed,
    compares: Fixed,
}

impl Responses {
    pub fn new(learning: &LearningArch, stage: &StageArch) -> Self {
        let (neuron, charge) = (stage.neuron_index_bits(), learning.charge_bits(stage));
        Responses {
            clock: Default::default(),
            phase: Bus::new(PHASE_BITS),
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
            kept: Ram::new(neuron, charge, stage.n_neurons, stage.memories.state),
            step: ResponseStep::new(charge),
            kept_2: Register::new(charge),
            keeps: Fixed::new(KEEPS, PHASE_BITS),
            compares: Fixed::new(COMPARES, PHASE_BITS),
        }
    }
}

impl Logic for Responses {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, kept_2);
        self.charges.clock.next = self.clock.val();
        self.charges.n_timesteps.next = self.n_timesteps.val();
        self.charges.spike_valid.next = self.spike_valid.val();
        self.charges.spike_neuron.next = self.spike_neuron.val();
        self.charges.spike.next = self.spike.val();
        self.charges.fresh.next = self.fresh.val();
        self.charges.membrane.next = self.membrane.val();
        self.charges.threshold.next = self.threshold.val();
        self.kept.clock.next = self.clock.val();
        self.kept.read_address.next = self.spike_neuron.val();

        // Cycle 1
        self.asked_neuron.next = self.charges.asked_neuron.val();
        self.kept_2.d.next = self.kept.read_word.val();

        // Cycle 2
        self.step.charge.next = self.charges.charge.val();
        self.step.kept.next = self.kept_2.q.val();
        self.kept.write_enable.next = self.charges.valid.val() && self.charges.last.val() && (self.phase.val() == self.keeps.val());
        self.kept.write_address.next = self.charges.neuron.val();
        self.kept.write_word.next = self.charges.charge.val();
        self.tells.next = self.charges.valid.val() && (self.phase.val() == self.compares.val());
        self.told_neuron.next = self.charges.neuron.val();
        self.above.next = self.step.above.val();
    }
}
