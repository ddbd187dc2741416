//! The charges of a layer's neurons as they spike, for the rules that compare presentations by more than counts.
//!
//! ```text
//! cycle  0: spike, membrane     1: thresholds crossed     2: charge
//! ```

use super::arch::LearningArch;
use super::charge::Charge;
use crate::arch::StageArch;
use crate::block::ram::Ram;
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Charges {
    // Control
    pub clock: Signal<In, Clock>,
    pub n_timesteps: Bus<In>,
    // Spikes of the layer
    pub spike_valid: Signal<In, Bit>,
    pub spike_neuron: Bus<In>,
    pub spike: Signal<In, Bit>,
    /// In the first timestep of a presentation.
    pub fresh: Signal<In, Bit>,
    pub membrane: Bus<In>,
    pub threshold: Bus<In>,
    // Charges: the neuron in cycle 1, the others in cycle 2
    pub asked_neuron: Bus<Out>,
    pub valid: Signal<Out, Bit>,
    /// In the last timestep of a presentation.
    pub last: Signal<Out, Bit>,
    pub neuron: Bus<Out>,
    pub charge: Bus<Out>,
    crossed: Ram,
    step: Charge,
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
    first_neuron: Fixed,
    first_timestep: Fixed,
    one_timestep: Fixed,
}

impl Charges {
    pub fn new(learning: &LearningArch, stage: &StageArch) -> Self {
        let (neuron, membrane, work) = (stage.neuron_index_bits(), stage.neuron.membrane_bits, stage.work_bits());
        let (crossed, charge) = (learning.crossed_bits(stage), learning.charge_bits(stage));
        let time = learning.count_bits();
        Charges {
            clock: Default::default(),
            n_timesteps: Bus::new(time),
            spike_valid: Default::default(),
            spike_neuron: Bus::new(neuron),
            spike: Default::default(),
            fresh: Default::default(),
            membrane: Bus::new(membrane),
            threshold: Bus::new(work),
            asked_neuron: Bus::new(neuron),
            valid: Default::default(),
            last: Default::default(),
            neuron: Bus::new(neuron),
            charge: Bus::new(charge),
            crossed: Ram::new(neuron, crossed, stage.n_neurons, stage.memories.state),
            step: Charge::new(crossed, membrane, work),
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
            first_neuron: Fixed::new(0, neuron),
            first_timestep: Fixed::new(1, time),
            one_timestep: Fixed::new(1, time),
        }
    }
}

impl Logic for Charges {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, timestep, valid_1, fresh_1, spike_1, neuron_1, membrane_1, threshold_1);
        dff_setup!(self, clock, valid_2, last_2, neuron_2, charge_2);
        // Cycle 0
        self.valid_1.d.next = self.spike_valid.val();
        self.fresh_1.d.next = self.fresh.val();
        self.spike_1.d.next = self.spike.val();
        self.neuron_1.d.next = self.spike_neuron.val();
        self.membrane_1.d.next = self.membrane.val();
        self.threshold_1.d.next = self.threshold.val();
        self.crossed.clock.next = self.clock.val();
        self.crossed.read_address.next = self.spike_neuron.val();
        if self.spike_valid.val() && (self.spike_neuron.val() == self.first_neuron.val()) {
            self.timestep.d.next = self.timestep.q.val() + self.one_timestep.val();
            if self.fresh.val() {
                self.timestep.d.next = self.first_timestep.val();
            }
        }

        // Cycle 1
        self.asked_neuron.next = self.neuron_1.q.val();
        self.step.crossed.next = self.crossed.read_word.val();
        self.step.fresh.next = self.fresh_1.q.val();
        self.step.spike.next = self.spike_1.q.val();
        self.step.threshold.next = self.threshold_1.q.val();
        self.step.membrane.next = self.membrane_1.q.val();
        self.crossed.write_enable.next = self.valid_1.q.val();
        self.crossed.write_address.next = self.neuron_1.q.val();
        self.crossed.write_word.next = self.step.crossed_next.val();
        self.valid_2.d.next = self.valid_1.q.val();
        self.last_2.d.next = self.timestep.q.val() == self.n_timesteps.val();
        self.neuron_2.d.next = self.neuron_1.q.val();
        self.charge_2.d.next = self.step.charge.val();

        // Cycle 2
        self.valid.next = self.valid_2.q.val();
        self.last.next = self.last_2.q.val();
        self.neuron.next = self.neuron_2.q.val();
        self.charge.next = self.charge_2.q.val();
    }
}
