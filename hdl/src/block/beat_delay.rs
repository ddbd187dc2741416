//! A beat of input spikes, and what is said of it, a cycle later: while its weights pass a register. Where no beat is
//! issued, no spike goes on.

use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct BeatDelay {
    // Control
    pub clock: Signal<In, Clock>,
    pub issue: Signal<In, Bit>,
    pub group_end: Signal<In, Bit>,
    pub doubles: Signal<In, Bit>,
    pub counts_inputs: Signal<In, Bit>,
    pub issue_later: Signal<Out, Bit>,
    pub group_end_later: Signal<Out, Bit>,
    pub doubles_later: Signal<Out, Bit>,
    pub counts_inputs_later: Signal<Out, Bit>,
    // Data
    pub spikes: Bus<In>,
    pub spikes_later: Bus<Out>,
    issue_1: Flag,
    group_end_1: Flag,
    doubles_1: Flag,
    counts_inputs_1: Flag,
    spikes_1: Register,
    no_spikes: Fixed,
}

impl BeatDelay {
    pub fn new(beat: u32) -> Self {
        BeatDelay {
            clock: Default::default(),
            issue: Default::default(),
            group_end: Default::default(),
            doubles: Default::default(),
            counts_inputs: Default::default(),
            issue_later: Default::default(),
            group_end_later: Default::default(),
            doubles_later: Default::default(),
            counts_inputs_later: Default::default(),
            spikes: Bus::new(beat),
            spikes_later: Bus::new(beat),
            issue_1: Default::default(),
            group_end_1: Default::default(),
            doubles_1: Default::default(),
            counts_inputs_1: Default::default(),
            spikes_1: Register::new(beat),
            no_spikes: Fixed::new(0, beat),
        }
    }
}

impl Logic for BeatDelay {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, issue_1, group_end_1, doubles_1, counts_inputs_1, spikes_1);
        self.issue_1.d.next = self.issue.val();
        self.group_end_1.d.next = self.group_end.val();
        self.doubles_1.d.next = self.doubles.val() && self.issue.val();
        self.counts_inputs_1.d.next = self.counts_inputs.val();
        // Spikes come a cycle after their beat is issued.
        self.spikes_1.d.next = self.no_spikes.val();
        if self.issue_1.q.val() {
            self.spikes_1.d.next = self.spikes.val();
        }
        self.issue_later.next = self.issue_1.q.val();
        self.group_end_later.next = self.group_end_1.q.val();
        self.doubles_later.next = self.doubles_1.q.val();
        self.counts_inputs_later.next = self.counts_inputs_1.q.val();
        self.spikes_later.next = self.spikes_1.q.val();
    }
}
