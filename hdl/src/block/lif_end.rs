//! The last cycle of the LIF pipeline: spike, reset, and the state's way back to memory.

use super::lif_steps::Fire;
use super::state_word::StatePack;
use crate::arch::StageArch;
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct LifEnd {
    // Control
    pub clock: Signal<In, Clock>,
    /// The neuron that comes into the pipeline is numbered anew, as a timestep's first is; none starts before those before it
    /// are written.
    pub start: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    // Data
    pub first_neuron: Bus<In>,
    pub saturated: Bus<In>,
    pub threshold: Bus<In>,
    pub lowered: Signal<In, Bit>,
    // State
    pub fires: Signal<Out, Bit>,
    pub membrane_next: Bus<Out>,
    pub write_neuron: Bus<Out>,
    pub state: Bus<Out>,
    fire_step: Fire,
    pack: StatePack,
    neuron: Register,
    one_neuron: Fixed,
}

impl LifEnd {
    pub fn new(stage: &StageArch) -> Self {
        let (index, membrane) = (stage.neuron_index_bits(), stage.neuron.membrane_bits);
        LifEnd {
            clock: Default::default(),
            start: Default::default(),
            valid: Default::default(),
            first_neuron: Bus::new(index),
            saturated: Bus::new(membrane),
            threshold: Bus::new(stage.work_bits()),
            lowered: Default::default(),
            fires: Default::default(),
            membrane_next: Bus::new(membrane),
            write_neuron: Bus::new(index),
            state: Bus::new(membrane + 1),
            fire_step: Fire::new(stage),
            pack: StatePack::new(membrane),
            neuron: Register::new(index),
            one_neuron: Fixed::new(1, index),
        }
    }
}

impl Logic for LifEnd {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, neuron);
        self.fire_step.membrane.next = self.saturated.val();
        self.fire_step.threshold.next = self.threshold.val();
        self.fire_step.lowered.next = self.lowered.val();
        self.fires.next = self.fire_step.fires.val();
        self.membrane_next.next = self.fire_step.membrane_next.val();
        self.pack.membrane.next = self.fire_step.membrane_next.val();
        self.pack.fired.next = self.fire_step.fires.val();
        self.state.next = self.pack.state.val();
        self.write_neuron.next = self.neuron.q.val();
        if self.valid.val() {
            self.neuron.d.next = self.neuron.q.val() + self.one_neuron.val();
        }
        if self.start.val() {
            self.neuron.d.next = self.first_neuron.val();
        }
    }
}
