//! The presentations of a sample after the verdict: with a label on the label lines (Forward-Forward, SymBa), or
//! modulated by the error (PEPITA).
//!
//! ```text
//! verdict --> phase 1 --(listed)--> latents learn --> phase 2 --> latents learn --> concluded
//!    |           |  (not listed)                        ^                             ^
//!    |           +--------------------------------------+                             |
//!    +--(no layer learns)-------------------------------------------------------------+
//! ```
//!
//! The readout learns from the counts of the sample itself while the first of these presentations begins. It reads a neuron a
//! cycle from the first one on, and so is ahead of the LIF pipeline, which later writes the same counts no faster.
//!
//! | rule | phase 1 | phase 2 |
//! |---|---|---|
//! | Forward-Forward | positive: the label; latents learn | negative: the rival; latents learn |
//! | SymBa | negative: the rival; counted alone | positive: the label; latents learn |
//! | PEPITA | none: it begins with the second | modulated; latents learn |

use super::arch::RuleArch;
use super::lessons::PHASE_BITS;
use super::readout_class::CLASS_BITS;
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// The presentations after the verdict; 0 is the one before it.
pub const FIRST: u64 = 1;
pub const SECOND: u64 = 2;

#[derive(LogicBlock)]
pub struct Contrast {
    // Control
    pub clock: Signal<In, Clock>,
    /// The verdict on a labelled sample is there.
    pub judged: Signal<In, Bit>,
    /// A layer learns from it.
    pub any_learns: Signal<In, Bit>,
    pub presented: Signal<In, Bit>,
    /// All latents have learned from what was listed.
    pub updated: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    // Steps
    pub learns_readout: Signal<Out, Bit>,
    pub presents: Signal<Out, Bit>,
    /// What is presented is to be listed, and learned from.
    pub lists: Signal<Out, Bit>,
    pub takes: Signal<Out, Bit>,
    pub concluded: Signal<Out, Bit>,
    // What is presented
    pub label: Bus<In>,
    pub rival: Bus<In>,
    pub phase: Bus<Out>,
    pub of_class: Bus<Out>,
    number: Register,
    readout_now: Flag,
    present_now: Flag,
    take_now: Flag,
    conclude_now: Flag,
    positive_first: Constant<Bit>,
    no_phase: Fixed,
    first_phase: Fixed,
    second_phase: Fixed,
    opening_phase: Fixed,
}

impl Contrast {
    /// By Forward-Forward the positive one comes first, and both are learned from; else the second alone is.
    pub fn new(rule: RuleArch) -> Self {
        let opening = if rule == RuleArch::Pepita { SECOND } else { FIRST };
        Contrast {
            clock: Default::default(),
            judged: Default::default(),
            any_learns: Default::default(),
            presented: Default::default(),
            updated: Default::default(),
            busy: Default::default(),
            learns_readout: Default::default(),
            presents: Default::default(),
            lists: Default::default(),
            takes: Default::default(),
            concluded: Default::default(),
            label: Bus::new(CLASS_BITS),
            rival: Bus::new(CLASS_BITS),
            phase: Bus::new(PHASE_BITS),
            of_class: Bus::new(CLASS_BITS),
            number: Register::new(PHASE_BITS),
            readout_now: Default::default(),
            present_now: Default::default(),
            take_now: Default::default(),
            conclude_now: Default::default(),
            positive_first: Constant::new(rule == RuleArch::ForwardForward),
            no_phase: Fixed::new(0, PHASE_BITS),
            first_phase: Fixed::new(FIRST, PHASE_BITS),
            second_phase: Fixed::new(SECOND, PHASE_BITS),
            opening_phase: Fixed::new(opening, PHASE_BITS),
        }
    }
}

impl Logic for Contrast {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, number, readout_now, present_now, take_now, conclude_now);
        self.phase.next = self.number.q.val();
        self.busy.next = self.number.q.val().any();
        self.learns_readout.next = self.readout_now.q.val();
        self.presents.next = self.present_now.q.val();
        self.takes.next = self.take_now.q.val();
        self.concluded.next = self.conclude_now.q.val();
        self.lists.next = (self.number.q.val() == self.second_phase.val()) || (self.positive_first.val() && (self.number.q.val() == self.first_phase.val()));
        self.of_class.next = self.rival.val();
        if (self.number.q.val() == self.first_phase.val()) == self.positive_first.val() {
            self.of_class.next = self.label.val();
        }

        self.readout_now.d.next = self.judged.val() && self.any_learns.val();
        self.present_now.d.next = false;
        self.take_now.d.next = false;
        self.conclude_now.d.next = self.judged.val() && !self.any_learns.val();
        if self.judged.val() && self.any_learns.val() {
            self.number.d.next = self.opening_phase.val();
            self.present_now.d.next = true;
        }
        if self.presented.val() && self.number.q.val().any() {
            if self.lists.val() {
                self.take_now.d.next = true;
            } else {
                self.number.d.next = self.second_phase.val();
                self.present_now.d.next = true;
            }
        }
        if self.updated.val() && self.number.q.val().any() {
            if self.number.q.val() == self.first_phase.val() {
                self.number.d.next = self.second_phase.val();
                self.present_now.d.next = true;
            } else {
                self.number.d.next = self.no_phase.val();
                self.conclude_now.d.next = true;
            }
        }
    }
}
