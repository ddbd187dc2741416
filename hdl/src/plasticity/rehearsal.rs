//! Leads the layers through two presentations before a sample whose label asks for them (SigProp): the target of
//! the class after its own, then that of its own; what the layers take up of the two is compared.
//!
//! ```text
//! start --(the target is asked for)--> target of label + 1 --> target of label --> done
//! ```

use super::lessons::{LABEL_BITS, PHASE_BITS};
use super::responses::{COMPARES, KEEPS};
use crate::block::wiring::Slice;
use crate::dff_setup;
use crate::protocol::{NO_LABEL, WITH_TARGET};
use super::readout_class::CLASS_BITS;
use crate::signal::{Bus, Fixed, Flag};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Rehearsal {
    // Control
    pub clock: Signal<In, Clock>,
    /// A sample begins, whose label asks for the target or not.
    pub start: Signal<In, Bit>,
    pub asked_label: Bus<In>,
    pub asked: Signal<Out, Bit>,
    pub busy: Signal<Out, Bit>,
    pub done: Signal<Out, Bit>,
    // Presentations
    pub presents: Signal<Out, Bit>,
    pub presented: Signal<In, Bit>,
    pub phase: Bus<Out>,
    /// Whose target is presented.
    pub label: Bus<In>,
    pub of_class: Bus<Out>,
    active: Flag,
    comparing: Flag,
    present_now: Flag,
    done_now: Flag,
    request: Slice,
    no_label: Fixed,
    sample_phase: Fixed,
    keeps: Fixed,
    compares: Fixed,
    first_class: Fixed,
    one_class: Fixed,
    last_class: Fixed,
}

impl Rehearsal {
    pub fn new(n_classes: usize) -> Self {
        Rehearsal {
            clock: Default::default(),
            start: Default::default(),
            asked_label: Bus::new(LABEL_BITS),
            asked: Default::default(),
            busy: Default::default(),
            done: Default::default(),
            presents: Default::default(),
            presented: Default::default(),
            phase: Bus::new(PHASE_BITS),
            label: Bus::new(CLASS_BITS),
            of_class: Bus::new(CLASS_BITS),
            active: Default::default(),
            comparing: Default::default(),
            present_now: Default::default(),
            done_now: Default::default(),
            request: Slice::new(LABEL_BITS, WITH_TARGET.trailing_zeros(), 1),
            no_label: Fixed::new(u64::from(NO_LABEL), LABEL_BITS),
            sample_phase: Fixed::new(0, PHASE_BITS),
            keeps: Fixed::new(KEEPS, PHASE_BITS),
            compares: Fixed::new(COMPARES, PHASE_BITS),
            first_class: Fixed::new(0, CLASS_BITS),
            one_class: Fixed::new(1, CLASS_BITS),
            last_class: Fixed::count(n_classes - 1, CLASS_BITS),
        }
    }
}

impl Logic for Rehearsal {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, active, comparing, present_now, done_now);
        self.request.from.next = self.asked_label.val();
        self.asked.next = self.request.to.val().any() && (self.asked_label.val() != self.no_label.val());
        self.busy.next = self.active.q.val();
        self.done.next = self.done_now.q.val();
        self.presents.next = self.present_now.q.val();
        self.phase.next = self.sample_phase.val();
        self.of_class.next = self.label.val() + self.one_class.val();
        if self.label.val() == self.last_class.val() {
            self.of_class.next = self.first_class.val();
        }
        if self.active.q.val() {
            self.phase.next = self.keeps.val();
            if self.comparing.q.val() {
                self.phase.next = self.compares.val();
                self.of_class.next = self.label.val();
            }
        }

        self.present_now.d.next = false;
        self.done_now.d.next = false;
        if self.active.q.val() && self.presented.val() {
            self.present_now.d.next = !self.comparing.q.val();
            self.done_now.d.next = self.comparing.q.val();
            self.active.d.next = !self.comparing.q.val();
            self.comparing.d.next = true;
        }
        if self.start.val() && self.asked.val() {
            self.active.d.next = true;
            self.present_now.d.next = true;
            self.comparing.d.next = false;
        }
    }
}
