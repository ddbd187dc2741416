//! The threshold taken off after a spike, before membranes saturate: in a cycle of its own, where a subtraction, the test
//! for overflow and the choice of the limit are too long for one.

use super::lif_steps::subtracts_after_spike;
use crate::arch::StageArch;
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Lowering {
    pub clock: Signal<In, Clock>,
    pub integrated: Bus<In>,
    pub threshold: Bus<In>,
    pub fired: Signal<In, Bit>,
    pub lowered: Bus<Out>,
    pub threshold_later: Bus<Out>,
    pub fired_later: Signal<Out, Bit>,
    sum: Register,
    threshold_1: Register,
    fired_1: Flag,
    taken_off: Bus<Local>,
    nothing: Fixed,
    subtracts: Constant<Bit>,
}

impl Lowering {
    pub fn new(stage: &StageArch) -> Self {
        let work = stage.work_bits();
        Lowering {
            clock: Default::default(),
            integrated: Bus::new(work),
            threshold: Bus::new(work),
            fired: Default::default(),
            lowered: Bus::new(work),
            threshold_later: Bus::new(work),
            fired_later: Default::default(),
            sum: Register::new(work),
            threshold_1: Register::new(work),
            fired_1: Default::default(),
            taken_off: Bus::new(work),
            nothing: Fixed::new(0, work),
            subtracts: Constant::new(subtracts_after_spike(&stage.neuron)),
        }
    }
}

impl Logic for Lowering {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, sum, threshold_1, fired_1);
        self.taken_off.next = self.nothing.val();
        if self.subtracts.val() && self.fired.val() {
            self.taken_off.next = self.threshold.val();
        }
        self.sum.d.next = self.integrated.val() - self.taken_off.val();
        self.threshold_1.d.next = self.threshold.val();
        self.fired_1.d.next = self.fired.val();
        self.lowered.next = self.sum.q.val();
        self.threshold_later.next = self.threshold_1.q.val();
        self.fired_later.next = self.fired_1.q.val();
    }
}
